"""Function words, and endings of long words: evidence that settles short texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from models.engine import LanguageEvidence
from models.langid.known import known

_LONG_ENOUGH = 6  # letters of a word that an ending says something about


class WordLists:
    """The function words and the endings of several languages, each with the tags of its languages.

    A word that several languages share counts for each of them, and so for none against another.
    """

    def __init__(self, evidence: Mapping[str, LanguageEvidence]) -> None:
        self._words = _tags(evidence, lambda one: one.function_words)
        self._endings = _tags(evidence, lambda one: one.endings)

    def speaking_for(self, words: Iterable[str]) -> dict[str, int]:
        """Return for each language the number of `words` that are on its lists.

        A word of six letters or more that is on no list of function words counts for the
        languages that have its last four letters, or else its last three, among their endings.
        """
        found: dict[str, int] = {}
        known_words, endings = self._words.get, self._endings.get
        for word in words:
            tags = known_words(word)
            if tags is None and len(word) >= _LONG_ENOUGH:
                tags = endings(word[-4:]) or endings(word[-3:])
            if tags:
                for tag in tags:
                    found[tag] = found.get(tag, 0) + 1
        return found

    def listing(self, words: Iterable[str], tag: str) -> int:
        """Return the number of `words` that are on the list of function words of `tag`."""
        known_words = self._words.get
        return sum(tag in known_words(word, ()) for word in words)


@cache
def known_lists() -> WordLists:
    """Return the lists of the languages that come with Nightdesk."""
    return WordLists({tag: language.evidence for tag, language in known().items()})


def _tags(
    evidence: Mapping[str, LanguageEvidence], listed: Callable[[LanguageEvidence], Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for tag, one in evidence.items():
        for word in listed(one):
            found[word] = (*found.get(word, ()), tag)
    return found

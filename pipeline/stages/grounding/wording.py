"""The words of a text that say something, and the forms of a word: what a text speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from pipeline.lang.function_words import function_words

WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’ʼ]s?$")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’ʼ](?=\w)", re.IGNORECASE)
_SHORT = 3  # letters: shorter words carry no news
_MIN_SENTENCES = 5  # of a text whose sentences have words in common


class Forms:
    """Words, each of which stands for all of its forms: those share their first letters.

    Two words are forms of one if they share all letters but the last of the shorter one, at least
    three and at most five.
    """

    def __init__(self, found: Iterable[str]) -> None:
        self._beginnings: Mapping[int, set[str]] = {3: set(), 4: set(), 5: set()}
        self._short: Mapping[int, set[str]] = {3: set(), 4: set()}
        for word in found:
            for size, beginnings in self._beginnings.items():
                if len(word) >= max(3, size):
                    beginnings.add(word[:size])
            if (size := _shared(word)) in self._short:
                self._short[size].add(word[:size])

    def has(self, word: str) -> bool:
        """Tell whether a form of `word` is among the words."""
        own = _shared(word)
        if word[:own] in self._beginnings[own]:
            return True
        return any(word[:size] in self._short[size] for size in self._short if size < own)


def folded(word: str) -> str:
    """Return a word in lower case, without an elided article or a possessive."""
    return _POSSESSIVE.sub("", _ELIDED.sub("", word)).lower()


def content_words(text: str, language: str) -> Iterator[str]:
    """Yield the words of a text that are not grammar, folded."""
    grammar = function_words().get(language, frozenset())
    for word in WORD.findall(text):
        low = folded(word)
        if len(low) >= _SHORT and low not in grammar and word.lower() not in grammar:
            yield low


class Wording:
    """The words of the sentences of a text, all in `language`."""

    def __init__(self, sentences: Sequence[str], *, language: str) -> None:
        self._language = language
        self.written = frozenset(folded(w) for s in sentences for w in WORD.findall(s))
        parts = {part for word in self.written for part in word.split("-")}
        self.forms = Forms(self.written | parts)
        self._words_of = [tuple(content_words(s, language)) for s in sentences]
        self._sentences = [Forms(own) for own in self._words_of]

    def knows(self, claim: str) -> bool:
        """Tell whether the text has at least one word of a sentence that is no grammar."""
        return any(map(self.forms.has, content_words(claim, self._language)))

    def shared(self, claim: str, index: int) -> int:
        """Return how many words of a claim, grammar aside, sentence `index` has in some form."""
        return sum(map(self._sentences[index].has, content_words(claim, self._language)))

    def is_apart(self, claim: str) -> bool:
        """Tell whether a claim has to do with one sentence of the text, and with no other.

        It is never so in a text of few sentences, or of sentences that are apart themselves.
        """
        found = tuple(content_words(claim, self._language))
        counts = sorted(sum(map(forms.has, found)) for forms in self._sentences)
        return self._hangs_together and counts[-1] > 0 and not any(counts[:-1])

    @cached_property
    def _hangs_together(self) -> bool:
        """Whether most sentences of the text have a word in common with another one."""
        beginnings = [{word[: _shared(word)] for word in own} for own in self._words_of]
        uses = Counter(beginning for own in beginnings for beginning in own)
        connected = sum(any(uses[beginning] > 1 for beginning in own) for own in beginnings)
        return len(beginnings) >= _MIN_SENTENCES and 2 * connected >= len(beginnings)


def _shared(word: str) -> int:
    """Return how many letters a longer word must share with this one to be a form of it."""
    return max(3, min(5, len(word) - 1))

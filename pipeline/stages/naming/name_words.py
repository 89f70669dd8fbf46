"""Names as words: which words of a text are names, and which Latin words are derived from one.

Rules of thumb that need no dictionary. A name is a word with a capital inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from pipeline.facts.fact_words import dates
from pipeline.lang.data import word_lists, words
from pipeline.lang.declension import case_forms
from pipeline.lang.function_words import any_function_word
from pipeline.lang.sentences import ends_in_abbreviation

_FAR = 40  # characters before a word in which the end of the sentence before is looked for
MIN_NAME = 3  # letters

# Where a word begins: elided French words are no part of it (d’Inrupt, qu’Alan).
_WORD_START = r"(?<![^\W\d_])(?!(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)['’ʼ][^\W\d_])[^\W\d_]"

WORD = re.compile(rf"{_WORD_START}[\w'’ʼ-]+")
_NAME = re.compile(rf"{_WORD_START}(?:[^\W\d_]|['’ʼ-](?=[^\W\d_]))+")
_SENTENCE_START = re.compile(
    r"(?:^|[.!?…:]['\"»”)\]]{0,9}\s{1,32}|[\n•]\s{0,32}|(?:^|\s)[—–-]\s{1,32}|[«“\"(]\s{0,32}"
    # A picture or a mark before a line's text.
    "|[\u2190-\u2bff\ufe0f\u20e3\U0001f000-\U0001faff]\\s{0,32})$"
)
_DERIVED = re.compile(
    r"(?:ia|a|y)?(?:ns?|ans?|ians?|ish|ese|ics?|is?|s|es|aya?|ova|eva|ists?|ism)?$"
)


@cache
def translated() -> frozenset[str]:
    """Return words with a capital that are translated, not spelt: no spelling to unify."""
    return words("names.translated")


@cache
def ordinary() -> frozenset[str]:
    """Return words that a capital makes no names, in all their forms."""
    return frozenset(
        form
        for language, found in word_lists("names.ordinary").items()
        for word in found
        for form in case_forms(word, language)
    )


@cache
def _titles() -> frozenset[str]:
    """Return the titles that are cut short before a name, in lower case: "mgr", "mme"."""
    found = word_lists("sentences.initials").values()
    return frozenset(title.lower() for titles in found for title in titles)


def names_in(text: str, *, known: Collection[str] = ()) -> list[re.Match[str]]:
    """Return the words of `text` that are names: a capital, and no sentence begins there.

    A word that opens a sentence counts where its lower-case form is in `known`, or where another
    name follows it at once, unless it is an ordinary word: "Mayor", "Spring".
    """
    capitals = [m for m in _NAME.finditer(text) if m.group()[0].isupper()]
    found = []
    for place, match in enumerate(capitals):
        word = match.group()
        low = word.lower()
        if low in any_function_word() or low in dates() or low in _titles():
            continue
        if len(word) < MIN_NAME or word.isupper():  # an abbreviation, a headline in capitals
            continue
        if opens_sentence(text, match.start()):
            follows = place + 1 < len(capitals) and capitals[place + 1].start() == match.end() + 1
            if low not in known and (not follows or low in ordinary()):
                continue
        found.append(match)
    return found


def opens_sentence(text: str, position: int) -> bool:
    """Tell whether a sentence begins at a position: a capital there says little.

    None does behind an abbreviation: "gén. Lacroix", "г. Чусовой".
    """
    first = max(0, position - _FAR)
    start = _SENTENCE_START.search(text, first, position)
    if start is None or not start.group().startswith("."):
        return start is not None
    return not ends_in_abbreviation(text[first : start.start() + 1])


def derived(one: str, other: str) -> bool:
    """Tell whether two Latin words differ as Germany and German do, or Ivanov and Ivanova."""
    a, b = one.lower(), other.lower()
    shared = 0
    while shared < min(len(a), len(b)) and a[shared] == b[shared]:
        shared += 1
    if shared < max(3, min(len(a), len(b)) - 2):
        return False
    return bool(_DERIVED.fullmatch(a[shared:]) and _DERIVED.fullmatch(b[shared:]))

"""Facts of one or two letters: codes, groups and versions, initials, tenses.

Section 15A is not 15B, hepatitis A not C, "will raise" not "raised". So small a difference is also
the usual damage of a copy, so these facts count only in texts that are hardly damaged elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from pipeline.facts import fact_words
from pipeline.facts.agreement import has_digits
from pipeline.facts.roman import is_roman
from pipeline.lang.function_words import any_function_word
from pipeline.stages.duplicates.aligned_words import Word, bare_word

_CODE = 3  # letters of a code; more make a word with a number
_STEM = 3  # letters before an ending


def is_other_code(word: Word, before: Word | None, after: Word | None) -> bool:
    """Tell whether a word that differs is a code, or part of one, and another in the other text.

    `before` and `after` are the words around it. A code is a word of digits and few letters, one
    letter or two glued to a number, a Roman numeral, or a letter by itself: a capital, or behind a
    number.
    """
    if has_digits(word.text):
        mine, theirs = _letters(word.bare), _letters(word.other)
        return mine != theirs and max(len(mine), len(theirs)) <= _CODE
    behind_number = before is not None and has_digits(before.text)
    if behind_number and word.glued and len(word.bare) <= 2:
        return len(word.bare) == 1 or len(word.other) == len(word.bare)
    if is_roman(word.text):
        return is_roman(word.other.upper())
    if len(word.bare) != 1 or len(word.other) > 1:
        return False
    if not word.other and word.text.lower() in any_function_word():
        return False  # left out: "a", "I", a preposition
    if before is None:  # an initial, unless a sentence begins with a small word
        return after is not None and after.text[0].isupper()
    return word.text.isupper() or (behind_number and not _may_vary(word))


def _letters(word: str) -> str:
    return "".join(filter(str.isalpha, word))


def _may_vary(word: Word) -> bool:
    return {word.bare, word.other} <= _varying()


@cache
def _varying() -> frozenset[str]:
    """Return words of a letter that stand for one another by sound, as the Ukrainian for "in"."""
    return frozenset(map(bare_word, fact_words.varying()))


def is_other_tense(word: Word) -> bool:
    """Tell whether a verb stands in another tense in the other text."""
    if word.bare in _auxiliaries():
        return not word.other or word.other in _auxiliaries()
    shared = 0
    for mine, theirs in zip(word.bare, word.other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return any(
        _differ(word.bare[stem:], word.other[stem:], tenses)
        for stem in range(shared, _STEM - 1, -1)
        for tenses in _tenses()
    )


def _differ(one: str, other: str, tenses: Sequence[frozenset[str]]) -> bool:
    mine = {at for at, endings in enumerate(tenses) if one in endings}
    theirs = {at for at, endings in enumerate(tenses) if other in endings}
    return bool(mine and theirs) and mine.isdisjoint(theirs)


@cache
def _auxiliaries() -> frozenset[str]:
    return frozenset(map(bare_word, fact_words.auxiliaries()))


@cache
def _tenses() -> tuple[tuple[frozenset[str], ...], ...]:
    """Return for each language the endings of each tense, bare."""
    return tuple(
        tuple(frozenset(map(bare_word, endings)) for endings in tenses)
        for tenses in fact_words.tenses()
    )

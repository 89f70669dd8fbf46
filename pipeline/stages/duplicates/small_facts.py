"""Facts of one or two letters: codes, groups and versions, initials, tenses.

Section 15A is not 15B, hepatitis A not C, "will raise" not "raised". So small a difference is also
the usual damage of a copy, so these facts count only in texts that are hardly damaged elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Literal

from pipeline.facts import fact_words
from pipeline.facts.agreement import has_digits
from pipeline.facts.roman import is_roman
from pipeline.lang.function_words import any_function_word
from pipeline.lang.letters import cyrillic
from pipeline.stages.duplicates.aligned_words import Word, bare_word

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_MOST_WORDS = 8  # a text with more words that differ is damaged, or another one
_LETTERS_AN_EDIT = 200  # one other edit in so many letters is no damage to speak of
_CODE = 3  # letters of a code; more make a word with a number
_STEM = 3  # letters before an ending


def difference(words: Sequence[Word], others: Mapping[str, str]) -> Literal["code", "tense", None]:
    """Return the kind of small fact in which a text differs from another one, or None.

    `words` have their edits; `others` are the words of the other text by their bare letters. In a
    text with much other damage, a letter says nothing.
    """
    edited = [at for at, word in enumerate(words) if word.edits]
    if len(edited) > _MOST_WORDS:
        return None
    codes = tenses = False
    elsewhere, most = 0, max(1, sum(len(word.bare) for word in words) // _LETTERS_AN_EDIT)
    for at in edited:
        before = words[at - 1] if at else None
        after = words[at + 1] if at + 1 < len(words) else None
        if _is_other_code(words[at], before, after):
            codes = True
        elif _is_other_tense(words[at], after, others):
            tenses = True
        else:
            elsewhere += words[at].edits
            if elsewhere > most:
                return None
    return "code" if codes else "tense" if tenses else None


def _is_other_code(word: Word, before: Word | None, after: Word | None) -> bool:
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


def _is_other_tense(word: Word, after: Word | None, others: Mapping[str, str]) -> bool:
    """Tell whether a verb stands in another tense in the other text.

    `after` is the word behind it, `others` are the words of the other text by their bare letters.
    An auxiliary of one letter is easily lost; it was one where the verb behind it differs as well,
    if only in an accent: "a relevé" and "relève", "a vendu" and "vendra".
    """
    if word.bare in _auxiliaries():
        if word.other or len(word.bare) > 1:
            return not word.other or word.other in _auxiliaries()
        verb = after.text.lower() if after is not None else ""
        if after is not None and after.edits and _ends_otherwise(after, others):
            return True
        return after is not None and others.get(after.bare, verb).lower() != verb
    return _ends_otherwise(word, others)


def _ends_otherwise(word: Word, others: Mapping[str, str]) -> bool:
    """Tell whether a verb has the form of another tense across from it.

    Letters of two irregular forms may be aligned with those of other words: both words count.
    """
    past = _irregular()
    if past.get(word.bare) == word.other or past.get(word.other) == word.bare:
        return True
    if word.bare not in others and past.get(word.bare) in others:
        return True
    shared = 0
    for mine, theirs in zip(word.bare, word.other, strict=False):
        if mine != theirs:
            break
        shared += 1
    if shared < _STEM:
        return False
    endings = _endings(in_cyrillic=_CYRILLIC.search(word.text) is not None)
    for stem in range(shared, _STEM - 1, -1):
        ours, across = endings.get(word.bare[stem:]), endings.get(word.other[stem:])
        if ours and across and _differ(ours, across):
            return True
    return False


def _differ(ours: Mapping[int, frozenset[int]], others: Mapping[int, frozenset[int]]) -> bool:
    """Tell whether two endings have no tense in common in a conjugation that has both."""
    return any(at in others and found.isdisjoint(others[at]) for at, found in ours.items())


@cache
def _auxiliaries() -> frozenset[str]:
    return frozenset(map(bare_word, fact_words.auxiliaries()))


@cache
def _irregular() -> Mapping[str, str]:
    found = fact_words.irregular().items()
    return MappingProxyType({bare_word(one): bare_word(other) for one, other in found})


@cache
def _endings(*, in_cyrillic: bool) -> Mapping[str, Mapping[int, frozenset[int]]]:
    """Return for each ending, bare, its tenses in each conjugation of a script's languages."""
    conjugations = [
        tenses
        for tag, several in fact_words.tenses().items()
        for tenses in several
        if (tag in cyrillic()) is in_cyrillic
    ]
    found: dict[str, dict[int, frozenset[int]]] = {}
    for number, tenses in enumerate(conjugations):
        for at, endings in enumerate(tenses):
            for ending in set(map(bare_word, endings)):
                of = found.setdefault(ending, {})
                of[number] = of.get(number, frozenset()) | {at}
    return MappingProxyType(found)

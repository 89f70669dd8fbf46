"""Vetoes between two similar paragraphs: a number, a date, a name, a negation, another word.

A near copy says the same words in the same order, give or take damage: typing errors, broken
encodings, glued words. The bare letters of both texts are aligned, and the differing letters of
each word are counted. Damage is spread over a text, a changed fact stands alone: a word is another
word if so many differing letters are too unlikely, given how many differ in the rest of the text.
A number may not differ at all, and words that state a fact have to be more likely than others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline.facts import fact_words
from pipeline.facts.agreement import has_digits, same_digits
from pipeline.lang.function_words import any_function_word
from pipeline.lang.normalise import normalise
from pipeline.stages.duplicates import small_facts
from pipeline.stages.duplicates.aligned_words import Block, Word, align, bare_word, joined, words_of

Veto = Literal["number", "date", "name", "negation", "wording"]

_SIGN = re.compile(r"[%$£¥?\u20a0-\u20cf^]")
_SENTENCES = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…]['\"»”’)\]]))\s+")
_DOTS = re.compile(r"(?:…|\.\.\.)\s*$")


def _bared(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(bare_word, words))


@dataclass(frozen=True, slots=True)
class _Facts:
    """The words of fact, bare: `known` ones with the veto of each, and their likes."""

    known: tuple[tuple[frozenset[str], Veto], ...]
    near_negations: frozenset[str]
    poles: frozenset[str]
    prefixes: frozenset[str]


@cache
def _facts() -> _Facts:
    return _Facts(
        known=(
            (_bared(fact_words.negations()), "negation"),
            (_bared(fact_words.dates()), "date"),
            (_bared(fact_words.numbers()), "number"),
        ),
        near_negations=_bared(fact_words.near_negations() | any_function_word()),
        poles=_bared(fact_words.poles()),
        prefixes=_bared(fact_words.prefixes()) | {""},
    )


# The least probability at which differing letters pass for damage: in any word of a text, in a
# name, in a word of fact, in a prefix.
_LEAST_TEXT = 0.004
_LEAST_NAME = 0.003
_LEAST_FACT = 0.02
_LEAST_PREFIX = 0.02
_LONG_NAME = 5
_DAMAGED = 3
_CUT = 12  # letters; a copy that lacks more at an end was cut there
_PRIOR_EDITS = 0.5  # damage that a text without any is taken to have


def veto(copy: str, kept: str) -> Veto | None:
    """Return the veto against `copy` being a copy of `kept`, or None.

    Words of `kept` before the beginning or behind the end of `copy` are no difference: nothing is
    lost by their absence.

    1. The words of both texts are compared; the same letters need no comparison.
    2. A copy with a veto that lacks `_CUT` letters or more may have been cut. It is compared again,
       with the stretch of `kept` that is most like it; its last word goes where dots follow.
    """
    mine, theirs = words_of(copy), words_of(kept)
    left, right = joined(mine), joined(theirs)
    if left == right:
        return None
    found = _compare(mine, left, theirs, right, 0, len(right))
    if found is None or len(right) - len(left) < _CUT:
        return found
    # It was cut. A letter of the missing end may stand earlier too and draw the alignment there.
    from rapidfuzz.fuzz import partial_ratio_alignment

    if _DOTS.search(copy) and len(mine) > 1:
        mine.pop()  # the rest of a word, or the beginning of another sentence
        left = joined(mine)
    best = partial_ratio_alignment(left, right)
    if best is None:
        return found
    return _compare(mine, left, theirs, right, best.dest_start, best.dest_end)


def same_sentences(copy: str, kept: str) -> bool:
    """Tell whether the source texts consist of the same sentences in another order."""
    left, right = (sorted(filter(None, map(normalise, sentences(text)))) for text in (copy, kept))
    return len(left) > 1 and left == right


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, cut without regard to abbreviations."""
    return _SENTENCES.split(text)


def _compare(
    mine: list[Word], left: str, theirs: list[Word], right: str, start: int, end: int
) -> Veto | None:
    """Return the veto between `left` and `right[start:end]`; the rest of `right` is left alone.

    1. The letters are aligned; letters of `right` beyond an end of `left` do not count.
    2. Each word gets the letters across from it, in both directions.
    3. Words of `theirs` beyond the ends are looked at for facts, if they are few.
    4. The words of both sides are judged, `theirs` first.
    """
    from rapidfuzz.distance import Levenshtein

    across: list[Block] = []
    for op in Levenshtein.opcodes(left, right[start:end]):
        a, a_end, b, b_end = op.src_start, op.src_end, op.dest_start + start, op.dest_end + start
        # Letters of `right` beyond an end of `left` are not missing from it.
        if a < a_end or a not in (0, len(left)):
            across.append((a, a_end, b, b_end, op.tag == "equal"))
    if not across:
        return "wording"
    back = [(b, b_end, a, a_end, equal) for a, a_end, b, b_end, equal in across]
    low, high = back[0][0], back[-1][1]
    inside = [w for w in theirs if w.start >= low and w.end <= high]
    align(mine, across, right)
    align(inside, back, left)
    return (
        _missing([w for w in theirs if w.end <= low])
        or _missing([w for w in theirs if w.start >= high])
        or _verdict(inside, mine, names=True)
        or _verdict(mine, inside, names=False)
    )


def _missing(words: list[Word]) -> Veto | None:
    """Return the veto of a fact among the few words that a copy leaves out at one of its ends."""
    if sum(len(word.bare) for word in words) < _CUT:
        for word in words:
            if has_digits(word.text) or _SIGN.fullmatch(word.text):
                return "wording" if word.text == "?" else "number"
            for facts, reason in _facts().known:
                if word.bare in facts:
                    return reason
    return None


def _verdict(words: list[Word], others: list[Word], *, names: bool) -> Veto | None:
    """Return the veto of the words of one side; `others` are those of the other side.

    1. Each word gets its edits: how many of its letters differ from those across.
    2. In a text with hardly any other damage, another code or tense is a veto.
    3. A sign or a digit that differs is a veto at once.
    4. The chance of so many edits follows from the damage to the rest of the text (Poisson).
    5. A word of fact may be less damaged than others, or must not have become another: a veto.
    6. An opposite, unlikely damage or another prefix makes another wording; an unlikely name makes
       another name, which is told rather than a wording.

    `names`: capitals mean something, as in the kept text; in a copy they may be damage.
    """
    from rapidfuzz.distance import OSA

    for word in words:
        word.edits = 0 if word.bare == word.other else int(OSA.distance(word.bare, word.other))
    total = sum(len(w.bare) for w in words)
    edits = sum(w.edits for w in words)
    known = {w.bare: w.text for w in others}
    least = _LEAST_TEXT / max(1, len(words))
    small = small_facts.difference(words, known)
    if small == "code":
        return "number"
    found: Veto | None = "wording" if small == "tense" else None
    for word in words:
        if word.edits == 0:
            continue
        if word.text == "?" and edits > _DAMAGED:
            continue  # a letter that a broken encoding lost
        if _SIGN.fullmatch(word.text):
            return "wording" if word.text == "?" else "number"
        if not same_digits(word.bare, word.other):
            return "number"
        rest = (edits - word.edits + _PRIOR_EDITS) / max(1, total - len(word.bare))
        likely = _at_least(word.edits, len(word.bare) * rest)
        for facts, reason in _facts().known:
            if word.bare in facts and (
                likely < _LEAST_FACT / word.edits**2 or _is_another(word, facts, reason, known)
            ):
                return reason
        opposite = {word.bare, word.other} <= _facts().poles
        if (
            opposite
            or likely < least
            or (likely < _LEAST_PREFIX and _prefix_differs(word.bare, word.other))
        ):
            found = found or "wording"
        alone = edits == word.edits
        named = word.text[0].isupper() and word.bare not in _facts().near_negations
        if named and (names or alone) and _another_name(word, likely, alone=alone):
            found = "name"
    return found


def _is_another(word: Word, facts: frozenset[str], reason: Veto, known: Mapping[str, str]) -> bool:
    """Tell whether damage to a word of fact has made another word of the language."""
    if word.other not in known:
        return False
    # A lost letter makes other words too often to mean anything: "pas" and "as".
    whole = len(word.other) >= len(word.bare)
    near = whole and reason == "negation" and word.other in _facts().near_negations
    return near or word.other in facts


def _another_name(word: Word, likely: float, *, alone: bool) -> bool:
    """Tell whether a name is another one; `alone`: nothing else in the text differs."""
    long = word.edits == 1 and len(word.bare) >= _LONG_NAME and word.bare[-2:] == word.other[-2:]
    if alone and not long:
        return True  # another ending makes another name: Orlov and Orlova
    return likely < _LEAST_NAME or 2 < len(word.bare) < 2 * word.edits


def _prefix_differs(a: str, b: str) -> bool:
    """Tell "increase" from "decrease" and "legal" from "illegal": the same word behind a prefix."""
    shared = 0
    while shared < min(len(a), len(b)) and a[-1 - shared] == b[-1 - shared]:
        shared += 1
    for keep in range(shared, 2, -1):
        first, second = a[: len(a) - keep], b[: len(b) - keep]
        if max(len(first), len(second)) > 1 and {first, second} <= _facts().prefixes:
            return True
    return False


def _at_least(count: int, mean: float) -> float:
    """Return the probability of `count` events or more where `mean` are expected (Poisson)."""
    fewer, term = 0.0, math.exp(-mean)
    for k in range(count):
        fewer += term
        term *= mean / (k + 1)
    return max(0.0, 1.0 - fewer)

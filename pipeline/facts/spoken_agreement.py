"""Numbers in words, compared between a text and its translation; a wrong scale is put right.

"Un billion" is a trillion, and "два с половиной миллиона" neither two million nor two and a half
billion. A number in words needs a counterpart of the same worth in words or figures. Words that do
more than count ("both", "a", "second") need none.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.facts.multiples import scale_of
from pipeline.facts.number_words import scale_names
from pipeline.facts.numbers import figures
from pipeline.facts.roman import roman_numbers
from pipeline.facts.spoken import Spoken, spoken

_LEAST = 3  # one and two are said in too many ways


def spoken_problems(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the numbers in words, as written, of either text that the other one lacks."""
    return [
        *_unmatched(source, target, source_language, target_language),
        *_unmatched(target, source, target_language, source_language),
    ]


def unsupported_spoken(claim: str, text: str, *, language: str, text_language: str) -> list[str]:
    """Return the numbers in words of `claim`, as written, that `text` has in no form."""
    return _unmatched(claim, text, language, text_language)


def _unmatched(text: str, other: str, language: str, other_language: str) -> list[str]:
    wanted = [s for s in spoken(text, language=language) if s.said and max(s.values) >= _LEAST]
    if not wanted:
        return []
    known = _worth(other, other_language)
    written = ((text[s.start : s.end], s) for s in wanted)
    return [
        words
        for words, number in written
        # A name that is not translated, such as Channel Four, needs no number.
        if not _is_known(number, known) and not (words[0].isupper() and words in other)
    ]


def _worth(text: str, language: str) -> frozenset[Decimal]:
    """Return every worth of the numbers of a text; an hour after noon counts twice."""
    found = {v for figure in figures(text, language=language) for v in figure.values}
    found |= {v for number in spoken(text, language=language) for v in number.values}
    found |= {v for number in spoken(text, language=language) for v in number.scales}
    found.update(roman_numbers(text))
    return frozenset(found | {v - 12 for v in found if 12 < v <= 24} | {abs(v) for v in found})


def _is_known(number: Spoken, known: frozenset[Decimal]) -> bool:
    """Tell whether a number is among those of the other text.

    Scales alone are no exact number: "millions" may be any number of millions, in any number of
    hundreds.
    """
    if not number.values.isdisjoint(known):
        return True
    return number.bare and any(
        scale <= value < 1000 * scale for scale in number.scales for value in known
    )


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A number with a scale: every worth, the worth without the scale, and where the scale is."""

    values: frozenset[Decimal]
    scale: Decimal
    start: int
    end: int

    @property
    def counts(self) -> frozenset[Decimal]:
        return frozenset(value / self.scale for value in self.values)


def scales_put_right(
    source: str, target: str, *, source_language: str, target_language: str
) -> str:
    """Return `target` with a wrong scale word replaced by that of the source.

    1. The numbers with a scale whose worth the other text lacks are collected on both sides.
    2. Where one is left on each side, and they differ in nothing but the scale, the scale of the
       source stands in the place of the target's.
    """
    names = scale_names(target_language)
    if not names:
        return target
    lost = _lacking(source, target, source_language, target_language)
    wrong = _lacking(target, source, target_language, source_language)
    if len(lost) != 1 or len(wrong) != 1 or lost[0].counts.isdisjoint(wrong[0].counts):
        return target
    written = target[wrong[0].start : wrong[0].end]
    singular = written.lower().removesuffix("s")
    right = next((name for name, power in names.items() if lost[0].scale == 10**power), None)
    if singular not in names or right is None:
        return target
    ending = "s" if written.lower() != singular else ""
    word = right.capitalize() if written[0].isupper() else right
    return target[: wrong[0].start] + word + ending + target[wrong[0].end :]


def _lacking(text: str, other: str, language: str, other_language: str) -> list[_Scaled]:
    """Return the numbers with one scale that are worth nothing that `other` states."""
    known = {v for f in figures(other, language=other_language) for v in f.values}
    known |= {v for n in spoken(other, language=other_language) if n.said for v in n.values}
    found = [
        _Scaled(number.values, min(number.scales), *number.scale_at)
        for number in spoken(text, language=language)
        if number.said and len(number.scales) == 1 and number.scale_at is not None
    ]
    for figure in figures(text, language=language):
        if (scale := scale_of(text, figure.end, language=language)) is not None:
            found.append(_Scaled(figure.values, *scale))
    return [scaled for scaled in found if scaled.values.isdisjoint(known)]

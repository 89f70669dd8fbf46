"""Figures, numbers in words and dates of a claim against the original, by their worth.

A figure may be rounded ("3.5 million" for 3 482 117) or stand in another unit ("30 miles" for
48 km); either is told as an `Equivalent`. A figure that the evidence lacks is supported by another
sentence of the original that has it and shares a word with the claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.facts.agreement import unsupported_numbers
from pipeline.facts.numbers import Figure, added_numbers, figures
from pipeline.facts.spoken_agreement import unsupported_spoken
from pipeline.facts.stated import unsupported_stated
from pipeline.facts.units import unit_problems
from pipeline.stages.grounding.conversions import TOLERANCE, converts, quantities
from pipeline.stages.grounding.original import Original
from pipeline.summary import Equivalent

_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_SHORT_RANGE = re.compile(r"(?<!\d)(1[5-9]|20)(\d\d)[-–—/](\d\d)(?![\d%])")  # 1950-53
_LEAST_DIGITS = 3  # significant ones, of a number that is rounded
_MOST_LOOKED_AT = 40  # sentences beside the evidence


@dataclass(frozen=True, slots=True)
class FigureCheck:
    """The figures and dates of a claim, as written, that the original lacks.

    `wrong_unit` are figures that stand in the original beside another unit. `further` are
    sentences, by index, that support a figure and are not among the evidence.
    """

    unsupported: tuple[str, ...]
    wrong_unit: tuple[str, ...]
    equivalents: tuple[Equivalent, ...]
    further: tuple[int, ...]


def check_figures(claim: str, original: Original, evidence: Sequence[int]) -> FigureCheck:
    """Compare the figures, numbers in words and dates of a claim with the original.

    1. What the evidence has, in any form, is supported.
    2. A figure that rounds or converts one of the evidence is, too.
    3. So is what another sentence has that shares a word with the claim; those that share the most
       are asked first.
    4. So is what the title, the date or the publisher of the document has.
    """
    left = _lacking(claim, original.texts_of(evidence), original.language)
    equivalents = tuple(_equivalents(claim, original, evidence, left)) if left else ()
    left = [word for word in left if word not in {e.figure for e in equivalents}]
    further: list[int] = []
    for i in _others(claim, original, evidence) if left else ():
        still = _lacking(claim, original.texts_of([i]), original.language)
        if found := [word for word in left if word not in still]:
            further.append(i)
            left = [word for word in left if word not in found]
        if not left:
            break
    if left and original.around:
        around = {original.language: original.around}
        left = [word for word in left if word in _lacking(claim, around, original.language)]
    return FigureCheck(
        tuple(left),
        tuple(_wrong_units(claim, original, [*evidence, *further])),
        equivalents,
        tuple(further),
    )


def stated_nowhere(claim: str, original: Original) -> tuple[str, ...]:
    """Return what a claim counts or dates, as written, and no sentence of the original does."""
    return tuple(_lacking(claim, original.texts, original.language))


def _lacking(claim: str, texts: Mapping[str, str], language: str) -> list[str]:
    """Return what a claim counts or dates, as written, and none of `texts` does."""
    missing = [_unsupported(claim, text, language, own) for own, text in texts.items()]
    if not missing:
        missing = [_unsupported(claim, "", language, language)]
    return [word for word in missing[0] if all(word in other for other in missing[1:])]


def _unsupported(claim: str, text: str, language: str, text_language: str) -> list[str]:
    places = {"language": language, "text_language": text_language}
    numbers = added_numbers(text, claim, source_language=text_language, target_language=language)
    if numbers and language == text_language:
        reread = unsupported_numbers(claim, text, language=language)
        numbers = [number for number in numbers if number in reread]
    ranges = {m[3]: m[1] + m[3] for m in _SHORT_RANGE.finditer(claim)}
    found = (
        *(n for n in numbers if n not in ranges or ranges[n] not in text),
        *unsupported_spoken(claim, text, **places),
        *unsupported_stated(claim, text, **places),
    )
    return list(dict.fromkeys(found))


def _others(claim: str, original: Original, evidence: Sequence[int]) -> list[int]:
    """Return the sentences beside the evidence that share words with a claim, most first."""
    shared = {
        i: count
        for i in range(len(original.candidates))
        if i not in evidence and (count := original.wording.shared(claim, i))
    }
    return sorted(shared, key=lambda i: -shared[i])[:_MOST_LOOKED_AT]


def _equivalents(
    claim: str, original: Original, evidence: Sequence[int], left: Sequence[str]
) -> Iterator[Equivalent]:
    wanted = [f for f in figures(claim, language=original.language) if f.text in left]
    converted = quantities(claim, language=original.language)
    for language, text in original.texts_of(evidence).items():
        there = figures(text, language=language)
        for figure in wanted:
            exact = next((f for f in there if _values(f) & _values(figure)), None)
            rounded = next((f for f in there if _rounds(figure, f)), None)
            if exact is not None or rounded is not None:
                stands = exact or rounded
                assert stands is not None
                yield Equivalent(figure.text, _written(text, stands))
        there_converted = quantities(text, language=language)
        for mine in converted:
            if mine.figure.text not in left:
                continue
            other = next((o for o in there_converted if converts(mine, o)), None)
            if other is not None:
                yield Equivalent(mine.figure.text, text[other.start : other.end])


def in_units_of(original: str, claim: str, *, language: str, claim_language: str) -> str:
    """Return a claim with the figures that convert one of the original written as it writes them.

    "A 650 pound pig" becomes "a 295 кг pig": what is left to compare is the rest.
    """
    there = quantities(original, language=language)
    for mine in reversed(quantities(claim, language=claim_language)):
        other = next((o for o in there if converts(mine, o)), None)
        if other is not None:
            claim = claim[: mine.start] + original[other.start : other.end] + claim[mine.end :]
    return claim


def _values(figure: Figure) -> set[Decimal]:
    return {abs(value) for value in figure.values}


def _written(text: str, figure: Figure) -> str:
    """Return a figure of a text with the word behind it, which may be its scale."""
    behind = re.match(r"\s?[^\W\d_]{2,}\.?|\s?%", text[figure.end :])
    return figure.text + (behind.group() if behind else "")


def _rounds(figure: Figure, exact: Figure) -> bool:
    """Tell whether a figure is `exact` with fewer digits; years are never rounded."""
    if _YEAR.fullmatch(figure.text) or _YEAR.fullmatch(exact.text):
        return False
    return any(
        _digits(value) < _digits(other) >= _LEAST_DIGITS
        and abs(value - other) <= TOLERANCE * abs(other)
        and abs(value - other) < _unit(value)
        for value in figure.values
        for other in exact.values
        if value and other
    )


def _digits(value: Decimal) -> int:
    """Return the number of significant digits."""
    return len(value.normalize().as_tuple().digits)


def _unit(value: Decimal) -> Decimal:
    """Return what one more in the last significant digit is worth."""
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _wrong_units(claim: str, original: Original, evidence: Sequence[int]) -> Iterator[str]:
    """Yield the measures of a claim whose number the evidence has beside another unit alone."""
    found = [
        unit_problems(claim, text, source_language=original.language, target_language=language)
        for language, text in original.texts_of(evidence).items()
    ]
    if found and all(found):
        yield from dict.fromkeys(found[0])

"""The checks of a claim that need no model: each names the words that the original lacks."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts.agreement import unsupported_numbers
from pipeline.facts.spoken import spoken_numbers
from pipeline.facts.units import measures
from pipeline.flag import Flag
from pipeline.stages.grounding.causes import unstated_cause
from pipeline.stages.grounding.figures import FigureCheck, check_figures
from pipeline.stages.grounding.names import initials_of, unknown_names
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.reversals import reversals
from pipeline.stages.grounding.wording import WORD, content_words, folded
from pipeline.summary import Equivalent

LEAST_VOUCHED = 0.6  # share of a claim's words, grammar aside, where nothing but words is compared


@dataclass(frozen=True, slots=True)
class Doubt:
    """A check that a claim fails, and the words that fail it."""

    flag: Flag
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """The doubts about a claim, the gravest first; none is good.

    `further` are sentences, by index, that support a figure beside the evidence.
    """

    doubts: tuple[Doubt, ...]
    equivalents: tuple[Equivalent, ...] = ()
    further: tuple[int, ...] = ()


def check(
    claim: str,
    original: Original,
    evidence: Sequence[int],
    *,
    least_vouched: float = LEAST_VOUCHED,
) -> Checked:
    """Return the doubts about a claim; `evidence` are sentences of the original, the best first.

    1. No word may come from an order to a machine, and from nowhere else.
    2. A figure or a date must be in the original, with the same worth and unit.
    3. So must a name, in one of its forms.
    4. Of the other words that are no grammar, a share of `least_vouched` must be.
    5. A cause must be stated.
    6. Nothing may be the reverse of what the evidence says.
    """
    claim = html.unescape(claim)
    figures = check_figures(claim, original, evidence)
    near = [*evidence, *(i for i in figures.further if i not in evidence)]
    return Checked(
        tuple(_doubts(claim, original, near, figures, least_vouched)),
        figures.equivalents,
        figures.further,
    )


def _doubts(
    claim: str,
    original: Original,
    evidence: Sequence[int],
    figures: FigureCheck,
    least_vouched: float,
) -> Iterator[Doubt]:
    if planted := tuple(_planted(claim, original)):
        yield Doubt(Flag.ORDERS, planted)
    if wrong := (*figures.unsupported, *figures.wrong_unit):
        yield Doubt(Flag.DROPPED_NUMBER, wrong)
    if names := unknown_names(claim, original, evidence):
        yield Doubt(Flag.UNSUPPORTED, names)
    yield from _foreign_words(claim, original, least_vouched)
    if cause := unstated_cause(claim, original):
        yield Doubt(Flag.UNSUPPORTED_CAUSE, (cause,))
    if turned := tuple(dict.fromkeys(reversals(claim, original, evidence))):
        yield Doubt(Flag.CONTRADICTED, turned)


def _planted(claim: str, original: Original) -> Iterator[str]:
    if not original.orders:
        return
    for word in content_words(claim, original.language):
        if original.planted.has(word) and not original.wording.forms.has(word):
            yield word


def _foreign_words(claim: str, original: Original, least: float) -> Iterator[Doubt]:
    """Yield a doubt with the words that the original lacks, where they are too many."""
    language = original.language
    telling = set(content_words(claim, language))
    units = {claim[m.start : m.end].lower() for m in measures(claim, language=language)}
    known = initials_of(claim, original) | set(map(folded, WORD.findall(original.around)))
    found = [w for w in WORD.findall(claim) if folded(w) in telling and w.lower() not in units]
    foreign = [w for w in found if folded(w) not in known and not _is_vouched(folded(w), original)]
    if len(found) - len(foreign) < least * len(found):
        yield Doubt(Flag.UNSUPPORTED, tuple(dict.fromkeys(foreign)))


def _is_vouched(word: str, original: Original) -> bool:
    if original.wording.forms.has(word):
        return True
    text, language = "\n".join(original.readable), original.language
    worth = spoken_numbers(word, language=language)
    return any(not unsupported_numbers(str(value), text, language=language) for value in worth)

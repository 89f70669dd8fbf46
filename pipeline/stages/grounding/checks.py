"""The checks of a claim that need no model: each names the words that the original lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Equivalent
from pipeline.facts.agreement import unsupported_numbers
from pipeline.facts.spoken import spoken_numbers
from pipeline.flag import Flag
from pipeline.stages.grounding.causes import unstated_cause
from pipeline.stages.grounding.figures import check_figures
from pipeline.stages.grounding.names import initials_of, unknown_names
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.reversals import reversals
from pipeline.stages.grounding.wording import WORD, content_words, folded

LEAST_VOUCHED = 0.6  # share of the words of a claim, grammar aside, that the original has


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


def check(claim: str, original: Original, evidence: Sequence[int]) -> Checked:
    """Return the doubts about a claim; `evidence` are sentences of the original, the best first.

    1. A figure or a date must be in the original, with the same worth and unit.
    2. So must a name, in one of its forms.
    3. Of the other words that are no grammar, `LEAST_VOUCHED` must be.
    4. A cause must be stated.
    5. Nothing may be the reverse of what the evidence says.
    """
    figures = check_figures(claim, original, evidence)
    near = [*evidence, *(i for i in figures.further if i not in evidence)]
    return Checked(
        tuple(_doubts(claim, original, near, (*figures.unsupported, *figures.wrong_unit))),
        figures.equivalents,
        figures.further,
    )


def _doubts(
    claim: str, original: Original, evidence: Sequence[int], figures: tuple[str, ...]
) -> Iterator[Doubt]:
    if figures:
        yield Doubt(Flag.DROPPED_NUMBER, figures)
    if names := unknown_names(claim, original, evidence):
        yield Doubt(Flag.UNSUPPORTED, names)
    if foreign := _foreign_words(claim, original):
        yield Doubt(Flag.UNSUPPORTED, foreign)
    if cause := unstated_cause(claim, original):
        yield Doubt(Flag.UNSUPPORTED_CAUSE, (cause,))
    if turned := tuple(dict.fromkeys(reversals(claim, original, evidence))):
        yield Doubt(Flag.CONTRADICTED, turned)


def _foreign_words(claim: str, original: Original) -> tuple[str, ...]:
    """Return the words that the original lacks, where they are too many."""
    language = original.language
    grammar = set(content_words(claim, language))
    found = [w for w in WORD.findall(claim) if folded(w) in grammar]
    spelt = initials_of(claim, original)
    foreign = [w for w in found if folded(w) not in spelt and not _is_vouched(folded(w), original)]
    if len(found) - len(foreign) >= LEAST_VOUCHED * len(found):
        return ()
    return tuple(dict.fromkeys(foreign))


def _is_vouched(word: str, original: Original) -> bool:
    if original.wording.forms.has(word):
        return True
    text, language = "\n".join(original.readable), original.language
    worth = spoken_numbers(word, language=language)
    return any(not unsupported_numbers(str(value), text, language=language) for value in worth)

"""Statements of different documents that say the same, by the vectors of their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.engine import Encoder
from pipeline.facts.numbers import figures
from pipeline.stories.pair import Model
from pipeline.stories.statements import Statement
from pipeline.stories.vectors import centred

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

SAME = 0.62  # cosine of centred vectors from which two statements say the same
RELATED = 0.42  # below, a statement has no counterpart


@dataclass(frozen=True, slots=True)
class Aligned:
    """The statements of a story, their likeness, and those that say the same.

    `likeness` is (statements, statements); `groups` are places of statements of different
    documents that say the same, the larger first; every statement is in one.
    """

    statements: tuple[Statement, ...]
    likeness: Vectors
    groups: tuple[tuple[int, ...], ...]


def align(
    statements: Sequence[Statement], *, encoder: Encoder, model: Model, target: str
) -> Aligned:
    """Compare the statements of a story, in the language of the digest.

    1. Two statements of different documents whose cosine is at least `SAME`, and each of which is
       the other's closest in its document, say the same unless their figures differ.
    2. The closest pairs are joined first; a group has one statement of each document.
    """
    texts = [s.text for s in statements]
    languages = [target if s.quotation.translation else s.quotation.language for s in statements]
    vectors = centred(texts, languages, encoder=encoder, means=model.means)
    likeness = (vectors @ vectors.T).round(4)
    pairs = sorted(
        (-float(likeness[i, j]), i, j)
        for i in range(len(texts))
        for j in range(i + 1, len(texts))
        if likeness[i, j] >= SAME
        and statements[i].source != statements[j].source
        and figures_agree(texts[i], texts[j], language=target)
    )
    groups: dict[int, set[int]] = {i: {i} for i in range(len(texts))}
    of = list(range(len(texts)))
    for _, i, j in pairs:
        one, other = groups[of[i]], groups[of[j]]
        if one is other or not _close(one, other, statements, likeness):
            continue
        one |= other
        del groups[of[j]]
        for member in other:
            of[member] = of[i]
    found = sorted((tuple(sorted(g)) for g in groups.values()), key=lambda g: (-len(g), g))
    return Aligned(tuple(statements), likeness, tuple(found))


def _close(
    one: set[int], other: set[int], statements: Sequence[Statement], likeness: Vectors
) -> bool:
    sources = {statements[i].source for i in one}
    if any(statements[j].source in sources for j in other):
        return False
    return all(likeness[i, j] >= RELATED for i in one for j in other)


def figures_agree(one: str, other: str, *, language: str) -> bool:
    """Tell whether two sentences of one language have a figure in common, or one has none."""
    mine, theirs = ({min(f.values) for f in figures(t, language=language)} for t in (one, other))
    return not mine or not theirs or not mine.isdisjoint(theirs)

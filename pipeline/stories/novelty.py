"""Sentences that say more than those that earlier nights have told: other things, other figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from models.engine import Encoder
from pipeline.facts.numbers import figures
from pipeline.stories.pair import Model
from pipeline.stories.vectors import centred

NEW = 0.7  # cosine below which a sentence says what none of the told ones says


def new_ones(
    texts: Sequence[str], told: Sequence[str], *, encoder: Encoder, model: Model, target: str
) -> list[int]:
    """Return the places of `texts` that say something none of `told` says.

    A sentence that is close to a told one is new by a figure that no told one has: the toll of
    today. All are in the language of the digest.
    """
    if not told or not texts:
        return list(range(len(texts)))
    both = [*texts, *told]
    vectors = centred(both, [target] * len(both), encoder=encoder, means=model.means)
    likeness = (vectors[: len(texts)] @ vectors[len(texts) :].T).round(4)
    known = {v for text in told for f in figures(text, language=target) for v in f.values}
    return [
        at
        for at, (row, text) in enumerate(zip(likeness, texts, strict=True))
        if text not in told and (float(row.max()) < NEW or _has_other(text, known, target))
    ]


def _has_other(text: str, known: set[Decimal], target: str) -> bool:
    found = figures(text, language=target)
    return any(not f.optional and f.values.isdisjoint(known) for f in found)

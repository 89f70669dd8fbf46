"""What support is told by without a judge: position, words in common, and vectors.

Each baseline gives a claim's sentence a score between 0 and 1, higher where it is likelier to be
supported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from models.engine import Encoder
from pipeline.evaluate.grounding.data import GroundingData, Source
from pipeline.evaluate.rouge import ngrams, tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAD = 3  # sentences at the beginning of a document

# Scores the sentences of a claim against a document.
Scorer = Callable[[Sequence[str], Source], list[float]]


def overlap(order: int, *, lead: int | None = None) -> Scorer:
    """Return ROUGE precision: the share of a sentence's runs of words that the document has.

    With `lead`, only the document's first sentences count.
    """

    def score(claims: Sequence[str], source: Source) -> list[float]:
        there = ngrams(tokens(" ".join(source.sentences[:lead])), order)
        said = [ngrams(tokens(claim), order) for claim in claims]
        return [(s & there).total() / s.total() if s else 0.0 for s in said]

    return score


def best_sentence(order: int) -> Scorer:
    """Return ROUGE precision against the sentence of the document that gives the most of it.

    A sentence that joins two of the document has its words there, and is often false.
    """

    def score(claims: Sequence[str], source: Source) -> list[float]:
        alone = [overlap(order)(claims, replace(source, sentences=(s,))) for s in source.sentences]
        return [max(found) for found in zip(*alone, strict=True)] or [0.0] * len(claims)

    return score


def cosine(encoder: Encoder) -> Scorer:
    """Return the cosine of a sentence and the document's sentence that is nearest to it."""
    last: dict[tuple[str, ...], NDArray[np.float32]] = {}

    def score(claims: Sequence[str], source: Source) -> list[float]:
        if source.sentences not in last:
            last.clear()  # claims about one document follow each other
            last[source.sentences] = encoder.encode(source.sentences)
        nearest = (encoder.encode(claims) @ last[source.sentences].T).max(axis=1)
        return [float(value) for value in nearest]

    return score


def scores(data: GroundingData, scorer: Scorer) -> list[float]:
    """Return the score of each claim: that of its weakest sentence."""
    return [
        min(scorer(claim.sentences, data.sources[claim.document]), default=0.0)
        for claim in data.claims
    ]

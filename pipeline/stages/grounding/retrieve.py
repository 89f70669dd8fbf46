"""Evidence for a claim: the sentences of the source that are nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.ngrams import bigrams, content_words, share, words
from pipeline.stages.grounding.overlap import readable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST = 4  # sentences of evidence that are looked at


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates nearest to a claim, the best first: index and score 0 to 1 of each.

    `cosines` are those of the claim with the same candidates, in the language of the original and
    of the translation, whichever is nearer; empty without an encoder.
    """

    indices: tuple[int, ...]
    scores: tuple[float, ...]
    cosines: tuple[float, ...] = ()


def retrieve(
    claim: Claim,
    candidates: Sequence[Candidate],
    cosines: NDArray[np.float32] | None = None,
) -> Evidence:
    """Return the evidence for a claim.

    `cosines` (candidates,) are those of the encoder. Words in common count beside them, for they
    tell sentences apart that are about the same.
    """
    said = words(claim.text)
    wanted, pairs = content_words(said), bigrams(said)
    scores = []
    for i, candidate in enumerate(candidates):
        tokens = words(readable(candidate, claim.language))
        common = 0.6 * share(wanted, set(tokens)) + 0.4 * share(pairs, bigrams(tokens))
        if cosines is None:
            scores.append(common)
        else:
            scores.append(0.5 * common + 0.5 * _stretched(float(cosines[i])))
    best = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:MOST]
    return Evidence(
        tuple(best),
        tuple(scores[i] for i in best),
        () if cosines is None else tuple(float(cosines[i]) for i in best),
    )


def _stretched(cosine: float) -> float:
    """Return a cosine of multilingual E5, 0.7 to 1 for any two texts, on a scale of 0 to 1."""
    return min(1.0, max(0.0, (cosine - 0.75) / 0.25))

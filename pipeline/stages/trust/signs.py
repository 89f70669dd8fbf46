"""The signs that trust in a translation is told by: vectors, lengths, and known faults.

The vectors of a source and its translation lie close where both say the same, but the distance by
itself follows people's ratings badly (scripts/bench/LOG.md). Their products, dimension by
dimension, tell which dimensions agree: the cosine is the sum of the products, a regression weighs
them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.engine import Encoder, Segment
from pipeline.flag import Flag
from pipeline.stages.triage.suspicions import FATAL, SERIOUS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PLAIN = ("length", "excess", "fatal", "serious")  # the signs that need no vectors, in their order


@dataclass(frozen=True, slots=True)
class Rendered:
    """A stretch of text with its translation, and the known faults of the translation."""

    segment: Segment
    text: str
    flags: tuple[Flag, ...] = ()


def plain_signs(rendered: Rendered, *, ratios: Mapping[str, float]) -> list[float]:
    """Return the signs of `PLAIN`.

    "length" is the logarithm of the source's characters, "excess" that of the translation's for
    one of the source's, less the usual one of the two languages; `ratios` has the usual number of
    characters for one of the source by "source-target". "fatal" and "serious" are 1 where the
    triage has found such a fault, else 0.
    """
    source, target = (max(1, len(t.strip())) for t in (rendered.segment.text, rendered.text))
    usual = ratios.get(f"{rendered.segment.source}-{rendered.segment.target}", 1.0)
    flags = set(rendered.flags)
    return [
        math.log(source),
        math.log(target / (source * usual)),
        float(bool(flags & FATAL)),
        float(bool(flags & SERIOUS)),
    ]


def signs(
    rendered: Sequence[Rendered], encoder: Encoder, *, ratios: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return the signs of each translation: (translations, plain signs + dimensions)."""
    import numpy as np

    if not rendered:
        return np.zeros((0, len(PLAIN) + encoder.dimensions))
    texts = [r.segment.text for r in rendered] + [r.text for r in rendered]
    vectors = encoder.encode(texts).astype(np.float64)
    products = vectors[: len(rendered)] * vectors[len(rendered) :]
    plain = np.array([plain_signs(r, ratios=ratios) for r in rendered])
    return np.hstack([plain, products])

"""Trust in translations: a linear regression of people's ratings on the signs of a translation.

The numbers lie in numbers.json, which scripts/train/trust.py writes; CARD.md tells what they were
fitted on, how good they are, and where they are not to be believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

from models.engine import Encoder
from pipeline.flag import Flag
from pipeline.stages.trust.signs import Rendered, signs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DECIMALS = 3  # of a trust, as it is told


class Trusting(Protocol):
    """Tells how far translations can be trusted."""

    @property
    def doubtful(self) -> float:
        """The trust below which a translation is to be compared with its source."""
        ...

    def trust(self, rendered: Sequence[Rendered]) -> list[float | None]:
        """Return the trust in each translation, 0 to 1, or None where it cannot be told."""
        ...


@dataclass(frozen=True, slots=True)
class TrustNumbers:
    """The numbers of the regression.

    `encoder` names the model of the encoder that they were fitted with. `weights` has one for
    each sign, `intercept` is the rest. `ratios` has the usual characters of a translation for one
    of its source. A translation of less trust than `doubtful` is to be compared with its source.
    """

    version: int
    encoder: str
    ratios: Mapping[str, float]
    weights: tuple[float, ...]
    intercept: float
    doubtful: float

    def applied(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the trust, 0 to 1, that signs (translations, signs) amount to."""
        import numpy as np

        told: NDArray[np.float64] = found @ np.asarray(self.weights) + self.intercept
        return told.clip(0.0, 1.0)


def trust_numbers() -> TrustNumbers:
    """Return the numbers that ship with Nightdesk."""
    text = resources.files("pipeline.stages.trust").joinpath("numbers.json")
    loaded: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return TrustNumbers(**{**loaded, "weights": tuple(loaded["weights"])})


class TrustEstimator:
    """The regression with the encoder that it was fitted with. Implements `Trusting`.

    Trust is the share of the best rating that people are expected to give: 0.8 is 80 of 100 in
    direct assessment. A stretch without letters has none. Raises ValueError for another encoder:
    its dimensions mean something else.
    """

    def __init__(self, encoder: Encoder, numbers: TrustNumbers) -> None:
        if numbers.encoder not in encoder.identity:
            raise ValueError(f"fitted with {numbers.encoder}, not with {encoder.identity}")
        self._encoder = encoder
        self._numbers = numbers

    @property
    def identity(self) -> str:
        """The regression and its encoder in one line, which cache keys hold."""
        return f"trust {self._numbers.version} on {self._encoder.identity}"

    @property
    def doubtful(self) -> float:
        """The trust below which a translation is to be compared with its source."""
        return self._numbers.doubtful

    def trust(self, rendered: Sequence[Rendered]) -> list[float | None]:
        """Return the trust in each translation; one that kept its source has 0."""
        found: list[float | None] = [None] * len(rendered)
        asked = []
        for index, one in enumerate(rendered):
            if Flag.KEPT_SOURCE in one.flags:
                found[index] = 0.0
            elif any(map(str.isalpha, one.segment.text)):
                asked.append(index)
        if asked:
            matrix = signs([rendered[i] for i in asked], self._encoder, ratios=self._numbers.ratios)
            for index, value in zip(asked, self._numbers.applied(matrix).tolist(), strict=True):
                found[index] = round(value, DECIMALS)
        return found

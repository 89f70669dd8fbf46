"""An encoder that several systems of one evaluation share: no text is encoded twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from models.engine import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class KnownVectors:
    """Keeps the vectors of all texts in memory, 1.5 kB each. Implements `models.engine.Encoder`."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}

    @property
    def identity(self) -> str:
        """The identity of the encoder underneath."""
        return self._encoder.identity

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row for each text, in order; new texts are encoded together."""
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])

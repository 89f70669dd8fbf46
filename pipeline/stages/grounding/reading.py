"""What the states of a chat model tell of a claim that it has read after its evidence.

Each token of the claim gets a number, a weighted sum of its state: how well it fits what was read
before it. A claim is told by the least of its tokens, softly, for one wrong word makes a sentence
wrong. The weights lie in reading.json, which scripts/train/reading.py writes. They mean something
for one model alone, whose name stands among them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pipeline.stages.grounding.figures import in_units_of
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.overlap import readable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.engine import ClaimReader

READ, READ_ACROSS = "read", "across_read"  # signs: of evidence in the claim's language, in another
TEMPERATURE = 1.0  # of the soft least: how far above the least number another one has a say


@dataclass(frozen=True, slots=True)
class Probe:
    """Weights (size,) of the states, and the intercept of the claim's number."""

    weights: tuple[float, ...]
    intercept: float

    def logit(self, states: NDArray[np.float32]) -> float:
        """Return how well a claim whose tokens have `states` (tokens, size) fits its evidence."""
        import numpy as np

        tokens = states.astype(np.float64) @ np.asarray(self.weights)
        lowest = float(tokens.min())
        spread = np.exp((lowest - tokens) / TEMPERATURE)
        return lowest - TEMPERATURE * float(np.log(spread.mean())) + self.intercept


@dataclass(frozen=True, slots=True)
class Probes:
    """The probes of both ways, for the states behind the layers `behind` of `model`."""

    version: int
    model: str
    behind: tuple[int, ...]
    direct: Probe
    across: Probe


@cache
def probes() -> Probes:
    """Return the probes that ship with Nightdesk."""
    text = resources.files(__package__).joinpath("reading.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    for way in ("direct", "across"):
        told = loaded[way]
        loaded[way] = Probe(**{**told, "weights": tuple(told["weights"])})
    return Probes(**{**loaded, "behind": tuple(loaded["behind"])})


def readings(
    asked: Sequence[tuple[Claim, Sequence[Candidate], Sequence[Candidate]]], reader: ClaimReader
) -> list[Mapping[str, float]]:
    """Return the signs that `reader` gives each claim; all claims are read together.

    `asked` has each claim with the sentences that are nearest to it, in the order of the text, and
    with those of them that it shows as its evidence.

    1. The nearest sentences are read in the language of the claim, where all can be; of those that
       are shown, the ones in another language are read as they are.
    2. In the claim beside them, figures in another unit are written as they write them.
    3. The probe of the way makes a sign of the states of the claim.
    """
    texts: list[tuple[str, str]] = []
    names: list[tuple[int, str]] = []
    for number, (claim, nearest, shown) in enumerate(asked):
        foreign = [c.text for c in shown if c.language != claim.language]
        if all(c.language == claim.language or c.translation is not None for c in nearest):
            texts.append((" ".join(readable(c, claim.language) for c in nearest), claim.text))
            names.append((number, READ))
        if foreign:
            told = in_units_of(
                " ".join(foreign),
                claim.text,
                language=next(c.language for c in shown if c.language != claim.language),
                claim_language=claim.language,
            )
            texts.append((" ".join(foreign), told))
            names.append((number, READ_ACROSS))
    found: list[dict[str, float]] = [{} for _ in asked]
    for (number, name), states in zip(names, reader.states(texts), strict=True):
        probe = probes().direct if name == READ else probes().across
        found[number][name] = probe.logit(states)
    return list(found)

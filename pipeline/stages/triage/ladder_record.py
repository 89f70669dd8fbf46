"""The count of suspects over a run, and of what each rung of the ladder achieved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline.flag import Flag

Rung = Literal["second", "beam", "mask", "spell", "sample", "split", "number", "clauses", "keep"]


@dataclass(slots=True)
class LadderRecord:
    """The counts of segments, suspects and suspicions, and of the outcomes of each rung.

    A segment that an alternative of the same search mended is counted under "beam" only.
    """

    segments: int = 0
    suspects: int = 0
    suspicions: Counter[Flag] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    bettered: Counter[str] = field(default_factory=Counter)

    def outcome(self, rung: Rung, before: float, after: float) -> None:
        """Count one try of a rung; `before` and `after` are severities, or shares of lost names."""
        self.tried[rung] += 1
        if after == 0:
            self.mended[rung] += 1
        elif after < before:
            self.bettered[rung] += 1

    def as_json(self) -> dict[str, Any]:
        """Return the record as it stands in run.json."""
        return {
            "segments": self.segments,
            "suspects": self.suspects,
            "suspicions": dict(self.suspicions.most_common()),
            "rungs": {
                rung: {
                    "tried": count,
                    "mended": self.mended[rung],
                    "bettered": self.bettered[rung],
                }
                for rung, count in self.tried.items()
            },
        }

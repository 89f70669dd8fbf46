"""The floors under quality: what was measured, on which corpus, and how far a value may fall.

`floors.toml` holds one table for each value. A value is recorded by the number format that it was
measured in, because bfloat16 and int8 translate differently; "any" is for values that no model
computes. Values rise by `python tests/quality/measure.py --update`. They fall only with a reason
that stays in the file, and `best` remembers how high a value stood.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FLOORS = HERE / "floors.toml"
MOST_SLACK = {"chrF2++": 2.0, "accuracy": 1.0, "precision": 1.0, "recall": 1.0}  # points of 100

HEAD = """\
# Floors under quality, written by `python tests/quality/measure.py` (tests/quality/floors.py says
# what the fields mean). Raise: measure.py --update. Lower: measure.py --update --reason "why".
# All values are points of 100. A value may lie `slack` points below the one recorded here.
"""


class Lowered(ValueError):
    """A value fell, and nobody said why."""


@dataclass(frozen=True, slots=True)
class Floor:
    """One value: its metric, its corpus by sha256, and what was reached.

    `measured` maps a number format to points of 100. `best` is the highest value ever recorded on
    this corpus. `reason` says why `measured` is below `best`, and is empty where it is not.
    `provisional` is a floor from before there was a record: it counts until a value is measured.
    """

    metric: str
    sha256: str
    measured: Mapping[str, float] = field(default_factory=dict)
    best: float = 0.0
    slack: float = 1.0
    reason: str = ""
    provisional: float | None = None

    def least(self, number_format: str = "any") -> float:
        """Return the lowest value that passes in a number format.

        A format that was never measured is held to the lowest recorded value.
        """
        if not self.measured:
            return self.provisional or 0.0
        return self.measured.get(number_format, min(self.measured.values())) - self.slack

    def complaints(self) -> list[str]:
        """Return what is wrong with the record itself."""
        found = []
        if not self.measured and self.provisional is None:
            found.append("nothing was measured")
        if self.measured and self.provisional is not None:
            found.append("a provisional floor is left beside measured values")
        if self.measured and self.best < max(self.measured.values()):
            found.append("best is below what was measured")
        if self.measured and max(self.measured.values()) < self.best and not self.reason.strip():
            found.append(f"lowered from {self.best} without a reason")
        if not 0 < self.slack <= MOST_SLACK[self.metric]:
            found.append(f"slack {self.slack} is not above 0 and at most {MOST_SLACK[self.metric]}")
        return found

    def renewed(self, value: float, *, number_format: str, sha256: str, reason: str = "") -> Floor:
        """Return the floor with a new value; another corpus begins a new record.

        Raises Lowered where the value is below the recorded one of its format and `reason` is
        empty, or the corpus is another one and `reason` is empty.
        """
        value = round(value, 2)
        if sha256 != self.sha256:
            if self.measured and not reason:
                raise Lowered("the corpus is another one: say why with --reason")
            return Floor(
                self.metric, sha256, {number_format: value}, value, self.slack, reason=reason
            )
        before = self.measured.get(number_format)
        if before is not None and value < before and not reason:
            raise Lowered(f"{value} is below {before}: say why with --reason, or mend it")
        if value - self.slack < (self.provisional or 0.0) and not reason:
            raise Lowered(f"{value} allows less than before ({self.provisional}): say why")
        measured = {**self.measured, number_format: value}
        best = max(self.best, value)
        kept = (reason or self.reason) if max(measured.values()) < best or reason else ""
        return replace(self, measured=measured, best=best, reason=kept, provisional=None)


def digest(paths: Sequence[Path]) -> str:
    """Return the sha256 of files, one after the other in the given order."""
    found = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        found.update(f"{path.name} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def parse(text: str) -> dict[str, Floor]:
    """Return the floors of a TOML text by their names."""
    return {name: Floor(**table) for name, table in tomllib.loads(text).items()}


def read(path: Path = FLOORS) -> dict[str, Floor]:
    """Return the floors by their names."""
    return parse(path.read_text(encoding="utf-8"))


def written(floors: Mapping[str, Floor]) -> str:
    """Return floors as the TOML text that `parse` reads."""
    blocks = [HEAD]
    for name, floor in floors.items():
        measured = ", ".join(f"{key} = {value}" for key, value in floor.measured.items())
        rows: list[tuple[str, Any]] = [("metric", json.dumps(floor.metric))]
        rows.append(("sha256", json.dumps(floor.sha256)))
        if floor.measured:
            rows += [("measured", f"{{ {measured} }}"), ("best", floor.best)]
        if floor.provisional is not None:
            rows.append(("provisional", floor.provisional))
        rows.append(("slack", floor.slack))
        if floor.reason:
            rows.append(("reason", json.dumps(floor.reason, ensure_ascii=False)))
        blocks.append("\n".join([f"[{name}]", *(f"{key} = {value}" for key, value in rows)]) + "\n")
    return "\n".join(blocks)


def fallen(now: Mapping[str, Floor], before: Mapping[str, Floor]) -> list[str]:
    """Return the floors that stand lower than in an earlier version of the file, without a reason.

    A floor on another corpus is another floor; a floor that is gone counts as fallen.
    """
    found = []
    for name, old in before.items():
        new = now.get(name)
        if new is None:
            found.append(f"{name}: is gone")
        elif new.sha256 == old.sha256:
            lower = new.best < old.best or new.slack > old.slack
            common = new.measured.keys() & old.measured.keys()
            lower |= any(new.measured[key] < old.measured[key] for key in common)
            lower |= (new.provisional or 100.0) < (old.provisional or 0.0)
            if lower and not new.reason.strip():
                found.append(f"{name}: stands lower than before, and no reason is given")
    return found


def committed(repository: Path) -> list[tuple[str, str]]:
    """Return the commits that changed the floors, newest first, with the file as of each."""
    name = FLOORS.relative_to(repository).as_posix()
    git = ["git", "-C", str(repository)]
    log = subprocess.run(
        [*git, "log", "--format=%H", "--", name], capture_output=True, text=True, check=False
    ).stdout.split()
    shown = [
        subprocess.run(
            [*git, "show", f"{commit}:{name}"], capture_output=True, text=True, check=False
        )
        for commit in log
    ]
    return [
        (commit, done.stdout)
        for commit, done in zip(log, shown, strict=True)
        if done.returncode == 0
    ]

"""The remarks at the end of a translation: how many units were flagged, how many were cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.flag import Flag
from pipeline.translation.unit_job import TranslatedUnit


@dataclass(slots=True)
class UnitTally:
    """Counts of the units of a translation: all, those cut at their inline codes, and flags."""

    units: int = 0
    cut: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)

    def watch(self, units: Iterable[TranslatedUnit]) -> Iterator[TranslatedUnit]:
        """Yield `units` as they come, and count each one."""
        for unit in units:
            self.units += 1
            self.cut += unit.cut
            self.flags.update(unit.flags)
            yield unit

    def remarks(self) -> Iterator[str]:
        """Yield remarks for an editor, one sentence each."""
        if self.cut:
            yield (
                f"{self.cut} of {self.units} paragraphs were translated in pieces, because the"
                " place of their links or their emphasis was not clear otherwise"
            )
        if self.flags:
            counts = ", ".join(f"{flag} {count}" for flag, count in self.flags.most_common())
            yield f"check against the source ({self.units} paragraphs): {counts}"

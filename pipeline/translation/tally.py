"""What is said of a translation beside the text: how much was flagged, what could not be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.flag import Flag
from pipeline.translation.unit_job import TranslatedUnit


@dataclass(slots=True)
class UnitTally:
    """Counts the units that pass through it."""

    units: int = 0
    cut: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)

    def watch(self, units: Iterable[TranslatedUnit]) -> Iterator[TranslatedUnit]:
        """Count units on their way."""
        for unit in units:
            self.units += 1
            self.cut += unit.cut
            self.flags.update(unit.flags)
            yield unit

    def remarks(self) -> Iterator[str]:
        """Yield what an editor should know, a sentence each."""
        if self.cut:
            yield (
                f"{self.cut} of {self.units} paragraphs were translated in pieces, because the"
                " place of their links or their emphasis was not clear otherwise"
            )
        if self.flags:
            counts = ", ".join(f"{flag} {count}" for flag, count in self.flags.most_common())
            yield f"check against the source ({self.units} paragraphs): {counts}"

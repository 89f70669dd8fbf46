"""The remarks at the end of a translation: how many units were flagged, how many were cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.document import NO_MODEL
from pipeline.flag import Flag
from pipeline.translation.unit_job import TranslatedUnit


@dataclass(slots=True)
class UnitTally:
    """Counts of the units of a translation: all, those cut at their inline codes, and flags.

    `written` counts the segments that a model wrote.
    """

    units: int = 0
    cut: int = 0
    written: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)

    def watch(self, units: Iterable[TranslatedUnit]) -> Iterator[TranslatedUnit]:
        """Yield `units` as they come, and count each one."""
        for unit in units:
            self.units += 1
            self.cut += unit.cut
            self.written += sum(segment.model != NO_MODEL for segment in unit.segments)
            self.flags.update(unit.flags)
            yield unit

    @property
    def is_untranslated(self) -> bool:
        """Whether there was something to translate, and nothing was translated."""
        return self.flags[Flag.KEPT_SOURCE] > 0 and self.written == 0

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

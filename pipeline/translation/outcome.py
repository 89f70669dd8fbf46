"""What is said of a translation beside the text: how much was flagged, what could not be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.output.bilingual import Pair
from pipeline.translation.alignment import aligned
from pipeline.translation.marked import same
from pipeline.translation.piecework import Rendered


@dataclass(slots=True)
class Outcome:
    """Counts the units that pass through it."""

    units: int = 0
    cut: int = 0
    flags: Counter[str] = field(default_factory=Counter)

    def watch(self, units: Iterable[Rendered]) -> Iterator[Rendered]:
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


def pairs(units: Iterable[Rendered]) -> Iterator[Pair]:
    """Yield a pair for each unit."""
    for unit in units:
        yield Pair(unit.source, unit.plain, unit.language, unit.flags)


def sentence_pairs(units: Iterable[Rendered], *, target: str) -> Iterator[Pair]:
    """Yield a pair for each sentence, as far as sentences can be matched.

    A sentence that kept its source is left out: in a translation memory it would be a translation.
    """
    for unit in units:
        if unit.plain is None:
            continue
        matched = aligned(
            unit.source, unit.plain, source_language=unit.language, target_language=target
        )
        for source, translation in matched:
            if "kept-source" in unit.flags and same(source, translation):
                continue
            yield Pair(source, translation, unit.language, unit.flags)

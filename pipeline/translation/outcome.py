"""What is said of a translation beside the text: how much was flagged, what could not be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.document import NO_MODEL
from pipeline.flag import Flag
from pipeline.output.bilingual import Pair
from pipeline.translation.alignment import aligned
from pipeline.translation.piecework import Rendered


@dataclass(slots=True)
class Outcome:
    """Counts the units that pass through it."""

    units: int = 0
    cut: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)

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
    """Yield a pair for each stretch that was translated as one, and for each unit that was not."""
    for unit in units:
        if not unit.matched:
            yield Pair(unit.source, None, unit.language)
        for matched in unit.matched:
            yield Pair(matched.source, matched.target, matched.language, matched.flags)


def sentence_pairs(units: Iterable[Rendered], *, target: str) -> Iterator[Pair]:
    """Yield a pair for each sentence that was translated, as far as sentences can be matched.

    Sentences that were translated together are matched by their length. What no model wrote is
    left out: in a translation memory it would be a translation.
    """
    for matched in (m for unit in units for m in unit.matched if m.model != NO_MODEL):
        sentences = aligned(
            matched.source,
            matched.target,
            source_language=matched.language,
            target_language=target,
        )
        for source, translation in sentences:
            yield Pair(source, translation, matched.language, matched.flags)

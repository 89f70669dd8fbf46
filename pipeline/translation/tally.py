"""The remarks at the end of a translation: how many units were flagged, how many were cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.flag import Flag
from pipeline.place import NO_MODEL
from pipeline.translation.unit_job import TranslatedUnit


@dataclass(slots=True)
class UnitTally:
    """Counts of the units of a translation: all, those cut at their inline codes, and flags.

    `languages` counts the segments that were translated, by the language of their source.
    """

    units: int = 0
    cut: int = 0
    flags: Counter[Flag] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    def watch(self, units: Iterable[TranslatedUnit]) -> Iterator[TranslatedUnit]:
        """Yield `units` as they come, and count each one."""
        for unit in units:
            self.units += 1
            self.cut += unit.cut
            self.flags.update(unit.flags)
            self.languages.update(s.language for s in unit.segments if s.model != NO_MODEL)
            yield unit

    @property
    def is_untranslated(self) -> bool:
        """Whether there was something to translate, and nothing was translated."""
        return self.flags[Flag.KEPT_SOURCE] > 0 and not self.languages

    def remarks(self) -> Iterator[str]:
        """Yield remarks for an editor, one sentence each."""
        if self.cut:
            yield (
                f"{self.cut} of {self.units} paragraphs were translated in pieces, because the"
                " place of their links or their emphasis was not clear otherwise"
            )
        for flag, count in self.flags.most_common():
            meaning = flag.meaning.removesuffix(".")
            yield f"check {count} of {self.units} paragraphs against the source: {meaning} ({flag})"

    def pair_remark(self) -> str | None:
        """Return a remark on a translation memory of several source languages; None for one."""
        if len(self.languages) < 2:
            return None
        counts = ", ".join(f"{tag} {count}" for tag, count in self.languages.most_common())
        return (
            f"the file has segments from several languages ({counts}); a program that imports one"
            " pair of languages leaves out those of the others: import each language by itself"
        )

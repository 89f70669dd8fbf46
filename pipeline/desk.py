"""The stages of a run in their order: one value that `pipeline.build` makes and runs go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.stage import Stage
from pipeline.stages.translate import Translate
from pipeline.stages.triage.ladder_record import LadderRecord


@dataclass(frozen=True, slots=True)
class Desk:
    """Stages, ready to run, and what their engines are, for the records.

    `reading` finds languages; `cleaning` takes text out; `naming` learns what names the texts
    spell; `translating` and `spelling` translate and settle how names are spelt; `summarising`
    writes summaries and `grounding` checks them against the original; `linking` finds what says
    the same in two languages.
    """

    reading: tuple[Stage, ...]
    cleaning: tuple[Stage, ...]
    naming: Stage
    translating: Translate
    spelling: Stage
    summarising: Stage
    grounding: Stage
    linking: Stage
    engines: Mapping[str, Any]
    window_documents: int
    ladder: LadderRecord = field(default_factory=LadderRecord)  # what became of suspects

    def translation(self) -> tuple[Stage, ...]:
        """Return the stages from documents with languages to their translations."""
        return (self.naming, self.translating, self.spelling)

    def all(self, *, publish: Stage | None = None, translates: bool = True) -> tuple[Stage, ...]:
        """Return every stage in the order of the data path.

        `publish` is given each document twice: as soon as it is finished, and at the end, when
        names are settled and what says the same is linked. Few documents have changed by then;
        those whose names were spelt otherwise are summarised again. Without `translates`, texts
        stay as they are.
        """
        tap = (publish,) if publish is not None else ()
        read = (*self.reading, *self.cleaning)
        told = (self.summarising, self.grounding, *tap)
        if not translates:
            return (*read, *told)
        return (*read, self.naming, self.translating, *told, self.spelling, *told[:2], self.linking,
                *tap)  # fmt: skip

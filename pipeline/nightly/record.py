"""What is kept of a night: its record for coming nights, and the entry in the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.batch import Result
from pipeline.document import Rejection
from pipeline.nightly.condition import Condition
from pipeline.nightly.limits import AT_DEADLINE
from pipeline.nightly.selection import Selection, refusal_mark
from pipeline.nightly.told import Told
from pipeline.output.report import headline


def told_apart(
    result: Result, selection: Selection, told: Told
) -> tuple[tuple[Rejection, ...], tuple[Rejection, ...]]:
    """Return the rejections of a night that are news, and those that only wait for the next."""
    late = tuple(r for r in result.rejections if r.stage == AT_DEADLINE)
    later = {r for r in _by_stages(result, selection) if refusal_mark(r, None) in told.refused}
    return tuple(r for r in result.rejections if r not in {*late, *later}), late


def night_record(
    day: str,
    *,
    timezone: str,
    told: Told,
    selection: Selection,
    result: Result,
    condition: Condition,
) -> dict[str, Any]:
    """Return what coming nights must know of a night, as JSON values."""
    later = (refusal_mark(rejection, None) for rejection in _by_stages(result, selection))
    return {
        "date": day,
        "timezone": timezone,
        "condition": condition.record(),
        "documents": [
            replace(selection.stories[d.name], headline=headline(d)).record()
            for d in result.documents
        ],
        "told_before": [told.record_of(story) for story in selection.told_before],
        "refused": sorted({*selection.marks, *later}),
        "withdrawn": sorted(told.withdrawn | {w.key for w in selection.withdrawn}),
    }


def entry_of(
    condition: Condition, result: Result, *, late: tuple[Rejection, ...]
) -> Mapping[str, Any]:
    """Return what the book keeps of a night, times included."""
    return {
        "condition": condition.record(),
        "late": [rejection.name for rejection in late],
        "tokens": result.record["tokens_written"],
        "seconds": result.record["seconds"],
        "seconds_by_stage": result.record["seconds_by_stage"],
    }


def _by_stages(result: Result, selection: Selection) -> list[Rejection]:
    """Return what the stages rejected, which the selection could not know."""
    known = {item for item in selection.items if isinstance(item, Rejection)}
    return [r for r in result.rejections if r.stage != AT_DEADLINE and r not in known]

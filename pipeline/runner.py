"""Local execution: inputs through the stages, one process, with clocks on every stage."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.progress import Progress, Silent
from pipeline.stage import Stage


@dataclass(slots=True)
class Clock:
    """The time of a run, by stage.

    `seconds` is the time spent in each stage itself, without those before it. `until` gives, for
    each document name and stage, the seconds from the start of the run to leaving that stage.
    """

    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)
    until: dict[str, dict[str, float]] = field(default_factory=dict)

    def elapsed(self) -> float:
        """Return the seconds since the clock was made."""
        return time.monotonic() - self.started

    def add(self, stage: str, seconds: float) -> None:
        """Book time on a stage."""
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


def through(
    items: Iterable[Document | Rejection],
    stages: Sequence[Stage],
    *,
    clock: Clock,
    window_documents: int = 1,
    progress: Progress | None = None,
) -> Iterator[Document | Rejection]:
    """Pull documents through `stages` in order.

    A map stage is given one document at a time, a window stage `window_documents`, a barrier all
    of them. Nothing else is held back: the first results leave while the last inputs are still
    being read. Rejections pass by all later stages at once, barriers too. `progress` is told when a
    barrier begins, which all documents wait for.

    Raises ValueError when a stage returns more or fewer results than it was given documents.
    """
    flow = _timed_reading(items, clock)
    for stage in stages:
        size = {"map": 1, "window": window_documents, "barrier": None}[stage.kind]
        flow = _step(flow, stage, size=size, clock=clock, progress=progress or Silent())
    return flow


def one_through(document: Document, stages: Sequence[Stage]) -> Document:
    """Return one document after `stages`. Raises SourceError where a stage rejects it."""
    (result,) = through([document], stages, clock=Clock())
    if isinstance(result, Rejection):
        raise SourceError(f"{result.name}: {result.reason}", hint=result.hint)
    return result


def _timed_reading(
    items: Iterable[Document | Rejection], clock: Clock
) -> Iterator[Document | Rejection]:
    iterator = iter(items)
    while True:
        began = time.monotonic()
        item = next(iterator, None)
        clock.add("sources", time.monotonic() - began)
        if item is None:
            return
        yield item


def _step(
    items: Iterator[Document | Rejection],
    stage: Stage,
    *,
    size: int | None,
    clock: Clock,
    progress: Progress,
) -> Iterator[Document | Rejection]:
    for group in _groups(items, size):
        if isinstance(group, Rejection):
            yield group
            continue
        if stage.kind == "barrier":
            progress.stage(stage.name, total=len(group), unit="documents")
        began = time.monotonic()
        results = stage.run(group)
        clock.add(stage.name, time.monotonic() - began)
        if stage.kind == "barrier":
            progress.advance(len(group))
        for _, result in zip(group, results, strict=True):
            if isinstance(result, Document):
                clock.until.setdefault(result.name, {})[stage.name] = clock.elapsed()
            yield result


def _groups(
    items: Iterator[Document | Rejection], size: int | None
) -> Iterator[list[Document] | Rejection]:
    """Yield consecutive documents, `size` at a time or all at once, and rejections as they come."""
    group: list[Document] = []
    for item in items:
        if isinstance(item, Rejection):
            yield item
            continue
        group.append(item)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group

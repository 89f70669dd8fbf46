"""Local execution: inputs through the stages, one process, with clocks on every stage."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import Document, Rejection
from pipeline.stage import Stage


@dataclass(slots=True)
class Clock:
    """Where the time of a run went.

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
    items: Iterable[Document | Rejection], stages: Sequence[Stage], *, clock: Clock
) -> Iterator[Document | Rejection]:
    """Pull documents through `stages` in order; rejections pass by all later stages.

    Nothing is held back: a stage that yields as it reads lets the first results out while the
    last inputs are still being read.
    """
    flow = _timed_reading(items, clock)
    for stage in stages:
        flow = _step(flow, stage, clock)
    return flow


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
    items: Iterator[Document | Rejection], stage: Stage, clock: Clock
) -> Iterator[Document | Rejection]:
    passing: deque[Rejection] = deque()
    upstream = 0.0

    def documents() -> Iterator[Document]:
        nonlocal upstream
        while True:
            began = time.monotonic()
            item = next(items, None)
            upstream += time.monotonic() - began
            if item is None:
                return
            if isinstance(item, Rejection):
                passing.append(item)
            else:
                yield item

    results = stage.run(documents())
    while True:
        upstream = 0.0
        began = time.monotonic()
        result = next(results, None)
        clock.add(stage.name, time.monotonic() - began - upstream)
        while passing:
            yield passing.popleft()
        if result is None:
            return
        if isinstance(result, Document):
            clock.until.setdefault(result.name, {})[stage.name] = clock.elapsed()
        yield result

"""A limit to the time of a computation: one text that is read, or what the models do with it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal, TypeVar

from pipeline.errors import SourceError
from pipeline.sources.thread_limit import OutOfTime, ThreadLimit

Item = TypeVar("Item")


def within(items: Iterator[Item | None], seconds: float) -> Iterator[Item]:
    """Yield from `items` all but None, each of which may take `seconds` of the processor.

    Raises SourceError when one takes longer; the rest of `items` is lost then. In the main thread
    a signal stops the computation, in another one, such as a cluster's worker has, a second thread
    (`thread_limit`). There is no limit on Windows.
    """
    limit = time_limit(seconds, clock="processor")
    in_main = threading.current_thread() is threading.main_thread()
    with nullcontext() if in_main else ThreadLimit(seconds) as watch:
        while True:
            try:
                with limit if watch is None else watch.armed():
                    item = next(items)
            except StopIteration:
                return
            except OutOfTime as error:
                raise SourceError(
                    f"takes more than {seconds:g} s to read, and was left",
                    hint="look whether it is a text of news; raise sources.max_text_s in the"
                    " configuration if it is",
                ) from error
            if item is not None:
                yield item


def time_limit(
    seconds: float, *, clock: Literal["processor", "wall"]
) -> AbstractContextManager[None]:
    """Raise OutOfTime in the block after `seconds`, in the main thread of a process on Unix.

    Time of the "processor" is this process's own: a busy machine stops nothing. By the "wall" what
    waits for a server, or for a thread of a library, is stopped as well. The limit may be entered
    again and again, once at a time, and counts from each entry.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        return nullcontext()
    if clock == "wall":
        return _Limit(seconds, signal.SIGALRM, signal.ITIMER_REAL)
    return _Limit(seconds, signal.SIGVTALRM, signal.ITIMER_VIRTUAL)


@dataclass(slots=True)
class _Limit:
    """A timer that is set while the block runs: a class, as every text pays for it twice."""

    seconds: float
    number: signal.Signals
    timer: int
    before: Any = None  # who is called when the signal comes, outside of the block

    def __enter__(self) -> None:
        self.before = signal.signal(self.number, _ring)
        signal.setitimer(self.timer, self.seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(self.timer, 0)
        signal.signal(self.number, self.before)


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime

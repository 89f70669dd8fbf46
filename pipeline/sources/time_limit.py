"""A limit to the time of a computation: one text that is read, or what the models do with it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Literal, TypeVar

from pipeline.errors import SourceError
from pipeline.sources.thread_limit import OutOfTime, ThreadLimit

Item = TypeVar("Item")


def within(items: Iterator[Item | None], seconds: float) -> Iterator[Item]:
    """Yield from `items` all but None, each of which may take `seconds` of the processor.

    Raises SourceError when one takes longer; the rest of `items` is lost then. In the main thread
    a signal stops the computation, in another one, such as a cluster's worker has, a second thread
    (`thread_limit`). There is no limit on Windows.
    """
    in_main = threading.current_thread() is threading.main_thread()
    watched = nullcontext() if in_main else ThreadLimit(seconds)
    with watched as limit:
        while True:
            try:
                with limit.armed() if limit else time_limit(seconds, clock="processor"):
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


@contextmanager
def time_limit(seconds: float, *, clock: Literal["processor", "wall"]) -> Iterator[None]:
    """Raise OutOfTime in the block after `seconds`, in the main thread of a process on Unix.

    Time of the "processor" is this process's own: a busy machine stops nothing. By the "wall" what
    waits for a server, or for a thread of a library, is stopped as well.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    by_wall = clock == "wall"
    number = signal.SIGALRM if by_wall else signal.SIGVTALRM
    timer = signal.ITIMER_REAL if by_wall else signal.ITIMER_VIRTUAL
    before = signal.signal(number, ring)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)

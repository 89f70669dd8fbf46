"""A limit to the time that one text may take to be read."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TypeVar

from pipeline.errors import SourceError

Item = TypeVar("Item")


class _OutOfTime(BaseException):
    """Raised wherever the reader is; no `except Exception` of a library stops it."""


def within(items: Iterator[Item | None], seconds: float) -> Iterator[Item]:
    """Yield from `items` all but None, each of which may take `seconds` of the processor.

    Raises SourceError when one takes longer; the rest of `items` is lost then. There is no limit
    outside of the main thread or on Windows, where no signal can stop a computation.
    """
    limited = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    while True:
        try:
            item = _within(items, seconds) if limited else next(items)
        except StopIteration:
            return
        except _OutOfTime as error:
            raise SourceError(
                f"takes more than {seconds:g} s to read, and was left",
                hint="look whether it is a text of news; raise sources.max_text_s in the"
                " configuration if it is",
            ) from error
        if item is not None:
            yield item


def _ring(_signal: int, _frame: FrameType | None) -> None:
    raise _OutOfTime


def _within(items: Iterator[Item | None], seconds: float) -> Item | None:
    """Return the next item. Raises _OutOfTime when it takes longer."""
    # Time of this process, not of the clock: a busy machine rejects nothing.
    before = signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        return next(items)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)

"""A limit to the processor's time of a computation in a thread that no signal reaches."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

_LEAST_WAIT_S = 0.01


class OutOfTime(BaseException):
    """Raised wherever the computation is; no `except Exception` of a library stops it."""


class ThreadLimit:
    """Raises OutOfTime in a thread that is `armed` and takes `seconds` of the processor.

    1. A second thread sleeps until the first one may be over its time, and looks at its clock.
    2. When it is, Python is told to raise OutOfTime there: between two steps of its program, so
       that one long call of a library written in C is left only when it returns.
    3. An exception that has not arrived when the block ends is taken back.

    There is no limit where a thread has no clock of its own (Windows).
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._watched: tuple[int, int, float] | None = None  # thread, its clock, its time then
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> ThreadLimit:
        """Start the second thread."""
        if hasattr(time, "pthread_getcpuclockid"):
            self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the second thread end."""
        self._over.set()

    @contextmanager
    def armed(self) -> Iterator[None]:
        """Raise OutOfTime in the block, in this thread, after the seconds."""
        if not self._watch.is_alive():
            yield
            return
        thread = threading.get_ident()
        clock = time.pthread_getcpuclockid(thread)
        with self._lock:
            self._watched = (thread, clock, time.clock_gettime(clock))
        try:
            yield
        finally:
            with self._lock:
                self._watched = None
            _raise_in(thread, None)

    def _look(self) -> None:
        """Wake up where a thread may be over its time: never later than it is."""
        left = self._seconds
        while not self._over.wait(max(left, _LEAST_WAIT_S)):
            with self._lock:
                left = self._seconds
                if self._watched is None:
                    continue
                thread, clock, began = self._watched
                left -= time.clock_gettime(clock) - began
                if left <= 0:
                    self._watched, left = None, self._seconds
                    _raise_in(thread, OutOfTime)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Let a thread raise an error as soon as it can; None takes back what it has not raised."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), ctypes.py_object(error) if error is not None else None
    )

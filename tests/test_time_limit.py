"""A text that takes too long is left; the next one is read."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pipeline.document import Rejection
from pipeline.errors import SourceError
from pipeline.sources.folder import read_bytes
from pipeline.sources.thread_limit import OutOfTime
from pipeline.sources.time_limit import time_limit, within


def busy(seconds: float) -> str:
    until = time.process_time() + seconds
    try:
        while time.process_time() < until:
            pass
    except Exception:  # as libraries do
        return "caught"
    return "done"


def test_each_item_has_the_time_and_the_consumer_takes_none_of_it() -> None:
    items = within((busy(0.1) for _ in range(4)), 0.3)
    for item in items:
        assert item == "done"
        busy(0.4)
    assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] == 0


def test_an_item_that_takes_longer_is_an_error_with_a_hint() -> None:
    def slow() -> Iterator[str]:
        yield "one"
        yield busy(20)

    items = within(slow(), 0.2)
    assert next(items) == "one"
    with pytest.raises(SourceError, match=r"takes more than 0\.2 s") as caught:
        next(items)
    assert "max_text_s" in caught.value.hint


def test_a_file_that_takes_too_long_is_rejected() -> None:
    data = ("Паром через залив снова ходит. " * 60_000).encode("koi8-r")
    (result,) = read_bytes(data, name="a.txt", max_text_s=0.01)
    assert isinstance(result, Rejection)
    assert "takes more than 0.01 s" in result.reason


def in_a_thread(work: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as one:
        return one.submit(work).result()


def test_in_a_thread_that_no_signal_reaches_the_limit_holds_too() -> None:
    def slow() -> Iterator[str]:
        yield busy(0.01)
        yield busy(20)

    def read() -> str:
        items = within(slow(), 0.3)
        first = next(items)
        with pytest.raises(SourceError, match=r"takes more than 0\.3 s"):
            next(items)
        return first

    began = time.monotonic()
    assert in_a_thread(read) == "done"
    assert time.monotonic() - began < 15
    data = ("Паром через залив снова ходит. " * 60_000).encode("koi8-r")
    (result,) = in_a_thread(lambda: list(read_bytes(data, name="a.txt", max_text_s=0.01)))
    assert isinstance(result, Rejection)
    assert "takes more than 0.01 s" in result.reason


def test_in_a_thread_neither_waiting_nor_the_consumer_takes_of_the_time() -> None:
    def items() -> Iterator[str]:
        for _ in range(3):
            time.sleep(0.3)  # as for a slow disk
            yield busy(0.02)

    def read() -> list[str]:
        found = []
        for item in within(items(), 0.2):
            busy(0.3)
            found.append(item)
        busy(0.3)  # nothing rings any more
        return found

    assert in_a_thread(read) == ["done"] * 3


def test_by_the_wall_what_only_waits_is_stopped_too() -> None:
    began = time.monotonic()
    with pytest.raises(OutOfTime), time_limit(0.1, clock="wall"):
        time.sleep(20)
    assert time.monotonic() - began < 10
    with time_limit(0.05, clock="processor"):
        time.sleep(0.2)
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_a_limit_within_another_leaves_it_standing() -> None:
    def within_another() -> None:
        with time_limit(10, clock="processor"):
            pass
        time.sleep(20)

    with pytest.raises(OutOfTime), time_limit(0.3, clock="wall"):
        within_another()

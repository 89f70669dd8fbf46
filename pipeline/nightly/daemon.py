"""Nights and deliveries from a process that stays: for containers, which have no timers."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, tzinfo
from pathlib import Path

from pipeline.nightly.due import due_night
from pipeline.nightly.events import Events
from pipeline.nightly.publish import is_over
from pipeline.state.book import OPEN, Book

_TICK_S = 60
_FIRST_PAUSE_S = 300.0  # after a night that failed; twice as long each time
_LONGEST_PAUSE_S = 3_600.0


@dataclass(slots=True)
class Daemon:
    """Starts `night` when a night is due, and `deliver` when a delivery is.

    Each is a process of its own: it begins with the configuration as it is then, and leaves no
    memory behind. Every minute the clock is asked anew, so that a sleeping machine and a clock that
    is set cannot make it miss a night or make two.
    """

    night: Sequence[str]
    deliver: Sequence[str]
    out: Path
    book: Book
    at: time
    zone: tzinfo
    events: Events
    now: Callable[[], datetime]
    call: Callable[[Sequence[str]], int] | None = None  # another way to run a command, for tests
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _not_before: float = field(default=0.0, init=False)

    def run(self) -> None:
        """Stay until SIGTERM or SIGINT; a night in the making is ended, and goes on next time."""
        from apscheduler.schedulers.background import BackgroundScheduler
        from apscheduler.triggers.interval import IntervalTrigger

        leaving = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: leaving.set())
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(
            self.tick,
            IntervalTrigger(seconds=_TICK_S, timezone="UTC"),
            next_run_time=datetime.now().astimezone(),
            coalesce=True,  # after a sleep once, not once for each minute
            misfire_grace_time=None,
            max_instances=1,
        )
        scheduler.start()
        self.events.info("daemon.started", at=self.at.isoformat("minutes"), timezone=str(self.zone))
        leaving.wait()
        scheduler.pause()
        if (child := self._child) is not None:
            child.terminate()
        scheduler.shutdown(wait=True)
        self.events.info("daemon.stopped")

    def tick(self) -> None:
        """Do what is due now, one thing after the other."""
        now = self.now()
        due = due_night(now, at=self.at, zone=self.zone).isoformat()
        if not is_over(self.out, due):
            if now.timestamp() >= self._not_before:
                self._make(due)
            return
        self._failures, self._not_before = 0, 0.0
        moment = now.timestamp()
        if any(d.next_try <= moment for d in self.book.deliveries(among=OPEN)):
            self._run(self.deliver)

    def _make(self, due: str) -> None:
        code = self._run(self.night)
        if is_over(self.out, due):
            return
        self._failures += 1
        pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (self._failures - 1))
        self._not_before = self.now().timestamp() + pause
        self.events.warning("night.failed", night=due, exit_code=code, again_in_s=pause)

    def _run(self, words: Sequence[str]) -> int:
        if self.call is not None:
            return self.call(words)
        with subprocess.Popen(words) as self._child:
            code = self._child.wait()
        self._child = None
        return code

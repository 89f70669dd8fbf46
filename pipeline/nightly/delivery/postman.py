"""The outbox emptied: each delivery tried until it is done, refused, unsure, or too old.

A delivery is sent at most twice where nobody knows whether the first one arrived: once more bears
the same Message-ID, so that a server which honours it keeps one; behind a second doubt it stops.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.config import Nightly
from pipeline.errors import BusyError, NightdeskError
from pipeline.nightly.delivery.channel import Channel, Doubtful, Letter, Refused, TryLater
from pipeline.nightly.delivery.channels import channels
from pipeline.nightly.events import Events
from pipeline.nightly.pages import bodies
from pipeline.output.own_files import NIGHT_FILE
from pipeline.state.book import OPEN, Book, Delivery, Entry, Status

_MOST_DOUBTS = 2
_LONGEST_S = 3_600.0  # between two tries
_BUSY_S = 60.0
_DETAIL = 500  # characters of an answer that are kept


class Postman:
    """Empties the outbox of one desk, whose nights are below `out`.

    `now` is the clock, `sleep` waits. The book says what was done before; so several processes may
    follow each other, and one at a time delivers.
    """

    def __init__(
        self,
        book: Book,
        out: Path,
        *,
        options: Nightly,
        events: Events,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._book = book
        self._out = out
        self._options = options
        self._events = events
        self._now = now
        self._sleep = sleep
        self._channels: Mapping[str, Channel] = {c.name: c for c in channels(options)}

    def deliver(self, *, patience_s: float, anyway: bool = False) -> list[Delivery]:
        """Try what is due until nothing waits or `patience_s` are over; return what still waits.

        `anyway` tries everything at once, due or not. Raises BusyError while another process
        delivers.
        """
        from filelock import FileLock, Timeout
        from tenacity import Retrying, retry_if_result, stop_before_delay

        lock = FileLock(self._book.path.with_name("outbox.lock"), timeout=patience_s + _BUSY_S)
        try:
            lock.acquire()
        except Timeout as error:
            raise BusyError(
                f"{self._book.path.parent}: another process is delivering",
                hint="wait until it has finished",
            ) from error
        try:
            self._once(anyway=anyway)
            rounds = Retrying(
                retry=retry_if_result(bool),
                stop=stop_before_delay(patience_s),
                wait=lambda _: self._pause_s(),
                sleep=self._sleep,
                retry_error_callback=lambda state: state.outcome and state.outcome.result(),
            )
            return rounds(self._once)
        finally:
            lock.release()

    def _once(self, *, anyway: bool = False) -> list[Delivery]:
        """Try each delivery that is due; return those that still wait."""
        entries = {entry.night: entry for entry in self._book.nights()}
        for delivery in self._book.deliveries(among=OPEN):
            if anyway or delivery.next_try <= self._now().timestamp():
                self._try(delivery, entries.get(delivery.night))
        return self._book.deliveries(among=OPEN)

    def _pause_s(self) -> float:
        soonest = min(d.next_try for d in self._book.deliveries(among=OPEN))
        return max(0.01, soonest - self._now().timestamp())

    def _try(self, delivery: Delivery, entry: Entry | None) -> None:
        """Deliver one night to one recipient, or say why not.

        1. Nothing is sent to those who are no recipients any more, nor a night that is gone.
        2. The book says "sending" before the step after which the message may have arrived. A
           process that dies from there on leaves a doubt.
        3. The answer is noted, and the doubt is taken back.
        """
        channel = self._channels.get(delivery.channel)
        gone = delivery.recipient.lower() in self._book.unsubscribed()
        if channel is None or gone or delivery.recipient not in channel.recipients:
            self._note(delivery, status="withdrawn", detail="is no recipient any more")
            return
        if delivery.doubts >= _MOST_DOUBTS:
            self._note(delivery, status="unsure", detail=delivery.detail or "was interrupted twice")
            return
        folder = self._out / delivery.night
        if entry is None or not (folder / NIGHT_FILE).is_file():
            self._note(delivery, status="failed", detail=f"{folder}: the night is gone")
            return
        sending = replace(delivery, status="sending", doubts=delivery.doubts + 1)
        tried = replace(delivery, attempts=delivery.attempts + 1)
        try:
            answer = channel.send(
                self._letter(entry, folder),
                delivery.recipient,
                message_id=delivery.message_id,
                committing=lambda: self._book.note(sending),
            )
        except Refused as error:
            self._note(tried, status="failed", detail=str(error))
        except TryLater as error:
            self._later(tried, entry, str(error), after_s=error.after_s)
        except NightdeskError as error:
            self._later(tried, entry, f"{error}; {error.hint}", after_s=0)
        except Doubtful as error:
            self._later(replace(tried, doubts=sending.doubts), entry, str(error), after_s=0)
        else:
            self._note(tried, status="sent", detail=answer)

    def _later(self, tried: Delivery, entry: Entry, why: str, *, after_s: float) -> None:
        """Put a delivery off, twice as long each time, unless it is too old or in doubt twice."""
        if tried.doubts >= _MOST_DOUBTS:
            self._note(tried, status="unsure", detail=why)
            return
        now = self._now()
        since = datetime.fromisoformat(entry.published_at or entry.begun_at)
        if (now - since).total_seconds() > self._options.give_up_h * 3_600:
            self._note(tried, status="failed", detail=f"given up: {why}")
            return
        doubled = self._options.retry_first_s * 2 ** min(tried.attempts - 1, 20)
        pause = max(after_s, min(_LONGEST_S, doubled))
        self._note(tried, status="queued", detail=why, next_try=now.timestamp() + pause)

    def _note(
        self, delivery: Delivery, *, status: Status, detail: str, next_try: float = 0
    ) -> None:
        noted = replace(delivery, status=status, detail=detail[:_DETAIL], next_try=next_try)
        self._book.note(noted)
        told = self._events.info if status in ("sent", "queued") else self._events.warning
        told(
            f"delivery.{status}",
            night=noted.night,
            channel=noted.channel,
            recipient=noted.recipient,
            attempts=noted.attempts,
            detail=noted.detail,
        )

    def _letter(self, entry: Entry, folder: Path) -> Letter:
        return Letter(
            night=entry.night,
            title=self._options.title,
            published_at=entry.published_at or entry.begun_at,
            folder=folder,
            bodies=bodies(folder),
        )

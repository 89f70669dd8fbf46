"""The state of a desk, for a person and for a health check: is the last digest there and well."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Literal

from pipeline.config import Nightly
from pipeline.nightly.due import due_instant, due_night, parse_time
from pipeline.nightly.publish import nights_in
from pipeline.nightly.told import DAY
from pipeline.state.book import Book, Delivery

Health = Literal["well", "poor", "late"]
_GRACE = timedelta(hours=3)  # for a night that is being made


@dataclass(frozen=True, slots=True)
class Row:
    """One night: from its folder, and from the book where it has an entry there."""

    night: str
    published_at: str | None
    documents: int | None
    refused: int | None
    faults: tuple[str, ...]
    seconds: float | None
    attempts: int
    deliveries: dict[str, int]


@dataclass(frozen=True, slots=True)
class State:
    """The state of a desk.

    `health` is "late" when the digest of `due`, the last night that was to be made, is not there
    three hours after its time; "poor" when the last one has a fault or a delivery is not done.
    """

    health: Health
    due: str
    last: str | None
    why: tuple[str, ...]
    next_at: str
    waiting: int
    undelivered: int

    def record(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        return asdict(self)


def state_of(book: Book, out: Path, *, options: Nightly, zone: tzinfo, now: datetime) -> State:
    """Return the state of the desk whose nights are below `out`."""
    at = parse_time(options.at)
    due = due_night(now, at=at, zone=zone)
    nights = nights_in(out)
    last = nights[-1] if nights else None
    why: list[str] = []
    since = due_instant(due, at=at, zone=zone)
    wanted = due if now - since > _GRACE else due - timedelta(days=1)
    late = last is None or last < wanted.isoformat()
    if late:
        why.append(f"the digest of {wanted} is missing; the last one is {last or 'none'}")
    rows = rows_of(book, out)
    if rows and rows[-1].faults:
        why.append(f"{rows[-1].night}: {', '.join(rows[-1].faults)}")
    today = now.astimezone(zone).date().isoformat()
    if last is not None and last > today:
        why.append(f"the digest of {last} is ahead of the clock: {today}; see which one is right")
    deliveries = book.deliveries()
    waiting = [d for d in deliveries if d.status in ("queued", "sending")]
    undone = [d for d in deliveries if d.status in ("failed", "unsure") and d.night == last]
    why += [f"{d.recipient}: {d.status}: {d.detail}" for d in (*waiting, *undone)]
    following = due_instant(due + timedelta(days=1), at=at, zone=zone)
    return State(
        health="late" if late else "poor" if why else "well",
        due=due.isoformat(),
        last=last,
        why=tuple(why),
        next_at=following.astimezone(zone).isoformat(timespec="minutes"),
        waiting=len(waiting),
        undelivered=len(undone),
    )


def rows_of(book: Book, out: Path) -> list[Row]:
    """Return the nights below `out` and those in the book, oldest first."""
    entries = {entry.night: entry for entry in book.nights()}
    by_night: dict[str, list[Delivery]] = {}
    for delivery in book.deliveries():
        by_night.setdefault(delivery.night, []).append(delivery)
    there = set(nights_in(out))
    rows = []
    for night in sorted(there | {n for n in entries if DAY.fullmatch(n)}):
        entry = entries.get(night)
        record = entry.record if entry else {}
        condition = record.get("condition", {})
        rows.append(
            Row(
                night=night,
                published_at=entry.published_at if entry else None,
                documents=condition.get("documents"),
                refused=condition.get("refused"),
                faults=tuple(condition.get("faults", ())) if night in there or entry else (),
                seconds=record.get("seconds"),
                attempts=entry.attempts if entry else 0,
                deliveries=dict(Counter(d.status for d in by_night.get(night, []))),
            )
        )
    return rows

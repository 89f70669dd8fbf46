"""The hour of a night: when each local date begins to be due, whatever the clocks do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from pipeline.errors import UsageError

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DAY = timedelta(days=1)
_YEARS = 20  # for which the clock changes of a zone are looked at


def due_instant(day: date, *, at: time, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which the night of `day` begins to be due.

    That is `at` on that date in the zone. A time that comes twice is meant the first time
    (PEP 495, fold=0); one that the clock skips is meant right after the jump.
    """
    first = datetime.combine(day, at, zone)
    late = first.astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == first.replace(tzinfo=None):
        return late
    # In a gap, fold=0 counts with the offset before the jump and fold=1 with the one behind it:
    # the jump lies between the two instants.
    early = first.replace(fold=1).astimezone(UTC)
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def due_night(now: datetime, *, at: time, zone: tzinfo) -> date:
    """Return the latest date whose night is due at `now`, which is aware."""
    today = now.astimezone(zone).date()
    days = (today + _DAY * shift for shift in (1, 0, -1))
    past = (day for day in days if due_instant(day, at=at, zone=zone) <= now)
    return next(past, today - 2 * _DAY)


def next_instant(now: datetime, *, at: time, zone: tzinfo) -> datetime:
    """Return the first instant after `now` at which a night begins to be due, in UTC."""
    return due_instant(due_night(now, at=at, zone=zone) + _DAY, at=at, zone=zone)


def after_jumps(at: time, *, zone: tzinfo, year: int) -> tuple[time, ...]:
    """Return the local times right after those clock changes that skip `at`, from `year` on."""
    days = (date(year, 1, 1) + _DAY * n for n in range(_YEARS * 366))
    found = {due_instant(day, at=at, zone=zone).astimezone(zone).time() for day in days}
    return tuple(sorted(moment for moment in found if moment != at))


def missed_nights(dates: Iterable[str], *, day: str) -> tuple[str, ...]:
    """Return the dates between `day` and the last of `dates` before it; none where none is."""
    last = max((known for known in dates if known < day), default=None)
    if last is None:
        return ()
    between = (date.fromisoformat(day) - date.fromisoformat(last)).days
    return tuple((date.fromisoformat(last) + _DAY * n).isoformat() for n in range(1, between))


def parse_time(at: str) -> time:
    """Return a time of day written as HH:MM, or raise UsageError."""
    found = _TIME.fullmatch(at)
    if found is None:
        raise UsageError(
            f"not a time of day: {at!r}", hint="write it as 02:30, from 00:00 to 23:59"
        )
    return time(int(found[1]), int(found[2]))


def check_timezone(name: str) -> tzinfo:
    """Return the zone of that IANA name, or raise UsageError with the nearest one."""
    if name == "UTC":
        return UTC  # without a look at the zone data, which a bare machine may lack
    known = _zones()
    if name in known:
        return ZoneInfo(name)
    near = _nearest(name, sorted(known))
    raise UsageError(
        f"unknown time zone {name!r}",
        hint=f"did you mean {near}?" if near else "write an IANA name, such as Europe/Kyiv",
    )


@cache
def _zones() -> frozenset[str]:
    """Return the names of all zones; the search through the zone data takes a while."""
    return frozenset(available_timezones())


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the zone whose name, or else whose city, is most like `name`."""
    for key in (str, lambda zone: zone.rsplit("/", 1)[-1]):
        spelled: dict[str, str] = {}
        for zone in known:
            spelled.setdefault(key(zone).lower(), zone)
        if close := difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.7):
            return spelled[close[0]]
    return None

"""The schedule of the digest: a systemd user timer, or cron where there is no systemd."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

from pipeline.errors import UsageError
from pipeline.nightly import cron, systemd

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}  # Unicode categories


class Plan(Protocol):
    """A schedule that can be shown and installed."""

    def describe(self) -> str:
        """Return, to the letter, the files and commands of `install`."""
        ...

    def install(self) -> tuple[str, ...]:
        """Install the schedule in place of an earlier one; return remarks for the user."""
        ...


def plan(command: Sequence[str], *, at: str, timezone: str) -> Plan:
    """Plan to run `command` every day at `at` (HH:MM), local time in `timezone`.

    `command` starts with an absolute path. Raises UsageError for a time or a zone that does not
    exist, and for a word that a unit file or a crontab cannot hold.
    """
    moment = parse_time(at)
    check_timezone(timezone)
    for word in command:
        if any(unicodedata.category(character) in _UNWRITABLE for character in word):
            raise UsageError(
                f"{word!r}: a schedule cannot hold such a name",
                hint="rename it: without line breaks, control characters and broken encoding",
            )
    if systemd.available():
        return systemd.Timer(tuple(command), at=moment, timezone=timezone)
    return cron.CrontabLine(tuple(command), at=moment)


def install(planned: Plan) -> tuple[str, ...]:
    """Install a plan in place of any earlier schedule; return remarks for the user.

    Raises OutputError when systemd or cron refuses.
    """
    if not isinstance(planned, cron.CrontabLine):
        cron.uninstall()  # from before there was a systemd: one night must not be run by both
    return planned.install()


def uninstall() -> bool:
    """Remove the schedule, whichever kind it is; return whether there was one."""
    found = [systemd.uninstall(), cron.uninstall()]
    return any(found)


def is_due(now: datetime, *, at: time, zone: tzinfo) -> bool:
    """Return whether the `cron.TICK_MINUTES` that begin at `at` in `zone` contain `now`.

    `now` is aware, and rounded to the minute: cron wakes a moment before or after. A time that
    the clock change skips is due as much later as the clock jumps; one that comes twice is due
    the first time (PEP 495, fold=0).
    """
    minute = (now + timedelta(seconds=30)).astimezone(UTC).replace(second=0, microsecond=0)
    tick = timedelta(minutes=cron.TICK_MINUTES)
    today = minute.astimezone(zone).date()
    # A skipped time can move a night across midnight: look at yesterday's, too.
    return any(
        timedelta(0) <= minute - datetime.combine(day, at, zone).astimezone(UTC) < tick
        for day in (today, today - timedelta(days=1))
    )


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
    known = available_timezones()
    if name in known:
        return ZoneInfo(name)
    near = _nearest(name, sorted(known))
    raise UsageError(
        f"unknown time zone {name!r}",
        hint=f"did you mean {near}?" if near else "write an IANA name, such as Europe/Kyiv",
    )


def _nearest(name: str, known: Sequence[str]) -> str | None:
    """Return the zone whose name, or else whose city, is most like `name`."""
    for key in (str, lambda zone: zone.rsplit("/", 1)[-1]):
        spelled: dict[str, str] = {}
        for zone in known:
            spelled.setdefault(key(zone).lower(), zone)
        if close := difflib.get_close_matches(name.lower(), spelled, n=1, cutoff=0.7):
            return spelled[close[0]]
    return None

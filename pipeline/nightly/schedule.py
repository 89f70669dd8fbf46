"""The schedule of the digest: a systemd timer of the user or the system, or a crontab line."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from typing import Literal, Protocol

from pipeline.errors import UsageError
from pipeline.nightly import cron, systemd
from pipeline.nightly.due import check_timezone, parse_time
from pipeline.nightly.sandbox import Sandbox

Kind = Literal["user", "system", "cron"]
_UNWRITABLE = {"Cc", "Cs", "Zl", "Zp"}  # Unicode categories


class Plan(Protocol):
    """A schedule that can be shown and installed."""

    def describe(self) -> str:
        """Return, to the letter, the files and commands of `install`."""
        ...

    def install(self) -> tuple[str, ...]:
        """Install the schedule in place of an earlier one; return remarks for the user."""
        ...


def plan(
    command: Sequence[str],
    *,
    at: str,
    timezone: str,
    kind: Kind | None = None,
    sandbox: Sandbox | None = None,
    delivered: bool = False,
) -> Plan:
    """Plan to run `command` every day at `at` (HH:MM), local time in `timezone`.

    `command` starts with an absolute path and has "nightly" in it. Without a `kind` it is systemd's
    where it answers (that of the system for root, else the user's own), and cron elsewhere. Nights
    that are `delivered` have an outbox, which is looked at every quarter of an hour. Raises
    UsageError for a time or a zone that does not exist, and for a word that a unit file or a
    crontab cannot hold.
    """
    moment = parse_time(at)
    zone = check_timezone(timezone)
    for word in command:
        if any(unicodedata.category(character) in _UNWRITABLE for character in word):
            raise UsageError(
                f"{word!r}: a schedule cannot hold such a name",
                hint="rename it: without line breaks, control characters and broken encoding",
            )
    chosen = kind or _kind_here()
    if chosen == "cron":
        return cron.CrontabLine(tuple(command), at=moment)
    return systemd.Timer(
        tuple(command),
        at=moment,
        timezone=timezone,
        zone=zone,
        manager=chosen,
        sandbox=sandbox or Sandbox(),
        delivered=delivered,
    )


def install(planned: Plan) -> tuple[str, ...]:
    """Install a plan in place of any earlier schedule; return remarks for the user.

    Raises OutputError when systemd or cron refuses.
    """
    # One night must not be run by two schedules.
    if isinstance(planned, cron.CrontabLine):
        systemd.uninstall()
    else:
        cron.uninstall()
    return planned.install()


def uninstall() -> bool:
    """Remove the schedule, whichever kind it is; return whether there was one."""
    found = [systemd.uninstall(), cron.uninstall()]
    return any(found)


def _kind_here() -> Kind:
    manager: systemd.Manager = "system" if os.geteuid() == 0 else "user"
    return manager if systemd.available(manager) else "cron"

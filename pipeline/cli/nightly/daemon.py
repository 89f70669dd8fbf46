"""nightdesk nightly daemon: nights from a process that stays, for containers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.nightly.desk import Inbox, Out, Zone, events_of, folder_of_nights
from pipeline.cli.options import ConfigFile, Profile, configured, say


def daemon(
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="HH:MM", help="Time to publish; default: nightly.at."),
    ] = None,
    tz: Zone = None,
    inbox: Inbox = None,
    out: Out = None,
    config: ConfigFile = None,
    profile: Profile = None,
) -> None:
    """Stay in the foreground; publish every night at its time and deliver what waits.

    A night that was missed while nothing ran is made at once. For machines with systemd or cron
    there is `nightdesk nightly install`.

    Example:

      nightdesk nightly daemon --config configs/nightly.toml
    """
    from pipeline.nightly.daemon import Daemon
    from pipeline.nightly.due import check_timezone, parse_time
    from pipeline.nightly.night_desk import book_of, system_clock
    from pipeline.state.folder import book_path

    settings = configured(config, profile=profile)
    moment = at or settings.nightly.at
    zone_name = tz or settings.nightly.timezone
    folder = folder_of_nights(out, settings)
    program = str(Path(sys.argv[0]).resolve())
    shared = [
        *(("--out", str(out)) if out else ()),
        *(("--config", str(config)) if config else ()),
    ]
    night = [
        *(program, "nightly", "run", "--at", moment, "--tz", zone_name, *shared),
        *(word for one in inbox or () for word in ("--inbox", one)),
        *(("--profile", profile) if profile else ()),
    ]
    with events_of(settings) as events:
        staying = Daemon(
            night=night,
            deliver=[program, "nightly", "deliver", "--due", *shared],
            out=folder,
            book=book_of(folder, book_path()),
            at=parse_time(moment),
            zone=check_timezone(zone_name),
            events=events,
            now=system_clock,
        )
        say(f"staying: every day at {moment} {zone_name}, into {folder}")
        staying.run()

"""nightdesk nightly: run, install, uninstall."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import (
    ConfigFile,
    Profile,
    RunOptions,
    configured,
    put,
    run_options,
    say,
    session,
)
from pipeline.paths import absolute, expanded

app = typer.Typer(help="The scheduled digest of what is new.", no_args_is_help=True)

# Variables that hold the paths of caches, configuration and state.
_PATHS = (
    "NIGHTDESK_CACHE", "NIGHTDESK_CONFIG", "NIGHTDESK_STATE",
    "HF_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
)  # fmt: skip

Inbox = Annotated[
    Path | None,
    typer.Option(
        "--inbox",
        metavar="DIR",
        help="Folder to read; default: nightly.inbox in the configuration, else inbox.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Folder of the nights; default: nightly.out in the configuration, else digests.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option(
        "--tz",
        metavar="ZONE",
        help="Time zone, such as Europe/Kyiv; default: nightly.timezone, else UTC.",
    ),
]


@app.command("run")
@run_options
def run(
    inbox: Inbox = None,
    out: Out = None,
    date: Annotated[
        str | None,
        typer.Option(
            "--date",
            metavar="YYYY-MM-DD",
            help="Publish as this date; default: today in the time zone.",
        ),
    ] = None,
    tz: Zone = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="HH:MM",
            help="Do nothing unless it is this time, or up to 15 minutes later: for cron.",
        ),
    ] = None,
    *,
    options: RunOptions,
) -> None:
    """Publish tonight's digest: every document that no earlier night has told.

    A night is a folder OUT/YYYY-MM-DD, there as a whole or not at all, once for each local date.
    Documents that come later the same day are told by the next night.

    Examples:

      nightdesk nightly run --inbox inbox/ --out digests/

      nightdesk nightly run --inbox inbox/ --out digests/ --tz Europe/Kyiv --date 2026-03-01
    """
    from pipeline.nightly.run import run_night
    from pipeline.nightly.schedule import check_timezone, is_due, parse_time

    settings = configured(options.config, profile=options.profile)
    timezone = tz or settings.nightly.timezone
    if at is not None:
        moment, zone = parse_time(at), check_timezone(timezone)
        if not is_due(datetime.now(UTC), at=moment, zone=zone):
            return
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        outcome = run_night(
            expanded(
                inbox or settings.nightly.inbox, named_by="--inbox" if inbox else "nightly.inbox"
            ),
            expanded(out or settings.nightly.out, named_by="--out" if out else "nightly.out"),
            date=date,
            timezone=timezone,
            config=settings,
            state=opened.state,
            progress=opened.progress,
        )
    if options.as_json:
        put(json.dumps(outcome.record(), ensure_ascii=False, indent=2) + "\n")
    say(outcome.message, quiet=options.quiet)
    for rejection in outcome.rejections:
        say(f"not used: {rejection.name}: {rejection.reason}")
        if rejection.hint:
            say(f"  {rejection.hint}")
    if outcome.rejections:
        raise typer.Exit(1)


@app.command("install")
def install_schedule(
    at: Annotated[
        str, typer.Option("--at", metavar="HH:MM", help="Time to publish, in the zone of --tz.")
    ],
    tz: Zone = None,
    inbox: Inbox = None,
    out: Out = None,
    config: ConfigFile = None,
    profile: Profile = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Show what would be installed; touch nothing.")
    ] = False,
) -> None:
    """Run `nightly run` every night: a systemd user timer, or a crontab line without systemd.

    It takes the place of an earlier one. Where Nightdesk keeps its things (NIGHTDESK_CACHE and
    the like) is written down with it, an API key never is.

    Example:

      nightdesk nightly install --at 02:30 --tz Europe/Kyiv --inbox ~/inbox --out ~/digests
    """
    from pipeline.nightly.schedule import install, plan

    settings = configured(config, profile=profile)
    zone = tz or settings.nightly.timezone
    command = [
        *_environment(),
        str(Path(sys.argv[0]).resolve()),
        "nightly",
        "run",
        *("--inbox", str(absolute(inbox or settings.nightly.inbox, named_by="--inbox"))),
        *("--out", str(absolute(out or settings.nightly.out, named_by="--out"))),
        *("--tz", zone),
        *(("--config", str(absolute(config, named_by="--config"))) if config else ()),
        *(("--profile", profile) if profile else ()),
    ]
    planned = plan(command, at=at, timezone=zone)
    if print_only:
        put(planned.describe() + "\n")
        return
    remarks = install(planned)
    say(f"installed: every day at {at} {zone}: {shlex.join(command)}")
    for remark in remarks:
        say(f"  {remark}")


@app.command("uninstall")
def uninstall_schedule() -> None:
    """Take the schedule away again; published nights stay.

    Example:

      nightdesk nightly uninstall
    """
    from pipeline.nightly.schedule import uninstall

    say("removed" if uninstall() else "nothing was installed")


def _environment() -> list[str]:
    """Return a call of env(1) that sets the paths set now: timers and cron start without them."""
    paths = [
        f"{name}={absolute(value, named_by=name)}"
        for name in _PATHS
        if (value := os.environ.get(name))
    ]
    return [shutil.which("env") or "/usr/bin/env", *paths] if paths else []

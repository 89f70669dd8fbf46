"""nightdesk nightly: run, install, uninstall."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import (
    AsJson,
    ConfigFile,
    Profile,
    Quiet,
    Verbose,
    configured,
    say,
    session,
)

app = typer.Typer(help="The scheduled digest of what is new.", no_args_is_help=True)

Inbox = Annotated[Path | None, typer.Option("--inbox", metavar="DIR", help="Folder to read.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder of the nights.")]
Zone = Annotated[
    str | None, typer.Option("--tz", metavar="ZONE", help="Time zone, such as Europe/Kyiv.")
]


@app.command("run")
def run(
    inbox: Inbox = None,
    out: Out = None,
    date: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="Publish as this date, not today's."),
    ] = None,
    tz: Zone = None,
    config: ConfigFile = None,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Publish tonight's digest: every document that no earlier night has told.

    A night is a folder OUT/YYYY-MM-DD, there as a whole or not at all, once for each local date.
    Documents that come later the same day are told by the next night.

    Examples:

      nightdesk nightly run --inbox inbox/ --out digests/

      nightdesk nightly run --inbox inbox/ --out digests/ --tz Europe/Kyiv --date 2026-03-01
    """
    from pipeline.nightly.run import run_night

    settings = configured(config, profile=profile)
    with session(settings, quiet=quiet, verbose=verbose) as desk:
        outcome = run_night(
            inbox or Path(settings.nightly.inbox),
            out or Path(settings.nightly.out),
            date=date,
            timezone=tz or settings.nightly.timezone,
            config=settings,
            state=desk.state,
            progress=desk.progress,
        )
    if as_json:
        print(json.dumps(outcome.record(), ensure_ascii=False, indent=2))
    say(outcome.message, quiet=quiet)
    if outcome.rejected:
        raise typer.Exit(1)


@app.command("install")
def install_schedule(
    at: Annotated[str, typer.Option("--at", metavar="HH:MM", help="Local time to publish.")],
    tz: Zone = None,
    inbox: Inbox = None,
    out: Out = None,
    config: ConfigFile = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Show what would be installed; touch nothing.")
    ] = False,
) -> None:
    """Run `nightly run` every night: a systemd user timer, or a crontab line without systemd.

    Example:

      nightdesk nightly install --at 02:30 --tz Europe/Kyiv --inbox ~/inbox --out ~/digests
    """
    from pipeline.nightly.schedule import install, plan

    settings = configured(config)
    zone = tz or settings.nightly.timezone
    command = [
        str(Path(sys.argv[0]).resolve()),
        "nightly",
        "run",
        *("--inbox", str((inbox or Path(settings.nightly.inbox)).expanduser().resolve())),
        *("--out", str((out or Path(settings.nightly.out)).expanduser().resolve())),
        *("--tz", zone),
        *(("--config", str(config.resolve())) if config else ()),
    ]
    planned = plan(command, at=at, timezone=zone)
    if print_only:
        print(planned.describe())
        return
    install(planned)
    say(f"installed: {shlex.join(command)} at {at} {zone}")


@app.command("uninstall")
def uninstall_schedule() -> None:
    """Take the schedule away again; published nights stay."""
    from pipeline.nightly.schedule import uninstall

    say("removed" if uninstall() else "nothing was installed")

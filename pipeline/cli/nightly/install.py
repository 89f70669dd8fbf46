"""nightdesk nightly install and uninstall: the schedule."""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.nightly.desk import Inbox, Out, Zone
from pipeline.cli.options import ConfigFile, Profile, configured, put, say
from pipeline.config import Config, Nightly
from pipeline.errors import UsageError
from pipeline.paths import absolute, expanded, is_pattern

if TYPE_CHECKING:
    from pipeline.nightly.schedule import Kind

# Where a service of the system that runs as another account has its things.
_OF_A_SERVICE = MappingProxyType(
    {"NIGHTDESK_CACHE": "/var/cache/nightdesk", "NIGHTDESK_STATE": "/var/lib/nightdesk"}
)
# Variables that hold the paths of caches, configuration and state.
_PATHS = (
    "NIGHTDESK_CACHE", "NIGHTDESK_CONFIG", "NIGHTDESK_STATE",
    "HF_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
)  # fmt: skip


def install_schedule(
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="HH:MM",
            help="Time to publish, in the zone of --tz; default: nightly.at.",
        ),
    ] = None,
    tz: Zone = None,
    inbox: Inbox = None,
    out: Out = None,
    config: ConfigFile = None,
    profile: Profile = None,
    user: Annotated[bool, typer.Option("--user", help="As a timer of your own systemd.")] = False,
    system: Annotated[
        bool, typer.Option("--system", help="As a timer of the machine's systemd, for root.")
    ] = False,
    cron: Annotated[bool, typer.Option("--cron", help="As a line of your crontab.")] = False,
    run_as: Annotated[
        str,
        typer.Option("--run-as", metavar="USER", help="With --system: the account that runs it."),
    ] = "",
    credential: Annotated[
        list[str] | None,
        typer.Option(
            "--credential",
            metavar="NAME:PATH",
            help="With systemd: the file of a secret that the configuration calls credential:NAME.",
        ),
    ] = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Show what would be installed; touch nothing.")
    ] = False,
) -> None:
    """Run `nightly run` every night: a systemd timer, or a crontab line without systemd.

    It takes the place of an earlier one. The service may write to its own folders only, and has a
    network only where the configuration needs one. Where Nightdesk keeps its things
    (NIGHTDESK_CACHE and the like) is written down with it, a secret never is.

    Examples:

      nightdesk nightly install --at 02:30 --tz Europe/Kyiv --inbox ~/inbox --out ~/digests

      nightdesk nightly install --config /etc/nightdesk.toml --system --run-as desk --print
    """
    from pipeline.nightly.delivery.channels import channels
    from pipeline.nightly.feeds import check_feeds
    from pipeline.nightly.sandbox import Sandbox
    from pipeline.nightly.schedule import install, plan

    settings = configured(config, profile=profile)
    zone, moment = tz or settings.nightly.timezone, at or settings.nightly.at
    inboxes = [_inbox(word) for word in inbox or settings.nightly.inboxes]
    folder = absolute(out or settings.nightly.out, named_by="--out")
    _check_paths(settings.nightly)
    feeds, fed = check_feeds(settings.nightly.pull, inboxes)
    kinds: dict[Kind, bool] = {"user": user, "system": system, "cron": cron}
    chosen = [kind for kind, wanted in kinds.items() if wanted]
    if len(chosen) > 1:
        raise UsageError(
            "--user, --system and --cron are three kinds", hint="choose one of them, or none"
        )
    account = run_as or os.environ.get("SUDO_USER", "") or getpass.getuser()
    own_folders = "system" in chosen and account != getpass.getuser()
    writable = _writable(settings, folder, own_folders=own_folders)
    writable += (absolute(fed, named_by="nightly.pull.into"),) if feeds else ()
    command = [
        *_environment(_OF_A_SERVICE if own_folders else {}),
        str(Path(sys.argv[0]).resolve()),
        "nightly",
        "run",
        *(word for one in inboxes for word in ("--inbox", one)),
        *("--out", str(folder)),
        *("--tz", zone),
        *(("--config", str(absolute(config, named_by="--config"))) if config else ()),
        *(("--profile", profile) if profile else ()),
    ]
    planned = plan(
        command,
        at=moment,
        timezone=zone,
        kind=chosen[0] if chosen else None,
        sandbox=Sandbox(
            writable=writable,
            user=account,
            credentials=tuple(credential or _credentials(settings)),
            network=_needs_network(settings),
            own_folders=own_folders,
            private_tmp=not any(
                Path(used).is_relative_to("/tmp") for used in [*inboxes, *map(str, writable)]
            ),
        ),
        delivered=bool(channels(settings.nightly)),
    )
    missing = [one for one in inboxes if not is_pattern(one) and not Path(one).is_dir()]
    if print_only:
        put(planned.describe() + "\n")
        for one in missing:
            say(f"{one}: there is no such folder yet")
        return
    if missing:
        raise UsageError(
            f"{missing[0]}: there is no such folder",
            hint="make it first, or name the inbox with --inbox",
        )
    remarks = install(planned)
    say(f"installed: every day at {moment} {zone}: {shlex.join(command)}")
    for remark in remarks:
        say(f"  {remark}")
    if own_folders:
        speaking = f"sudo -u {account} NIGHTDESK_STATE={_OF_A_SERVICE['NIGHTDESK_STATE']}"
        say(f"  ask it as it runs: {speaking} nightdesk nightly status")


def uninstall_schedule() -> None:
    """Take the schedule away again; published nights stay.

    Example:

      nightdesk nightly uninstall
    """
    from pipeline.nightly.schedule import uninstall

    say("removed" if uninstall() else "nothing was installed")


def _environment(defaults: Mapping[str, str]) -> list[str]:
    """Return a call of env(1) that sets the paths set now: timers and cron start without them."""
    paths = [
        f"{name}={absolute(value, named_by=name)}"
        for name in _PATHS
        if (value := os.environ.get(name) or defaults.get(name))
    ]
    return [shutil.which("env") or "/usr/bin/env", *paths] if paths else []


def _inbox(word: str) -> str:
    """Return an inbox from the root on; a pattern keeps its marks."""
    path = expanded(word, named_by="--inbox")
    if is_pattern(path):
        return str(Path.cwd() / path)
    return str(absolute(path, named_by="--inbox"))


def _writable(settings: Config, out: Path, *, own_folders: bool) -> tuple[Path, ...]:
    """Return the folders that a night writes to; those that systemd makes are not among them."""
    from models.repository.weights import cache_root
    from pipeline.state.folder import state_folder

    options = settings.nightly
    files = [word for word in (options.metrics, options.events) if word]
    found = [
        out,
        *(() if own_folders else (state_folder(), cache_root())),
        *(absolute(word, named_by="nightly.copies") for word in options.copies),
        *(absolute(word, named_by="nightly").parent for word in files),
    ]
    return tuple(dict.fromkeys(Path.cwd() / folder for folder in found))


def _check_paths(options: Nightly) -> None:
    """Raise UsageError for a path of the configuration that leads elsewhere from a timer."""
    mail, webhook, pulling = options.mail, options.webhook, options.pull
    places = {"mail.password": mail.password, "webhook.secret": webhook.secret}
    paths = {
        **{key: word[5:] for key, word in places.items() if word.startswith("file:")},
        **{f"copies: {word}": word for word in options.copies},
        "metrics": options.metrics,
        "events": options.events,
        "mail.ca_file": mail.ca_file,
        "webhook.ca_file": webhook.ca_file,
        "pull.feeds": pulling.feeds,
        "pull.into": pulling.into,
    }
    for key, word in paths.items():
        if word and not expanded(word, named_by=f"nightly.{key}").is_absolute():
            raise UsageError(
                f"nightly.{key}: the path is relative: timers and cron start in another folder",
                hint="write it from / on, or from ~ on",
            )


def _needs_network(settings: Config) -> bool:
    options = settings.nightly
    delivers = options.mail.to or options.webhook.to
    return settings.profile != "embedded" or bool(delivers or options.pull.feeds)


def _credentials(settings: Config) -> tuple[str, ...]:
    """Return the names of systemd's credentials that the configuration asks for."""
    places = (settings.nightly.mail.password, settings.nightly.webhook.secret)
    named = (place.partition(":") for place in places)
    return tuple(dict.fromkeys(name for kind, _, name in named if kind == "credential"))

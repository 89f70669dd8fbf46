"""Options that several commands share, and what they open: configuration, state, progress."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from pipeline.cli.watch import watching
from pipeline.config import Config, ProfileName, load
from pipeline.errors import UsageError
from pipeline.progress import Progress
from pipeline.state import State, open_state

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="TOML file; see configs/default.toml."),
]
Profile = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="embedded, hub or server."),
]
Target = Annotated[
    str | None,
    typer.Option("--to", metavar="LANG", help="Language to write in: en, fr, ru or uk."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it fails.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")]

PROFILES: tuple[ProfileName, ...] = ("embedded", "hub", "server")


@dataclass(frozen=True, slots=True)
class Session:
    """What a command works with."""

    config: Config
    state: State
    progress: Progress


def configured(
    path: Path | None, *, profile: str | None = None, target: str | None = None
) -> Config:
    """Return the configuration: the file named, else `NIGHTDESK_CONFIG`, else the user's own.

    `profile` and `target` from the command line overrule it.
    """
    if path is None and (named := os.environ.get("NIGHTDESK_CONFIG")):
        path = Path(named)
    if path is None:
        own = platformdirs.user_config_path("nightdesk") / "config.toml"
        path = own if own.is_file() else None
    config = load(path)
    if profile is not None:
        chosen = next((name for name in PROFILES if name == profile), None)
        if chosen is None:
            raise UsageError(f"unknown profile {profile!r}", hint=f"known: {', '.join(PROFILES)}")
        config = dataclasses.replace(config, profile=chosen)
    return config if target is None else config.with_target(target)


@contextmanager
def session(config: Config, *, quiet: bool, verbose: bool) -> Iterator[Session]:
    """Open the state and a progress display for the length of a command."""
    with open_state() as state, watching(quiet=quiet, verbose=verbose) as progress:
        yield Session(config=config, state=state, progress=progress)


def say(message: str, *, quiet: bool = False) -> None:
    """Print a line for people, on stderr: stdout is for results."""
    if not quiet:
        print(message, file=sys.stderr)

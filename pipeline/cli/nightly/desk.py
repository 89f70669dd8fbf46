"""The options that the commands of a night share, and the desk that they make."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Session
from pipeline.config import Config
from pipeline.paths import expanded

if TYPE_CHECKING:
    from pipeline.nightly.delivery.postman import Postman
    from pipeline.nightly.events import Events
    from pipeline.nightly.night_desk import NightDesk

Inbox = Annotated[
    list[str] | None,
    typer.Option(
        "--inbox",
        metavar="DIR",
        help="Folder to read, or a pattern of folders; may be given several times."
        " Default: nightly.inbox in the configuration, else inbox.",
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
Wait = Annotated[
    float,
    typer.Option("--wait", metavar="SECONDS", help="Wait so long for a night that is being made."),
]


def folder_of_nights(out: Path | None, config: Config) -> Path:
    """Return the folder of nights that is asked for."""
    return expanded(out or config.nightly.out, named_by="--out" if out else "nightly.out")


@contextmanager
def desk(
    opened: Session, *, inbox: list[str] | None, out: Path | None, tz: str | None
) -> Iterator[NightDesk]:
    """Give the desk of a command; an error that ends the night becomes an event, too."""
    from models.errors import EngineError
    from pipeline.errors import NightdeskError
    from pipeline.nightly.night_desk import NightDesk

    config = opened.config
    with events_of(config) as events:
        try:
            yield NightDesk(
                inboxes=tuple(expanded(given, named_by="--inbox") for given in inbox)
                if inbox
                else config.nightly.inboxes,
                out=folder_of_nights(out, config),
                timezone=tz or config.nightly.timezone,
                config=config,
                state=opened.state,
                progress=opened.progress,
                events=events,
            )
        except (NightdeskError, EngineError) as error:
            events.warning("night.failed", error=str(error), kind=type(error).__name__)
            raise


@contextmanager
def events_of(config: Config) -> Iterator[Events]:
    """Open the file of events."""
    from pipeline.nightly.events import EVENTS_FILE, event_log
    from pipeline.state.folder import state_folder

    named = config.nightly.events
    path = expanded(named, named_by="nightly.events") if named else state_folder() / EVENTS_FILE
    with event_log(path) as events:
        yield events


def postman(at: NightDesk) -> Postman:
    """Return the postman of a desk."""
    from pipeline.nightly.delivery.postman import Postman

    options = at.config.nightly
    return Postman(at.book, at.out, options=options, events=at.events, now=at.now)


def write_figures(at: NightDesk) -> None:
    """Write the file for Prometheus, where the configuration names one."""
    if not at.config.nightly.metrics:
        return
    from pipeline.nightly.metrics import write_metrics

    path = expanded(at.config.nightly.metrics, named_by="nightly.metrics")
    write_metrics(path, nights=at.book.nights(), deliveries=at.book.deliveries(), now=at.now())

"""nightdesk nightly deliver and unsubscribe: what is on its way to its readers."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.nightly.desk import Out, desk, postman, write_figures
from pipeline.cli.options import ConfigFile, Quiet, configured, say, session


def deliver(
    out: Out = None,
    config: ConfigFile = None,
    patience: Annotated[
        float,
        typer.Option("--patience", metavar="SECONDS", help="Go on trying for so long."),
    ] = 0.0,
    due: Annotated[
        bool,
        typer.Option("--due", help="Only what is to be tried by now: for callers by the clock."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Try now what waits in the outbox; exits with 1 when something still waits.

    Example:

      nightdesk nightly deliver --config configs/nightly.toml
    """
    settings = configured(config)
    with (
        session(settings, quiet=quiet, verbose=False) as opened,
        desk(opened, inbox=None, out=out, tz=None) as ours,
    ):
        before = len(ours.book.deliveries(among=("sent",)))
        waiting = postman(ours).deliver(patience_s=patience, anyway=not due)
        sent = len(ours.book.deliveries(among=("sent",))) - before
        write_figures(ours)
    say(f"delivered: {sent}, waiting: {len(waiting)}", quiet=quiet)
    for delivery in waiting:
        say(f"not delivered: {delivery.recipient}: {delivery.detail}")
    if waiting:
        raise typer.Exit(1)


def unsubscribe(
    recipient: Annotated[
        str, typer.Argument(metavar="RECIPIENT", help="Address that is to get nothing more.")
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Send to this address again.")] = False,
    out: Out = None,
    config: ConfigFile = None,
) -> None:
    """Send nothing more to a recipient, not even what is queued, whatever the configuration says.

    Example:

      nightdesk nightly unsubscribe reader@example.org
    """
    from pipeline.cli.nightly.desk import folder_of_nights
    from pipeline.nightly.night_desk import book_of, system_clock
    from pipeline.state.folder import book_path

    book = book_of(folder_of_nights(out, configured(config)), book_path())
    if undo:
        was = book.subscribe(recipient)
        say(f"{recipient}: {'is sent to again' if was else 'was not unsubscribed'}")
        return
    book.unsubscribe(recipient, now=system_clock())
    say(f"{recipient}: nothing more is sent")

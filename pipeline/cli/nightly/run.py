"""nightdesk nightly run and rerun: one night made, published and delivered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.nightly.desk import Inbox, Out, Wait, Zone, desk, postman, write_figures
from pipeline.cli.options import (
    RunOptions,
    Target,
    configured,
    put,
    refusal,
    run_options,
    say,
    session,
)
from pipeline.document import Rejection

if TYPE_CHECKING:
    from pipeline.nightly.night_desk import NightDesk, NightOutcome

DryRun = Annotated[
    bool,
    typer.Option("--dry-run", help="Say what would be told and delivered; load and write nothing."),
]


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
            help="The night that began last at this hour; do nothing if it is published: for timers"
            " that call more than once.",
        ),
    ] = None,
    to: Target = None,
    dry_run: DryRun = False,
    wait: Wait = 0.0,
    *,
    options: RunOptions,
) -> None:
    """Publish tonight's digest: every document that no earlier night has told.

    A night is a folder OUT/YYYY-MM-DD, there as a whole or not at all, once for each local date,
    also when nothing is new; OUT/latest leads to the last one. Documents that come later the same
    day are told by the next night. Exits with 1 when the night is a poor one, an input could not
    be used or a delivery waits.

    With nightly.pull.feeds in the configuration, the feeds of that list are fetched first; those
    that fail are told, and the night goes on.

    Examples:

      nightdesk nightly run --inbox inbox/ --out digests/

      nightdesk nightly run --inbox inbox/ --out digests/ --tz Europe/Kyiv --date 2026-03-01

      nightdesk nightly run --config configs/nightly.toml --dry-run
    """
    from pipeline.nightly.publish import is_over
    from pipeline.nightly.run import run_night

    settings = configured(options.config, profile=options.profile, target=to)
    quiet = options.quiet
    if dry_run:
        with (
            session(settings, quiet=quiet, verbose=options.verbose) as opened,
            desk(opened, inbox=inbox, out=out, tz=tz) as ours,
        ):
            _preview(ours, date=date, as_json=options.as_json)
        return
    with (
        session(settings, quiet=quiet, verbose=options.verbose) as opened,
        desk(opened, inbox=inbox, out=out, tz=tz) as ours,
    ):
        if at is not None:
            date = _due(ours, at)
            if is_over(ours.out, date):
                _finish(ours)
                return
        outcome = run_night(ours, date=date, wait_s=wait)
        waiting = _deliver(ours, patience_s=settings.nightly.patience_s)
    _tell(outcome, waiting, as_json=options.as_json, quiet=quiet)


@run_options
def rerun(
    date: Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="The night to make again.")],
    inbox: Inbox = None,
    out: Out = None,
    tz: Zone = None,
    to: Target = None,
    wait: Wait = 0.0,
    *,
    options: RunOptions,
) -> None:
    """Make a night again from the documents that it told, in place of the old one.

    It says on which day it was made. What was delivered is not delivered again.

    Example:

      nightdesk nightly rerun 2026-03-01 --inbox inbox/ --out digests/
    """
    from pipeline.nightly.run import rerun_night

    settings = configured(options.config, profile=options.profile, target=to)
    with (
        session(settings, quiet=options.quiet, verbose=options.verbose) as opened,
        desk(opened, inbox=inbox, out=out, tz=tz) as ours,
    ):
        outcome = rerun_night(ours, date=date, wait_s=wait)
        waiting = _deliver(ours, patience_s=settings.nightly.patience_s)
    _tell(outcome, waiting, as_json=options.as_json, quiet=options.quiet)


def _due(ours: NightDesk, at: str) -> str:
    from pipeline.nightly.due import due_night, parse_time

    return due_night(ours.now(), at=parse_time(at), zone=ours.zone).isoformat()


def _finish(ours: NightDesk) -> None:
    """Do what a process left that died after it had published: the outbox, and what waits there."""
    from pipeline.errors import BusyError
    from pipeline.nightly.run import settle
    from pipeline.output.lock import exclusive

    try:
        with exclusive(ours.out):
            settle(ours)
    except BusyError:
        return  # the other process does it
    _deliver(ours, patience_s=0)


def _deliver(ours: NightDesk, *, patience_s: float) -> int:
    """Empty the outbox, write the figures; return how many deliveries are not done."""
    from pipeline.state.book import OPEN

    if ours.book.deliveries(among=OPEN):
        postman(ours).deliver(patience_s=patience_s)
    write_figures(ours)
    last = max((entry.night for entry in ours.book.nights()), default="")
    undone = [d for d in ours.book.deliveries() if d.status not in ("sent", "withdrawn")]
    for delivery in (d for d in undone if d.night == last or d.status in OPEN):
        say(f"not delivered: {delivery.recipient}: {delivery.status}: {delivery.detail}")
    return sum(d.night == last or d.status in OPEN for d in undone)


def _tell(outcome: NightOutcome, waiting: int, *, as_json: bool, quiet: bool) -> None:
    if as_json:
        put(json.dumps(outcome.record(), ensure_ascii=False, indent=2) + "\n")
    say(outcome.message, quiet=quiet)
    for rejection in outcome.rejections if quiet else ():  # else progress has named each
        say(refusal(rejection))
    if waiting or not outcome.is_well:
        raise typer.Exit(1)


def _preview(ours: NightDesk, *, date: str | None, as_json: bool) -> None:
    from pipeline.nightly.delivery.channels import outbox
    from pipeline.nightly.feeds import check_feeds
    from pipeline.nightly.run import read
    from pipeline.nightly.told import published

    day, told = ours.day(date), published(ours.out)
    feeds, into = check_feeds(ours.config.nightly.pull, ours.inboxes)
    found = read(ours, told)
    refused = [item for item in found.items if isinstance(item, Rejection)]
    deliveries = outbox(ours.config.nightly, day, desk=ours.book.desk)
    if as_json:
        record = {
            "date": day,
            "feeds": [feed.name for feed in feeds],
            "published": day in told.dates,
            "documents": sorted(found.stories),
            "embargoed": list(found.embargoed),
            "waiting": list(found.beyond),
            "rejections": [{"name": r.name, "reason": r.reason, "hint": r.hint} for r in refused],
            "deliveries": [{"channel": d.channel, "recipient": d.recipient} for d in deliveries],
        }
        put(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
        return
    if day in told.dates:
        put(f"{day} is published already; what is new waits for the next night\n")
    if feeds:
        put(f"{len(feeds)} feeds would be fetched first, into {into}\n")
    put(f"{day} would tell {found.documents} documents\n")
    put("".join(f"  {name}\n" for name in sorted(found.stories)))
    put("".join(f"waits for the end of its embargo: {name}\n" for name in found.embargoed))
    put("".join(f"waits for a night with room: {name}\n" for name in found.beyond))
    put("".join(f"{refusal(r)}\n" for r in refused))
    put("".join(f"would go to {d.recipient} ({d.channel})\n" for d in deliveries))

"""One night: documents that no earlier night has told, summarised and published by one rename."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.batch import Result, run_items
from pipeline.document import Document, Rejection
from pipeline.nightly.condition import Condition, condition_of
from pipeline.nightly.delivery.channels import outbox
from pipeline.nightly.due import missed_nights, next_instant, parse_time
from pipeline.nightly.feeds import Feeds, fetch_feeds
from pipeline.nightly.inbox import gather, read_inbox
from pipeline.nightly.limits import Watched
from pipeline.nightly.night_desk import NightDesk, NightOutcome
from pipeline.nightly.pages import write_list, write_pages
from pipeline.nightly.publish import is_over, link_latest, recover, remove_old, staging
from pipeline.nightly.record import entry_of, night_record, told_apart
from pipeline.nightly.selection import Selection, refusal_mark, select
from pipeline.nightly.story import Story
from pipeline.nightly.told import Told, published, stories_of
from pipeline.output.atomic import write_json
from pipeline.output.lock import exclusive
from pipeline.output.own_files import NIGHT_FILE
from pipeline.sources.names import printable
from pipeline.stage import Stage
from pipeline.stages.release import Release
from pipeline.state.nights import EarlierNights

Wanted = Callable[[Document | Rejection, Story | None], bool]
_TIMED = ("translate", "summarise")  # the stages that ask engines


def run_night(desk: NightDesk, *, date: str | None = None, wait_s: float = 0.0) -> NightOutcome:
    """Publish the night of `date`, or of today in the zone of the desk.

    A document is new when no published night has told what it says (`story.py`). A night without
    any is published as well, so that a missing digest always means that something is wrong. Raises
    UsageError for a date or zone that does not exist and for inboxes that cannot be read, BusyError
    while another night is being made (after `wait_s`), OutputError when the folder cannot be
    written.
    """
    day = desk.day(date)
    with exclusive(desk.out, wait_s=wait_s):
        settle(desk)
        told = published(desk.out)
        if day in told.dates or _is_removed(desk, day, told):
            return _left(day, "is published already", read(desk, told))
        if date is None and is_over(desk.out, day):
            why = f"is over, a later night has told it (to make it all the same: --date {day})"
            return _left(day, why, read(desk, told))
        begun_at = desk.book.begin(day, timezone=desk.timezone, now=desk.now())
        return _make(desk, day, told, begun_at=begun_at)


def rerun_night(desk: NightDesk, *, date: str, wait_s: float = 0.0) -> NightOutcome:
    """Make a night again from the documents that it told, and put it in the old one's place.

    A night that was never published is made as `run_night` makes it. What was delivered is not
    delivered again.
    """
    day = desk.day(date)
    with exclusive(desk.out, wait_s=wait_s):
        settle(desk)
        told = published(desk.out, but=day)
        begun_at = desk.book.begin(day, timezone=desk.timezone, now=desk.now())
        if not (desk.out / day / NIGHT_FILE).is_file():
            return _make(desk, day, told, begun_at=begun_at)
        its = stories_of(desk.out / day)
        ids, contents = {story.id for story in its}, {story.content for story in its}

        def wanted(_: Document | Rejection, story: Story | None) -> bool:
            return story is None or story.id in ids or story.content in contents

        made_at = desk.now().isoformat(timespec="seconds")
        return _make(desk, day, told, begun_at=made_at, wanted=wanted, replacing=True)


def settle(desk: NightDesk) -> None:
    """Finish what a killed process began; the caller holds the lock on the folder of nights.

    A night that has its folder but is not yet published by the book is entered, with its outbox.
    """
    recover(desk.out)
    book = desk.book
    for entry in book.nights():
        if entry.published_at is None and (desk.out / entry.night / NIGHT_FILE).is_file():
            write_list(desk.out)
            rows = outbox(desk.config.nightly, entry.night, desk=book.desk)
            book.publish(entry.night, record=None, deliveries=rows, now=desk.now())


def _is_removed(desk: NightDesk, day: str, told: Told) -> bool:
    """Tell whether a night was published and has gone with the old ones (`keep_nights`)."""
    if not told.dates or day > min(told.dates):
        return False
    return any(e.night == day and e.published_at is not None for e in desk.book.nights())


def read(desk: NightDesk, told: Told, *, wanted: Wanted | None = None) -> Selection:
    """Return the inputs of the desk, sorted out; nothing is written."""
    inbox = gather(desk.inboxes, desk.out, progress=desk.progress)
    paths = {printable(found.name): found.path for found in inbox.files}
    selection = select(
        read_inbox(inbox, options=desk.config.sources, progress=desk.progress),
        told,
        options=desk.config.nightly,
        now=desk.now(),
        zone=desk.zone,
        mark=lambda rejection: refusal_mark(rejection, paths.get(rejection.name)),
        wanted=wanted,
    )
    return replace(selection, others=inbox.others)


def _make(
    desk: NightDesk,
    day: str,
    told: Told,
    *,
    begun_at: str,
    wanted: Wanted | None = None,
    replacing: bool = False,
) -> NightOutcome:
    """Make a night and publish it.

    1. Fetch the feeds, where there are any; sort out what came in.
    2. Take it through the stages into a hidden folder, with the digest and, last, the record.
    3. Remember the paragraphs, for the copies of later nights.
    4. Rename the folder: from here on there is the night.
    5. Enter it in the book together with its outbox; a process that dies before that is made up
       for by `settle`.
    6. Remove nights that are too old.
    """
    options = desk.config.nightly
    desk.events.info("night.begun", night=day, timezone=desk.timezone, begun_at=begun_at)
    feeds = Feeds() if replacing else _fetch(desk)
    selection = read(desk, told, wanted=wanted)
    # What was told may be repeated; what is no longer in the inbox is nobody's original.
    nights = EarlierNights(
        desk.state.memory,
        before=day,
        nights=desk.config.clean_up.nights,
        present=frozenset().union(*map(told.ids_of, selection.told_before)),
    )
    with staging(desk.out, day, replacing=replacing) as folder:
        result = _through_the_stages(desk, folder, selection, nights=nights, day=day)
        refused, late = told_apart(result, selection, told)
        condition = condition_of(
            result.documents,
            refused,
            selection=selection,
            late=len(late),
            day=day,
            made_on=datetime.fromisoformat(begun_at).astimezone(desk.zone).date().isoformat(),
            missed=missed_nights(told.dates, day=day),
            stale_days=options.stale_days,
            feeds=feeds,
        )
        refused = (*feeds.failed, *refused)
        write_pages(
            folder,
            result.documents,
            refused,
            not_read=selection.others,
            condition=condition,
            changed={name: told.night_of(story) for name, story in selection.stories.items()},
            day=day,
            before=max((known for known in told.dates if known < day), default=None),
            generated_at=begun_at,
            desk=desk,
        )
        record = night_record(
            day,
            timezone=desk.timezone,
            told=told,
            selection=selection,
            result=result,
            condition=condition,
        )
        write_json(folder / NIGHT_FILE, record)
        nights.remember(result.documents)
    link_latest(desk.out)
    write_list(desk.out)
    for rejection in refused:
        desk.events.warning(
            "document.rejected", name=rejection.name, stage=rejection.stage, reason=rejection.reason
        )
    entered = entry_of(condition, result, late=late)
    rows = outbox(options, day, desk=desk.book.desk)
    desk.book.publish(day, record=entered, deliveries=rows, now=desk.now())
    desk.events.info("night.published", night=day, **entered)
    for gone in remove_old(desk.out, keep=options.keep_nights):
        desk.events.info("night.removed", night=gone)
        write_list(desk.out)
    return _outcome(desk, day, result, refused, condition)


def _fetch(desk: NightDesk) -> Feeds:
    feeds = fetch_feeds(desk.config.nightly.pull, desk.inboxes, events=desk.events)
    for failed in feeds.failed:
        desk.progress.remark(f"not fetched: {failed.name}: {failed.reason}; {failed.hint}")
    return feeds


def _through_the_stages(
    desk: NightDesk, folder: Path, selection: Selection, *, nights: EarlierNights, day: str
) -> Result:
    options = desk.config.nightly
    deadline = (
        next_instant(desk.now(), at=parse_time(options.deadline), zone=desk.zone)
        if options.deadline
        else None
    )

    def watched(stage: Stage) -> Stage:
        if stage.name not in _TIMED:
            return stage
        by = deadline if stage.name == _TIMED[0] else None
        return Watched(stage, seconds=options.max_document_s, deadline=by, now=desk.now)

    return run_items(
        selection.items,
        folder,
        not_read=selection.others,
        earlier=nights,
        title=f"{options.title}, {day}",
        config=desk.config,
        state=desk.state,
        progress=desk.progress,
        engines=desk.engines,
        watched=watched,
        release=Release(desk.now, zone=desk.zone),
        timed=False,
    )


def _left(day: str, why: str, selection: Selection) -> NightOutcome:
    """Return the outcome of a night that is not made."""
    count = selection.documents
    waiting = f"{count} new {'document waits' if count == 1 else 'documents wait'}"
    message = f"{day} {why}; {waiting} for the next night"
    return NightOutcome(day, None, 0, (), message)


def _outcome(
    desk: NightDesk,
    day: str,
    result: Result,
    refused: tuple[Rejection, ...],
    condition: Condition,
) -> NightOutcome:
    count = len(result.documents)
    page = desk.out / day / "digest.html"
    named = f"{count} {'document' if count == 1 else 'documents'}" if count else "nothing new"
    faults = f" ({', '.join(condition.faults)})" if condition.faults else ""
    message = f"published {named}{faults}: {page}"
    return NightOutcome(day, desk.out / day, count, refused, message, condition)

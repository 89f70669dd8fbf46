"""One night: documents that no earlier night has told, summarised and published by one rename."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from pipeline.batch import Result, inputs, names_below, read_files, run_items
from pipeline.build import build_encoder
from pipeline.config import Config
from pipeline.digest.compose import compose
from pipeline.digest.envelope import Edition
from pipeline.digest.index import INDEX_FILE, write_index
from pipeline.digest.publish import write_digest
from pipeline.digest.telling import tell_stories
from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, UsageError
from pipeline.nightly.publish import Told, published, staging
from pipeline.nightly.schedule import check_timezone
from pipeline.nightly.story import Story, story_of, with_own_keys
from pipeline.output.atomic import write_json
from pipeline.output.lock import exclusive
from pipeline.output.own_files import NIGHT_FILE
from pipeline.progress import Progress
from pipeline.sources.folder import Listing
from pipeline.state.folder import State
from pipeline.state.nights import EarlierNights
from pipeline.state.stories import EarlierStories


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """The outcome of a night: the folder it was published in, or None and the reason."""

    date: str
    folder: Path | None
    documents: int
    rejections: tuple[Rejection, ...]
    message: str

    def record(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return {
            "date": self.date,
            "folder": None if self.folder is None else str(self.folder),
            "documents": self.documents,
            "rejections": [asdict(rejection) for rejection in self.rejections],
            "message": self.message,
        }


def run_night(
    inbox: Path,
    out: Path,
    *,
    date: str | None,
    timezone: str,
    config: Config,
    state: State,
    progress: Progress,
) -> NightOutcome:
    """Publish the night of `date`, or of today in `timezone`, below `out`.

    A document is new when no published night has told what it says (`story.py`). A night that
    would hold no document is not published, and leaves its date free. Raises UsageError for a date
    or zone that does not exist and for an inbox that cannot be read, BusyError while another night
    is being made, OutputError when `out` cannot be written.
    """
    day = _day(date, check_timezone(timezone))
    with exclusive(out):
        told = published(out)
        listing = _files(inbox, out, progress=progress)
        items = read_files(inbox, listing.files, config=config, progress=progress)
        fresh, stories, told_before = _sorted_out(items, told)
        rejected = tuple(item for item in fresh if isinstance(item, Rejection))
        count = len(fresh) - len(rejected)
        if not count:
            return NightOutcome(
                day, None, 0, rejected, "nothing is new: no document is left to tell"
            )
        if day in told.dates:
            waiting = f"{count} new {'document waits' if count == 1 else 'documents wait'}"
            message = f"{day} is published already; {waiting} for the next night"
            return NightOutcome(day, None, 0, rejected, message)
        # What was told may be repeated; what is no longer in the inbox is nobody's original.
        nights = EarlierNights(
            state.memory,
            before=day,
            nights=config.clean_up.nights,
            present=frozenset().union(*map(told.ids_of, told_before)),
        )
        not_read = names_below(inbox, listing.others)
        with staging(out, day) as folder:
            result = run_items(
                fresh,
                folder,
                not_read=not_read,
                earlier=nights,
                title=f"{config.nightly.title}, {day}",
                config=config,
                state=state,
                progress=progress,
            )
            if result.documents:
                changed = {name: told.night_of(story) for name, story in stories.items()}
                _write_digest(
                    folder,
                    result,
                    changed=changed,
                    day=day,
                    before=max((night for night in told.dates if night < day), default=None),
                    timezone=timezone,
                    config=config,
                    state=state,
                    progress=progress,
                )
                record = {
                    "date": day,
                    "timezone": timezone,
                    "documents": [stories[d.name].record() for d in result.documents],
                    "told_before": [told.record_of(story) for story in told_before],
                }
                write_json(folder / NIGHT_FILE, record)
                nights.remember(result.documents)
        if result.documents:
            write_index(out)
    documents, rejected = len(result.documents), result.rejections
    if not documents:
        return NightOutcome(
            day, None, 0, rejected, "nothing is published: no document could be used"
        )
    named = f"{documents} {'document' if documents == 1 else 'documents'}"
    page = out / day / "digest.html"
    return NightOutcome(day, out / day, documents, rejected, f"published {named}: {page}")


def _files(inbox: Path, out: Path, *, progress: Progress) -> Listing:
    """Return the files to read, without those that nights and runs have written."""
    nights = _real(out)
    if _real(inbox).is_relative_to(nights):
        raise UsageError(
            f"{inbox}: is in the folder of the nights, {out}",
            hint="choose an inbox outside of it, or another folder with --out",
        )
    try:
        return inputs(inbox, out, progress=progress)
    except EmptyFolderError:
        return Listing([], [])  # a night on which nothing came in is no mistake


def _real(path: Path) -> Path:
    """Return a path without links; `Path.resolve` raises for one that leads to itself."""
    return Path(os.path.realpath(path))


def _day(given: str | None, zone: tzinfo) -> str:
    if given is None:
        return datetime.now(zone).date().isoformat()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise UsageError(f"not a date: {given!r}", hint="write it as 2026-03-01") from error


def _sorted_out(
    items: Iterable[Document | Rejection], told: Told
) -> tuple[list[Document | Rejection], dict[str, Story], list[Story]]:
    """Return the items not told yet, their stories by name, and the stories told before.

    Equal texts of one night are all told: the run says of each which copy stands.
    """
    fresh: list[Document | Rejection] = []
    found: list[Story] = []
    for item in items:
        if isinstance(item, Rejection):
            fresh.append(item)
            continue
        found.append(story_of(item))
        if not told.knows(found[-1]):
            fresh.append(item)
    stories = with_own_keys(found)
    tonight = {story.name: story for story in stories if not told.knows(story)}
    return fresh, tonight, [story for story in stories if told.knows(story)]


def _write_digest(
    folder: Path,
    result: Result,
    *,
    changed: Mapping[str, str | None],
    day: str,
    before: str | None,
    timezone: str,
    config: Config,
    state: State,
    progress: Progress,
) -> None:
    edition = Edition(
        date=day,
        timezone=timezone,
        title=config.nightly.title,
        language=config.languages.target,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        previous=f"../{before}/digest.html" if before else None,
        previous_date=before,
        index=f"../{INDEX_FILE}",
    )
    earlier = EarlierStories(state.memory, night=day)
    stories = tell_stories(
        result.documents,
        encoder=build_encoder(config),
        config=config,
        progress=progress,
        earlier=earlier,
        changed=changed,
    )
    envelope = compose(
        edition,
        stories,
        result.documents,
        rejections=result.rejections,
        not_read=result.record["not_read"],
    )
    write_digest(folder, envelope, result.documents)
    earlier.remember(stories, result.documents)

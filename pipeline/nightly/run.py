"""One night: documents that no earlier night has told, summarised and published by one rename."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from pipeline.batch import Result, inputs, names_below, read_files, run_items
from pipeline.config import Config
from pipeline.digest.night import Item, Night
from pipeline.digest.render import render_html, render_markdown
from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, UsageError
from pipeline.nightly.publish import Told, published, staging
from pipeline.nightly.schedule import check_timezone
from pipeline.nightly.story import Story, story_of, with_own_keys
from pipeline.output.atomic import write_json, write_text
from pipeline.output.lock import exclusive
from pipeline.output.names import page_path
from pipeline.output.own_files import NIGHT_FILE
from pipeline.output.report import doubts, headline, in_target, kinds
from pipeline.progress import Progress
from pipeline.sources.folder import Listing
from pipeline.state.folder import State
from pipeline.state.nights import EarlierNights


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
                    folder, result, changed=changed, day=day, timezone=timezone, config=config
                )
                record = {
                    "date": day,
                    "timezone": timezone,
                    "documents": [stories[d.name].record() for d in result.documents],
                    "told_before": [told.record_of(story) for story in told_before],
                }
                write_json(folder / NIGHT_FILE, record)
                nights.remember(result.documents)
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
    timezone: str,
    config: Config,
) -> None:
    night = Night(
        date=day,
        title=config.nightly.title,
        timezone=timezone,
        language=config.languages.target,
        items=tuple(_item(d, changed=changed[d.name]) for d in result.documents),
        rejections=result.rejections,
        not_read=kinds(result.record["not_read"]),
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        models=tuple(
            dict.fromkeys(m.partition(" ")[0] for d in result.documents for m in models_of(d))
        ),
    )
    write_text(folder / "digest.md", render_markdown(night))
    write_text(folder / "digest.html", render_html(night))


def _item(document: Document, *, changed: str | None) -> Item:
    text, doubt = headline(document), doubts(document)
    return Item(
        name=document.name,
        language=document.language,
        headline=text,
        headline_language=_language_of(text, document),
        date=document.date,
        sentences=tuple(s.text for s in document.summary.sentences) if document.summary else (),
        notes=document.notes if doubt is None else (*document.notes, doubt),
        link=page_path(document),
        changed_since=changed,
    )


def models_of(document: Document) -> Iterator[str]:
    """Yield the models that wrote a document's translation and its summary."""
    for paragraph in document.kept():
        if paragraph.translation is not None:
            yield from paragraph.translation.models
    if document.summary is not None:
        yield from document.summary.models


def _language_of(headline: str, document: Document) -> str | None:
    """Return the language of a headline; None where it is the name of the file."""
    if headline == document.name:
        return None
    for paragraph in document.kept():
        text = " ".join(in_target(paragraph).split())
        if text.startswith(headline.rstrip("…")):
            return paragraph.translation.language if paragraph.translation else paragraph.language
    return document.language

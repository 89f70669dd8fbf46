"""One night: documents that no earlier night has told, summarised and published by one rename."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from pipeline.batch import Result, names_below, read_files, run_items
from pipeline.config import Config
from pipeline.digest.night import Item, Night
from pipeline.digest.render import render_html, render_markdown
from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, UsageError
from pipeline.nightly.publish import NIGHT_FILE, Told, published, staging
from pipeline.nightly.schedule import check_timezone
from pipeline.output.atomic import write_json, write_text
from pipeline.output.lock import exclusive
from pipeline.output.names import page_path
from pipeline.output.report import doubts, headline, in_target, kinds
from pipeline.progress import Progress
from pipeline.sources.folder import Listing, list_files
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

    A document is new when no published night has told its content. A night that would hold no
    document is not published, and leaves its date free. Raises UsageError for a date or zone that
    does not exist and for an inbox that cannot be read, BusyError while another night is being
    made, OutputError when `out` cannot be written.
    """
    day = _day(date, check_timezone(timezone))
    with exclusive(out):
        told = published(out)
        listing = _files(inbox, out)
        items = read_files(inbox, listing.files, config=config, progress=progress)
        fresh, told_before = _sorted_out(items, told.ids)
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
            present=frozenset(told_before),
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
                _write_digest(folder, result, told=told, day=day, timezone=timezone, config=config)
                record = _record(result, told_before, day=day, timezone=timezone)
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


def _files(inbox: Path, out: Path) -> Listing:
    """Return the files to read, without those that earlier nights have written."""
    nights = _real(out)
    if _real(inbox).is_relative_to(nights):
        raise UsageError(
            f"{inbox}: is in the folder of the nights, {out}",
            hint="choose an inbox outside of it, or another folder with --out",
        )
    try:
        listing = list_files(inbox)
        return Listing(
            [f for f in listing.files if not _real(f).is_relative_to(nights)],
            [f for f in listing.others if not _real(f).is_relative_to(nights)],
        )
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
    items: Iterable[Document | Rejection], told: frozenset[str]
) -> tuple[list[Document | Rejection], list[str]]:
    """Return the items not told yet, of equal texts the first, and the ids of told documents."""
    fresh: list[Document | Rejection] = []
    seen: set[str] = set()
    for item in items:
        if isinstance(item, Rejection):
            fresh.append(item)
        elif item.id not in seen:
            seen.add(item.id)
            if item.id not in told:
                fresh.append(item)
    return fresh, sorted(seen & told)


def _write_digest(
    folder: Path, result: Result, *, told: Told, day: str, timezone: str, config: Config
) -> None:
    night = Night(
        date=day,
        title=config.nightly.title,
        timezone=timezone,
        language=config.languages.target,
        items=tuple(_item(d, told=told) for d in result.documents),
        rejections=result.rejections,
        not_read=kinds(result.record["not_read"]),
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        models=tuple(
            dict.fromkeys(m.partition(" ")[0] for d in result.documents for m in models_of(d))
        ),
    )
    write_text(folder / "digest.md", render_markdown(night))
    write_text(folder / "digest.html", render_html(night))


def _record(
    result: Result, told_before: Sequence[str], *, day: str, timezone: str
) -> dict[str, Any]:
    """Return the record for coming nights, which is published with the night.

    The record includes documents that earlier nights have told and that still lie in the inbox, so
    that they are not told again when old nights are cleared away.
    """
    return {
        "date": day,
        "timezone": timezone,
        "documents": [{"id": d.id, "name": d.name} for d in result.documents],
        "told_before": list(told_before),
    }


def _item(document: Document, *, told: Told) -> Item:
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
        changed_since=told.named.get(document.name),
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

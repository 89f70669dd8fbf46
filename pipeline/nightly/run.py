"""One night: what no earlier night has told, through the pipeline, published by one rename."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.batch import Result, read_files, run_items
from pipeline.config import Config
from pipeline.digest.night import Item, Night
from pipeline.digest.render import render_html, render_markdown
from pipeline.document import Document, Rejection
from pipeline.errors import UsageError
from pipeline.nightly.lock import exclusive
from pipeline.nightly.publish import NIGHT_FILE, published, staging
from pipeline.nightly.schedule import check_timezone
from pipeline.output.atomic import write_json, write_text
from pipeline.output.report import headline
from pipeline.progress import Progress
from pipeline.sources.folder import list_files
from pipeline.state import State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a night: published somewhere, or why not."""

    date: str
    folder: Path | None
    documents: int
    rejected: int
    message: str

    def record(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return {
            "date": self.date,
            "folder": None if self.folder is None else str(self.folder),
            "documents": self.documents,
            "rejected": self.rejected,
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
) -> Outcome:
    """Publish the night of `date`, or of today in `timezone`, below `out`.

    A document is new when no published night has told its content. Raises UsageError for a date
    or zone that does not exist, BusyError while another night is being made.
    """
    zone = check_timezone(timezone)
    day = _day(date, zone)
    with exclusive(out):
        told = published(out)
        files = [f for f in list_files(inbox) if not f.is_relative_to(out)]
        items = list(read_files(inbox, files, config=config, progress=progress))
        fresh = list(_fresh(items, told.ids))
        if not any(isinstance(item, Document) for item in fresh):
            return _nothing(day, "nothing is new: every document has been told", fresh)
        count = sum(isinstance(item, Document) for item in fresh)
        if day in told.dates:
            waiting = f"{count} new {'document waits' if count == 1 else 'documents wait'}"
            return _nothing(
                day, f"{day} is published already; {waiting} for the next night", fresh
            )
        with staging(out, day) as folder:
            result = run_items(
                fresh,
                folder,
                title=f"{config.nightly.title}, {day}",
                config=config,
                state=state,
                progress=progress,
            )
            _write_digest(folder, result, day=day, timezone=timezone, config=config)
    return Outcome(
        date=day,
        folder=out / day,
        documents=len(result.documents),
        rejected=len(result.rejections),
        message=f"published {len(result.documents)} documents: {out / day / 'digest.html'}",
    )


def _day(given: str | None, zone: ZoneInfo) -> str:
    if given is None:
        return datetime.now(zone).date().isoformat()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as error:
        raise UsageError(f"not a date: {given!r}", hint="write it as 2026-03-01") from error


def _fresh(
    items: Iterable[Document | Rejection], told: frozenset[str]
) -> Iterator[Document | Rejection]:
    """Yield what is not told yet; of documents with the same text, the first."""
    seen = set(told)
    for item in items:
        if isinstance(item, Document):
            if item.id in seen:
                continue
            seen.add(item.id)
        yield item


def _nothing(day: str, message: str, items: list[Document | Rejection]) -> Outcome:
    rejected = sum(isinstance(item, Rejection) for item in items)
    return Outcome(date=day, folder=None, documents=0, rejected=rejected, message=message)


def _write_digest(
    folder: Path, result: Result, *, day: str, timezone: str, config: Config
) -> None:
    night = Night(
        date=day,
        title=config.nightly.title,
        timezone=timezone,
        language=config.languages.target,
        items=tuple(_item(d) for d in result.documents),
        rejections=result.rejections,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        model=str(result.record["engines"]["summarise"]["identity"]),
    )
    write_text(folder / "digest.md", render_markdown(night))
    write_text(folder / "digest.html", render_html(night))
    record = {
        "date": day,
        "timezone": timezone,
        "documents": [{"id": d.id, "name": d.name} for d in result.documents],
    }
    write_json(folder / NIGHT_FILE, record)


def _item(document: Document) -> Item:
    return Item(
        name=document.name,
        language=document.language,
        headline=headline(document),
        date=document.date,
        sentences=document.summary.sentences if document.summary else (),
        notes=document.notes,
        link=f"documents/{document.name}.md",
    )

"""The desk of a night: what it reads, where it publishes, what it works with, and what came out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any

from models.engine import Encoder, Summariser, Translator
from pipeline.build import build_encoder
from pipeline.config import Config
from pipeline.document import Rejection
from pipeline.errors import UsageError
from pipeline.nightly.condition import Condition
from pipeline.nightly.due import check_timezone
from pipeline.nightly.events import Events, NoEvents
from pipeline.progress import Progress
from pipeline.state.book import Book
from pipeline.state.folder import State


def system_clock() -> datetime:
    """Return the present instant, in UTC; that of `SOURCE_DATE_EPOCH` where it is set.

    With that variable (reproducible-builds.org) two runs over the same inputs give the same bytes.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(fixed), UTC) if fixed.isdecimal() else datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NightDesk:
    """Inboxes (folders and patterns), the folder of nights, and the configuration of both.

    `now` is the clock, which gives aware instants; `engines` stand in for those of the profile.
    """

    inboxes: Sequence[str | Path]
    out: Path
    timezone: str
    config: Config
    state: State
    progress: Progress
    events: Events = field(default_factory=NoEvents)
    now: Callable[[], datetime] = system_clock
    engines: tuple[Translator, Summariser] | None = None

    @property
    def encoder(self) -> Encoder | None:
        """The encoder that stories are grouped by; None where engines stand in, and by wish."""
        return None if self.engines is not None else build_encoder(self.config)

    @property
    def zone(self) -> tzinfo:
        """The time zone; UsageError for one that does not exist."""
        return check_timezone(self.timezone)

    @property
    def book(self) -> Book:
        """The book of this desk's nights."""
        return book_of(self.out, self.state.book)

    def today(self) -> str:
        """Return the date in the time zone, as ISO 8601."""
        return self.now().astimezone(self.zone).date().isoformat()

    def day(self, given: str | None) -> str:
        """Return a date as it is given, else today's; UsageError for what is none, or to come."""
        today = self.today()
        if given is None:
            return today
        try:
            day = date.fromisoformat(given).isoformat()
        except ValueError as error:
            raise UsageError(f"not a date: {given!r}", hint="write it as 2026-03-01") from error
        if day > today:
            raise UsageError(
                f"{day} is still to come: in {self.timezone} it is {today}",
                hint="publish it when it has come",
            )
        return day


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """The outcome of a night: the folder it was published in, or None and the reason.

    `condition` is that of a night that was published.
    """

    date: str
    folder: Path | None
    documents: int
    rejections: tuple[Rejection, ...]
    message: str
    condition: Condition = field(default_factory=Condition)

    @property
    def is_well(self) -> bool:
        """Whether nothing about the night asks for a look at it."""
        return not self.rejections and not self.condition.faults

    def record(self) -> dict[str, Any]:
        """Return the outcome as JSON values."""
        return {
            "date": self.date,
            "folder": None if self.folder is None else str(self.folder),
            "documents": self.documents,
            "rejections": [asdict(rejection) for rejection in self.rejections],
            "message": self.message,
            "condition": self.condition.record(),
        }


def book_of(out: Path, book: Path) -> Book:
    """Return the book of the nights below `out`, in the file `book`."""
    return Book(book, desk=os.path.realpath(out))

"""The age of documents: those that are new enough for a digest, and how many are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pipeline.document import Document, Rejection
from pipeline.errors import UsageError

_AGE = re.compile(r"(\d{1,5})\s*([mhdw])", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Recent:
    """Lets documents through that are no older than an instant, by the documents' own dates.

    A document's time is the last that its publisher gives. One that has a date without a time
    counts as of the end of that day in `timezone`; one without a date is let through, for nothing
    says that it is old. Without an instant all are let through. `left_out` counts the others.
    """

    def __init__(self, since: datetime | None = None, *, timezone: str = "UTC") -> None:
        self._since = since
        self._zone = ZoneInfo(timezone)
        self.left_out = 0

    def __call__(self, items: Iterable[Document | Rejection]) -> Iterator[Document | Rejection]:
        """Yield `items` without the documents that are too old."""
        for item in items:
            if isinstance(item, Document) and self._is_old(item):
                self.left_out += 1
            else:
                yield item

    def _is_old(self, document: Document) -> bool:
        origin = document.origin
        told = origin.updated_at or origin.published_at or document.date
        instant = self._instant(told) if told else None
        return self._since is not None and instant is not None and instant < self._since

    def _instant(self, told: str) -> datetime | None:
        try:
            if len(told) == len("2026-01-01"):
                return datetime.combine(date.fromisoformat(told), time.max, tzinfo=self._zone)
            instant = datetime.fromisoformat(told)
        except ValueError:
            return None
        return instant if instant.tzinfo is not None else instant.replace(tzinfo=self._zone)


def since(text: str, *, now: datetime, timezone: str) -> datetime:
    """Return the instant that `24h`, `7d` or a date such as 2026-03-01 means.

    Raises UsageError for anything else.
    """
    if found := _AGE.fullmatch(text.strip()):
        unit = _UNITS[found[2].lower()]
        return now - timedelta(**{unit: int(found[1])})
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f"--since {text}: not an age and not a date",
            hint="write 90m, 24h, 7d or 2w, or a date such as 2026-03-01",
        ) from error
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(timezone)).astimezone(UTC)

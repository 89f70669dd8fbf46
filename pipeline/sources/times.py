"""Times as machines write them: ISO 8601, the dates of mail and feeds, seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz

from pipeline.sources import dates

_LONGEST = 100  # characters
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# RFC 5322, 4.3. `parsedate_tz` takes any other name, such as MSK, for UTC.
_MAIL_ZONE = re.compile(r"(?:[+-]\d{4}|\b(?:UT|UTC|GMT|Z|[ECMP][SD]T))\s*(?:\([^()]*\)\s*)?$")
# With dots the day comes first.
_SHORT_YEAR = re.compile(r"(?<![\d.])(\d{1,2}\.\d{1,2}\.)(\d{2})(?=\D|$)")
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_MILLISECONDS = 10**11  # since 1970: a number above that does not count seconds


def instant(value: object) -> str | None:
    """Return a time as ISO 8601 with its offset from UTC, or as a date where no more is known.

    Understands ISO 8601 and RFC 3339, RFC 5322, seconds or milliseconds since 1970, and dates as
    `dates.parse` does. Of a time without a zone only the date is returned; None for anything else.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _since_1970(value) or (_iso(str(value)) if 0 < value < _MILLISECONDS else None)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    text = _SHORT_YEAR.sub(r"\g<1>20\2", " ".join(value.split()), count=1)
    if _EPOCH.fullmatch(text):
        return _since_1970(int(text))
    return _iso(text) or _of_mail(text) or dates.parse(text)


def _since_1970(seconds: float) -> str | None:
    try:
        seconds = seconds / 1000 if seconds > _MILLISECONDS else seconds
        found = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return _written(found) if found.year >= 1980 else None  # below: a date written as a number


def _iso(text: str) -> str | None:
    if "W" in text.upper():  # a week is no date
        return None
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return _written(found)


def _of_mail(text: str) -> str | None:
    fields = parsedate_tz(text)
    if fields is None:
        return None
    year, month, day, hour, minute, second, *_, offset = fields
    zone = _MAIL_ZONE.search(text.upper())
    try:
        if zone is None or offset is None:
            return _day(date(year, month, day))
        there = timezone(timedelta(seconds=offset))
        return _written(datetime(year, month, day, hour, minute, second, tzinfo=there))
    except (ValueError, OverflowError):
        return None


def _written(found: datetime) -> str | None:
    if found.tzinfo is None:
        return _day(found.date())
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        return None
    return found.isoformat(timespec="seconds")


def _day(found: date) -> str | None:
    return found.isoformat() if _FIRST_YEAR <= found.year <= _LAST_YEAR else None

"""Times as machines write them: ISO 8601, the dates of mail and feeds, seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_tz
from functools import cache

from pipeline.lang.data import letters
from pipeline.sources import dates

_LONGEST = 100  # characters
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# RFC 5322, 4.3. `parsedate_tz` takes any other name, such as MSK, for UTC.
_MAIL_ZONE = re.compile(r"(?:[+-]\d{4}|\b(?:UT|UTC|GMT|Z|[ECMP][SD]T))\s*(?:\([^()]*\)\s*)?$")
# Abbreviations that mean one offset wherever they are written, in hours.
_OFFSETS = {"UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
_NAMED = re.compile(
    r"(?<![\d:.])(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\.\d{1,9})?"
    r"\s*\(?(?:(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?|([^\W\d_]{1,5}))\)?\s*$"
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,?\s+(?=\d)")  # however it is abbreviated
# With dots the day comes first.
_SHORT_YEAR = re.compile(r"(?<![\d.])(\d{1,2}\.\d{1,2}\.)(\d{2})(?=\D|$)")
_EPOCH = re.compile(r"\d{9,10}|\d{12,13}")
_MILLISECONDS = 10**11  # since 1970: a number above that does not count seconds


def instant(value: object) -> str | None:
    """Return a time as ISO 8601 with its offset from UTC, or as a date where no more is known.

    Understands ISO 8601 and RFC 3339, RFC 5322, seconds or milliseconds since 1970, and dates as
    `dates.parse` does, with the time behind it. Of a time without a zone that is known only the
    date is returned; None for anything else.
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
    if (found := _iso(text)) is not None:
        return found
    bare = _WEEKDAY.sub("", text)
    return _in_words(bare) or _of_mail(text) or dates.parse(bare)


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


def _in_words(text: str) -> str | None:
    """Return the time in a date with words, `28 ноя 2025 14:00 MSK`, where its zone is known."""
    clock = _NAMED.search(text)
    day = dates.parse(text) if clock is not None else None
    if clock is None or day is None:
        return None
    hour, minute, second, sign, hours, minutes, name = clock.groups()
    try:
        found = datetime.fromisoformat(day).replace(
            hour=int(hour), minute=int(minute), second=int(second or 0)
        )
        if sign is not None:
            there = timedelta(hours=int(hours), minutes=int(minutes or 0))
            zone: tzinfo | None = timezone(-there if sign == "-" else there)
        else:
            zone = _zone(name)
    except ValueError:
        return None
    return None if zone is None else _written(found.replace(tzinfo=zone))


def _zone(name: str) -> tzinfo | None:
    """Return the zone that an abbreviation stands for, or None where that is not sure."""
    hours = _OFFSETS.get(name.upper())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    from zoneinfo import ZoneInfo

    place = _places().get(name.lower())
    return None if place is None else ZoneInfo(place)


@cache
def _places() -> dict[str, str]:
    return letters("dates.zone_places")


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

"""The end of an embargo as files write it: nothing that was said of it is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from pipeline.sources import dates
from pipeline.sources.surrogates import without_surrogates
from pipeline.sources.times import instant

_NONE = frozenset(("", "false", "no", "none", "null", "off", "0", "0.0", "[]", "{}"))
_LONGEST = 100  # characters
# A time of day: 06:00, 6h30, T0600, T060000, 6 am, 6.30 pm.
_TIME_OF_DAY = re.compile(r"\d[:h]\d|\d[T\s]\d{4}(?:\d\d)?(?!\d)|\d\s*[ap]\.?\s?m\b", re.IGNORECASE)
_AT_THE_END = re.compile(r"(?<![\d:.])(\d{1,2})[:h](\d{2})(?::(\d{2}))?$")


def embargo_end(values: Iterable[object]) -> str | None:
    """Return when an embargo ends, by the first of `values` that says anything of one.

    That is a time or a date as `times.instant` writes them; a time without an offset, where none
    is written; else the words themselves: a text whose embargo nobody can read is held back, and
    named. None where there is no embargo.
    """
    said = (value for value in values if value is not None)
    return next((found for value in said if (found := _end(value)) is not None), None)


def _end(value: object) -> str | None:
    shown = without_surrogates(str(value))
    words = " ".join("".join(c if c.isprintable() else " " for c in shown[: 2 * _LONGEST]).split())
    if words.lower() in _NONE:
        return None
    found = instant(value)
    if found is not None and ("T" in found or not _TIME_OF_DAY.search(words)):
        return found
    return _without_offset(words) or words[:_LONGEST]


def _without_offset(words: str) -> str | None:
    """Return a date with a time of day behind it, and nothing more, as ISO 8601."""
    try:
        moment = datetime.fromisoformat(words.upper())
    except ValueError:
        clock, day = _AT_THE_END.search(words), dates.parse(words)
        if clock is None or day is None:
            return None
        hour, minute, second = (int(figure or 0) for figure in clock.groups())
        try:
            moment = datetime.fromisoformat(day).replace(hour=hour, minute=minute, second=second)
        except ValueError:
            return None
    return moment.isoformat(timespec="seconds")

"""Texts that their agency holds back: under embargo until an hour, withheld, or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, tzinfo

from pipeline.document import Document, Origin
from pipeline.nightly.story import Story
from pipeline.stages.release import is_withdrawn


def embargo_end(origin: Origin, *, zone: tzinfo) -> datetime | None:
    """Return the instant at which a text may be told; None where it has no embargo.

    A date without a time ends the embargo when that date begins in `zone`; a time without an offset
    is one of `zone`. Raises ValueError for what is neither.
    """
    if not origin.embargo_until:
        return None
    written = origin.embargo_until.strip()
    if len(written) == len("2026-03-01"):
        return datetime.combine(date.fromisoformat(written), time(0), zone)
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def killed_keys(found: Iterable[tuple[Document, Story]]) -> frozenset[str]:
    """Return the keys of stories whose latest state is killed.

    A story that its agency has given out again after that is told as any other; where no state
    says which is the later one, the kill holds.
    """
    states: dict[str, list[tuple[Document, bool]]] = {}
    for document, story in found:
        if story.key is not None:
            states.setdefault(story.key, []).append((document, is_withdrawn(document.origin)))
    return frozenset(key for key, known in states.items() if _ends_killed(known))


def _ends_killed(states: list[tuple[Document, bool]]) -> bool:
    kills = [_order(document.origin) for document, killed in states if killed]
    others = [_order(document.origin) for document, killed in states if not killed]
    return bool(kills) and not any(other > max(kills) for other in others)


def _order(origin: Origin) -> tuple[int, str]:
    version = origin.version or ""
    return (
        int(version) if version.isascii() and version.isdecimal() else 0,
        origin.updated_at or origin.published_at or "",
    )


def headline_told(key: str, latest: Mapping[str, tuple[str, Story]]) -> tuple[str, str]:
    """Return the night that told a story last, and the headline it had there."""
    night, story = latest[key]
    return night, story.headline or story.name

"""The release stage: what its agency has withdrawn, replaced, or not yet released is not told.

The terms are those of IPTC's NewsML-G2: a `pubStatus` (usable, withheld, canceled), the time of
an embargo, and numbered versions of one item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from pipeline.document import Document, Origin, Rejection
from pipeline.stage import StageKind

# Codes of IPTC's NewsCodes scheme `pubstatusg2`, of NITF's management-status and of news agencies.
_WITHDRAWN = frozenset(
    ("canceled", "cancelled", "withheld", "withdrawn", "kill", "killed", "retracted")
)
_WAITING = frozenset(("embargoed",))
_LAST_ZONE = timezone(timedelta(hours=-12))  # where a day begins last
_TELLING_CHARS = 6  # of an identifier that is trusted without its publisher
_WORLDWIDE = re.compile(r"://|^urn:|^tag:|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


class Release:
    """Puts a rejection in the place of a document that must not be told.

    1. A document that its agency has cancelled or withheld is rejected.
    2. So is one under an embargo that is not over; its earlier version stands until then.
    3. Of several versions of one text (the same publisher and identifier) the latest stands. A
       later version that was withdrawn takes the earlier ones with it.

    Every such rejection has the origin of its document. `now` tells the time, with a zone.
    """

    name = "release"
    kind: StageKind = "barrier"

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now

    def run(self, documents: Sequence[Document]) -> list[Document | Rejection]:
        """Return each document, or the rejection that says why it is not told."""
        now = self._now()
        latest = _latest(d for d in documents if _counts(d.origin, now))
        return [_refusal(d, now, latest.get(_key(d.origin))) or d for d in documents]


@dataclass(frozen=True, slots=True)
class _Standing:
    """The latest version of a text."""

    document: Document
    rank: _Rank


_Rank = tuple[tuple[int, ...], str, bool]


def _key(origin: Origin) -> tuple[str, str] | None:
    """Return the name of a text for all of its versions; None where several texts may bear it."""
    if origin.identifier is None:
        return None
    if _WORLDWIDE.search(origin.identifier):
        return ("", origin.identifier)  # a kill may not name its agency
    if origin.publisher is None and len(origin.identifier) < _TELLING_CHARS:
        return None  # the number of a row
    return (origin.publisher or "", origin.identifier)


def _latest(documents: Iterable[Document]) -> dict[tuple[str, str] | None, _Standing]:
    """Return the latest of the texts that are numbered, or withdrawn."""
    found: dict[tuple[str, str] | None, _Standing] = {}
    for document in documents:
        origin = document.origin
        key, rank = _key(origin), _rank(origin)
        if key is None or not (origin.version or is_withdrawn(origin)):
            continue
        if key not in found or found[key].rank < rank:
            found[key] = _Standing(document, rank)
    return found


def _rank(origin: Origin) -> _Rank:
    """Return the order of versions: by their numbers, by time, and withdrawn ones last."""
    numbers = tuple(int(n) for n in _DIGITS.findall(origin.version or "")[:4])
    moment = origin.updated_at or origin.published_at or ""
    with suppress(ValueError):
        moment = datetime.fromisoformat(moment).astimezone(UTC).isoformat()
    return numbers, moment, is_withdrawn(origin)


def _refusal(document: Document, now: datetime, latest: _Standing | None) -> Rejection | None:
    origin = document.origin
    if is_withdrawn(origin):
        return _rejection(
            document, f"{_named(origin)} is {_code(origin)}: its agency has withdrawn it"
        )
    if _waits(origin, now):
        until = f"until {origin.embargo_until}" if origin.embargo_until else "without an end"
        hint = "run again when it is over" if origin.embargo_until else "wait for its release"
        return _rejection(document, f"{_named(origin)} is under embargo {until}", hint)
    if latest is None or latest.rank <= _rank(origin):
        return None
    newer = latest.document
    if is_withdrawn(newer.origin):
        why = f"{_named(origin)} was withdrawn by its agency, in {newer.name}"
        return _rejection(document, why)
    return _rejection(
        document,
        f"{_named(origin)} was replaced by version {newer.origin.version}, in {newer.name}",
        "nothing: the later version is used",
    )


def is_withdrawn(origin: Origin) -> bool:
    """Tell whether the publisher has cancelled or withheld a text."""
    return _code(origin) in _WITHDRAWN


def _counts(origin: Origin, now: datetime) -> bool:
    """Tell whether a version may stand in the place of earlier ones, or take them away."""
    return is_withdrawn(origin) or not _waits(origin, now)


def _waits(origin: Origin, now: datetime) -> bool:
    """Tell whether a text is under an embargo that is not over; a date is over nowhere too early.

    An embargo without a time, or with one that cannot be read, has no end.
    """
    if origin.embargo_until is None:
        return _code(origin) in _WAITING
    try:
        if len(origin.embargo_until) == len("2026-03-01"):
            day = date.fromisoformat(origin.embargo_until)
            return now < datetime.combine(day, time(), _LAST_ZONE)
        until = datetime.fromisoformat(origin.embargo_until)
    except ValueError:
        return True
    return now < (until if until.tzinfo else until.replace(tzinfo=_LAST_ZONE))


def _code(origin: Origin) -> str:
    """Return a status without its scheme, an alias or an address: `canceled` of `stat:canceled`."""
    return (origin.status or "").strip().lower().rpartition(":")[2].rpartition("/")[2]


def _named(origin: Origin) -> str:
    version = f"version {origin.version}" if origin.version else None
    return " of ".join(filter(None, (version, origin.identifier))) or "the text"


def _rejection(
    document: Document, reason: str, hint: str = "nothing: it must not be published"
) -> Rejection:
    return Rejection(document.name, Release.name, reason, hint, document.origin)

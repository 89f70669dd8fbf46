"""The release stage: what its agency has withdrawn, replaced, or not yet released is not told.

The terms are those of IPTC's NewsML-G2: a `pubStatus` (usable, withheld, canceled), the time of
an embargo, and numbered versions of one item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
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
        return self.apply(documents, self.settle([self.gather(documents)]))

    def gather(self, documents: Sequence[Document]) -> list[Numbered]:
        """Return what other versions have to know of the texts that are numbered, or withdrawn."""
        return [
            Numbered(d.name, d.origin)
            for d in documents
            if _key(d.origin) is not None and (d.origin.version or is_withdrawn(d.origin))
        ]

    def settle(self, parts: Iterable[Sequence[Numbered]]) -> Released:
        """Return the latest version of every text."""
        now = self._now()
        latest: dict[tuple[str, str], Numbered] = {}
        for one in (one for part in parts for one in part if _counts(one.origin, now)):
            key = _key(one.origin)
            if key is None:
                continue
            if key not in latest or _rank(latest[key].origin) < _rank(one.origin):
                latest[key] = one
        return Released(now, latest)

    def apply(self, documents: Sequence[Document], verdict: Released) -> list[Document | Rejection]:
        """Return each document, or the rejection that says why it is not told."""
        return [_refusal(d, verdict) or d for d in documents]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A version of a text: the name of its document, and its origin."""

    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Released:
    """The time that embargoes are held against, and the latest version of every text by its key."""

    now: datetime
    latest: Mapping[tuple[str, str], Numbered]


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


def _rank(origin: Origin) -> _Rank:
    """Return the order of versions: by their numbers, by time, and withdrawn ones last."""
    numbers = tuple(int(n) for n in _DIGITS.findall(origin.version or "")[:4])
    moment = origin.updated_at or origin.published_at or ""
    with suppress(ValueError):
        moment = datetime.fromisoformat(moment).astimezone(UTC).isoformat()
    return numbers, moment, is_withdrawn(origin)


def _refusal(document: Document, verdict: Released) -> Rejection | None:
    origin = document.origin
    key = _key(origin)
    newer = verdict.latest.get(key) if key is not None else None
    if is_withdrawn(origin):
        return _rejection(
            document, f"{_named(origin)} is {_code(origin)}: its agency has withdrawn it"
        )
    if _waits(origin, verdict.now):
        until = f"until {origin.embargo_until}" if origin.embargo_until else "without an end"
        hint = "run again when it is over" if origin.embargo_until else "wait for its release"
        return _rejection(document, f"{_named(origin)} is under embargo {until}", hint)
    if newer is None or _rank(newer.origin) <= _rank(origin):
        return None
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

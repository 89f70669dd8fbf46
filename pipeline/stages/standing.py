"""Whether a text may be told: not withdrawn, not under embargo, not replaced by a later version.

The terms are those of IPTC's NewsML-G2: a `pubStatus` (usable, withheld, canceled), the time of
an embargo, and numbered versions of one item. Runs and nights ask here, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import TypeVar

from pipeline.document import Document, Origin, Rejection

STAGE = "release"  # the stage that rejections name
# Codes of IPTC's NewsCodes scheme `pubstatusg2`, of NITF's management-status and of news agencies.
_WITHDRAWN = frozenset(
    ("canceled", "cancelled", "withheld", "withdrawn", "kill", "killed", "retracted")
)
_WAITING = frozenset(("embargoed",))
_LAST_ZONE = timezone(timedelta(hours=-12))  # where a day begins last
_ENDLESS = datetime.max.replace(tzinfo=UTC)
_TELLING_CHARS = 6  # of an identifier that is trusted without its publisher
_WORLDWIDE = re.compile(r"://|^urn:|^tag:|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
Key = TypeVar("Key", bound=Hashable)
VersionKey = tuple[str, str]  # publisher and identifier
_Rank = tuple[tuple[int, ...], str]


class Bar(StrEnum):
    """The kind of reason for which a text is not told."""

    WITHDRAWN = "withdrawn"
    WAITS = "waits"
    UNCLEAR = "unclear"  # an embargo that nobody can read
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Barred:
    """A text that is not told: why, and the rejection that says so in a run."""

    bar: Bar
    rejection: Rejection


@dataclass(frozen=True, slots=True)
class Version:
    """A state of a text: the name of its document, and its origin."""

    name: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Versions:
    """The states that decide over others: kills, and the latest state of each numbered text."""

    kills: Mapping[VersionKey, tuple[Version, ...]]
    latest: Mapping[VersionKey, Version]


def standings(
    documents: Sequence[Document], *, now: datetime, zone: tzinfo | None = None
) -> list[Barred | None]:
    """Return what bars each document from being told at `now`; None where nothing does.

    1. A text that its agency has cancelled or withheld is barred.
    2. So is one under an embargo that is not over (`embargo_ends`); its earlier version stands
       until then.
    3. Of several versions of one text (the same publisher and identifier) the latest stands. A
       version that was withdrawn takes all with it that are not surely later.
    """
    versions = settled(deciding(documents), now=now, zone=zone)
    return [standing(document, versions, now=now, zone=zone) for document in documents]


def deciding(documents: Iterable[Document]) -> list[Version]:
    """Return the states of texts that may bar others: those that are numbered, or withdrawn."""
    return [
        Version(d.name, d.origin)
        for d in documents
        if version_key(d.origin) is not None and (d.origin.version or is_withdrawn(d.origin))
    ]


def settled(states: Iterable[Version], *, now: datetime, zone: tzinfo | None = None) -> Versions:
    """Return the kills and the latest states among all `states`."""
    kills: dict[VersionKey, dict[_Rank, Version]] = {}
    latest: dict[VersionKey, Version] = {}
    for state in states:
        key = version_key(state.origin)
        bar = _bar(state.origin, now, zone)
        if key is None:
            continue
        if bar is Bar.WITHDRAWN:
            kills.setdefault(key, {}).setdefault(_rank(state.origin), state)
        elif bar is None and state.origin.version:
            latest[key] = max(latest.get(key, state), state, key=lambda s: _rank(s.origin))
    return Versions({key: tuple(found.values()) for key, found in kills.items()}, latest)


def standing(
    document: Document, versions: Versions, *, now: datetime, zone: tzinfo | None = None
) -> Barred | None:
    """Return what bars one document at `now`, by itself or by other states of its text."""
    bar = _bar(document.origin, now, zone)
    if bar is not None:
        return _barred(document, bar)
    key, rank = version_key(document.origin), _rank(document.origin)
    if key is None:
        return None
    for kill in versions.kills.get(key, ()):
        if not _is_later(rank, _rank(kill.origin)):
            return _killed(document, kill)
    newer = versions.latest.get(key)
    return _replaced(document, newer) if newer and rank < _rank(newer.origin) else None


def withdrawn_keys(states: Iterable[tuple[Key | None, Origin]]) -> frozenset[Key]:
    """Return the keys under which a text was withdrawn, and not given out again since.

    Where no number and no time says which of two states is the later one, the kill holds. A key
    of None is nobody's.
    """
    kills: dict[Key, set[_Rank]] = {}
    others: dict[Key, set[_Rank]] = {}
    for key, origin in states:
        if key is not None:
            (kills if is_withdrawn(origin) else others).setdefault(key, set()).add(_rank(origin))
    return frozenset(
        key
        for key, ended in kills.items()
        if not any(all(_is_later(o, kill) for kill in ended) for o in others.get(key, ()))
    )


def is_withdrawn(origin: Origin) -> bool:
    """Tell whether the publisher has cancelled or withheld a text."""
    return _code(origin) in _WITHDRAWN


def embargo_ends(origin: Origin, *, zone: tzinfo | None) -> datetime | None:
    """Return the instant, in UTC, at which a text may be told; None where it has no embargo.

    A date ends the embargo when that date begins, a time without an offset at that time: in
    `zone`, which is that of the desk; where none is known, where it comes last on earth. A text
    that is embargoed without a time has no end (`datetime.max`). Raises ValueError for words that
    are no time.
    """
    if not origin.embargo_until:
        return _ENDLESS if _code(origin) in _WAITING else None
    written = origin.embargo_until.strip()
    if len(written) == len("2026-03-01"):
        moment = datetime.combine(date.fromisoformat(written), time())
    else:
        moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone or _LAST_ZONE)
    try:  # of a time that a clock change brings twice, or skips, the later one
        return max(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        return _ENDLESS


def version_key(origin: Origin) -> VersionKey | None:
    """Return the name of a text for all of its versions; None where several texts may bear it."""
    if origin.identifier is None:
        return None
    if _WORLDWIDE.search(origin.identifier):
        return ("", origin.identifier)  # a kill may not name its agency
    if origin.publisher is None and len(origin.identifier) < _TELLING_CHARS:
        return None  # the number of a row
    return (origin.publisher or "", origin.identifier)


def _bar(origin: Origin, now: datetime, zone: tzinfo | None) -> Bar | None:
    """Return what bars a text by itself, whichever others there are."""
    if is_withdrawn(origin):
        return Bar.WITHDRAWN
    try:
        end = embargo_ends(origin, zone=zone)
    except ValueError:
        return Bar.UNCLEAR
    return Bar.WAITS if end is not None and now < end else None


def _rank(origin: Origin) -> _Rank:
    """Return the order of versions: by their numbers, then by time."""
    moment = origin.updated_at or origin.published_at or ""
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(moment).astimezone(UTC).isoformat()
    return tuple(int(n) for n in _DIGITS.findall(origin.version or "")[:4]), moment


def _is_later(state: _Rank, kill: _Rank) -> bool:
    """Tell whether a state is surely later than a kill: by numbers where both have them, else time.

    A time counts only where both have one.
    """
    (number, moment), (its_number, its_moment) = state, kill
    if number and its_number and number != its_number:
        return number > its_number
    return bool(moment and its_moment) and moment > its_moment


def _barred(document: Document, bar: Bar) -> Barred:
    origin = document.origin
    match bar:
        case Bar.WITHDRAWN:
            why = f"{_named(origin)} is {_code(origin)}: its agency has withdrawn it"
            return _refused(document, bar, why)
        case Bar.UNCLEAR:
            return _refused(
                document,
                bar,
                f"{_named(origin)} is under an embargo that cannot be read:"
                f" {origin.embargo_until!r}",
                "write its end as 2026-03-01T06:00:00+02:00, or take it out",
            )
        case _:
            until = f"until {origin.embargo_until}" if origin.embargo_until else "without an end"
            hint = "run again when it is over" if origin.embargo_until else "wait for its release"
            return _refused(document, bar, f"{_named(origin)} is under embargo {until}", hint)


def _killed(document: Document, kill: Version) -> Barred:
    why = f"{_named(document.origin)} was withdrawn by its agency, in {kill.name}"
    return _refused(document, Bar.WITHDRAWN, why)


def _replaced(document: Document, newer: Version) -> Barred:
    return _refused(
        document,
        Bar.REPLACED,
        f"{_named(document.origin)} was replaced by version {newer.origin.version}, in"
        f" {newer.name}",
        "nothing: the later version is used",
    )


def _refused(
    document: Document, bar: Bar, reason: str, hint: str = "nothing: it must not be published"
) -> Barred:
    return Barred(bar, Rejection(document.name, STAGE, reason, hint, document.origin))


def _code(origin: Origin) -> str:
    """Return a status without its scheme, an alias or an address: `canceled` of `stat:canceled`."""
    return (origin.status or "").strip().lower().rpartition(":")[2].rpartition("/")[2]


def _named(origin: Origin) -> str:
    version = f"version {origin.version}" if origin.version else None
    return " of ".join(filter(None, (version, origin.identifier))) or "the text"

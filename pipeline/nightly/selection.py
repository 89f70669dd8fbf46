"""The inputs of a night sorted out: what is told, what waits, and what has been told before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from pipeline.config import Nightly
from pipeline.document import Document, Rejection
from pipeline.nightly.hold import embargo_end, headline_told, killed_keys
from pipeline.nightly.story import Story, story_of, with_own_keys
from pipeline.nightly.told import Told
from pipeline.stages.release import is_withdrawn

_BYTES_A_TOKEN = 4  # of UTF-8: four Latin letters or two Cyrillic ones
_KILL = "its agency has taken it back (status {status})"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A story that a night has told and that its agency has taken back since."""

    key: str
    headline: str
    night: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The inputs of a night.

    `items` go through the stages; `stories` are those of the documents among them, by name.
    `embargoed` and `beyond` are names of documents that wait: for their hour, and for a night with
    room. `marks` are those of all inputs that cannot be used, `refused_before` the number of them
    that an earlier night has named. `newest` is the last date that a text of the inbox bears,
    `others` are files of kinds that have no reader.
    """

    items: tuple[Document | Rejection, ...]
    stories: Mapping[str, Story]
    told_before: tuple[Story, ...] = ()
    embargoed: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
    marks: frozenset[str] = frozenset()
    refused_before: int = 0
    newest: str | None = None
    others: tuple[str, ...] = ()

    @property
    def documents(self) -> int:
        """The number of documents that are to be told."""
        return len(self.stories)


def select(
    items: Iterable[Document | Rejection],
    told: Told,
    *,
    options: Nightly,
    now: datetime,
    zone: tzinfo,
    mark: Callable[[Rejection], str],
    wanted: Callable[[Document | Rejection, Story | None], bool] | None = None,
) -> Selection:
    """Sort out the inputs of a night that begins at `now`.

    1. What an agency has taken back is rejected, with every state of the same story.
    2. What a night has told is left out; so is what `wanted`, where it is given, does not want.
    3. A text under embargo waits; one that is too long is rejected.
    4. Of those that are left, the first `max_documents` are told.
    5. A rejection that a night has named already is not named again.

    Equal texts of one night are all told: the run says of each which copy stands.
    """
    read = list(items)
    found = [(item, story_of(item)) for item in read if isinstance(item, Document)]
    killed = killed_keys(found)
    own = iter(with_own_keys([story for _, story in found]))
    fresh: list[Document | Rejection] = []
    stories: dict[str, Story] = {}
    before: list[Story] = []
    embargoed: list[str] = []
    beyond: list[str] = []
    first = iter(story for _, story in found)
    for item in read:
        if isinstance(item, Rejection):
            if wanted is None or wanted(item, None):
                fresh.append(item)
            continue
        plain, story = next(first), next(own)
        if is_withdrawn(item.origin) or plain.key in killed:
            fresh.append(_killed(item))
        elif told.knows(story):
            before.append(story)
        elif wanted is not None and not wanted(item, story):
            continue
        elif (held := _held(item, options=options, now=now, zone=zone)) is not None:
            embargoed += [item.name] if held is item else []
            fresh += [held] if isinstance(held, Rejection) else []
        elif len(stories) >= options.max_documents:
            beyond.append(item.name)
        else:
            stories[item.name] = story
            fresh.append(item)
    marks = {mark(item) for item in fresh if isinstance(item, Rejection)}
    new = [i for i in fresh if isinstance(i, Document) or mark(i) not in told.refused]
    return Selection(
        items=tuple(new),
        stories=stories,
        told_before=tuple(before),
        embargoed=tuple(embargoed),
        beyond=tuple(beyond),
        withdrawn=tuple(
            Withdrawn(key, headline, night)
            for key in sorted(killed - told.withdrawn)
            if key in told.latest
            for night, headline in [headline_told(key, told.latest)]
        ),
        marks=frozenset(marks),
        refused_before=len(fresh) - len(new),
        newest=max((d.date for d, _ in found if d.date is not None), default=None),
    )


def refusal_mark(rejection: Rejection, path: Path | None) -> str:
    """Return the mark by which nights know an input again that cannot be used.

    A file is another one when its size or its time has changed; a part of a file that is written
    anew each day (`path` is None) is known by its name and its fault alone.
    """
    state = ""
    if path is not None:
        try:
            status = path.stat()
            state = f"{status.st_size} {status.st_mtime_ns}"
        except OSError:
            state = ""  # cannot even be looked at: the reason says so
    told = "\0".join((rejection.name, rejection.reason, state))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _held(
    document: Document, *, options: Nightly, now: datetime, zone: tzinfo
) -> Document | Rejection | None:
    """Return the document itself where it waits, a rejection where it is none for any night."""
    try:
        end = embargo_end(document.origin, zone=zone)
    except ValueError:
        return Rejection(
            document.name,
            "nightly",
            f"is under an embargo that cannot be read: {document.origin.embargo_until!r}",
            "write its end as 2026-03-01T06:00:00+02:00, or take it out",
        )
    if end is not None and end > now:
        return document
    tokens = len(document.text.encode("utf-8", "surrogatepass")) // _BYTES_A_TOKEN
    if tokens > options.max_document_tokens:
        return Rejection(
            document.name,
            "nightly",
            f"is too long: about {tokens:,} tokens, limit {options.max_document_tokens:,}",
            "raise nightly.max_document_tokens in the configuration, or split the text",
        )
    return None


def _killed(document: Document) -> Rejection:
    status = document.origin.status or "of another state of it"
    return Rejection(
        document.name,
        "nightly",
        _KILL.format(status=status),
        "do not use it; it is told when its agency gives it out again",
    )

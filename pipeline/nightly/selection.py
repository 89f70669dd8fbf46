"""The inputs of a night sorted out: what is told, what waits, and what has been told before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from pathlib import Path

from pipeline.config import Nightly
from pipeline.document import Document, Rejection
from pipeline.nightly.story import Story, story_of, with_own_keys
from pipeline.nightly.told import Told
from pipeline.stages.standing import STAGE, Bar, Barred, is_withdrawn, standings, withdrawn_keys

_BYTES_A_TOKEN = 4  # of UTF-8: four Latin letters or two Cyrillic ones


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
    3. A text under embargo waits; what a later version has replaced, and what is too long, is
       rejected. Versions that were told before count as well.
    4. Of those that are left, the first `max_documents` are told.
    5. A rejection that a night has named already is not named again.

    Equal texts of one night are all told: the run says of each which copy stands.
    """
    read = list(items)
    found = [(item, story_of(item)) for item in read if isinstance(item, Document)]
    eligible = [d for d, s in found if wanted is None or is_withdrawn(d.origin) or wanted(d, s)]
    barred = {
        document.name: bar
        for document, bar in zip(eligible, standings(eligible, now=now, zone=zone), strict=True)
        if bar is not None
    }
    killed = _killed_keys(found, barred)
    own = _own_stories(found, barred)
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
        bar = barred.get(item.name)
        if (bar is not None and bar.bar is Bar.WITHDRAWN) or plain.key in killed:
            fresh.append(bar.rejection if bar is not None else _killed(item))
        elif told.knows(story):
            before.append(story)
        elif wanted is not None and not wanted(item, story):
            continue
        elif bar is not None and bar.bar is Bar.WAITS:
            embargoed.append(item.name)
        elif (refused := _refused(item, bar, options=options)) is not None:
            fresh.append(refused)
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
            for night, headline in [told.headline_of(key)]
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


def _killed_keys(
    found: Sequence[tuple[Document, Story]], barred: Mapping[str, Barred]
) -> frozenset[str]:
    """Return the keys of stories that are withdrawn, and not given out again by now."""
    gone = {s.key for d, s in found if d.name in barred and barred[d.name].bar is Bar.WITHDRAWN}
    open_ = [(s.key, d.origin) for d, s in found if d.name not in barred]
    ended = [(s.key, d.origin) for d, s in found if is_withdrawn(d.origin)]
    by_key = withdrawn_keys([*open_, *ended])
    return frozenset(k for k in {*by_key, *gone.difference(k for k, _ in open_)} if k is not None)


def _own_stories(
    found: Sequence[tuple[Document, Story]], barred: Mapping[str, Barred]
) -> Iterator[Story]:
    """Yield the stories with the keys that are theirs; one that is barred has none.

    Were it counted, a version would share its key with the one that has replaced it.
    """
    own = iter(with_own_keys([story for document, story in found if document.name not in barred]))
    for document, story in found:
        yield replace(story, key=None) if document.name in barred else next(own)


def _refused(document: Document, bar: Barred | None, *, options: Nightly) -> Rejection | None:
    """Return the rejection of a text that no night tells."""
    if bar is not None:
        return bar.rejection
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
    return Rejection(
        document.name,
        STAGE,
        "its agency has withdrawn another state of it",
        "nothing: it is told when its agency gives it out again",
        document.origin,
    )

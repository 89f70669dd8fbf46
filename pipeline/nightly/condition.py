"""The condition of a night: whether it is a poor one, why, and what its readers are told first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from models.engine import UNDETERMINED
from pipeline.digest.notices import Notices
from pipeline.document import Document, Rejection
from pipeline.flag import Flag
from pipeline.nightly.feeds import Feeds
from pipeline.nightly.selection import Selection, Withdrawn
from pipeline.place import NO_MODEL


class Fault(StrEnum):
    """One reason for calling a night poor; its value stands in records."""

    NOTHING_NEW = "nothing-new"
    STALE = "stale"
    REFUSED = "half-refused"
    ENGINE = "engine-failed-over"
    DEADLINE = "deadline-reached"
    LIMIT = "too-many-documents"
    FEEDS = "feeds-failed"


@dataclass(frozen=True, slots=True)
class Condition:
    """The condition of a night, in numbers.

    `faults` make it a poor one. `extractive` of `summaries` have the text's own sentences only,
    for want of the model's; `late` waited when the deadline was reached, `beyond` for want of room.
    Of `feeds` that were to be fetched, `feeds_failed` were not. `newest` is the date of the newest
    text. `missed` are dates before it that have no night; `made_on` is the date it was made on
    where that is another one.
    """

    faults: tuple[Fault, ...] = ()
    documents: int = 0
    refused: int = 0
    refused_before: int = 0
    summaries: int = 0
    extractive: int = 0
    late: int = 0
    beyond: int = 0
    embargoed: int = 0
    newest: str | None = None
    missed: tuple[str, ...] = ()
    made_on: str | None = None
    withdrawn: tuple[Withdrawn, ...] = ()
    feeds: int = 0
    feeds_failed: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the condition as JSON values."""
        return asdict(self)

    def notices(self, words: Notices) -> tuple[str, ...]:
        """Return what the digest says first, in the words of its language."""
        said = [words.taken_back(w.headline, w.night) for w in self.withdrawn]
        for fault in self.faults:
            match fault:
                case Fault.NOTHING_NEW:
                    said.append(words.nothing_new)
                case Fault.STALE:
                    said.append(words.stale(self.newest or ""))
                case Fault.REFUSED:
                    said.append(words.refused(self.refused, self.refused + self.documents))
                case Fault.ENGINE:
                    said.append(words.extractive(self.extractive, self.summaries))
                case Fault.DEADLINE:
                    said.append(words.deadline(self.late))
                case Fault.LIMIT:
                    said.append(words.beyond(self.beyond))
                case Fault.FEEDS:
                    said.append(words.failed_feeds(self.feeds_failed, self.feeds))
        if self.missed:
            said.append(words.missed(self.missed))
        if self.made_on:
            said.append(words.made_later(self.made_on))
        if self.embargoed:
            said.append(words.embargoed(self.embargoed))
        if self.refused_before:
            said.append(words.refused_before(self.refused_before))
        return tuple(said)


def condition_of(
    documents: Sequence[Document],
    rejections: Sequence[Rejection],
    *,
    selection: Selection,
    late: int,
    day: str,
    made_on: str,
    missed: tuple[str, ...],
    stale_days: int,
    feeds: Feeds,
) -> Condition:
    """Return the condition of the night of `day` with these results."""
    longer = [d for d in documents if _is_summarised(d)]
    extractive = sum(map(_is_extractive, longer))
    newest = max((d.date for d in documents if d.date is not None), default=selection.newest)
    faults = {
        Fault.NOTHING_NEW: not documents,
        Fault.STALE: newest is not None and _age(newest, day) > stale_days,
        Fault.REFUSED: bool(rejections) and len(rejections) >= len(documents),
        Fault.ENGINE: bool(longer) and 2 * extractive >= len(longer),
        Fault.DEADLINE: late > 0,
        Fault.LIMIT: bool(selection.beyond),
        Fault.FEEDS: bool(feeds.failed),
    }
    return Condition(
        faults=tuple(fault for fault, holds in faults.items() if holds),
        documents=len(documents),
        refused=len(rejections),
        refused_before=selection.refused_before,
        summaries=len(longer),
        extractive=extractive,
        late=late,
        beyond=len(selection.beyond),
        embargoed=len(selection.embargoed),
        newest=newest,
        missed=missed,
        made_on=made_on if made_on != day else None,
        withdrawn=selection.withdrawn,
        feeds=feeds.asked,
        feeds_failed=feeds.names,
    )


def headline_words(record: Mapping[str, Any]) -> str:
    """Return the faults in the record of a condition in one line, "" for a night without any."""
    return ", ".join(map(str, record.get("faults", ())))


def _is_summarised(document: Document) -> bool:
    """Tell whether a text is long enough to be condensed and in a language that is read."""
    if document.summary is None:
        return bool(document.kept()) and document.language not in (UNDETERMINED,)
    return Flag.SHORT_TEXT not in document.summary.flags


def _is_extractive(document: Document) -> bool:
    summary = document.summary
    return summary is None or all(s.model == NO_MODEL for s in summary.sentences)


def _age(newest: str, day: str) -> int:
    return (date.fromisoformat(day) - date.fromisoformat(newest)).days

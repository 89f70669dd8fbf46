"""The values of a story: the documents that tell of one event, and what they say about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pipeline.place import Place


class State(StrEnum):
    """How a story stands tonight against the nights before."""

    NEW = "new"
    DEVELOPING = "developing"  # told before, and there is something new
    QUIET = "quiet"  # told before, nothing new tonight
    RESOLVED = "resolved"  # quiet for so long that it is told no more


class Genre(StrEnum):
    """The kind of a text, as far as it decides what a text can be grouped with."""

    NEWS = "news"
    OPINION = "opinion"
    LIVE = "live"  # a page that is written on through the day
    ROUND_UP = "round-up"  # several events in one text


class Topic(StrEnum):
    """What a story is about, in the order in which a digest has its sections."""

    POLITICS = "politics"
    ECONOMY = "economy"
    WAR = "war"
    SOCIETY = "society"
    CULTURE = "culture"
    SPORT = "sport"
    SCIENCE = "science"
    INCIDENTS = "incidents"
    OTHER = "other"  # nothing of these, or two of them


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a document, exactly as they stand at `place`, and their translation.

    `translation` is in the language of the digest; None where the words are in it already.
    `doubt` says what is wrong with the translation, in words for a reader, or is empty.
    """

    place: Place
    text: str
    language: str
    translation: str | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence in the language of the digest and the places that support it, the best first."""

    text: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One value of an attribute that documents give differently, with the words that give it."""

    value: str
    quotations: tuple[Quotation, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """An attribute with two or more values, such as "employees" with 40 and 60."""

    attribute: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a timeline. `date` is an ISO 8601 calendar date.

    Where a text gives no day, `date` is the first of the month or of the year, and `precision` says
    so.
    """

    date: str
    told: Cited
    precision: Literal["day", "month", "year"] = "day"


@dataclass(frozen=True, slots=True)
class Source:
    """A document of a story as a reader is shown it.

    `title` and `lead` are in the document's own language, the other two in that of the digest
    (None where that is the same). `family` counts publishers that belong together as one.
    `link` is a path relative to the digest, not percent-encoded.
    """

    document_id: str
    document: str  # Document.name
    language: str
    title: str
    title_translation: str | None
    lead: str
    lead_translation: str | None
    publisher: str | None
    family: str
    date: str | None
    url: str | None
    link: str
    genre: Genre = Genre.NEWS
    paywalled: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """One event as all its documents tell it.

    `id` stays the same from night to night. `agreed` is what all documents report, `shared` what
    several of them do; `alone` what one of them or one language reports, in the order of `sources`;
    `conflicts` where values clash. Documents of one publisher family count as one.
    `since` is the first night that told it; `update` says what is new, or is empty.
    `topic` is None in a digest of few stories.
    Citation numbers of a page are positions in `sources`, from 1.
    """

    id: str
    headline: str
    sentences: tuple[Cited, ...]
    sources: tuple[Source, ...]
    agreed: tuple[Cited, ...] = ()
    alone: tuple[Cited, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    timeline: tuple[Moment, ...] = ()
    state: State = State.NEW
    since: str | None = None
    update: str = ""
    shared: tuple[Cited, ...] = ()
    topic: Topic | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its documents, each once, in the order of `sources`."""
        return tuple(dict.fromkeys(source.language for source in self.sources))

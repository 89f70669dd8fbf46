"""A story as its readers are shown it: numbered sources, and an address for each quotation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlsplit, urlunsplit

from pipeline.digest.envelope import Placed, Placing
from pipeline.digest.wording import Wording
from pipeline.document import Place, Span
from pipeline.stories.story import Cited, Quotation, Source, Story, Version

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ANCHOR_DIGITS = 12
_PRECISE = {"day": len("2026-01-31"), "month": len("2026-01"), "year": len("2026")}
_HOST = re.compile(r"[\w.:@\[\]-]+")
_SAFE = "%/:@!$&'()*+,;=~?-._"
_WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class QuotedView:
    """A quotation with the number of its source and its address in the page."""

    number: int
    anchor: str
    quotation: Quotation

    @property
    def spot(self) -> str:
        """The address of the words in the page of their document."""
        return spot_of(self.quotation.place.span)


def _numbers(quoted: Iterable[QuotedView]) -> tuple[QuotedView, ...]:
    """Return the first quotation of each source, in the order of the sources."""
    first: dict[int, QuotedView] = {}
    for view in quoted:
        first.setdefault(view.number, view)
    return tuple(first[number] for number in sorted(first))


@dataclass(frozen=True, slots=True)
class CitedView:
    """A sentence with the quotations that it rests on, each place once."""

    text: str
    quoted: tuple[QuotedView, ...]

    @property
    def numbers(self) -> tuple[QuotedView, ...]:
        """The quotations to be cited: one of each source."""
        return _numbers(self.quoted)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One side of a conflict: who says so, in words around the value, and the quotations."""

    before: str
    value: str
    after: str
    quoted: tuple[QuotedView, ...]

    @property
    def numbers(self) -> tuple[QuotedView, ...]:
        """The quotations to be cited: one of each source."""
        return _numbers(self.quoted)


@dataclass(frozen=True, slots=True)
class MomentView:
    """An entry of a timeline: its date as ISO 8601 and in words, and what is told of it."""

    date: str
    day: str
    told: CitedView


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source with its number, its name for readers and all that is quoted of it."""

    number: int
    source: Source
    name: str
    url: str | None
    quoted: tuple[QuotedView, ...]

    @property
    def shows_title(self) -> bool:
        """Whether the text has a title that is more than the beginning of its first paragraph."""
        title = self.source.title.rstrip(" .…")
        return bool(title) and not " ".join(self.source.lead.split()).startswith(title)

    @property
    def shows_lead(self) -> bool:
        """Whether the first paragraph is to be shown besides what is quoted."""
        lead = self.source.lead
        return bool(lead) and not any(
            view.quotation.text in lead or lead in view.quotation.text for view in self.quoted
        )


class StoryView:
    """A story with numbers and addresses. Addresses are the same in every rendering.

    `anchor` is that of the story; it is made of the story's id alone and stays from night to night.
    Addresses of quotations are short, for a page has many: made of the `position` of the story.
    """

    def __init__(self, placed: Placed, *, words: Wording, position: int = 1) -> None:
        self.story: Story = placed.story
        self.placing: Placing = placed.placing
        self.anchor = anchor_of(placed.story.id)
        self._words = words
        self._short = f"q{position}"
        self._numbers = {
            (s.document_id, s.document): n for n, s in enumerate(self.story.sources, start=1)
        }
        self._quoted = self._number(_quotations(self.story))

    @cached_property
    def sources(self) -> tuple[SourceView, ...]:
        """The sources in their order, numbered from 1."""
        views = self._quoted.values()
        return tuple(
            SourceView(
                number,
                source,
                outlet_of(source) or self._words["source"].format(n=number),
                web_address(source.url),
                tuple(sorted((v for v in views if v.number == number), key=_position)),
            )
            for number, source in enumerate(self.story.sources, start=1)
        )

    @cached_property
    def sentences(self) -> tuple[CitedView, ...]:
        """The sentences of the story."""
        return tuple(map(self.cited, self.story.sentences))

    @cached_property
    def agreed(self) -> tuple[CitedView, ...]:
        """The sentences that all documents report."""
        return tuple(map(self.cited, self.story.agreed))

    @cached_property
    def partial(self) -> tuple[tuple[str, CitedView], ...]:
        """The sentences that some report, each with who does: first several, then one alone.

        A sentence of the story itself, whose numbers say who reports it, is not among them.
        """
        shared = ((self._who(view.quoted), view) for view in map(self.cited, self.story.shared))
        alone = (
            (self._words["only"].format(who=self._who(view.quoted)), view)
            for view in map(self.cited, self.story.alone)
        )
        told = {cited.text for cited in self.story.sentences}
        return tuple((who, view) for who, view in (*shared, *alone) if view.text not in told)

    @cached_property
    def conflicts(self) -> tuple[tuple[str, tuple[VersionView, ...]], ...]:
        """The attributes that documents give differently, each with its versions."""
        return tuple(
            (conflict.attribute, tuple(map(self._version, conflict.versions)))
            for conflict in self.story.conflicts
        )

    @cached_property
    def timeline(self) -> tuple[MomentView, ...]:
        """The entries of the timeline."""
        return tuple(
            MomentView(
                moment.date[: _PRECISE[moment.precision]],
                self._words.moment(moment.date, precision=moment.precision),
                self.cited(moment.told),
            )
            for moment in self.story.timeline
        )

    @cached_property
    def named(self) -> tuple[tuple[str, str], ...]:
        """The name of each source that has one, once, and the language of its first text."""
        first: dict[str, str] = {}
        for view in self.sources:
            if (name := outlet_of(view.source)) is not None:
                first.setdefault(name, view.source.language)
        return tuple(first.items())

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """The names of the sources, each once; those without a name have one together."""
        names = (outlet_of(view.source) or self._words["unnamed"] for view in self.sources)
        return tuple(dict.fromkeys(names))

    @property
    def unnamed(self) -> int:
        """How many sources have no name."""
        return sum(outlet_of(view.source) is None for view in self.sources)

    @property
    def headline_language(self) -> str | None:
        """The language of the headline where it is a source's own title, else None."""
        headline = self.story.headline.rstrip(" .…")
        own = (s.language for s in self.story.sources if headline and s.title.startswith(headline))
        return next(own, None)

    @property
    def kicker(self) -> str | None:
        """The key of the word above the headline, or None for a plain new story."""
        if self.placing is Placing.APART and self.story.sources:
            return self.story.sources[0].genre.value
        return None if self.story.state == "new" else self.story.state.value

    @property
    def dates(self) -> tuple[str, ...]:
        """The first and the last date of the sources; none where no source has one."""
        found = sorted(source.date for source in self.story.sources if source.date)
        return (found[0], found[-1]) if found else ()

    def cited(self, cited: Cited) -> CitedView:
        """Return a sentence with its numbers."""
        return CitedView(cited.text, tuple(self._views(cited.quotations)))

    def _version(self, version: Version) -> VersionView:
        quoted = tuple(self._views(version.quotations))
        count = len({view.number for view in quoted})
        said = self._words.count("says", count, who=self._who(quoted), value="\0")
        before, _, after = said.partition("\0")
        return VersionView(before, version.value, after, quoted)

    def _who(self, quoted: Iterable[QuotedView]) -> str:
        numbers = sorted({view.number for view in quoted})
        names = dict.fromkeys(self.sources[number - 1].name for number in numbers)
        return self._words.listed(list(names))

    def _views(self, quotations: Iterable[Quotation]) -> Iterator[QuotedView]:
        seen = {q.place: q for q in quotations if q.place in self._quoted}
        return (self._quoted[place] for place in seen)

    def _number(self, quotations: Iterable[Quotation]) -> dict[Place, QuotedView]:
        """Give each place a number and an address; a place of no source of the story has none."""
        views: dict[Place, QuotedView] = {}
        counts: dict[int, int] = {}
        for quotation in quotations:
            place = quotation.place
            number = self._numbers.get((place.document_id, place.document))
            if number is None or place in views:
                continue
            counts[number] = counts.get(number, 0) + 1
            anchor = f"{self._short}-{number}-{counts[number]}"
            views[place] = QuotedView(number, anchor, quotation)
        return views


def story_views(stories: Sequence[Placed], *, words: Wording) -> tuple[StoryView, ...]:
    """Return the stories of a digest as its readers are shown them."""
    return tuple(
        StoryView(placed, words=words, position=n) for n, placed in enumerate(stories, start=1)
    )


def anchor_of(story_id: str) -> str:
    """Return the address of a story in a page, whatever its id is made of."""
    if _PLAIN.fullmatch(story_id):
        return f"s-{story_id}"
    digest = hashlib.sha256(story_id.encode("utf-8", "surrogatepass")).hexdigest()
    return f"s-{digest[:_ANCHOR_DIGITS]}"


def spot_of(span: Span) -> str:
    """Return the address of quoted words in the page of their document."""
    return f"c{span.start}-{span.end}"


def outlet_of(source: Source) -> str | None:
    """Return the name of a source for readers: its publisher, else its site, else None."""
    if source.publisher:
        return source.publisher
    address = web_address(source.url)
    host = None if address is None else urlsplit(address).hostname
    return None if host is None else host.removeprefix("www.")


def web_address(url: str | None) -> str | None:
    """Return an address that a reader may be sent to: of http or https, else None.

    Characters that no address has (RFC 3986) are percent-encoded, but for those of names of hosts.
    """
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme.lower() in _WEB and parts.hostname is not None
    except ValueError:
        return None
    if not known or not _HOST.fullmatch(parts.netloc):
        return None
    path, query, fragment = (quote(part, safe=_SAFE) for part in parts[2:])
    return urlunsplit((parts.scheme.lower(), parts.netloc, path, query, fragment))


def _position(view: QuotedView) -> tuple[int, int]:
    span = view.quotation.place.span
    return span.start, span.end


def _quotations(story: Story) -> Iterator[Quotation]:
    for cited in (*story.sentences, *story.agreed, *story.shared, *story.alone):
        yield from cited.quotations
    for conflict in story.conflicts:
        for version in conflict.versions:
            yield from version.quotations
    for moment in story.timeline:
        yield from moment.told.quotations

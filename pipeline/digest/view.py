"""A story as its readers are shown it: numbered sources, and an address for each quotation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from pipeline.digest.envelope import Placed, Placing
from pipeline.digest.outlets import outlet_of, short_name, web_address
from pipeline.digest.quoted import (
    CitedView,
    MomentView,
    QuotedView,
    SourceView,
    VersionView,
    position,
)
from pipeline.digest.wording import Wording
from pipeline.place import Place
from pipeline.stories.passages import one_line
from pipeline.stories.story import Cited, Quotation, Story, Topic, Version

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ANCHOR_DIGITS = 12
_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")
_PRECISE = {"day": len("2026-01-31"), "month": len("2026-01"), "year": len("2026")}


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
        elsewhere = frozenset(view.anchor for view in self._clashing)
        return tuple(
            SourceView(
                number,
                source,
                short_name(source, titled=self._words["titled"]),
                web_address(source.url),
                tuple(sorted((v for v in views if v.number == number), key=position)),
                elsewhere,
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

        What the story itself tells, whose numbers say who reports it, is not among them, nor are
        words that are quoted where versions clash.
        """
        shared = ((self._who(view.quoted), view) for view in map(self.cited, self.story.shared))
        alone = (
            (self._words["only"].format(who=self._who(view.quoted)), view)
            for view in map(self.cited, self.story.alone)
        )
        told = {cited.text for cited in self.story.sentences}
        own = [cited.quotations[0] for cited in self.story.sentences if cited.quotations]
        places = {q.place for q in (*own, *self._quoted_in_clashes())}
        return tuple(
            (who, view)
            for who, view in (*shared, *alone)
            if view.text not in told and not any(q.quotation.place in places for q in view.quoted)
        )

    @property
    def partial_undated(self) -> tuple[tuple[str, CitedView], ...]:
        """The same without the entries of the timeline, for a page that shows both."""
        dated = {moment.told.text for moment in self.story.timeline}
        return tuple((who, view) for who, view in self.partial if view.text not in dated)

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
    def topic(self) -> str:
        """The name of the topic; empty without one, and for what has no topic of its own."""
        topic = self.story.topic
        return "" if topic in {None, Topic.OTHER} else self._words[f"topic_{topic}"]

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
        return VersionView(before, self._value(version.value), after, quoted)

    def _value(self, value: str) -> str:
        """Return a value for readers: a date in words, as precise as its text has it."""
        if (date := _DATE.fullmatch(value)) is None:
            return value
        precision = "day" if date["day"] else "month" if date["month"] else "year"
        first = f"{date['year']}-{date['month'] or '01'}-{date['day'] or '01'}"
        return self._words.moment(first, precision=precision)

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
        told = {one_line(cited.text) for cited in _cited(self.story)}
        clashing = {quotation.place for quotation in self._quoted_in_clashes()}
        for quotation in quotations:
            place = quotation.place
            number = self._numbers.get((place.document_id, place.document))
            if number is None or place in views:
                continue
            counts[number] = counts.get(number, 0) + 1
            anchor = f"{self._short}-{number}-{counts[number]}"
            link = self.story.sources[number - 1].link
            is_told = (
                quotation.translation is None
                and place not in clashing
                and one_line(quotation.text) in told
            )
            views[place] = QuotedView(number, anchor, quotation, link, is_told)
        return views

    def _quoted_in_clashes(self) -> Iterator[Quotation]:
        """Yield the quotation that speaks for each version of a conflict."""
        versions = (v for conflict in self.story.conflicts for v in conflict.versions)
        return (version.quotations[0] for version in versions if version.quotations)

    @cached_property
    def _clashing(self) -> tuple[QuotedView, ...]:
        return tuple(self._views(self._quoted_in_clashes()))


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


def _quotations(story: Story) -> Iterator[Quotation]:
    for cited in (*story.sentences, *story.agreed, *story.shared, *story.alone):
        yield from cited.quotations
    for conflict in story.conflicts:
        for version in conflict.versions:
            yield from version.quotations
    for moment in story.timeline:
        yield from moment.told.quotations


def _cited(story: Story) -> Iterator[Cited]:
    yield from (*story.sentences, *story.agreed, *story.shared, *story.alone)
    yield from (moment.told for moment in story.timeline)

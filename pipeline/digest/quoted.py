"""Quotations with the numbers of their sources, and what is made of them: sentences, versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.digest.outlets import name_of
from pipeline.place import Span
from pipeline.stories.story import Quotation, Source


@dataclass(frozen=True, slots=True)
class QuotedView:
    """A quotation with the number of its source and its address in the page.

    `link` is the path of the page of its document, relative to the digest, not percent-encoded.
    `is_told` says that a sentence of the story has the very words, so that a page that quoted them
    would have them twice.
    """

    number: int
    anchor: str
    quotation: Quotation
    link: str
    is_told: bool = False

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
    """A source with its number, its name for readers and all that is quoted of it.

    `elsewhere` are the anchors of quotations that the page has where versions clash.
    """

    number: int
    source: Source
    name: str
    url: str | None
    quoted: tuple[QuotedView, ...]
    elsewhere: frozenset[str] = frozenset()

    @property
    def name_language(self) -> str | None:
        """The language of the name, or None for a title that is named in its translation."""
        is_translated = name_of(self.source) is None and self.source.title_translation
        return None if is_translated else self.source.language

    @property
    def shown(self) -> tuple[QuotedView, ...]:
        """The quotations that stand under the source: those that stand nowhere else in the page."""
        return tuple(
            view for view in self.quoted if not view.is_told and view.anchor not in self.elsewhere
        )

    @property
    def shows_title(self) -> bool:
        """Whether the text has a title that is more than the beginning of its first paragraph."""
        title = self.source.title.rstrip(" .…")
        return bool(title) and not " ".join(self.source.lead.split()).startswith(title)

    @property
    def shows_lead(self) -> bool:
        """Whether the first paragraph is to be shown besides what is quoted."""
        lead = self.source.lead
        return (
            bool(lead)
            and not any(view.quotation.text in lead for view in self.shown)
            and not any(lead in view.quotation.text for view in self.quoted)
        )


def spot_of(span: Span) -> str:
    """Return the address of quoted words in the page of their document."""
    return f"c{span.start}-{span.end}"


def position(view: QuotedView) -> tuple[int, int]:
    """Return where a quotation stands in its document."""
    span = view.quotation.place.span
    return span.start, span.end

"""Statements: the sentences of a document in the original, each with its place and translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import Document, Kind, Paragraph
from pipeline.flag import Flag
from pipeline.lang.data import tags
from pipeline.lang.orders import has_control_tokens, orders, within_turns
from pipeline.lang.sentences import sentences
from pipeline.place import Place, Span
from pipeline.stages.grounding.context import leans, without_connective
from pipeline.stories.passages import one_line
from pipeline.stories.story import Quotation

_SHORTEST = 25  # characters: less is a label or a scrap
_LONGEST = 600
_MOST = 60  # of a document: news says nothing new further down
_ANY_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a document.

    `source` is its place among the documents of the story, `order` its place in the document.
    `quotation` has its own words; `text` is in the language of the digest, or the quotation's where
    there is no translation, without a connective before it. `leans` says that it is only understood
    behind the sentence before.
    """

    source: int
    order: int
    text: str
    quotation: Quotation
    leans: bool = False


def statements_of(document: Document, *, source: int, target: str) -> tuple[Statement, ...]:
    """Return the first statements of a document; orders to a machine are none."""
    found: list[Statement] = []
    given = _orders_in(document)
    for paragraph in document.kept():
        if paragraph.kind in {Kind.CODE, Kind.HEADING, Kind.ROW}:
            continue
        for span in _sentences(paragraph):
            if span in given:
                continue
            quoted = quotation(document, paragraph, span, target=target)
            text = quoted.translation or one_line(quoted.text)
            if _usable(quoted) and len(text) >= _SHORTEST:
                language = target if quoted.translation else quoted.language
                bare = without_connective(text, language=language)
                is_leaning = leans(bare, language=language)
                found.append(Statement(source, len(found), bare, quoted, is_leaning))
            if len(found) == _MOST:
                return tuple(found)
    return tuple(found)


def _orders_in(document: Document) -> frozenset[Span]:
    """Return the sentences of a document that give orders to a machine, forged turns included."""

    def given(suspicious: bool) -> Iterator[Span]:
        kept = list(document.kept())
        for paragraph, within in zip(kept, within_turns(p.text for p in kept), strict=True):
            spans = list(_sentences(paragraph))
            texts = [one_line(document.text[span.start : span.end]) for span in spans]
            found = orders(texts, turn=within, suspicious=suspicious)
            yield from (span for span, is_order in zip(spans, found, strict=True) if is_order)

    found = frozenset(given(has_control_tokens(document.text)))
    return frozenset(given(suspicious=True)) if found else found


def quotation(document: Document, paragraph: Paragraph, span: Span, *, target: str) -> Quotation:
    """Return the words at a span of `Document.text`, with the stretches that translate them."""
    place = Place(document.id, document.name, paragraph.index, span)
    text = document.text[span.start : span.end]
    translation = paragraph.translation
    if translation is None or translation.language != target:
        return Quotation(place, text, paragraph.language)
    parts = [s for s in translation.segments if _overlap(s.source, span)]
    language = parts[0].language if parts else paragraph.language
    if language == target or not parts:
        return Quotation(place, text, language)
    start, end = parts[0].target.start, parts[-1].target.end
    whole = one_line(translation.text[start:end])
    flags = tuple(dict.fromkeys(flag for part in parts for flag in part.flags))
    return Quotation(place, text, language, whole, " ".join(flag.meaning for flag in flags))


def quotation_at(document: Document, place: Place, *, target: str) -> Quotation:
    """Return the quotation of a place of a document."""
    paragraph = next(p for p in document.paragraphs if p.index == place.paragraph)
    return quotation(document, paragraph, place.span, target=target)


def _sentences(paragraph: Paragraph) -> Iterator[Span]:
    """Yield the sentences of a paragraph; where it is translated, they end where segments do.

    A segment may hold several sentences, and is never cut: its translation belongs to all of it.
    """
    translation = paragraph.translation
    start = paragraph.span.start
    if translation is not None and translation.segments:
        yield from (s.source for s in translation.segments)
        return
    known = paragraph.language if paragraph.language in tags() else _ANY_LANGUAGE
    at = start
    for piece in sentences(paragraph.text, language=known):
        left = len(piece) - len(piece.lstrip())
        yield Span(at + left, at + len(piece.rstrip()))
        at += len(piece)


def _usable(quoted: Quotation) -> bool:
    if len(quoted.text) > _LONGEST or Flag.KEPT_SOURCE.meaning in quoted.doubt:
        return False
    return not any(orders([quoted.translation or ""]))


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end

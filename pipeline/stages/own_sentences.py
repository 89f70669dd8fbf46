"""The sentences of a document in the target language, each with the place that it comes from.

Left out is text that no summary may be made of: orders to a machine, and passages of which there is
no translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Aligned, Document, Kind, Paragraph, Translation
from pipeline.flag import Flag
from pipeline.lang.aligned import aligned_sentences
from pipeline.lang.orders import has_control_tokens, orders, within_turns
from pipeline.lang.reading import read, reading_form
from pipeline.lang.sentences import sentences
from pipeline.lang.spacing import Collapsed, trimmed
from pipeline.place import NO_MODEL, Place, Span
from pipeline.summary import Evidence, Sentence

_COMPLETE = re.compile(r"[.!?…][»”\"')\]]*$")


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A kept paragraph in the target language, on one line.

    `text` is its `sentences` as they stand there. `remarks` are flags of what was left out of it,
    `orders` the orders to a machine among that. The first `safe` sentences stand before any order.
    """

    kind: Kind
    text: str
    sentences: tuple[Sentence, ...]
    safe: int
    remarks: tuple[Flag, ...] = ()
    orders: tuple[str, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether the line heads a section."""
        return self.kind is Kind.HEADING


def own_lines(document: Document, *, target: str) -> Iterator[OwnLine]:
    """Yield the kept paragraphs of a document in the target language; code is none.

    A paragraph in the target language stands there as it is, another one as its translation. The
    evidence of a sentence is its place in the original: its own characters or, in a translation,
    every sentence whose translation it has a part of. Where a segment and its translation do not
    have equally many sentences, that is the whole segment.
    """
    lines = list(_lines(document, target=target, suspicious=has_control_tokens(document.text)))
    if any(line.orders for line in lines):
        lines = list(_lines(document, target=target, suspicious=True))
    yield from lines


def _lines(document: Document, *, target: str, suspicious: bool) -> Iterator[OwnLine]:
    found = [
        (p, translation := _translation(p, target), _target_line(p, translation, target=target))
        for p in document.kept()
    ]
    texts = (p.text if line is None else line.text for p, _, line in found)
    for (paragraph, translation, line), within in zip(found, within_turns(texts), strict=True):
        if line is not None:
            own = _Paragraph(document, paragraph, translation, line)
            yield _own_line(own, target=target, turn=within, suspicious=suspicious)


def is_complete(sentence: str) -> bool:
    """Tell whether a sentence ends as a sentence does."""
    return _COMPLETE.search(sentence) is not None


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, its translation into the target language, if any, and it on one line."""

    document: Document
    paragraph: Paragraph
    translation: Translation | None
    line: Collapsed


def _own_line(own: _Paragraph, *, target: str, turn: bool, suspicious: bool) -> OwnLine:
    document, paragraph, line = own.document, own.paragraph, own.line
    pieces = sentences(line.text, language=target)
    spans = list(_spans(line.text, pieces))
    given = orders(pieces, turn=turn, suspicious=suspicious)
    left_out = {i: Flag.ORDERS for i, is_order in enumerate(given) if is_order}
    translated = () if own.translation is None else own.translation.segments
    for segment in translated:
        if segment.language == target:
            continue
        inside = [i for i, span in enumerate(spans) if _overlap(span, segment.target)]
        if Flag.KEPT_SOURCE in segment.flags:
            left_out |= dict.fromkeys(inside, Flag.UNTRANSLATED)
        source = document.text[segment.source.start : segment.source.end]
        left_out |= dict.fromkeys(
            _orders_of(source, inside, segment.language, suspicious), Flag.ORDERS
        )
    first_order = min((i for i, why in left_out.items() if why is Flag.ORDERS), default=len(pieces))
    kept = [i for i, span in enumerate(spans) if i not in left_out and span.start < span.end]
    return OwnLine(
        paragraph.kind,
        "".join(pieces[i] for i in kept).strip(),
        tuple(
            Sentence(
                line.text[spans[i].start : spans[i].end],
                NO_MODEL,
                evidence=tuple(_evidence(own, spans[i])),
            )
            for i in kept
        ),
        sum(i < first_order for i in kept),
        tuple(dict.fromkeys(left_out.values())),
        tuple(pieces[i].strip() for i, why in left_out.items() if why is Flag.ORDERS),
    )


def _spans(line: str, pieces: Sequence[str]) -> Iterator[Span]:
    """Yield where the pieces of a line stand in it, without the whitespace at their edges."""
    at = 0
    for piece in pieces:
        yield trimmed(line, Span(at, at + len(piece)))
        at += len(piece)


def _orders_of(
    source: str, inside: Sequence[int], language: str, suspicious: bool
) -> Sequence[int]:
    """Return which sentences of a translation, `inside` a segment, render orders to a machine.

    An order may be no longer plain in the translation, and be obeyed all the same. Where source and
    translation do not have equally many sentences, an order takes all of them along.
    """
    pieces = sentences(reading_form(source, language=language), language=language)
    found = orders(pieces, suspicious=suspicious)
    if not any(found):
        return ()
    if len(found) != len(inside):
        return inside
    return [i for i, is_order in zip(inside, found, strict=True) if is_order]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _translation(paragraph: Paragraph, target: str) -> Translation | None:
    translation = paragraph.translation
    return translation if translation is not None and translation.language == target else None


def _target_line(
    paragraph: Paragraph, translation: Translation | None, *, target: str
) -> Collapsed | None:
    """Return a paragraph in the target language, on one line; None for code and foreign text.

    A paragraph that is its own translation is in its reading form.
    """
    if paragraph.kind is Kind.CODE:
        return None
    if translation is not None:
        return Collapsed(translation.text)
    if paragraph.language != target:
        return None
    return Collapsed(read(paragraph.text, language=target))


def _evidence(own: _Paragraph, span: Span) -> Iterator[Evidence]:
    """Yield the places in the original of `span`, which is in the line of a paragraph."""
    document, paragraph = own.document, own.paragraph
    inside = own.line.back(span)
    if own.translation is None:
        start = paragraph.span.start
        found = [(Span(start + inside.start, start + inside.end), paragraph.language)]
    else:
        found = [
            (source, segment.language)
            for segment in own.translation.segments
            if segment.target.start < inside.end and inside.start < segment.target.end
            for source in _sources(document, own.translation, segment, inside)
        ]
    for source, language in found:
        place = Place(document.id, document.name, paragraph.index, source)
        yield Evidence(place, language, score=1.0)


def _sources(
    document: Document, translation: Translation, segment: Aligned, inside: Span
) -> Sequence[Span]:
    """Return the sentences of a segment's source that are translated by what is `inside`.

    The segment's whole source is returned where the sentences of both are not equally many.
    """
    start, shift = segment.source.start, segment.target.start
    pairs = aligned_sentences(
        document.text[start : segment.source.end],
        translation.text[shift : segment.target.end],
        language=segment.language,
        target_language=translation.language,
    )
    found = [
        Span(start + own.start, start + own.end)
        for own, there in pairs
        if there.start + shift < inside.end and inside.start < there.end + shift
    ]
    return found or [segment.source]

"""The sentences of a document in the target language, each with the place that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.document import (
    NO_MODEL,
    Document,
    Evidence,
    Kind,
    Paragraph,
    Place,
    Sentence,
    Span,
)
from pipeline.lang.reading import read, reading_form
from pipeline.lang.sentences import sentences
from pipeline.lang.spacing import Collapsed, trimmed

_COMPLETE = re.compile(r"[.!?…][»”\"')\]]*$")


def own_sentences(document: Document, *, target: str) -> Iterator[Sentence]:
    """Yield the complete sentences of the kept paragraphs, in the target language.

    The evidence of a sentence is its place in the original: its own characters or, in a
    translation, every segment of whose translation the sentence has a part.
    """
    for paragraph in document.kept():
        line = target_line(paragraph, target=target)
        if line is None:
            continue
        at = 0
        for sentence in sentences(line.text, language=target):
            span = trimmed(line.text, Span(at, at + len(sentence)))
            at += len(sentence)
            text = line.text[span.start : span.end]
            if is_complete(text):
                yield Sentence(
                    text, NO_MODEL, evidence=tuple(_evidence(document, paragraph, line, span))
                )


def is_complete(sentence: str) -> bool:
    """Tell whether a sentence ends as a sentence does."""
    return _COMPLETE.search(sentence) is not None


def target_line(paragraph: Paragraph, *, target: str) -> Collapsed | None:
    """Return a paragraph in the target language, on one line; None for code and foreign text.

    A paragraph that is its own translation is in its reading form.
    """
    if paragraph.kind is Kind.CODE:
        return None
    if paragraph.translation is not None:
        return Collapsed(paragraph.translation.text)
    if paragraph.language != target:
        return None
    return Collapsed(reading_form(paragraph.text, language=target))


def _evidence(
    document: Document, paragraph: Paragraph, line: Collapsed, span: Span
) -> Iterator[Evidence]:
    """Yield the places in the original of `span`, which is in `line`."""
    inside = line.back(span)
    if paragraph.translation is None:
        start = paragraph.span.start
        own = read(paragraph.text, language=paragraph.language).span(inside)
        found = [(Span(start + own.start, start + own.end), paragraph.language)]
    else:
        found = [
            (segment.source, segment.language)
            for segment in paragraph.translation.segments
            if segment.target.start < inside.end and inside.start < segment.target.end
        ]
    for source, language in found:
        place = Place(document.id, document.name, paragraph.index, source)
        yield Evidence(place, language, score=1.0)

"""The documents of a story as a reader is shown them."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.document import Document, Kind, Paragraph
from pipeline.output.names import page_path
from pipeline.stories.details import Details
from pipeline.stories.genre import is_paywalled
from pipeline.stories.passages import TITLE_CHARS, one_line
from pipeline.stories.publishers import publisher_of
from pipeline.stories.story import Source


def source_of(details: Details, *, target: str) -> Source:
    """Return a document's title, first paragraph and origin, with their translations."""
    document = details.document
    heading = document.heading
    title, title_translation = details.passages.title, None
    if heading is not None:
        title, title_translation = one_line(heading.text), translated(heading, target=target)
    elif document.language != target:
        title_translation = _opening(document, title, target=target)
    lead = _lead(document, heading)
    origin = document.origin
    return Source(
        document_id=document.id,
        document=document.name,
        language=document.language,
        title=title if len(title) < TITLE_CHARS else f"{title.rpartition(' ')[0]}…",
        title_translation=title_translation,
        lead="" if lead is None else lead.text,
        lead_translation=None if lead is None else translated(lead, target=target),
        publisher=publisher_of(origin),
        family=details.family,
        date=document.date or (origin.published_at or "")[:10] or None,
        url=origin.url,
        link=page_path(document),
        genre=details.genre,
        paywalled=is_paywalled(document),
    )


def translated(paragraph: Paragraph, *, target: str) -> str | None:
    """Return the translation of a paragraph on one line; None where it is in `target` already."""
    translation = paragraph.translation
    if translation is None or translation.language != target or paragraph.language == target:
        return None
    return one_line(translation.text)


def _lead(document: Document, heading: Paragraph | None) -> Paragraph | None:
    kept: Iterable[Paragraph] = (
        p for p in document.kept() if p is not heading and p.kind is Kind.TEXT
    )
    return next(iter(kept), None)


def _opening(document: Document, title: str, *, target: str) -> str | None:
    """Return the translation of the stretch that a title without a heading is the beginning of."""
    for paragraph in document.kept():
        translation = paragraph.translation
        if translation is None or translation.language != target:
            continue
        for segment in translation.segments:
            source = one_line(document.text[segment.source.start : segment.source.end])
            if source.startswith(title[:40]) or title.startswith(source):
                return one_line(translation.text[segment.target.start : segment.target.end])
        return None
    return None

"""A document as a story of its own: what is told where nothing brings documents together."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from pipeline.document import Document, Kind, Paragraph
from pipeline.output.names import html_path
from pipeline.output.report import headline
from pipeline.place import Place
from pipeline.stories.story import Cited, Quotation, Source, State, Story
from pipeline.summary import Evidence, Sentence


def story_of(
    document: Document,
    *,
    copies: Sequence[Document] = (),
    changed_since: str | None = None,
    update: str = "",
) -> Story:
    """Return the story that one document tells, each sentence with the places that support it.

    `copies` are documents with the same text, and so with the same id: sources of the same story.
    `changed_since` is the night that told an earlier state of the document, and `update` says so.
    """
    sentences = document.summary.sentences if document.summary else ()
    return Story(
        id=document.id,
        headline=headline(document),
        sentences=tuple(_cited(sentence, document) for sentence in sentences),
        sources=tuple(map(source_of, (document, *copies))),
        state=State.NEW if changed_since is None else State.DEVELOPING,
        since=changed_since,
        update=update,
    )


def source_of(document: Document) -> Source:
    """Return a document as a source: its publisher, its title and its first paragraph."""
    # Of a copy nothing is kept, for its original stands.
    kept = [p for p in document.kept() or document.paragraphs if p.kind is not Kind.CODE]
    first = kept[0] if kept and kept[0].kind is Kind.HEADING else None
    title = document.heading or first
    lead = next((p for p in kept if p.kind is Kind.TEXT and p is not title), None)
    origin = document.origin
    host = urlsplit(origin.url).hostname if origin.url else None
    return Source(
        document_id=document.id,
        document=document.name,
        language=document.language,
        title=title.text if title else document.title or "",
        title_translation=_translated(title),
        lead=lead.text if lead else "",
        lead_translation=_translated(lead),
        publisher=origin.publisher,
        family=origin.publisher or host or document.name,
        date=document.date,
        url=origin.url,
        link=html_path(document),
    )


def _cited(sentence: Sentence, document: Document) -> Cited:
    found = sorted(sentence.evidence, key=lambda evidence: -evidence.score)
    return Cited(sentence.text, tuple(_quotation(evidence, document) for evidence in found))


def _quotation(evidence: Evidence, document: Document) -> Quotation:
    place = evidence.place
    text = document.text[place.span.start : place.span.end]
    paragraph = next(p for p in document.paragraphs if p.index == place.paragraph)
    translated, doubt = _stretch(paragraph, place)
    return Quotation(place, text, evidence.language, translated, doubt)


def _stretch(paragraph: Paragraph, place: Place) -> tuple[str | None, str]:
    """Return the translation of a place, whole segments of it, and what is wrong with that."""
    translation = paragraph.translation
    if translation is None:
        return None, ""
    found = [
        s
        for s in translation.segments
        if s.source.start < place.span.end and place.span.start < s.source.end
    ]
    if not found or all(s.language == translation.language for s in found):
        return None, ""
    text = translation.text[found[0].target.start : found[-1].target.end]
    flags = dict.fromkeys(flag for segment in found for flag in segment.flags)
    return text, " ".join(flag.meaning for flag in flags)


def _translated(paragraph: Paragraph | None) -> str | None:
    if paragraph is None or paragraph.translation is None:
        return None
    return None if paragraph.translation.text == paragraph.text else paragraph.translation.text

"""The page of one document in a digest: the original and its translation side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.digest.envelope import Envelope
from pipeline.digest.outlets import web_address
from pipeline.digest.quoted import spot_of
from pipeline.digest.templating import content_policy, html_template, inlined
from pipeline.digest.view import anchor_of, story_views
from pipeline.digest.wording import Wording, wording
from pipeline.document import Document, Kind, Paragraph
from pipeline.output.names import html_path
from pipeline.output.report import headline
from pipeline.place import Span

if TYPE_CHECKING:
    from markupsafe import Markup

_DIGEST = "digest.html"


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph as it is shown: the original with its marks, and what stands beside it.

    `translation` is None where the text is in the language of the digest; `doubts` are the meanings
    of the flags of the translation, in that language.
    """

    index: int
    kind: Kind
    language: str
    original: Markup
    translation: str | None
    doubts: tuple[str, ...]


def document_pages(envelope: Envelope, documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of the page of each document, relative to the digest.

    Words that a story quotes are marked, each with an address of its own, to which the digest
    leads; and each page leads back to its story.
    """
    words = wording(envelope.edition.language)
    quoted: dict[tuple[str, str], list[Span]] = {}
    back: dict[tuple[str, str], str] = {}
    names: dict[tuple[str, str], tuple[str, str | None]] = {}
    for story in story_views(envelope.stories, words=words):
        for view in story.sources:
            key = (view.source.document_id, view.source.document)
            back.setdefault(key, anchor_of(story.story.id))
            names.setdefault(key, (view.name, view.name_language))
            quoted.setdefault(key, []).extend(q.quotation.place.span for q in view.quoted)
    style = inlined("digest.css")
    template = html_template("document.html.jinja")
    for document in documents:
        key = (document.id, document.name)
        path = html_path(document)
        rows = [_row(p, quoted.get(key, ()), words=words) for p in document.kept()]
        home = "../" * path.count("/") + _DIGEST
        yield (
            path,
            template.render(
                words=words,
                edition=envelope.edition,
                style=style,
                document=document,
                headline=headline(document),
                name=names.get(key, (document.name, None))[0],
                name_language=names.get(key, (document.name, None))[1],
                url=web_address(document.origin.url),
                rows=rows,
                beside=any(row.translation is not None for row in rows),
                left_out=[p for p in document.paragraphs if p.removal is not None],
                home=home,
                anchor=back.get(key),
                policy=content_policy(style=style),
            ),
        )


def _row(paragraph: Paragraph, quoted: Sequence[Span], *, words: Wording) -> Row:
    translation = paragraph.translation
    beside = translation is not None and translation.text != paragraph.text
    return Row(
        paragraph.index,
        paragraph.kind,
        paragraph.language,
        _marked(paragraph, quoted),
        translation.text if translation is not None and beside else None,
        tuple(map(words.meaning, translation.flags)) if translation is not None else (),
    )


def _marked(paragraph: Paragraph, quoted: Iterable[Span]) -> Markup:
    """Return a paragraph with its quoted words marked; of two that overlap the first stands.

    A second quotation that begins at the same place has its address all the same.
    """
    from markupsafe import Markup, escape

    from pipeline.digest.passages import tidy

    at, end = paragraph.span.start, paragraph.span.end
    inside = sorted({(s.start, s.end) for s in quoted if at <= s.start < s.end <= end})
    pieces = [Markup("")]
    for start, stop in inside:
        spot = spot_of(Span(start, stop))
        if start < at:
            pieces.append(Markup('<span id="{}"></span>').format(spot))
            continue
        pieces.append(escape(tidy(_cut(paragraph, at, start))))
        words = tidy(_cut(paragraph, start, stop))
        pieces.append(Markup('<mark id="{}">{}</mark>').format(spot, words))
        at = stop
    pieces.append(escape(tidy(_cut(paragraph, at, end))))
    return Markup("").join(pieces)


def _cut(paragraph: Paragraph, start: int, end: int) -> str:
    offset = paragraph.span.start
    return paragraph.text[start - offset : end - offset]

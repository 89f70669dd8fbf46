"""Results for people: one Markdown page per document and one for the folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from pipeline.document import Document, Kind, Paragraph, Rejection
from pipeline.flag import Flag
from pipeline.lang.spacing import column_gaps
from pipeline.output.controls import without_controls
from pipeline.output.names import page_path

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_BLOCK_START = re.compile(r"^(\s*)([#>+-]|\d+[.)])(?=\s|$)")


def escape(text: str) -> str:
    """Return `text` on one line so that Markdown shows it as it is, with bars between columns."""
    line = _SPECIAL.sub(r"\\\1", " ".join(_with_bars(without_controls(text)).split()))
    return _BLOCK_START.sub(r"\1\\\2", line)


def _with_bars(text: str) -> str:
    gaps = column_gaps(text)
    starts = [0, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), len(text)]
    return " | ".join(text[a:b] for a, b in zip(starts, ends, strict=True))


def headline(document: Document) -> str:
    """Return the document's title in the target language, if it has one, else its name.

    A heading is the title only above all running text; further down it heads a section.
    """
    first = next((p for p in document.kept() if p.kind is not Kind.LIST_ITEM), None)
    if first is not None and first.kind is Kind.HEADING:
        return first.translation.text if first.translation else first.text
    return document.title or document.name


def document_markdown(document: Document) -> str:
    """Return the page of one document: summary, translation, removed paragraphs, and flags."""
    lines = [f"# {escape(headline(document))}", "", _facts(document), ""]
    lines += _summary(document)
    lines += [f"> {escape(note)}\n" for note in document.notes]
    if any(p.translation for p in document.kept()):
        lines += ["## Translation", ""]
        for paragraph in document.kept():
            lines += [_shown(paragraph), ""]
    removed = [p for p in document.paragraphs if p.removal is not None]
    if removed:
        lines += ["## Left out", ""]
        lines += [_left_out(p) for p in removed]
        lines.append("")
    if flags := _flags(document):
        lines += ["## Flags", ""]
        lines += [f"- {flag}: {flag.meaning}" for flag in flags]
        lines.append("")
    return "\n".join(lines)


def folder_markdown(
    documents: Sequence[Document], rejections: Sequence[Rejection], *, title: str
) -> str:
    """Return the page of a folder: every summary, then every input that could not be used."""
    lines = [f"# {escape(title)}", ""]
    for document in documents:
        link = quote(page_path(document))
        lines += [f"## [{escape(headline(document))}]({link})", "", _facts(document), ""]
        lines += _summary(document)
        lines += [f"> {escape(note)}\n" for note in document.notes]
    if rejections:
        lines += ["## Not used", ""]
        lines += [f"- {escape(r.name)} ({r.stage}): {escape(r.reason)}" for r in rejections]
        lines.append("")
    return "\n".join(lines)


def _flags(document: Document) -> list[Flag]:
    """Return the flags of a document, each once, in the order in which they are defined."""
    found = {f for p in document.kept() if p.translation for f in p.translation.flags}
    if document.summary is not None:
        found |= set(document.summary.flags)
    return [flag for flag in Flag if flag in found]


def _facts(document: Document) -> str:
    removed = sum(p.removal is not None for p in document.paragraphs)
    facts = [escape(document.name), document.language, document.date, document.encoding]
    if removed:
        facts.append(f"{removed} of {len(document.paragraphs)} paragraphs left out")
    return "*" + " · ".join(fact for fact in facts if fact) + "*"


def _summary(document: Document) -> list[str]:
    if document.summary is None:
        return ["No summary.", ""]
    return [escape(document.summary.text), ""]


def _shown(paragraph: Paragraph) -> str:
    translation = paragraph.translation
    text = escape(translation.text if translation else paragraph.text)
    if paragraph.kind is Kind.HEADING:
        return f"### {text}"
    text = f"- {text}" if paragraph.kind is Kind.LIST_ITEM else text
    flags = f" *({', '.join(translation.flags)})*" if translation and translation.flags else ""
    same = "".join(
        f" *(also paragraph {c.paragraph} in {escape(c.document)})*" for c in paragraph.same_as
    )
    return text + flags + same


def _left_out(paragraph: Paragraph) -> str:
    removal = paragraph.removal
    if removal is None:
        raise ValueError(f"paragraph {paragraph.index} was not removed")
    reason = removal.reason.value
    if removal.kept is not None:
        reason += f" of paragraph {removal.kept.paragraph} in {removal.kept.document}"
    excerpt = paragraph.text if len(paragraph.text) <= 100 else paragraph.text[:99] + "…"
    return f"- paragraph {paragraph.index}, {escape(reason)}: {escape(excerpt)}"

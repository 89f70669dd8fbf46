"""Results for people: one Markdown page per document and one for the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import PurePosixPath
from urllib.parse import quote

from pipeline.document import Document, Kind, Paragraph, Rejection
from pipeline.flag import Flag
from pipeline.output.escaping import escape
from pipeline.output.names import page_path
from pipeline.output.notes import summary_lines
from pipeline.output.own_files import MARK
from pipeline.output.quotations import quotations_of

_HEADLINE = 90  # characters
_FAULTS = 2  # that a folder's page names of a document
_NAMED = 10  # files of other kinds


def headline(document: Document) -> str:
    """Return the document's title in the target language, if it has one.

    A text without a title is called by the headline of its summary, else by its first words, one
    without words by its name.
    """
    kept = [p for p in document.kept() if p.kind is not Kind.CODE]
    if document.heading is not None:
        return in_target(document.heading)
    if document.title:
        return document.title
    if document.summary is not None and document.summary.headline:
        return document.summary.headline
    return next(filter(None, (_beginning(in_target(p)) for p in kept)), document.name)


def has_our_headline(document: Document) -> bool:
    """Tell whether a document is headed by words of ours: it has no headline of its own."""
    own = document.heading is not None or bool(document.title)
    return not own and document.summary is not None and bool(document.summary.headline)


def in_target(paragraph: Paragraph) -> str:
    """Return a paragraph's translation, or its text where it has none."""
    return paragraph.translation.text if paragraph.translation else paragraph.text


def _beginning(text: str) -> str:
    """Return the first words of a text, as many as a headline has."""
    line = " ".join(text.split())
    if len(line) <= _HEADLINE:
        return line.rstrip(".")
    return line[:_HEADLINE].rpartition(" ")[0].rstrip(",;:-–— ") + "…"


def doubts(document: Document) -> str | None:
    """Return how many paragraphs are to be checked against the source, and why; None for none."""
    kept = document.kept()
    translated = [p.translation for p in kept if p.translation is not None]
    found = Counter(flag for t in translated for flag in set(t.flags))
    if not found:
        return None
    count = sum(bool(t.flags) for t in translated)
    named = "; ".join(f"{flag} {number}" for flag, number in found.most_common())
    return f"{count} of {len(translated)} paragraphs are to be checked against the source: {named}"


def caution(document: Document) -> str | None:
    """Return in plain words what of a document is to be checked; None where nothing is.

    The commonest faults are named, and the sentences of the summary that rest on such a paragraph.
    """
    translated = [p.translation for p in document.kept() if p.translation is not None]
    found = Counter(flag for t in translated for flag in set(t.flags))
    if not found:
        return None
    count = sum(bool(t.flags) for t in translated)
    words = [f"Check {count} of {len(translated)} paragraphs against the source."]
    words += [flag.meaning for flag, _ in found.most_common(_FAULTS)]
    sentences = document.summary.sentences if document.summary is not None else ()
    resting = [
        str(number)
        for number, sentence in enumerate(sentences, start=1)
        if any(quoted.flags for quoted in quotations_of(document, sentence))
    ]
    if resting:
        words.append(f"Sentences of the summary that rest on them: {', '.join(resting)}.")
    return " ".join(words)


def document_markdown(document: Document) -> str:
    """Return the page of one document: summary, text, removed paragraphs, and flags.

    The text is the translation, where there is one.
    """
    lines = [f"# {escape(headline(document))}", "", _facts(document), ""]
    lines += summary_lines(document, label="")
    lines += [f"> {escape(note)}\n" for note in _notes(document)]
    kept = document.kept()
    if kept:
        lines += ["## Translation" if any(p.translation for p in kept) else "## Text", ""]
        for is_table, group in groupby(kept, key=lambda p: p.kind is Kind.ROW):
            if is_table:
                lines += [*_table([in_target(p) for p in group]), ""]
            else:
                for paragraph in group:
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
    return "\n".join((*lines, MARK, ""))


def _notes(document: Document) -> tuple[str, ...]:
    doubt = doubts(document)
    return document.notes if doubt is None else (*document.notes, doubt)


def _table(rows: Sequence[str]) -> list[str]:
    """Return the rows of a table, cells between `|`, as a table of Markdown."""
    cells = [[escape(cell.strip()) for cell in row.split("|")] for row in rows]
    width = max(map(len, cells))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return [lines[0], "|" + " --- |" * width, *lines[1:]]


def folder_markdown(
    documents: Sequence[Document],
    rejections: Sequence[Rejection],
    *,
    title: str,
    not_read: str = "",
) -> str:
    """Return the page of a folder: every summary, then every input that could not be used.

    `not_read` tells of files of other kinds, or is empty.
    """
    lines = [f"# {escape(title)}", ""]
    for number, document in enumerate(documents, start=1):
        link = quote(page_path(document))
        lines += [f"## [{escape(headline(document))}]({link})", "", _facts(document), ""]
        lines += summary_lines(document, label=f"{number}-")
        notes = filter(None, (*document.notes, caution(document)))
        lines += [f"> {escape(note)}\n" for note in notes]
    if rejections:
        lines += ["## Not used", ""]
        lines += [f"- {escape(r.name)} ({r.stage}): {escape(r.reason)}" for r in rejections]
        lines.append("")
    if not_read:
        lines += ["## Not read", "", escape(not_read), ""]
    return "\n".join((*lines, MARK, ""))


def kinds(names: Sequence[str]) -> str:
    """Return how many files of which kinds `names` are, and the first of them by name."""
    if not names:
        return ""
    found = Counter(PurePosixPath(name).suffix.lower() for name in names)
    counted = ", ".join(f"{count} {kind}" for kind, count in found.most_common())
    more = ", ..." if len(names) > _NAMED else ""
    return f"{counted} ({', '.join(names[:_NAMED])}{more})"


def _flags(document: Document) -> list[Flag]:
    """Return the flags of a document, each once, in the order in which they are defined."""
    found = {f for p in document.kept() if p.translation for f in p.translation.flags}
    if document.summary is not None:
        found |= set(document.summary.flags)
    return [flag for flag in Flag if flag in found]


def _facts(document: Document) -> str:
    removed = sum(p.removal is not None for p in document.paragraphs)
    facts = [escape(document.name), document.language, document.date, document.encoding]
    if has_our_headline(document):
        facts.append("headline by Nightdesk")
    if removed:
        facts.append(f"{removed} of {len(document.paragraphs)} paragraphs left out")
    return "*" + " · ".join(fact for fact in facts if fact) + "*"


def _shown(paragraph: Paragraph) -> str:
    translation = paragraph.translation
    text = escape(in_target(paragraph))
    if paragraph.kind is Kind.HEADING:
        return f"### {text}"
    text = f"- {text}" if paragraph.kind in (Kind.LIST_ITEM, Kind.ROW) else text
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

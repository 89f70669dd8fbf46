"""The stage that takes out the site chrome that a page gives away by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.document import Document, Kind, Removal
from pipeline.lang.reading import reading_form
from pipeline.reason import Reason
from pipeline.stage import StageKind
from pipeline.stages.boilerplate.context import settle
from pipeline.stages.boilerplate.lines import Look, PageLine, look_of, read_line

_EDGE_LINES = 12  # bylines stand within so many lines of the top or the bottom of a page

_WRAPPED_CHARS = 40  # lines that are longer on average were wrapped by a machine


class Clean:
    """Marks paragraphs that are site chrome; precise rather than thorough.

    A paragraph is removed only if every line of the paragraph is chrome. Code is left alone, and
    so are paragraphs that an earlier stage removed. A document is never emptied.
    """

    name = "clean"
    kind: StageKind = "map"

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with `Removal(stage="clean")` on its chrome."""
        return [self._clean(document) for document in documents]

    def _clean(self, document: Document) -> Document:
        lines = _lines(document)
        headings = frozenset(p.index for p in document.paragraphs if p.kind is Kind.HEADING)
        items = frozenset(p.index for p in document.paragraphs if p.kind is Kind.LIST_ITEM)
        settled = settle(lines, headings=headings, items=items)
        removals, note = _decide(settled)
        if not removals and note is None:
            return document
        paragraphs = tuple(
            replace(p, removal=Removal(stage=self.name, reason=Reason(removals[p.index])))
            if p.index in removals
            else p
            for p in document.paragraphs
        )
        notes = document.notes if note is None else (*document.notes, note)
        return replace(document, paragraphs=paragraphs, notes=notes)


def _lines(document: Document) -> list[PageLine]:
    rows = [
        (paragraph, row)
        for paragraph in document.paragraphs
        if paragraph.removal is None and paragraph.kind not in (Kind.CODE, Kind.ROW)
        for row in _rows(reading_form(paragraph.text, language=paragraph.language))
    ]
    return [
        read_line(
            row.strip(),
            paragraph.index,
            near_edge=at < _EDGE_LINES or at >= len(rows) - _EDGE_LINES,
            trail=paragraph.kind is not Kind.HEADING,
        )
        for at, (paragraph, row) in enumerate(rows)
    ]


def _rows(text: str) -> list[str]:
    """Return the lines of a paragraph; running text that was only wrapped is one line."""
    rows = [row for row in text.splitlines() if row.strip()]
    wrapped = len(text) > _WRAPPED_CHARS * len(rows)
    return [text] if wrapped and look_of(" ".join(text.split())) is Look.PROSE else rows


def _decide(lines: list[PageLine]) -> tuple[dict[int, str], str | None]:
    """Return the reason for each removed paragraph, and a note if the rules went too far."""
    reasons: dict[int, list[str | None]] = {}
    prose: set[int] = set()
    for line in lines:
        reasons.setdefault(line.paragraph, []).append(line.reason)
        if line.look is Look.PROSE:
            prose.add(line.paragraph)
    removals = {
        index: found[0]
        for index, found in reasons.items()
        if found[0] is not None and all(reason is not None for reason in found)
    }
    if not removals or len(removals) < len(reasons):
        return removals, None
    spared = prose or set(removals)
    kept = {index: reason for index, reason in removals.items() if index not in spared}
    return kept, "every paragraph looked like site chrome; the clean-up kept what could be text"

"""The ledger: every removed paragraph, the reason, the copy that stands, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from pipeline.document import Document, Paragraph
from pipeline.output.record import place_json, span_json
from pipeline.place import Place, Span
from pipeline.reason import Reason


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One removed paragraph: a line of `removed.jsonl`.

    `span` is the paragraph in the source text. `cut` is the span that leaves the text:
    the paragraph, the marker before it on its line ("- ", "## ") and the whitespace behind it;
    `cut_text` is the text of `cut`.
    The cuts of a document do not overlap: put back into the remaining text, they give the source.
    `similarity` and `threshold` are between 0 and 1, or None where nothing was compared.
    """

    document: str
    id: str
    paragraph: int
    span: Span
    language: str
    stage: str
    reason: Reason
    kept: Place | None
    similarity: float | None
    threshold: float | None
    text: str
    cut: Span
    cut_text: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as JSON values: `$defs/removed` of the published schema."""
        return {
            **{field.name: getattr(self, field.name) for field in fields(self)},
            "span": span_json(self.span),
            "kept": None if self.kept is None else place_json(self.kept),
            "cut": span_json(self.cut),
        }


def entries(document: Document) -> Iterator[LedgerEntry]:
    """Yield an entry for each removed paragraph of `document`, in reading order."""
    for paragraph, cut in _cuts(document):
        removal = paragraph.removal
        if removal is None:
            continue
        yield LedgerEntry(
            document=document.name,
            id=document.id,
            paragraph=paragraph.index,
            span=paragraph.span,
            language=paragraph.language,
            stage=removal.stage,
            reason=removal.reason,
            kept=removal.kept,
            similarity=removal.similarity,
            threshold=removal.threshold,
            text=paragraph.text,
            cut=cut,
            cut_text=document.text[cut.start : cut.end],
        )


def _cuts(document: Document) -> Iterator[tuple[Paragraph, Span]]:
    """Yield each removed paragraph with the span that is cut for it; spans never overlap."""
    text = document.text
    free = 0  # everything before this belongs to an earlier paragraph or cut
    ordered = sorted(document.paragraphs, key=lambda p: (p.span.start, p.span.end))
    for at, paragraph in enumerate(ordered):
        start, end = paragraph.span.start, paragraph.span.end
        if paragraph.removal is not None:
            before = max(free, text.rfind("\n", 0, start) + 1)
            # Text before the paragraph on its line goes along if it is but a marker.
            if not any(c.isalpha() for c in text[before:start]):
                start = before
            end = max(start, end)
            limit = ordered[at + 1].span.start if at + 1 < len(ordered) else len(text)
            while end < limit and text[end].isspace():
                end += 1
            yield paragraph, Span(start, end)
        free = max(free, end)

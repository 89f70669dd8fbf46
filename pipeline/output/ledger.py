"""The ledger: every paragraph that was taken out, why, which copy stands, and how to undo it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.document import Document, Paragraph, Place, Span
from pipeline.errors import UsageError


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One removed paragraph: a line of `removed.jsonl`.

    `span` is the paragraph in the source text. `cut` is what leaves the text with it: the marker
    before it on its line ("- ", "## ") and the whitespace behind it; `cut_text` is that text.
    `similarity` and `threshold` are between 0 and 1, or None where nothing was compared.
    """

    document: str
    id: str
    paragraph: int
    span: Span
    language: str
    stage: str
    reason: str
    kept: Place | None
    similarity: float | None
    threshold: float | None
    text: str
    cut: Span
    cut_text: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> LedgerEntry:
        """Read back what `as_json` wrote; UsageError if a field is missing or misshapen."""
        try:
            kept = values["kept"]
            return cls(
                **{
                    **values,
                    "span": Span(**values["span"]),
                    "cut": Span(**values["cut"]),
                    "kept": None
                    if kept is None
                    else Place(**{**kept, "span": Span(**kept["span"])}),
                }
            )
        except (KeyError, TypeError) as error:
            raise UsageError(
                f"not an entry of a ledger: {error}",
                hint="removed.jsonl is written by a run; run again to get a fresh one",
            ) from error


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


def remove(document: Document) -> str:
    """Return the text of `document` without its removed paragraphs."""
    pieces: list[str] = []
    at = 0
    for _paragraph, cut in _cuts(document):
        pieces.append(document.text[at : cut.start])
        at = cut.end
    pieces.append(document.text[at:])
    return "".join(pieces)


def restore(cleaned: str, removed: Iterable[LedgerEntry]) -> str:
    """Return the source text, given what `remove` left of it and all its ledger entries.

    The entries may come in any order. Raises UsageError if they do not fit the text.
    """
    pieces: list[str] = []
    at = source_at = 0
    for entry in sorted(removed, key=lambda e: (e.cut.start, e.cut.end)):
        take = entry.cut.start - source_at
        fits = len(entry.cut_text) == entry.cut.end - entry.cut.start
        if take < 0 or at + take > len(cleaned) or not fits:
            raise UsageError(
                f"{entry.document}: the ledger entry of paragraph {entry.paragraph} does not fit "
                "this text",
                hint="text and ledger must come from one run, with all entries of the document",
            )
        pieces += (cleaned[at : at + take], entry.cut_text)
        at += take
        source_at = entry.cut.end
    pieces.append(cleaned[at:])
    return "".join(pieces)


def _cuts(document: Document) -> Iterator[tuple[Paragraph, Span]]:
    """Yield the removed paragraphs with what is cut for each; the cuts never overlap."""
    text = document.text
    free = 0  # everything before this belongs to an earlier paragraph or cut
    ordered = sorted(document.paragraphs, key=lambda p: (p.span.start, p.span.end))
    for at, paragraph in enumerate(ordered):
        start, end = paragraph.span.start, paragraph.span.end
        if paragraph.removal is not None:
            before = max(free, text.rfind("\n", 0, start) + 1)
            # Whatever stands before the paragraph on its line goes along if it is but a marker.
            if not any(c.isalpha() for c in text[before:start]):
                start = before
            end = max(start, end)
            limit = ordered[at + 1].span.start if at + 1 < len(ordered) else len(text)
            while end < limit and text[end].isspace():
                end += 1
            yield paragraph, Span(start, end)
        free = max(free, end)

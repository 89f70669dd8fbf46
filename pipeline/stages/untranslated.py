"""Notes of the text that no model translated, for whoever reads a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.document import Aligned, Document
from pipeline.flag import Flag
from pipeline.place import NO_MODEL, Span

EXCERPT_CHARS = 60


def untranslated(document: Document, refusals: Mapping[str, str]) -> Iterator[str]:
    """Yield a note of the passages of a document's drafts that stand in the source language.

    `refusals` are the words of a server about texts that it did not take, by the text.
    """
    parts = [part for draft in document.drafts for part in draft.parts]
    kept = [part for part in parts if Flag.KEPT_SOURCE in part.flags]
    if not kept:
        return
    yield (
        f"passages that stand untranslated: {len(kept)} of {len(parts)}, the first"
        f" “{excerpt(_source(document, kept[0]))}”: {_reason(document, kept, refusals)}"
    )


def excerpt(text: str) -> str:
    """Return the beginning of a text on one line, for people."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_CHARS else f"{line[: EXCERPT_CHARS - 1]}…"


def is_untranslated(document: Document) -> bool:
    """Tell whether a document has text to translate, and none of it was translated."""
    segments = [s for p in document.kept() if p.translation for s in p.translation.segments]
    kept = any(Flag.KEPT_SOURCE in s.flags for s in segments)
    return kept and all(s.model == NO_MODEL for s in segments)


def _reason(document: Document, kept: list[Aligned], refusals: Mapping[str, str]) -> str:
    """Return why: the words of the server, else the meanings of the flags."""
    for part in kept:
        source = _source(document, part)
        for text, refusal in refusals.items():
            if text.strip() in source or source.strip() in text:
                return refusal
    flags = dict.fromkeys(f for part in kept for f in part.flags if f is not Flag.KEPT_SOURCE)
    return " ".join(flag.meaning for flag in flags)


def _source(document: Document, part: Aligned) -> str:
    span: Span = part.source
    return document.text[span.start : span.end]

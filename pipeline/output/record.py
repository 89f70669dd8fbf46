"""A document as JSON, in the published schema `document.schema.json` beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from pipeline.document import NO_MODEL, Document, Paragraph, Place, Span

SCHEMA_VERSION = 1


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a document record."""
    text = resources.files("pipeline.output").joinpath("document.schema.json")
    loaded: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return loaded


def document_record(
    document: Document,
    *,
    engines: Mapping[str, Any],
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """Return the record of a document.

    `engines` says which models wrote it and how they decoded; `seconds` gives, for each stage,
    how long after the start of the run the document left it.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "name": document.name,
        "id": document.id,
        "title": document.title,
        "date": document.date,
        "language": document.language,
        "confidence": round(document.confidence, 4),
        "encoding": document.encoding,
        "notes": list(document.notes),
        "summary": _summary(document),
        "paragraphs": [_paragraph(p) for p in document.paragraphs],
        "engines": dict(engines),
        "seconds_until": {stage: round(value, 3) for stage, value in seconds.items()},
        "text": document.text,
    }


def _summary(document: Document) -> dict[str, Any] | None:
    summary = document.summary
    if summary is None:
        return None
    return {
        "language": summary.language,
        "sentences": [s.text for s in summary.sentences],
        "model": ", ".join(summary.models) or NO_MODEL,
        "flags": list(summary.flags),
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    translation = paragraph.translation
    return {
        "index": paragraph.index,
        "span": _span(paragraph.span),
        "kind": str(paragraph.kind),
        "language": paragraph.language,
        "confidence": round(paragraph.confidence, 4),
        "runs": [{"span": _span(r.span), "language": r.language} for r in paragraph.runs],
        "fate": "kept" if paragraph.removal is None else "removed",
        "removal": _removal(paragraph),
        "same_as": [_place(place) for place in paragraph.same_as],
        "text": paragraph.text,
        "translation": None
        if translation is None
        else {
            "language": translation.language,
            "text": translation.text,
            "model": ", ".join(translation.models),
            "flags": list(translation.flags),
        },
    }


def _removal(paragraph: Paragraph) -> dict[str, Any] | None:
    removal = paragraph.removal
    if removal is None:
        return None
    return {
        "stage": removal.stage,
        "reason": removal.reason,
        "kept": _place(removal.kept),
        "similarity": removal.similarity,
        "threshold": removal.threshold,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "document_id": place.document_id,
        "document": place.document,
        "paragraph": place.paragraph,
        "span": _span(place.span),
    }


def _span(span: Span) -> list[int]:
    return [span.start, span.end]

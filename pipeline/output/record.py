"""A document as JSON, in the published schema `document.schema.json` beside this file.

A span is `[start, end]` wherever one is written, and a place names the document's id as well as
its name: names are used again from night to night.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.document import Document, Paragraph
from pipeline.errors import UsageError
from pipeline.output.quotations import quotations_of
from pipeline.place import Place, Span
from pipeline.summary import Sentence, Withheld

SCHEMA_VERSION = 2


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a document record."""
    text = resources.files("pipeline.output").joinpath("document.schema.json")
    loaded: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return loaded


def read_record(path: Path) -> dict[str, Any]:
    """Return the record in a file that a run wrote.

    Raises UsageError for a file that is no record or a record in another version of the schema.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path}: not a record of a run: {plainly(error)}",
            hint="run again to get a fresh one",
        ) from error
    return parse_record(text, path=path)


def parse_record(text: str, *, path: Path) -> dict[str, Any]:
    """Return the record in a text that stands in `path`.

    Raises UsageError for what is no record or a record in another version of the schema.
    """
    try:
        record = json.loads(text)
        version = record["schema_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{path}: not a record of a run: {plainly(error)}",
            hint="run again to get a fresh one",
        ) from error
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"{path}: is a record in version {version} of the schema; this Nightdesk reads version"
            f" {SCHEMA_VERSION}",
            hint="run again to get a fresh one",
        )
    if missing := sorted(set(schema()["required"]) - record.keys()):
        raise UsageError(
            f"{path}: not a record of a run: {', '.join(missing)} missing",
            hint="run again to get a fresh one",
        )
    loaded: dict[str, Any] = record
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
        "origin": asdict(document.origin),
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
        "headline": summary.headline,
        "keywords": list(summary.keywords),
        "sentences": [_sentence(document, sentence) for sentence in summary.sentences],
        "withheld": [_withheld(one) for one in summary.withheld],
        "drawn_on": _rounded(summary.drawn_on),
        "models": list(summary.models),
        "flags": list(summary.flags),
        "remarks": list(summary.remarks),
    }


def _sentence(document: Document, sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "model": sentence.model,
        "flags": list(sentence.flags),
        "outcome": sentence.outcome,
        "support": _rounded(sentence.support),
        "evidence": [
            {
                "place": place_json(quoted.place),
                "language": quoted.language,
                "score": round(quoted.score, 4),
                "quotation": quoted.text,
                "translation": quoted.translation,
            }
            for quoted in quotations_of(document, sentence)
        ],
        "equivalents": [asdict(equivalent) for equivalent in sentence.equivalents],
        "replaces": None if sentence.replaces is None else _withheld(sentence.replaces),
    }


def _withheld(withheld: Withheld) -> dict[str, Any]:
    return {
        "text": withheld.text,
        "model": withheld.model,
        "support": round(withheld.support, 4),
        "flag": withheld.flag,
        "unsupported": list(withheld.unsupported),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    return {
        "index": paragraph.index,
        "span": span_json(paragraph.span),
        "kind": str(paragraph.kind),
        "language": paragraph.language,
        "confidence": round(paragraph.confidence, 4),
        "runs": [{"span": span_json(r.span), "language": r.language} for r in paragraph.runs],
        "fate": "kept" if paragraph.removal is None else "removed",
        "removal": _removal(paragraph),
        "same_as": [place_json(place) for place in paragraph.same_as],
        "text": paragraph.text,
        "translation": _translation(paragraph),
    }


def _translation(paragraph: Paragraph) -> dict[str, Any] | None:
    translation = paragraph.translation
    if translation is None:
        return None
    return {
        "language": translation.language,
        "text": translation.text,
        "models": list(translation.models),
        "flags": list(translation.flags),
        "segments": [
            {
                "source": span_json(segment.source),
                "target": span_json(segment.target),
                "language": segment.language,
                "model": segment.model,
                "flags": list(segment.flags),
                "trust": segment.trust,
            }
            for segment in translation.segments
        ],
    }


def _removal(paragraph: Paragraph) -> dict[str, Any] | None:
    removal = paragraph.removal
    if removal is None:
        return None
    return {
        "stage": removal.stage,
        "reason": removal.reason,
        "kept": None if removal.kept is None else place_json(removal.kept),
        "similarity": removal.similarity,
        "threshold": removal.threshold,
    }


def place_json(place: Place) -> dict[str, Any]:
    """Return a place as JSON values."""
    return {
        "document_id": place.document_id,
        "document": place.document,
        "paragraph": place.paragraph,
        "span": span_json(place.span),
    }


def span_json(span: Span) -> list[int]:
    """Return a span as JSON values."""
    return [span.start, span.end]

"""Records of a run back to the documents that they were written from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.document import (
    Aligned,
    Document,
    Kind,
    Origin,
    Paragraph,
    Rejection,
    Removal,
    Run,
    Translation,
)
from pipeline.errors import UsageError
from pipeline.flag import Flag
from pipeline.output.names import inside
from pipeline.output.own_files import RUN_FILE
from pipeline.output.record import read_record
from pipeline.place import Place, Span
from pipeline.reason import Reason
from pipeline.summary import Equivalent, Evidence, Outcome, Sentence, Summary, Withheld


def read_run(
    folder: Path, run: Mapping[str, Any]
) -> tuple[tuple[Document, ...], tuple[Rejection, ...]]:
    """Return the documents and the rejections of the run whose `run.json` in `folder` holds `run`.

    Raises UsageError naming a record that is missing or cannot be read.
    """
    records = [name for name in run["files"] if "/" in name and name.endswith(".json")]
    documents = tuple(read_document(folder / inside(name)) for name in records)
    return documents, tuple(Rejection(**rejection) for rejection in run["rejections"])


def read_document(path: Path) -> Document:
    """Return the document in a record; UsageError for a file that is no record."""
    record = read_record(path)
    try:
        return document_of(record)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path}: not a record of a run: {plainly(error)}",
            hint="run again to get a fresh one",
        ) from error


def document_of(record: Mapping[str, Any]) -> Document:
    """Return the document that a record was written from, without its drafts.

    Raises KeyError, TypeError or ValueError for values that are no record.
    """
    return Document(
        id=record["id"],
        name=record["name"],
        text=record["text"],
        encoding=record["encoding"],
        paragraphs=tuple(map(_paragraph, record["paragraphs"])),
        title=record["title"],
        date=record["date"],
        language=record["language"],
        confidence=record["confidence"],
        summary=_summary(record["summary"]),
        notes=tuple(record["notes"]),
        origin=Origin(**record["origin"]),
    )


def _paragraph(record: Mapping[str, Any]) -> Paragraph:
    return Paragraph(
        index=record["index"],
        text=record["text"],
        span=_span(record["span"]),
        kind=Kind(record["kind"]),
        language=record["language"],
        confidence=record["confidence"],
        removal=_removal(record["removal"]),
        translation=_translation(record["translation"]),
        runs=tuple(Run(_span(run["span"]), run["language"]) for run in record["runs"]),
        same_as=tuple(map(_place, record["same_as"])),
    )


def _translation(record: Mapping[str, Any] | None) -> Translation | None:
    if record is None:
        return None
    segments = tuple(
        Aligned(
            _span(segment["source"]),
            _span(segment["target"]),
            segment["language"],
            segment["model"],
            _flags(segment["flags"]),
            segment.get("trust"),
        )
        for segment in record["segments"]
    )
    return Translation(record["text"], record["language"], segments)


def _summary(record: Mapping[str, Any] | None) -> Summary | None:
    if record is None:
        return None
    sentences = tuple(
        Sentence(
            sentence["text"],
            sentence["model"],
            _flags(sentence["flags"]),
            tuple(
                Evidence(_place(found["place"]), found["language"], found["score"])
                for found in sentence["evidence"]
            ),
            Outcome(sentence["outcome"]) if sentence.get("outcome") else None,
            sentence.get("support"),
            _withheld(sentence["replaces"]) if sentence.get("replaces") else None,
            tuple(
                Equivalent(pair["figure"], pair["original"])
                for pair in sentence.get("equivalents", ())
            ),
        )
        for sentence in record["sentences"]
    )
    return Summary(
        sentences,
        record["language"],
        _flags(record["remarks"]),
        tuple(map(_withheld, record.get("withheld", ()))),
        record.get("drawn_on"),
        record.get("headline"),
        tuple(record.get("keywords", ())),
    )


def _withheld(record: Mapping[str, Any]) -> Withheld:
    return Withheld(
        record["text"],
        record["model"],
        record["support"],
        Flag(record["flag"]),
        tuple(record["unsupported"]),
    )


def _removal(record: Mapping[str, Any] | None) -> Removal | None:
    if record is None:
        return None
    return Removal(
        record["stage"],
        Reason(record["reason"]),
        None if record["kept"] is None else _place(record["kept"]),
        record["similarity"],
        record["threshold"],
    )


def _place(record: Mapping[str, Any]) -> Place:
    return Place(
        record["document_id"], record["document"], record["paragraph"], _span(record["span"])
    )


def _span(record: Sequence[int]) -> Span:
    start, end = record
    return Span(start, end)


def _flags(names: Sequence[str]) -> tuple[Flag, ...]:
    return tuple(map(Flag, names))


def run_record(folder: Path) -> dict[str, Any] | None:
    """Return the record of the run in `folder`, None where there is no run."""
    try:
        record = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(record, dict) and record.keys() >= {"files", "rejections", "not_read"}
    return record if known else None

"""JSON Lines: one article to a line; a line that is wrong costs only itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources import dates, mojibake
from pipeline.sources.block import make_document, visible
from pipeline.sources.origin import origin_of
from pipeline.sources.plain import layout
from pipeline.sources.raw import Raw
from pipeline.sources.surrogates import without_surrogates

_TEXT_FIELDS = ("text", "body", "content", "article")
_DATE_FIELDS = ("date", "published")
_FORMAT = 'write one JSON object to a line, such as {"text": "...", "date": "2026-03-01"}'


def read_jsonl(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield one result for each line that is not blank; line N of FILE is named `FILE#N`.

    Raises SourceError when the file is one JSON value over many lines.
    """
    decoded = raw.decoded()
    text, name = decoded.text, raw.name
    lines = text.split("\n")  # only this ends a line: U+2028 may stand inside a JSON string
    _refuse_single_value(text, lines)
    for number, line in enumerate(lines, start=1):
        if not visible(line):
            continue
        try:
            yield _record(line, file=name, part=str(number), encoding=decoded.encoding)
        except SourceError as error:
            reason = f"line {number} of {name}: {error}"
            yield Rejection(f"{name}#{number}", "sources", reason, error.hint)


def _refuse_single_value(text: str, lines: list[str]) -> None:
    """Raise for pretty-printed JSON: better one rejection than one for every line of it."""
    first = next(line for line in lines if visible(line))
    if first.strip() not in ("[", "{"):
        return
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return
    raise SourceError("is a JSON file, not JSON Lines: it holds one value", hint=_FORMAT)


def _record(line: str, *, file: str, part: str, encoding: str) -> Document:
    record = _parse(line)
    present = [field for field in _TEXT_FIELDS if record.get(field) is not None]
    if not present:
        raise SourceError(f"has none of the fields {', '.join(_TEXT_FIELDS)}", hint=_FORMAT)
    field = present[0]
    if not isinstance(record[field], str):
        kind = type(record[field]).__name__
        raise SourceError(f"field {field!r} must be a string, not {kind}", hint=_FORMAT)
    text = mojibake.repair(without_surrogates(record[field]))
    if not visible(text):
        raise SourceError(f"field {field!r} is empty", hint="remove the line")
    found = layout(text)
    date, notes = _date(record)
    title = record.get("title")
    if isinstance(title, str):
        title = " ".join(mojibake.repair(without_surrogates(title)).split())
    else:
        title = None
    return make_document(
        text,
        found.blocks,
        name=f"{file}#{part}",
        encoding=encoding,
        title=title or found.title,
        date=date or found.date,
        notes=notes,
        origin=replace(origin_of(record), part=part),
    )


def _parse(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"not valid JSON: {error.msg} at column {error.colno}", hint=_FORMAT
        ) from error
    except (ValueError, RecursionError) as error:  # numbers or nesting beyond all measure
        raise SourceError(f"not usable JSON: {error}", hint=_FORMAT) from error
    if not isinstance(record, dict):
        raise SourceError(f"holds a JSON {type(record).__name__}, not an object", hint=_FORMAT)
    return record


def _date(record: dict[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    for field in _DATE_FIELDS:
        value = record.get(field)
        if value is None or value == "":
            continue
        date = dates.parse(value) if isinstance(value, str) else None
        if date is None:
            return None, (f"the {field} {value!r:.60} was not understood",)
        return date, ()
    return None, ()

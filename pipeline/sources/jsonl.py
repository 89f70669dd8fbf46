"""JSON Lines: one article to a line; a line that is wrong costs only itself."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import visible
from pipeline.sources.fields import TEXT_FIELDS, kind_of
from pipeline.sources.raw import Raw
from pipeline.sources.record import record_document
from pipeline.sources.wires.ninjs import is_item, ninjs_document

_FORMAT = 'write one JSON object to a line, such as {"text": "...", "date": "2026-03-01"}'


def is_jsonl(data: bytes) -> bool:
    """Tell whether the first line of content is a JSON object."""
    line = data.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")[0]
    if not line.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


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
    try:
        if not any(field in record for field in TEXT_FIELDS) and is_item(record):
            return ninjs_document(record, file=file, encoding=encoding, part=part)
        return record_document(record, file=file, part=part, encoding=encoding)
    except SourceError as error:
        raise SourceError(str(error), hint=error.hint or _FORMAT) from error


def _parse(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"not valid JSON: {error.msg} at column {error.colno}", hint=_FORMAT
        ) from error
    except (ValueError, RecursionError) as error:  # numbers or nesting beyond all measure
        why = "it nests too deep" if isinstance(error, RecursionError) else "a number is too long"
        raise SourceError(f"not usable JSON: {why}", hint=_FORMAT) from error
    if not isinstance(record, dict):
        raise SourceError(f"holds {kind_of(record)}, not an object", hint=_FORMAT)
    return record

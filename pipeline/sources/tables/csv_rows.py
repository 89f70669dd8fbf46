"""CSV (RFC 4180, and what spreadsheets make of it): an article to a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.raw import Raw
from pipeline.sources.record import record_document
from pipeline.sources.tables.columns import has_names, named_fields, record_of

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_DECLARED = re.compile(r"sep=(.)\r?\n")  # Excel's own first line
_HINT = "name the columns in the first row: title, text, date, url"


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one row, and the number of its first line; no cells where it is damaged."""

    line: int
    cells: list[str]
    damage: str = ""


def read_csv(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield each row as a document; the row at line N of FILE is named `FILE#N`.

    Raises SourceError for a file in which no column holds texts.
    """
    decoded = raw.decoded()
    csv.field_size_limit(max(raw.max_bytes, csv.field_size_limit()))  # the process has one
    lines = _lines(decoded.text)
    declared = _DECLARED.match(decoded.text)
    skipped = 1 if declared else 0
    delimiter = declared[1] if declared else _delimiter(lines)
    rows = islice(_rows(lines, delimiter, skipped), _SAMPLE_ROWS)
    sample = [row.cells for row in rows if row.cells]
    if not sample:
        raise SourceError("holds no row that can be read", hint="check what it is")
    width = max(set(map(len, sample)), key=[len(row) for row in sample].count)
    named = has_names(sample[0]) and len(sample) > 1
    header = sample[0] if named else [f"column {n}" for n in range(1, width + 1)]
    names = named_fields(header, sample[1:] if named else sample)
    first = True
    for row in _rows(lines, delimiter, skipped):
        if named and first and row.cells == header:
            first = False
            continue
        try:
            yield _document(row, names, file=raw.name, encoding=decoded.encoding)
        except SourceError as error:
            reason = f"line {row.line} of {raw.name}: {error}"
            yield Rejection(f"{raw.name}#{row.line}", "sources", reason, error.hint or _HINT)


def _document(row: _Row, names: Sequence[str], *, file: str, encoding: str) -> Document:
    if row.damage:
        raise SourceError(row.damage, hint="mend the row: a quotation mark inside one is doubled")
    if len(row.cells) > len(names) and any(cell.strip() for cell in row.cells[len(names) :]):
        raise SourceError(
            f"has {len(row.cells)} cells, and the table {len(names)} columns",
            hint="put texts with the separator in them into quotation marks",
        )
    record = record_of(names, row.cells)
    return record_document(record, file=file, part=str(row.line), encoding=encoding)


def _lines(text: str) -> list[str]:
    end = "\n" if "\n" in text else "\r"  # U+2028 may stand inside a cell
    return [line + "\n" for line in text.split(end)]


def _delimiter(lines: Sequence[str]) -> str:
    """Return the character that parts the first rows into the most columns, all of one number."""

    def fit(delimiter: str) -> tuple[float, int]:
        found = [len(r.cells) for r in islice(_rows(lines, delimiter, 0), _SAMPLE_ROWS) if r.cells]
        usual = max(set(found), key=found.count, default=1)
        share = found.count(usual) / len(found) if found else 0.0
        return (share if usual > 1 else 0.0, usual)

    return max(_DELIMITERS, key=fit)


def _rows(lines: Sequence[str], delimiter: str, skipped: int) -> Iterator[_Row]:
    """Yield the rows that are not blank.

    A row with a quotation mark that is out of place would swallow those below it: it is read again
    as one line without the meaning of quotation marks, and the next row begins below.
    """
    at = skipped
    while at < len(lines):
        rows = csv.reader(islice(lines, at, None), delimiter=delimiter, strict=True)
        start = at
        try:
            for cells in rows:
                if any(cell.strip() for cell in cells):
                    yield _Row(start + 1, cells)
                start = at + rows.line_num
            return
        except csv.Error as error:
            yield _mended(lines[start], delimiter, start + 1, str(error))
            at = start + 1


def _mended(line: str, delimiter: str, number: int, fault: str) -> _Row:
    """Return a row of one line whose quotation marks are letters, if all of them stand inside."""
    line = line.rstrip("\r\n").replace("\r", " ")
    cells = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    if len(cells) > 1 and not any(cell.lstrip().startswith('"') for cell in cells):
        return _Row(number, cells)
    return _Row(number, [], f"is no row of a table: {fault}")

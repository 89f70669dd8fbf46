"""Parquet: an article to a row, read batch by batch."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.gzipped import megabytes
from pipeline.sources.raw import Archive
from pipeline.sources.record import record_document
from pipeline.sources.tables.columns import named_fields, record_of

_MAGIC = b"PAR1"
_BATCH_ROWS = 64
_PIECE_BYTES = 1_048_576
_DENSEST = 200  # times that a column of real texts may be packed; above it is a bomb
_AGAIN = "copy or download it again, or save it as CSV or JSON Lines"


def is_parquet(data: bytes) -> bool:
    """Tell whether content begins like Parquet."""
    return data.startswith(_MAGIC)


def read_parquet(archive: Archive) -> Iterator[Document | Rejection]:
    """Yield each row as a document; row N of FILE, counted from 1, is named `FILE#N`.

    Raises SourceError for a file that cannot be read or has no column of texts, or where pyarrow is
    not installed.
    """
    table = _opened(archive)
    number = 0
    names: Sequence[str] = ()
    for batch in _batches(table):
        if not names:
            names = named_fields(batch.schema.names, list(_rows(batch)))
        for row in _rows(batch):
            number += 1
            try:
                record = record_of(names, row)
                yield record_document(record, file=archive.name, part=str(number), encoding="utf-8")
            except SourceError as error:
                reason = f"row {number} of {archive.name}: {error}"
                hint = error.hint or "name its columns: title, text, date, url"
                yield Rejection(f"{archive.name}#{number}", "sources", reason, hint)
    if not number:
        raise SourceError("holds no row", hint="check what it is")


def _opened(archive: Archive) -> Any:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise SourceError(
            "is a Parquet table, and pyarrow, which reads them, is not installed",
            hint="install it with: pip install -c configs/constraints.txt pyarrow"
            " (or nightdesk[tables]); or save the table as CSV",
        ) from error
    try:
        metadata = parquet.read_metadata(archive.file)
        _refuse_bomb(metadata, limit=archive.max_bytes)
        return parquet.ParquetFile(
            archive.file,
            read_dictionary=_with_dictionaries(metadata),
            buffer_size=_PIECE_BYTES,
            pre_buffer=False,
        )
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise SourceError(f"is a broken Parquet table: {error!s:.100}", hint=_AGAIN) from error


def _with_dictionaries(metadata: Any) -> list[str]:
    """Return the columns that are packed with dictionaries: a value that repeats is held once.

    pyarrow can read no other column that way, and says so only when it reads.
    """
    found: dict[str, bool] = {}
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            plain = not any(encoding.startswith("DELTA") for encoding in chunk.encodings)
            packed = chunk.physical_type == "BYTE_ARRAY" and chunk.has_dictionary_page and plain
            path = chunk.path_in_schema
            found[path] = packed and found.get(path, True)
    return [path for path, packed in found.items() if packed]


def _refuse_bomb(metadata: Any, *, limit: int) -> None:
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            packed, whole = chunk.total_compressed_size, chunk.total_uncompressed_size
            if whole > limit and whole > _DENSEST * packed:
                raise SourceError(
                    f"unpacks to more than the limit: {megabytes(whole)} in one column",
                    hint="raise sources.max_file_mb in the configuration",
                )


def _batches(table: Any) -> Iterator[Any]:
    """Yield the rows in batches, of columns that may say something of a text."""
    from pyarrow import ArrowException

    try:
        columns = [field.name for field in table.schema_arrow if _tells(field.type)]
        yield from table.iter_batches(batch_size=_BATCH_ROWS, columns=columns, use_threads=False)
    except (ArrowException, OSError, ValueError) as error:
        raise SourceError(
            f"is a broken Parquet table: {error!s:.100}; the rows before it were read", hint=_AGAIN
        ) from error


def _tells(kind: Any) -> bool:
    """Tell whether a column may hold texts, names, numbers of rows or times: no vectors."""
    from pyarrow import types

    if types.is_list(kind) or types.is_large_list(kind):
        kind = kind.value_type
        return bool(types.is_string(kind) or types.is_large_string(kind))
    simple = (
        *(types.is_string, types.is_large_string, types.is_dictionary, types.is_integer),
        *(types.is_timestamp, types.is_date),
    )
    return any(test(kind) for test in simple)


def _rows(batch: Any) -> Iterator[list[Any]]:
    for number in range(batch.num_rows):
        yield [_plain(column[number]) for column in batch.columns]


def _plain(cell: Any) -> Any:
    """Return a cell as JSON would have it; None for a time that Python cannot hold.

    pyarrow refuses nanoseconds where pandas is not installed.
    """
    try:
        value = cell.as_py()
    except (ValueError, OverflowError):
        return None
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    return None if isinstance(value, bytes) else value

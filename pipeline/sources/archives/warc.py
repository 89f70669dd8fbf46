"""WARC (ISO 28500): the web pages that a crawler has kept, one after the other.

Of responses, those that are pages and were found (200) become documents. Redirects, errors,
requests and revisits, which only say that a page was the same as before, are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import BinaryIO

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.archives.http import PAGE_TYPES, response_body, response_headers
from pipeline.sources.gzipped import megabytes
from pipeline.sources.html import read_html
from pipeline.sources.origin import web_address
from pipeline.sources.raw import Archive, Raw

_START = re.compile(rb"WARC/[01]\.\d+\r?\n|\x1f\x8b\x08[\x00-\x1f]|\x28\xb5\x2f\xfd")
_PIECE_BYTES = 1_048_576
_LONGEST_START = 16
_HEADERS_BYTES = 65_536
_FOUND = (200, 203)
_AGAIN = "copy or download it again; what is whole in it was read"
_MOST_DAMAGES = 1_000


@dataclass(frozen=True, slots=True)
class _Record:
    """A record that may be a page: its block, or of a longer one the beginning.

    `length` is that of the block by the record's own headers.
    """

    url: str | None
    date: str | None
    is_http: bool
    content_type: str
    block: bytes
    length: int
    truncated: str | None
    segmented: bool


@dataclass(frozen=True, slots=True)
class _Damage:
    """A stretch of a file, from the offset `at`, that holds no record."""

    at: int
    what: str


def is_warc(data: bytes) -> bool:
    """Tell whether content begins like a WARC file that is not packed."""
    return data.startswith((b"WARC/1.", b"WARC/0."))


def read_warc(archive: Archive) -> Iterator[Document | Rejection | None]:
    """Yield the pages in a WARC file, packed (gzip, Zstandard) record by record or not at all.

    Page N of FILE is named `FILE#N`; None tells that reading goes on. Raises SourceError for a
    file without any page.
    """
    found = False
    for item in pages(archive.file, archive, numbers=count(1)):
        found = found or item is not None
        yield item
    if not found:
        raise SourceError("holds no web page", hint="look at it with a WARC tool")


def pages(
    file: BinaryIO, archive: Archive, *, numbers: Iterator[int]
) -> Iterator[Document | Rejection | None]:
    """Yield the pages in `file`, which is, or is in, an archive; `numbers` are their places."""
    for record in _records(file, max_bytes=archive.max_bytes):
        if isinstance(record, _Damage):
            part = str(next(numbers))
            reason = f"record {part} of {archive.name}, at byte {record.at}: {record.what}"
            yield Rejection(f"{archive.name}#{part}", "sources", reason, _AGAIN)
        elif record is None or not _is_page(record):
            yield None
        else:
            yield _page(record, archive, part=str(next(numbers)))


def _is_page(record: _Record) -> bool:
    if not record.is_http:
        return record.content_type in PAGE_TYPES
    headers = response_headers(record.block)
    return headers is not None and headers.status in _FOUND and headers.content_type in PAGE_TYPES


def _page(record: _Record, archive: Archive, *, part: str) -> Document | Rejection:
    name = f"{archive.name}#{part}"
    try:
        (document,) = read_html(_raw(record, archive, name))
    except SourceError as error:
        reason = f"record {part} of {archive.name}, {record.url}: {error}"
        return Rejection(name, "sources", reason, error.hint)
    notes = document.notes
    if record.truncated:
        notes = (*notes, f"the crawler kept only the beginning of the page ({record.truncated})")
    return replace(
        document,
        date=document.date or (record.date or "")[: len("2026-03-01")] or None,
        notes=notes,
        origin=replace(document.origin, url=record.url or document.origin.url, part=part),
    )


def _raw(record: _Record, archive: Archive, name: str) -> Raw:
    if record.length > archive.max_bytes:
        raise SourceError(
            f"is larger than the limit: {megabytes(record.length)},"
            f" limit {megabytes(archive.max_bytes)}",
            hint="raise sources.max_file_mb in the configuration",
        )
    if record.segmented:
        raise SourceError("is one segment of a page", hint="join the segments of the archive")
    if len(record.block) < record.length:
        raise SourceError(
            f"is cut off: {len(record.block)} of {record.length} bytes are there", hint=_AGAIN
        )
    headers = response_headers(record.block) if record.is_http else None
    if headers is None:
        return Raw(record.block, name, max_bytes=archive.max_bytes)
    body = response_body(record.block, headers, max_bytes=archive.max_bytes)
    return Raw(body, name, headers.charset, archive.max_bytes)


def _records(file: BinaryIO, *, max_bytes: int) -> Iterator[_Record | _Damage | None]:
    """Yield the records that may be pages, None for the others, and what stands in between.

    1. Read record by record, as long as each begins where the one before it ends.
    2. Behind the last good one, look for the next beginning of a record, or of a packed one.
    3. One damage is told once: where its beginning is found, there, and else behind the record
       before it.
    """
    at: int | None = 0
    behind: int | None = None  # a record with something else behind it that was not told yet
    damages = 0
    while at is not None and damages < _MOST_DAMAGES:
        file.seek(at)
        last: int | None = None
        try:
            for record in _from_here(file, max_bytes=max_bytes):
                if behind is not None:
                    yield _Damage(behind, "something that is no record stands behind it")
                behind, last = None, record.at
                yield record.found
            return
        except OSError as error:
            damages += 1
            if last is None:
                yield _Damage(at, f"no record can be read there ({error})")
            behind = last
            at = _next_start(file, (at if last is None else last) + 1)
    if behind is not None:
        yield _Damage(behind, "something that is no record stands behind it")


@dataclass(frozen=True, slots=True)
class _Read:
    at: int
    found: _Record | None


def _from_here(file: BinaryIO, *, max_bytes: int) -> Iterator[_Read]:
    """Yield records from where the file stands. Raises OSError where they end in anything else."""
    from fastwarc import ArchiveIterator, WarcRecordType

    wanted = WarcRecordType.response | WarcRecordType.resource
    for record in ArchiveIterator(file, record_types=WarcRecordType.any_type, parse_http=False):
        at = record.stream_pos
        if not record.record_type & wanted:
            yield _Read(at, None)
            continue
        get = record.headers.get
        length = record.content_length
        block = record.reader.read(length if length <= max_bytes else _HEADERS_BYTES)
        yield _Read(
            at,
            _Record(
                url=web_address((get("WARC-Target-URI") or "").strip("<>")),  # as wget 1.19 has it
                date=get("WARC-Date"),
                is_http=record.is_http,
                content_type=(get("Content-Type") or "").partition(";")[0].strip().lower(),
                block=bytes(block),
                length=length,
                truncated=get("WARC-Truncated"),
                segmented=get("WARC-Segment-Number") is not None,
            ),
        )


def _next_start(file: BinaryIO, at: int) -> int | None:
    """Return the offset of the next beginning of a record at or behind `at`, or None."""
    file.seek(at)
    window = b""
    while piece := file.read(_PIECE_BYTES):
        window += piece
        found = _START.search(window)
        if found is not None:
            return at + found.start()
        kept = window[-_LONGEST_START:]
        at += len(window) - len(kept)
        window = kept
    return None

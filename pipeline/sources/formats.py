"""The table of formats: a new format is a module with a reader, and a line here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pipeline.errors import SourceError
from pipeline.sources.archives.wacz import read_wacz
from pipeline.sources.archives.warc import is_warc, read_warc
from pipeline.sources.captions.captions import is_srt, is_vtt, read_captions
from pipeline.sources.feeds.feed import is_feed, read_feed
from pipeline.sources.feeds.json_feed import is_json_feed, read_json_feed
from pipeline.sources.html import is_page, read_html
from pipeline.sources.jsonl import is_jsonl, read_jsonl
from pipeline.sources.mail.eml import is_eml, is_mbox, read_eml, read_mbox
from pipeline.sources.mail.msg import is_msg, read_msg
from pipeline.sources.markdown import read_markdown
from pipeline.sources.office.docx import is_docx, read_docx
from pipeline.sources.office.epub import is_epub, read_epub
from pipeline.sources.office.odt import is_odt, read_odt
from pipeline.sources.office.rtf import is_rtf, read_rtf
from pipeline.sources.pdf import is_pdf, read_pdf
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import ArchiveReader, Reader
from pipeline.sources.tables.csv_rows import read_csv
from pipeline.sources.tables.parquet import is_parquet, read_parquet
from pipeline.sources.telegram.export_html import is_telegram_page, read_telegram_page
from pipeline.sources.telegram.export_json import is_telegram_json, read_telegram_json
from pipeline.sources.wires.newsml import is_newsml, read_newsml
from pipeline.sources.wires.ninjs import is_ninjs, read_ninjs
from pipeline.sources.wires.nitf import is_nitf, read_nitf

_GZIP = ".gz"
_SUFFIX = re.compile(r"[^.]\.(?=\w{0,11}[A-Za-z])\w{1,12}$", re.ASCII)


def _never(_: bytes) -> bool:
    """Tell of a format that only the name of a file gives away."""
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    `suffixes` are in lower case; `packed` is whether `.gz` of such a file is read as well.
    `recognises` tells the content of a stream that has no name, and of a file whose suffix several
    formats share; one that `takes_the_rest` reads what no format before it recognises.
    """

    suffixes: tuple[str, ...]
    read: Reader
    recognises: Callable[[bytes], bool] = _never
    packed: bool = True
    takes_the_rest: bool = False


@dataclass(frozen=True, slots=True)
class ArchiveFormat:
    """One kind of file that is read piece by piece, whatever its size."""

    suffixes: tuple[str, ...]
    read: ArchiveReader
    recognises: Callable[[bytes], bool] = _never


TEXT = Format(
    (".txt", ".text", ".log"), read_plain
)  # the format of a stream that no other recognises
FORMATS = (
    TEXT,
    Format((".md", ".markdown"), read_markdown),
    Format((".html", ".htm"), read_telegram_page, is_telegram_page),
    Format((".html", ".htm", ".xhtml"), read_html, is_page, takes_the_rest=True),
    Format((".jsonl", ".ndjson"), read_jsonl, is_jsonl),
    Format((".pdf",), read_pdf, is_pdf, packed=False),
    Format((".docx", ".docm"), read_docx, is_docx, packed=False),
    Format((".odt", ".fodt"), read_odt, is_odt, packed=False),
    Format((".rtf",), read_rtf, is_rtf),
    Format((".epub",), read_epub, is_epub, packed=False),
    Format((".eml",), read_eml, is_eml),
    Format((".mbox",), read_mbox, is_mbox),
    Format((".msg",), read_msg, is_msg, packed=False),
    Format((".rss", ".atom", ".rdf", ".xml"), read_feed, is_feed),
    Format((".json",), read_json_feed, is_json_feed),
    Format((".nitf", ".xml"), read_nitf, is_nitf),
    Format((".newsml", ".xml"), read_newsml, is_newsml, takes_the_rest=True),
    Format((".json",), read_telegram_json, is_telegram_json),
    Format((".ninjs", ".json"), read_ninjs, is_ninjs, takes_the_rest=True),
    Format((".csv", ".tsv"), read_csv),
    Format((".srt",), read_captions, is_srt),
    Format((".vtt",), read_captions, is_vtt),
)
ARCHIVES = (
    ArchiveFormat((".warc", ".warc.gz", ".warc.zst"), read_warc, is_warc),
    ArchiveFormat((".wacz",), read_wacz),
    ArchiveFormat((".parquet",), read_parquet, is_parquet),
)
_ALL: tuple[Format | ArchiveFormat, ...] = (*ARCHIVES, *FORMATS)
PLAIN_SUFFIXES = tuple(dict.fromkeys(suffix for known in _ALL for suffix in known.suffixes))
SUFFIXES = (
    *PLAIN_SUFFIXES,
    *dict.fromkeys(
        suffix + _GZIP for known in FORMATS if known.packed for suffix in known.suffixes
    ),
)


def suffix_of(name: str) -> str:
    """Return the member of `SUFFIXES` that a file name ends with, in any case, or nothing."""
    lower = name.lower()
    at = lower.find(".")
    while at >= 0:
        if lower[at:] in SUFFIXES:
            return lower[at:]
        at = lower.find(".", at + 1)
    return ""


def has_suffix(name: str) -> bool:
    """Tell whether a file name ends as names of a kind do: `a.csv`, not `wire`, nor `No. 12`."""
    return _SUFFIX.search(name) is not None


@cache
def unpacked(suffix: str) -> str:
    """Return the first suffix of the format of a member of `SUFFIXES`: `.md` for `.markdown.gz`.

    One that several formats share stays as it is, and nothing stays nothing.
    """
    plain = suffix if suffix in PLAIN_SUFFIXES else suffix.removesuffix(_GZIP)
    found = [known.suffixes for known in _ALL if plain in known.suffixes]
    return found[0][0] if len(found) == 1 else plain


def is_packed(suffix: str) -> bool:
    """Tell whether files of this suffix are packed with gzip, and have to be unpacked first."""
    return suffix.endswith(_GZIP) and suffix not in PLAIN_SUFFIXES


def recognised(data: bytes) -> str:
    """Return the suffix that a file with this content would have; `.txt` where nothing tells."""
    return next((known for known in _ALL if known.recognises(data)), TEXT).suffixes[0]


def reader(suffix: str, data: bytes) -> Reader:
    """Return the reader of files of an unpacked suffix; `data` tells formats that share one apart.

    Raises SourceError where `data` is of none of them, and ValueError for a suffix that is not in
    the table.
    """
    found = _formats_of(suffix)
    if not found:
        raise ValueError(f"no reader for {suffix!r}: one of {', '.join(PLAIN_SUFFIXES)}")
    if len(found) > 1:
        found = tuple(known for known in found if known.recognises(data) or known.takes_the_rest)
    if not found:
        raise SourceError(
            f"is a {suffix} file of a kind that is not read",
            hint="save what it holds as text, as a web page, or as JSON Lines",
        )
    return found[0].read


@cache
def _formats_of(suffix: str) -> tuple[Format, ...]:
    return tuple(known for known in FORMATS if suffix in known.suffixes)


def archive_reader(suffix: str) -> ArchiveReader | None:
    """Return the reader of archives of a suffix, or None for files that are read whole."""
    return next((known.read for known in ARCHIVES if suffix in known.suffixes), None)

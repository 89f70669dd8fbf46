"""The table of formats: a new format is a module with a reader, and a line here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.sources.html import is_page, read_html
from pipeline.sources.jsonl import is_jsonl, read_jsonl
from pipeline.sources.markdown import read_markdown
from pipeline.sources.pdf import is_pdf, read_pdf
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import Reader

_GZIP = ".gz"
_SUFFIX = re.compile(r"[^.]\.(?=\w{0,11}[A-Za-z])\w{1,12}$", re.ASCII)


def _never(_: bytes) -> bool:
    """Tell of a format that only the name of a file gives away."""
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    `suffixes` are in lower case, `recognises` tells the content of a stream that has no name,
    `packed` is whether `.gz` of such a file is read as well.
    """

    suffixes: tuple[str, ...]
    read: Reader
    recognises: Callable[[bytes], bool] = _never
    packed: bool = True


TEXT = Format(
    (".txt", ".text", ".log"), read_plain
)  # the format of a stream that no other recognises
FORMATS = (
    TEXT,
    Format((".md", ".markdown"), read_markdown),
    Format((".html", ".htm", ".xhtml"), read_html, is_page),
    Format((".jsonl", ".ndjson"), read_jsonl, is_jsonl),
    Format((".pdf",), read_pdf, is_pdf, packed=False),
)
PLAIN_SUFFIXES = tuple(suffix for known in FORMATS for suffix in known.suffixes)
SUFFIXES = (
    *PLAIN_SUFFIXES,
    *(suffix + _GZIP for known in FORMATS if known.packed for suffix in known.suffixes),
)


def suffix_of(name: str) -> str:
    """Return the member of `SUFFIXES` that a file name ends with, in any case, or nothing."""
    lower = name.lower()
    return next((s for s in sorted(SUFFIXES, key=len, reverse=True) if lower.endswith(s)), "")


def has_suffix(name: str) -> bool:
    """Tell whether a file name ends as names of a kind do: `a.csv`, not `wire`, nor `No. 12`."""
    return _SUFFIX.search(name) is not None


def unpacked(suffix: str) -> str:
    """Return the first suffix of the format of a member of `SUFFIXES`: `.md` for `.markdown.gz`.

    Nothing stays nothing.
    """
    plain = suffix.removesuffix(_GZIP)
    return next((known.suffixes[0] for known in FORMATS if plain in known.suffixes), "")


def is_packed(suffix: str) -> bool:
    """Tell whether files of this suffix are packed with gzip."""
    return suffix.endswith(_GZIP)


def recognised(data: bytes) -> str:
    """Return the suffix that a file with this content would have; `.txt` where nothing tells."""
    return next((known for known in FORMATS if known.recognises(data)), TEXT).suffixes[0]


def reader(suffix: str) -> Reader:
    """Return the reader of files of an unpacked suffix.

    Raises ValueError for a suffix that is not in the table.
    """
    for known in FORMATS:
        if suffix in known.suffixes:
            return known.read
    raise ValueError(f"no reader for {suffix!r}: one of {', '.join(PLAIN_SUFFIXES)}")

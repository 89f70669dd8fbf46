r"""Paths of the record and the page of a document below the folder of a run.

The path is the name of the document, so that people find it, with three changes. Every changed
part is marked with a tilde and 16 hex digits of the sha256 of the original part, so that no two
documents share a file, and none needs a folder where another has its file:

1. A folder that ends in `.md`, `.json` or `.html` gets the mark: it might be a document's page.
2. A part that is too long for a file system is cut, by bytes, and gets the mark.
3. Folders that are too long together become one, of the mark alone.

A part that looks like a marked one already is marked as well.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath

from pipeline.document import Document

DOCUMENTS = "documents"
_DIGITS = 16
_MARK = re.compile(rf"~[0-9a-f]{{{_DIGITS}}}")
_SUFFIX = re.compile(r"\.[\w.#]{1,20}$", re.ASCII)  # `.txt`, `.jsonl#12`
_ENDS = (".md", ".json", ".html")  # of the pages and the record
_PART_BYTES = 255  # of most file systems, see NAME_MAX in limits.h
_FOLDERS_BYTES = 1_024  # leaves three quarters of PATH_MAX for the folder of the run


def page_path(document: Document) -> str:
    """Return the path of a document's page, relative to the folder of the run."""
    return f"{DOCUMENTS}/{record_stem(document.name)}.md"


def html_path(document: Document) -> str:
    """Return the path of a document's page in a digest, relative to the folder of the digest."""
    return f"{DOCUMENTS}/{record_stem(document.name)}.html"


def record_path(document: Document) -> str:
    """Return the path of a document's record, relative to the folder of the run."""
    return f"{DOCUMENTS}/{record_stem(document.name)}.json"


def record_stem(name: str) -> str:
    """Return the path that stands for the name of a document, without the ending of its files.

    The path stays below the folder of the run for every name, `..` in it included.
    """
    *folders, file = inside(name).parts or ("",)
    marked = [_folder(part) for part in folders]
    if sum(len(part.encode()) + 1 for part in marked) > _FOLDERS_BYTES:
        marked = [_mark("/".join(folders))]
    return "/".join([*marked, _fitting(file, _PART_BYTES - max(map(len, _ENDS)))])


def inside(name: str) -> PurePosixPath:
    """Return a relative path without `..`: it leads to no place above where it begins."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "//", "..", ".")]
    return PurePosixPath(*parts)


def _folder(part: str) -> str:
    if part.lower().endswith(_ENDS):  # in any case: some file systems do not tell `a.MD` from it
        return _cut(part, _PART_BYTES - 1 - _DIGITS) + _mark(part)
    return _fitting(part, _PART_BYTES)


def _fitting(part: str, size: int) -> str:
    """Return a part of a path in at most `size` bytes, marked if it was changed."""
    if len(part.encode()) <= size and not _MARK.search(part):
        return part
    suffix = found.group() if (found := _SUFFIX.search(part)) else ""
    kept = _cut(part.removesuffix(suffix), size - 1 - _DIGITS - len(suffix))
    return kept + _mark(part) + suffix


def _mark(text: str) -> str:
    return f"~{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"


def _cut(text: str, size: int) -> str:
    """Return the beginning of a text, no longer than `size` bytes, without half characters."""
    return text.encode()[:size].decode("utf-8", "ignore")

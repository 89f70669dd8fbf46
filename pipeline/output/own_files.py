"""Files that Nightdesk wrote, told from the texts of its user: by a mark in them, or by a list.

A folder of results may lie among the texts of the next run, be moved, or be copied in part. Pages
bear a mark that no reader sees; a ledger and a record are known by their fields; and a run lists
its files in its `run.json`, which knows the pages of earlier versions, too.
"""

from __future__ import annotations

import json
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

RUN_FILE = "run.json"
NIGHT_FILE = "night.json"  # the documents of a night; written last, and it makes a folder a night
MARK = "<!-- Written by Nightdesk: a result, not a text to read. -->"  # last line of a page
_GENERATOR = b'<meta name="generator" content="Nightdesk">'
_FEED = b"<generator>Nightdesk</generator>"
_DIGESTS = ("digest.md", "digest.html", "digest.atom", "digest.json")
_MARKED_BYTES = 2_048  # at the end, or the beginning, of a file
_LEDGER = frozenset({"document", "id", "paragraph", "span", "stage", "reason", "cut", "cut_text"})
_RUN = frozenset({"files", "rejections"})
_RECORD = frozenset({"schema_version", "id", "paragraphs", "engines", "text"})
_DIGEST = frozenset({"schema_version", "edition", "stories", "account"})


def own_files(root: Path, files: Iterable[Path]) -> frozenset[Path]:
    """Return those of `files` below `root` that Nightdesk wrote, in this run or in any other."""
    lists: dict[Path, frozenset[str]] = {}
    found: set[Path] = set()
    for file in files:
        folders = [folder for folder in file.parents if folder == root or root in folder.parents]
        for folder in folders:
            if folder not in lists:
                lists[folder] = listed(folder)
        names = ((lists[folder], file.relative_to(folder).as_posix()) for folder in folders)
        if any(name in names_of for names_of, name in names) or wrote(file):
            found.add(file)
    return frozenset(found)


def listed(folder: Path) -> frozenset[str]:
    """Return the files that a run or a night in `folder` lists as its own, relative to it."""
    record = _json(folder / RUN_FILE)
    if not isinstance(record, dict) or not record.keys() >= _RUN:
        return frozenset()
    night = (NIGHT_FILE, *_DIGESTS) if _is_file(folder / NIGHT_FILE) else ()
    return frozenset((*map(str, record["files"]), RUN_FILE, *night))


def wrote(path: Path) -> bool:
    """Tell whether Nightdesk wrote the file at `path`, by what is in the file."""
    if not _is_file(path):
        return False
    suffix = path.suffix.lower()
    if suffix == ".md":
        return _bytes(path, end=True).rstrip().endswith(MARK.encode())
    if suffix == ".html":
        return _GENERATOR in _bytes(path, end=False)
    if suffix == ".atom":
        return _FEED in _bytes(path, end=False)
    if suffix == ".jsonl":
        return _is_ledger(path)
    if suffix == ".json":
        record = _json(path)
        return isinstance(record, dict) and any(
            record.keys() >= k for k in (_RUN, _RECORD, _DIGEST)
        )
    return False


def told(files: Iterable[Path], root: Path) -> str:
    """Return how many files are not read, and in which folders below `root`, for a person."""
    paths = [file.relative_to(root).parts for file in files]
    folders = Counter(parts[0] for parts in paths if len(parts) > 1)
    alone = [parts[0] for parts in paths if len(parts) == 1]
    named = ", ".join(sorted([*(f"{n} in {name}" for name, n in folders.items()), *alone]))
    return f"not read, for Nightdesk wrote them: {named}"


def _is_ledger(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as lines:
            first = lines.readline(1_000_000)
        return isinstance(entry := json.loads(first), dict) and entry.keys() >= _LEDGER
    except (OSError, ValueError, RecursionError):
        return False


def _json(path: Path) -> Any:
    if not _is_file(path):
        return None
    with suppress(OSError, ValueError, RecursionError):
        return json.loads(path.read_text(encoding="utf-8"))
    return None


def _bytes(path: Path, *, end: bool) -> bytes:
    """Return the first or the last bytes of a file; none where the file cannot be read."""
    with suppress(OSError), path.open("rb") as file:
        if end:
            file.seek(max(0, path.stat().st_size - _MARKED_BYTES))
        return file.read(_MARKED_BYTES)
    return b""


def _is_file(path: Path) -> bool:
    """Tell whether there is a regular file: opening a pipe would wait for its other end."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 - Path.stat is the same call
    except (OSError, ValueError):
        return False

"""The inboxes of a night: folders and patterns to files, and files to documents."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import SourceOptions
from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, UsageError
from pipeline.inputs import inputs
from pipeline.paths import MAGIC, expanded, is_pattern
from pipeline.progress import Progress
from pipeline.sources.folder import Listing, read_file
from pipeline.sources.names import printable


@dataclass(frozen=True, slots=True)
class Input:
    """One file: its name among the documents, and the folder it must not lead out of."""

    path: Path
    name: str
    root: Path


@dataclass(frozen=True, slots=True)
class Inbox:
    """The files of all inboxes, sorted by name; `others` are names of kinds that have no reader.

    `refused` are inboxes that cannot be read, beside others that can.
    """

    files: tuple[Input, ...]
    others: tuple[str, ...]
    refused: tuple[Rejection, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder to read, or one file; `prefix` stands before the names of what is in it."""

    path: Path
    prefix: str


def gather(inboxes: Sequence[str | Path], out: Path, *, progress: Progress) -> Inbox:
    """Return the files of the inboxes, without those that nights and runs have written.

    Names are paths below an inbox; where there are several inboxes, or a pattern, the inbox's own
    name stands before them. Raises UsageError for an inbox within `out`, and where no inbox at all
    can be read.
    """
    files: dict[Path, Input] = {}
    others: list[str] = []
    refused: list[Rejection] = []
    failure: UsageError | None = None
    places = [place for inbox in _distinct(inboxes) for place in _places(inbox)]
    for place in places:
        try:
            listing = _listing(place.path, out, progress=progress)
        except UsageError as error:
            failure = error
            name = printable(place.prefix or place.path.name)
            refused.append(Rejection(name, "sources", str(error), error.hint))
            continue
        root = place.path if place.path.is_dir() else place.path.parent
        for path in listing.files:
            files.setdefault(path, Input(path, _name(place, path), root))
        others += [printable(_name(place, path)) for path in listing.others]
    if failure is not None and len(refused) == len(places):
        raise failure
    ordered = sorted(files.values(), key=lambda found: found.name)
    return Inbox(tuple(ordered), tuple(sorted(others)), tuple(refused))


def read_inbox(
    inbox: Inbox, *, options: SourceOptions, progress: Progress
) -> Iterator[Document | Rejection]:
    """Read the files of an inbox; an inbox that cannot be read is rejected by its own name."""
    progress.stage("read", total=len(inbox.files), unit="files")
    yield from inbox.refused
    for found in inbox.files:
        yield from read_file(
            found.path,
            name=found.name,
            max_file_bytes=int(options.max_file_mb * 1_000_000),
            max_text_s=options.max_text_s,
            root=found.root,
        )
        progress.advance()


def _distinct(inboxes: Sequence[str | Path]) -> list[tuple[Path, str | None]]:
    """Return the inboxes with the prefix of each: None for a pattern, which gives its own."""
    paths = [expanded(inbox, named_by="nightly.inbox") for inbox in inboxes]
    if len(paths) == 1:
        return [(paths[0], None if is_pattern(paths[0]) else "")]
    named = Counter(path.name for path in paths)
    return [
        (path, None if is_pattern(path) else path.name if named[path.name] == 1 else str(path))
        for path in paths
    ]


def _places(inbox: tuple[Path, str | None]) -> Iterator[_Place]:
    path, prefix = inbox
    if prefix is not None:
        yield _Place(path, prefix.strip("/"))
        return
    fixed = next(i for i, part in enumerate(path.parts) if MAGIC & set(part))
    base = Path(*path.parts[:fixed])
    for found in sorted(glob.glob(str(path), recursive=True)):  # noqa: PTH207 - ** and links
        yield _Place(Path(found), Path(found).relative_to(base).as_posix())


def _name(place: _Place, path: Path) -> str:
    if path == place.path:
        return place.prefix
    below = path.relative_to(place.path).as_posix()
    return f"{place.prefix}/{below}" if place.prefix else below


def _listing(path: Path, out: Path, *, progress: Progress) -> Listing:
    nights = _real(out)
    if _real(path).is_relative_to(nights):
        raise UsageError(
            f"{path}: is in the folder of the nights, {out}",
            hint="choose an inbox outside of it, or another folder with --out",
        )
    if path.is_file():  # of a pattern
        return Listing([path], [])
    try:
        return inputs(path, out, progress=progress)
    except EmptyFolderError:
        return Listing([], [])  # a night on which nothing came in is no mistake


def _real(path: Path) -> Path:
    """Return a path without links; `Path.resolve` raises for one that leads to itself."""
    return Path(os.path.realpath(path))

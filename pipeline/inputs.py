"""The files of a folder that a run reads, and the documents in them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError
from pipeline.output.own_files import own_files, told
from pipeline.progress import Progress
from pipeline.sources.folder import Listing, list_files, read_file
from pipeline.sources.names import printable


def names_below(root: Path, files: Iterable[Path]) -> tuple[str, ...]:
    """Return the names of `files` as documents are named: by their path below `root`."""
    return tuple(printable(path.relative_to(root).as_posix()) for path in files)


def inputs(root: Path, out: Path, *, progress: Progress) -> Listing:
    """Return the files below `root` that neither lie in `out` nor were written by a run or a night.

    Raises EmptyFolderError where none is left.
    """
    listing = list_files(root)
    results = Path(os.path.realpath(out))

    def outside(files: Sequence[Path]) -> list[Path]:
        return [f for f in files if not Path(os.path.realpath(f)).is_relative_to(results)]

    found = Listing(outside(listing.files), outside(listing.others))
    own = own_files(root, [*found.files, *found.others])
    if own:
        progress.remark(told(own, root))
    files = [f for f in found.files if f not in own]
    if not files:
        raise EmptyFolderError(
            f"{root}: every file in it was written by Nightdesk",
            hint="choose an output folder outside of the input folder",
        )
    return Listing(files, [f for f in found.others if f not in own])


def read_files(
    root: Path, files: Iterable[Path], *, config: Config, progress: Progress
) -> Iterator[Document | Rejection]:
    """Read `files`, named by their path below `root`."""
    files = list(files)
    progress.stage("read", total=len(files), unit="files")
    limit = int(config.sources.max_file_mb * 1_000_000)
    for path in files:
        name = path.relative_to(root).as_posix()
        yield from read_file(
            path,
            name=name,
            max_file_bytes=limit,
            max_text_s=config.sources.max_text_s,
            root=root,
        )
        progress.advance()

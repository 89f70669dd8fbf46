"""Files and folders to documents: which are read, which are left, and which cannot be used."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, SourceError, UsageError
from pipeline.sources import gzipped
from pipeline.sources.formats import (
    PLAIN_SUFFIXES,
    has_suffix,
    is_packed,
    reader,
    recognised,
    suffix_of,
    unpacked,
)
from pipeline.sources.names import printable
from pipeline.sources.raw import EMPTY_HINT, MAX_BYTES, Raw
from pipeline.sources.time_limit import within
from pipeline.sources.unreadable import leads_out, link_out, unreadable, unreadable_folder

MAX_TEXT_S = 60.0


@dataclass(frozen=True, slots=True)
class Listing:
    """The files below a folder, sorted by relative POSIX path.

    `files` have a known suffix, or none, so that their content tells the format; `others` are of
    kinds that are not read.
    """

    files: list[Path]
    others: list[Path]


def list_files(root: Path) -> Listing:
    """Return the files below `root`.

    Hidden files and folders are left out; a folder reached by several links is listed once. A
    folder below `root` that cannot be opened, or is a link to the outside, is among the files, so
    that reading it says so. Raises
    UsageError when `root` is not a folder or cannot be opened, EmptyFolderError when it holds
    nothing to read.
    """
    try:
        os.scandir(root).close()
    except NotADirectoryError as error:
        raise UsageError(
            f"{root}: is a file, not a folder", hint="give the folder it is in"
        ) from error
    except FileNotFoundError as error:
        raise UsageError(f"{root}: no such folder", hint="check the path") from error
    except OSError as error:
        raise unreadable_folder(root, error) from error
    found = sorted(_walk(root), key=lambda path: path.relative_to(root).as_posix())
    files = [path for path in found if suffix_of(path.name) or not has_suffix(path.name)]
    others = [path for path in found if not suffix_of(path.name) and has_suffix(path.name)]
    if not files:
        kinds = sorted({path.suffix.lower() for path in others})
        but = f", but {len(others)} of other kinds: {' '.join(kinds[:10])}" if others else ""
        raise EmptyFolderError(
            f"{root}: the folder holds no file that can be read{but}",
            hint=f"put files into it that end in {', '.join(PLAIN_SUFFIXES)}"
            " (or .gz of the text ones)",
        )
    return Listing(files, others)


def read_file(
    path: Path,
    *,
    name: str,
    max_file_bytes: int,
    max_text_s: float = MAX_TEXT_S,
    root: Path | None = None,
) -> Iterator[Document | Rejection]:
    """Yield the documents of one file: one, or one for each line of a JSONL file.

    `name` is a POSIX path as the system spells it. A file larger than `max_file_bytes` (packed or
    unpacked) is rejected, not read; so is one that a link leads to from `root`, the folder that was
    asked for, to the outside.
    """
    name = printable(name)
    try:
        if root is not None and leads_out(path, root):
            raise link_out(path)
        content = load_file(path, max_file_bytes=max_file_bytes)
    except SourceError as error:
        yield _rejection(name, error)
        return
    yield from content.read(name, max_text_s=max_text_s)


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file, unpacked; `suffix` says how to read them, `notes` what was amiss.

    `max_bytes` is the limit to what a container inside may unpack to.
    """

    data: bytes
    suffix: str
    notes: tuple[str, ...] = ()
    max_bytes: int = MAX_BYTES

    def read(self, name: str, *, max_text_s: float = MAX_TEXT_S) -> Iterator[Document | Rejection]:
        """Yield the documents in the content, as `read_bytes` does."""
        found = read_bytes(
            self.data,
            name=name,
            suffix=self.suffix,
            max_text_s=max_text_s,
            max_bytes=self.max_bytes,
        )
        for item in found:
            if self.notes and isinstance(item, Document):
                yield replace(item, notes=(*self.notes, *item.notes))
            else:
                yield item


def load_file(path: Path, *, max_file_bytes: int) -> Content:
    """Return the content of a file.

    The content tells the format of a file whose name has no suffix.

    Raises SourceError when the file cannot be opened or is larger than `max_file_bytes`.
    """
    data = _load(path, max_file_bytes=max_file_bytes)
    suffix = suffix_of(path.name)
    if is_packed(suffix):
        return _unpacked(data, suffix=unpacked(suffix), max_file_bytes=max_file_bytes)
    return Content(data, unpacked(suffix) or recognised(data), max_bytes=max_file_bytes)


def load_stream(stream: BinaryIO, *, max_file_bytes: int) -> Content:
    """Return the content of a stream, which tells its format.

    Raises SourceError when the stream cannot be read or has more than `max_file_bytes`.
    """
    try:
        data = gzipped.read_at_most(stream, max_file_bytes + 1)
    except OSError as error:  # closed, or a folder
        raise SourceError(
            f"cannot be read: {error.strerror or error}",
            hint="pipe a text into the command, or give a file",
        ) from error
    if len(data) > max_file_bytes:
        raise _too_large("more than that", max_file_bytes)
    if data.startswith(b"\x1f\x8b"):
        return _unpacked(data, suffix="", max_file_bytes=max_file_bytes)
    return Content(data, recognised(data), max_bytes=max_file_bytes)


def read_bytes(
    data: bytes,
    *,
    name: str,
    suffix: str = ".txt",
    max_text_s: float = MAX_TEXT_S,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Document | Rejection]:
    """Yield the documents in the content of a file, which is not packed; `suffix` is its format.

    A container inside is unpacked to `max_bytes` at most. A text that takes more than `max_text_s`
    of the processor is rejected, with all behind it. Raises ValueError for a suffix that there is
    no reader for.
    """
    try:
        if not data:
            raise SourceError("is empty: 0 bytes", hint=EMPTY_HINT)
        read = reader(suffix, data)
        yield from within(read(Raw(data, name, max_bytes=max_bytes)), max_text_s)
    except SourceError as error:
        yield _rejection(name, error)


def _unpacked(data: bytes, *, suffix: str, max_file_bytes: int) -> Content:
    content = gzipped.unpack(data, max_bytes=max_file_bytes)
    notes = ("bytes behind the end of the gzip file were left out",) if content.trailing else ()
    return Content(
        content.data, suffix or recognised(content.data), notes, max_bytes=max_file_bytes
    )


def _walk(root: Path) -> list[Path]:
    """Return files, those of real folders first: a link never takes the place of its target."""
    files: list[Path] = []
    folders = [root]
    links: list[Path] = []
    seen: set[tuple[int, int]] = set()
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:  # no permission, gone meanwhile, a path that is too long
            if folder == root:
                raise unreadable_folder(root, error) from error
            files.append(folder)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                path = folder / entry.name
                if not _is_link(entry):
                    folders.append(path)
                elif leads_out(path, root):
                    files.append(path)  # reading it says so
                else:
                    links.append(path)
            else:
                files.append(folder / entry.name)
    return files


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself, or through a folder that may not be entered
        return False


def _is_link(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink()
    except OSError:
        return False


def _load(path: Path, *, max_file_bytes: int) -> bytes:
    try:
        if stat.S_ISDIR(path.stat().st_mode):
            os.scandir(path).close()  # says why, where that is the trouble
            raise SourceError("is a folder", hint="give a file")
        # Non-blocking: opening a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - takes the descriptor
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SourceError("is not a regular file", hint="put a copy of the text there")
            data = b""
            if status.st_size <= max_file_bytes:  # it may have grown since
                data = gzipped.read_at_most(file, max_file_bytes + 1)
            size = max(status.st_size, len(data))
    except OSError as error:
        raise unreadable(path, error) from error
    if size > max_file_bytes:
        raise _too_large(gzipped.megabytes(size), max_file_bytes)
    if not data:
        raise SourceError("is empty: 0 bytes", hint=EMPTY_HINT)
    return data


def _too_large(size: str, limit: int) -> SourceError:
    return SourceError(
        f"is larger than the limit: {size}, limit {gzipped.megabytes(limit)}",
        hint="raise sources.max_file_mb in the configuration, or split the file",
    )


_BINARY = getattr(os, "O_BINARY", 0)  # of Windows


def _rejection(name: str, error: SourceError) -> Rejection:
    return Rejection(name, "sources", str(error), error.hint)

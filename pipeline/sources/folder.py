"""Files and folders to documents: what to read, what to leave, and what cannot be used."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, SourceError, UsageError
from pipeline.sources import gzipped
from pipeline.sources.block import visible
from pipeline.sources.encoding import decode

_READ = (".txt", ".md", ".html", ".htm", ".jsonl", ".pdf")
SUFFIXES = (*_READ, ".txt.gz", ".md.gz", ".html.gz", ".htm.gz", ".jsonl.gz")
_HEAD_BYTES = 1024
_EMPTY_HINT = "remove it, or fill it"


def read_folder(root: Path, *, max_file_bytes: int) -> Iterator[Document | Rejection]:
    """Yield what every file below `root` holds, in the order of `list_files`.

    Names are POSIX paths below `root`. Raises UsageError as `list_files` does.
    """
    for path in list_files(root):
        name = path.relative_to(root).as_posix()
        yield from read_file(path, name=name, max_file_bytes=max_file_bytes)


def list_files(root: Path) -> list[Path]:
    """Return the files below `root` that have a known suffix, sorted by relative POSIX path.

    Hidden files and folders are left out; a folder reached by several links is listed once. A
    folder below `root` that cannot be opened is listed itself, so that reading it says so. Raises
    UsageError when `root` is not a folder or cannot be opened, EmptyFolderError when it holds
    nothing to read.
    """
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "no such folder"
        hint = "give the folder it is in" if root.exists() else "check the path"
        raise UsageError(f"{root}: {what}", hint=hint)
    try:
        os.scandir(root).close()
    except OSError as error:
        raise UsageError(
            f"{root}: the folder cannot be opened: {error.strerror}",
            hint=f"allow yourself to read it: chmod u+rx {root}",
        ) from error
    found = _walk(root)
    if not found:
        raise EmptyFolderError(
            f"{root}: the folder holds no file that can be read",
            hint=f"put files into it that end in {', '.join(_READ)} (or .gz of the text ones)",
        )
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def read_file(path: Path, *, name: str, max_file_bytes: int) -> Iterator[Document | Rejection]:
    """Yield what one file holds: one result, or one for each line of a JSONL file.

    A file larger than `max_file_bytes` (packed or unpacked) is rejected, not read.
    """
    name = printable(name)
    try:
        data, suffix = load_file(path, max_file_bytes=max_file_bytes)
    except SourceError as error:
        yield _rejection(name, error)
        return
    yield from read_bytes(data, name=name, suffix=suffix)


def load_file(path: Path, *, max_file_bytes: int) -> tuple[bytes, str]:
    """Return the content of a file, unpacked, and the suffix that says how to read it.

    Raises SourceError when it cannot be opened or is larger than `max_file_bytes`.
    """
    data = _load(path, max_file_bytes=max_file_bytes)
    suffix = _suffix(path.name)
    if suffix.endswith(".gz"):
        suffix = suffix.removesuffix(".gz")
        data = gzipped.unpack(data, max_bytes=max_file_bytes)
    return data, suffix


def read_stream(
    stream: BinaryIO, *, name: str, max_file_bytes: int
) -> Iterator[Document | Rejection]:
    """Yield what a stream without a file name holds: a PDF, a web page, either packed, or text."""
    try:
        data, suffix = load_stream(stream, max_file_bytes=max_file_bytes)
    except SourceError as error:
        yield _rejection(name, error)
        return
    yield from read_bytes(data, name=name, suffix=suffix)


def load_stream(stream: BinaryIO, *, max_file_bytes: int) -> tuple[bytes, str]:
    """Return what a stream holds, unpacked, and the suffix that a file with it would have.

    Raises SourceError when there is more than `max_file_bytes` of it.
    """
    data = stream.read(max_file_bytes + 1)
    if len(data) > max_file_bytes:
        raise _too_large("more than that", max_file_bytes)
    if data.startswith(b"\x1f\x8b"):
        data = gzipped.unpack(data, max_bytes=max_file_bytes)
    return data, _sniffed(data)


def _sniffed(data: bytes) -> str:
    """Return the suffix that a file with this content would have."""
    if data.startswith(b"%PDF-"):
        return ".pdf"
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return ".html" if head.startswith((b"<!doctype html", b"<html")) else ".txt"


def read_bytes(data: bytes, *, name: str, suffix: str = ".txt") -> Iterator[Document | Rejection]:
    """Yield what the content of a file holds. `suffix` says how to read it; it is not packed.

    Raises ValueError for a suffix that there is no reader for.
    """
    if suffix not in _READ:
        raise ValueError(f"no reader for {suffix!r}: one of {', '.join(_READ)}")
    try:
        yield from _parse(data, name=name, suffix=suffix)
    except SourceError as error:
        yield _rejection(name, error)


def printable(name: str) -> str:
    """Return a file name that can be shown and written: names may be in any encoding.

    One that is not UTF-8 is read like a text; what cannot be shown is spelt as an escape.
    """
    raw = os.fsencode(name)
    try:
        readable = raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            readable = decode(raw).text
        except SourceError:
            readable = raw.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in readable)


def _walk(root: Path) -> list[Path]:
    """Collect files; real folders first, so that a link never takes the place of what it shows."""
    files: list[Path] = []
    folders = [root]
    links: list[Path] = []
    seen: set[tuple[int, int]] = set()
    while folders or links:
        folder = folders.pop() if folders else links.pop(0)
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            files.append(folder)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                (links if entry.is_symlink() else folders).append(folder / entry.name)
            elif _suffix(entry.name):
                files.append(folder / entry.name)
    return files


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _suffix(name: str) -> str:
    """Return the known suffix of a file name in lower case, or nothing."""
    lower = name.lower()
    return next((s for s in sorted(SUFFIXES, key=len, reverse=True) if lower.endswith(s)), "")


def _load(path: Path, *, max_file_bytes: int) -> bytes:
    try:
        if path.is_dir():
            os.scandir(path).close()  # says why, where that is the trouble
            raise SourceError("is a folder", hint="give a file")
        # Non-blocking: opening a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - takes the descriptor
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise SourceError("is not a regular file", hint="put a copy of the text there")
            data = b""
            if status.st_size <= max_file_bytes:
                data = file.read(max_file_bytes + 1)  # it may have grown since
            size = max(status.st_size, len(data))
    except OSError as error:
        raise _unreadable(path, error) from error
    if size > max_file_bytes:
        raise _too_large(gzipped.megabytes(size), max_file_bytes)
    if not data:
        raise SourceError("is empty: 0 bytes", hint=_EMPTY_HINT)
    return data


def _too_large(size: str, limit: int) -> SourceError:
    return SourceError(
        f"is larger than the limit: {size}, limit {gzipped.megabytes(limit)}",
        hint="raise sources.max_file_mb in the configuration, or split the file",
    )


_BINARY = getattr(os, "O_BINARY", 0)  # of Windows


def _unreadable(path: Path, error: OSError) -> SourceError:
    if path.is_symlink() and not path.exists():
        target = path.readlink()
        return SourceError(
            f"is a link that leads nowhere: {target}", hint="repair the link, or remove it"
        )
    if isinstance(error, PermissionError):
        hint = f"allow yourself to read it: chmod u+r {path}"
    elif isinstance(error, FileNotFoundError):
        hint = "it was there when the folder was listed; run again if it is back"
    else:
        hint = "check the disk and the path"
    return SourceError(f"cannot be read: {error.strerror or error}", hint=hint)


def _parse(data: bytes, *, name: str, suffix: str) -> Iterator[Document | Rejection]:
    if not data:
        raise SourceError("is empty: 0 bytes", hint=_EMPTY_HINT)
    if suffix == ".pdf":
        from pipeline.sources.pdf import read_pdf

        yield read_pdf(data, name=name)
        return
    if suffix in (".html", ".htm"):
        from pipeline.sources.html import read_html

        yield read_html(data, name=name)
        return
    decoded = decode(data)
    _refuse_blank(decoded.text)
    if suffix == ".jsonl":
        from pipeline.sources.jsonl import read_jsonl

        yield from read_jsonl(decoded.text, name=name, encoding=decoded.encoding)
    elif suffix == ".md":
        from pipeline.sources.markdown import read_markdown

        yield read_markdown(decoded.text, name=name, encoding=decoded.encoding)
    else:
        from pipeline.sources.plain import read_plain

        yield read_plain(decoded.text, name=name, encoding=decoded.encoding)


def _refuse_blank(text: str) -> None:
    if not visible(text):
        raise SourceError("holds only whitespace", hint=_EMPTY_HINT)


def _rejection(name: str, error: SourceError) -> Rejection:
    return Rejection(name, "sources", str(error), error.hint)

"""A folder on this machine or in an object store, by its address; files are there whole or not.

`s3://`, `gs://` and `az://` are opened by pyarrow, which needs no further library and finds the
credentials in the environment; every other address (`hf://`, `memory://` ...) by the library of
fsspec for it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipeline.errors import OutputError, UsageError

_TRIES = 6
_FIRST_WAIT_S = 0.2
# The extra of Nightdesk that brings the library for an address.
_EXTRAS = MappingProxyType({"s3": "ray", "gs": "ray", "az": "ray", "hf": "local"})


def is_address(place: str) -> bool:
    """Tell whether a place is an address such as `s3://bucket/folder`, not a path."""
    return "://" in place


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a store: its path below the folder, its size in bytes, and a mark of its content.

    The mark is the store's own (an ETag), else the time of the last change.
    """

    name: str
    size: int
    mark: str


@dataclass(frozen=True, slots=True)
class Storage:
    """The files below `place`, a path or an address. Reading and writing are tried several times.

    Raises UsageError for an address that nothing opens, OutputError for what cannot be written.
    """

    place: str

    def below(self, name: str) -> Storage:
        """Return the folder `name` below this one."""
        return Storage(f"{self.place.rstrip('/')}/{name}")

    def read(self, name: str) -> bytes:
        """Return the content of a file; FileNotFoundError where there is none."""
        system, root = _opened(self.place)
        data: bytes = _tried(lambda: system.cat_file(f"{root}/{name}"))
        return data

    def write(self, name: str, data: bytes) -> None:
        """Write a file, in the place of one that is there."""
        system, root = _opened(self.place)
        path = f"{root}/{name}"
        try:
            if _is_local(system):
                _replace(Path(path), data)
            else:
                _tried(lambda: system.pipe_file(path, data))
        except OSError as error:
            raise OutputError(
                f"{self.place}/{name}: cannot be written: {error.strerror or error}",
                hint="check the address, the rights there, and that the disk is not full",
            ) from error

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        system, root = _opened(self.place)
        return bool(_tried(lambda: system.exists(f"{root}/{name}")))

    def files(self) -> Iterator[Stored]:
        """Yield the files below the folder, in the order of their names."""
        system, root = _opened(self.place)
        try:
            found = _tried(lambda: system.find(root, detail=True))
        except FileNotFoundError:
            return
        for path in sorted(found):
            entry = found[path]
            name = path.removeprefix(root).lstrip("/")
            mark = entry.get("ETag") or entry.get("etag") or entry.get("mtime") or ""
            yield Stored(name, int(entry.get("size") or 0), str(mark))

    def remove(self, name: str) -> None:
        """Remove a file or a folder, where it is there."""
        system, root = _opened(self.place)
        path = f"{root}/{name}"
        if _tried(lambda: system.exists(path)):
            _tried(lambda: system.rm(path, recursive=True))


def _is_local(system: Any) -> bool:
    return "file" in (system.protocol if isinstance(system.protocol, tuple) else [system.protocol])


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".nightdesk-{uuid.uuid4().hex}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _tried(call: Any) -> Any:
    """Return what `call` returns; a store that is busy is asked again, later and later.

    What is not there is not asked for again.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

    def passes(error: BaseException) -> bool:
        missing = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)
        return isinstance(error, OSError) and not isinstance(error, missing)

    retrying = Retrying(
        retry=retry_if_exception(passes),
        stop=stop_after_attempt(_TRIES),
        wait=wait_exponential_jitter(multiplier=_FIRST_WAIT_S, max=10.0),
        reraise=True,
    )
    return retrying(call)


@cache
def _opened(place: str) -> tuple[Any, str]:
    """Return the file system of a place, and the path of the place in it."""
    scheme, mark, rest = place.partition("://")
    if not mark:
        from fsspec.implementations.local import LocalFileSystem

        return LocalFileSystem(), os.path.realpath(place)
    try:
        if scheme in ("s3", "gs", "az"):
            return _by_arrow(scheme), rest.rstrip("/")
        import fsspec

        system, root = fsspec.core.url_to_fs(place)
    except ImportError as error:
        raise UsageError(
            f"{place}: the library for addresses in {scheme}:// is missing: {error}",
            hint=f"pip install 'nightdesk[{_EXTRAS[scheme]}]'"
            if scheme in _EXTRAS
            else "install the library that it names, or copy the files to a folder",
        ) from error
    except (ValueError, OSError) as error:
        raise UsageError(
            f"{place}: nothing opens addresses in {scheme}://: {error}",
            hint="write s3://, gs://, az:// or hf://, or copy the files to a folder",
        ) from error
    return system, str(root).rstrip("/")


def _by_arrow(scheme: str) -> Any:
    from fsspec.implementations.arrow import ArrowFSWrapper
    from pyarrow import fs

    if scheme == "s3":
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        return ArrowFSWrapper(
            fs.S3FileSystem(
                endpoint_override=endpoint,
                region=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
            )
        )
    if scheme == "gs":
        return ArrowFSWrapper(fs.GcsFileSystem())
    return ArrowFSWrapper(fs.AzureFileSystem(os.environ.get("AZURE_STORAGE_ACCOUNT", "")))

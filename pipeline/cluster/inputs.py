"""Input files of a folder or an object store: listed by one process, read by many."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.cluster.partition import Unit
from pipeline.cluster.storage import Storage, is_address
from pipeline.config import Config
from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError
from pipeline.inputs import inputs, names_below
from pipeline.output.own_files import RUN_FILE
from pipeline.progress import Progress
from pipeline.sources.folder import read_file
from pipeline.sources.formats import has_suffix, suffix_of

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """The files that are read, and the names of those of kinds that have no reader."""

    units: tuple[Unit, ...]
    not_read: tuple[str, ...]


def listed(root: str, out: str, *, progress: Progress) -> Listed:
    """Return the inputs below `root`, without what runs wrote there.

    A file on this machine is marked with the sha256 of its content, one in an object store with
    the mark that the store keeps. Raises UsageError where there is nothing to read.
    """
    if not is_address(root):
        folder = Path(root)
        found = inputs(folder, Path(out), progress=progress)
        names = names_below(folder, found.files)
        units = tuple(
            Unit(name, path.stat().st_size if path.is_file() else 0, _sha256(path))
            for name, path in zip(names, found.files, strict=True)
        )
        return Listed(units, names_below(folder, found.others))
    stored = [f for f in Storage(root).files() if not _hidden(f.name)]
    own = {str(PurePosixPath(f.name).parent) for f in stored if f.name.endswith(f"/{RUN_FILE}")}
    files = [f for f in stored if not any(str(p) in own for p in PurePosixPath(f.name).parents)]
    units = tuple(Unit(f.name, f.size, f.mark) for f in files if _is_read(f.name))
    if not units:
        raise EmptyFolderError(
            f"{root}: holds no file that can be read", hint="check the address and its rights"
        )
    return Listed(units, tuple(f.name for f in files if not _is_read(f.name)))


def read_unit(root: str, unit: Unit, *, config: Config) -> Iterator[Document | Rejection]:
    """Yield the documents of an input file, as a run on one machine reads them."""
    limits = {
        "max_file_bytes": int(config.sources.max_file_mb * 1_000_000),
        "max_text_s": config.sources.max_text_s,
    }
    if not is_address(root):
        folder = Path(root)
        yield from read_file(folder / unit.name, name=unit.name, root=folder, **limits)  # type: ignore[arg-type]
        return
    with tempfile.TemporaryDirectory(prefix="nightdesk-") as folder_name:
        path = Path(folder_name) / PurePosixPath(unit.name).name
        path.write_bytes(Storage(root).read(unit.name))
        yield from read_file(path, name=unit.name, **limits)  # type: ignore[arg-type]


def _is_read(name: str) -> bool:
    file = PurePosixPath(name).name
    return bool(suffix_of(file)) or not has_suffix(file)


def _hidden(name: str) -> bool:
    return any(part.startswith(".") for part in PurePosixPath(name).parts)


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                found.update(block)
    except OSError as error:  # reading it says what is wrong
        return type(error).__name__
    return found.hexdigest()


def names_of(units: Sequence[Unit]) -> list[str]:
    """Return the names of input files."""
    return [unit.name for unit in units]

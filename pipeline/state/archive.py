"""The state packed, taken out into one file, and put back: for a move, a backup, a second machine.

An archive is a zip file: the databases as SQLite's own backup writes them, so that a run may go on
meanwhile, and `manifest.json` with the sha256 of each.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.errors import BusyError, OutputError, UsageError
from pipeline.output.atomic import output_errors
from pipeline.state.book import BOOK_FILE
from pipeline.state.failures import companions, told
from pipeline.state.memory import MEMORY_FILE
from pipeline.state.results import RESULTS_FILE

_PRECIOUS = (MEMORY_FILE, BOOK_FILE)
_FILES = (*_PRECIOUS, RESULTS_FILE)
_MANIFEST = "manifest.json"
_FORMAT = 1


def vacuum(folder: Path) -> dict[str, tuple[int, int]]:
    """Give back the room that forgotten rows have left; return bytes before and after, by file.

    Raises BusyError while another process writes, and what else `failures.told` raises.
    """
    sizes = {}
    for path in (folder / name for name in _FILES if (folder / name).is_file()):
        before = _size(path)
        with told(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes[path.name] = before, _size(path)
    return sizes


def export(folder: Path, target: Path, *, results: bool) -> tuple[str, ...]:
    """Write the state into the archive `target`, there whole or not at all; return what is in it.

    Remembered `results` are left out unless asked for: a run computes them again. Raises UsageError
    where there is no state, OutputError where the archive cannot be written.
    """
    names = [name for name in (_FILES if results else _PRECIOUS) if (folder / name).is_file()]
    if not names:
        raise UsageError(
            f"{folder}: there is no state in it", hint="NIGHTDESK_STATE names the folder"
        )
    with output_errors(target), tempfile.TemporaryDirectory(dir=target.parent) as beside:
        for name in names:
            _copy(folder / name, Path(beside) / name)
        manifest = {
            "format": _FORMAT,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": {name: _sha256(Path(beside) / name) for name in names},
        }
        packed = Path(beside) / "state.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_MANIFEST, json.dumps(manifest, indent=2))
            for name in names:
                archive.write(Path(beside) / name, name)
        with packed.open("rb") as file:
            os.fsync(file.fileno())
        packed.replace(target)
    return tuple(names)


def import_state(source: Path, folder: Path) -> tuple[str, ...]:
    """Put the state of an archive into `folder`; return the files that are there now.

    Files of that name that are there are kept beside, as NAME.before-import. Raises UsageError for
    what is no archive or is damaged, before anything is changed, and BusyError while a process uses
    the state.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with output_errors(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".import-") as name:
        beside = Path(name)
        found = _unpacked(source, beside)
        for file in found:
            _check_unused(folder / file)
        for file in found:
            for path in companions(folder / file):
                if path.exists():
                    path.replace(path.with_name(f"{path.name}.before-import"))
            (beside / file).replace(folder / file)
    return found


def _unpacked(source: Path, into: Path) -> tuple[str, ...]:
    """Unpack an archive, each file compared with its sha256; only names that a state has."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest: Mapping[str, Any] = json.loads(archive.read(_MANIFEST))
            wanted = {str(k): str(v) for k, v in manifest["sha256"].items() if k in _FILES}
            if manifest["format"] != _FORMAT or not wanted:
                raise ValueError("another format")
            for name, digest in wanted.items():
                with archive.open(name) as packed, (into / name).open("wb") as file:
                    shutil.copyfileobj(packed, file)
                if _sha256(into / name) != digest:
                    raise ValueError(f"{name} is damaged")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise UsageError(
            f"{source}: is no archive of a state: {plainly(error)}",
            hint="name a file that `nightdesk state export` wrote",
        ) from error
    return tuple(sorted(wanted))


def _check_unused(path: Path) -> None:
    if not path.exists():
        return
    with (
        told(path),
        closing(sqlite3.connect(path, timeout=1.0, isolation_level=None)) as connection,
    ):
        try:
            # In this mode a connection is alone with the file, or is refused.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            raise BusyError(
                f"{path}: is in use", hint="wait until no command of nightdesk is running"
            ) from error


def _copy(source: Path, target: Path) -> None:
    with (
        told(source),
        closing(sqlite3.connect(source)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path) -> int:
    found = 0
    for part in companions(path):
        try:
            found += part.stat().st_size
        except OSError as error:
            if part == path:
                raise OutputError(f"{path}: {plainly(error)}") from error
    return found

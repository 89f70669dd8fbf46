"""The state folder: which one it is, and its two files, open for the length of a command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from pipeline.errors import UsageError
from pipeline.paths import expanded
from pipeline.state.book import BOOK_FILE
from pipeline.state.database import Remark, unheard
from pipeline.state.failures import told
from pipeline.state.memory import MEMORY_FILE, prepare_memory
from pipeline.state.results import RESULTS_FILE, ResultCache
from pipeline.state.single_file import folder_for, is_single_file

_VARIABLE = "NIGHTDESK_STATE"
_IN_MEMORY = ":memory:"


def state_folder() -> Path:
    """Return the folder that `NIGHTDESK_STATE` names, else the one in the user's state folder.

    Where the variable names the single file of an earlier version, that is the folder `NAME.d`
    beside it, and stays it when the file is gone. Raises UsageError where it names what cannot be
    a folder.
    """
    override = os.environ.get(_VARIABLE)
    if not override:
        return platformdirs.user_state_path("nightdesk")
    folder = expanded(override, named_by=_VARIABLE)
    if folder.name == _IN_MEMORY:
        raise UsageError(
            f"{_VARIABLE}={override}: the state is a folder of files, not memory",
            hint=f"name a folder; for a state to throw away, {_VARIABLE}=$(mktemp -d)",
        )
    with told(folder / MEMORY_FILE):
        if folder.is_dir():
            return folder
        beside = folder_for(folder)
        if folder.name in (MEMORY_FILE, RESULTS_FILE, BOOK_FILE):
            raise UsageError(
                f"{_VARIABLE}={override}: is a file in a state folder",
                hint=f"name the folder itself: {_VARIABLE}={folder.parent}",
            )
        if beside.is_dir() or is_single_file(folder):
            return beside
        existing = next(p for p in (folder, *folder.absolute().parents) if p.exists())
        if not existing.is_dir():
            raise UsageError(
                f"{_VARIABLE}={override}: {existing} is a file, not a folder",
                hint=f"set {_VARIABLE} to a folder; it is made if it is not there",
            )
    return folder


def memory_path(folder: Path | None = None) -> Path:
    """Return the memory's file in a state folder, by default in `state_folder()`."""
    return (folder or state_folder()) / MEMORY_FILE


def results_path(folder: Path | None = None) -> Path:
    """Return the cache's file in a state folder, by default in `state_folder()`."""
    return (folder or state_folder()) / RESULTS_FILE


def book_path(folder: Path | None = None) -> Path:
    """Return the file of the book of nights in a state folder, by default `state_folder()`."""
    return (folder or state_folder()) / BOOK_FILE


class State:
    """A state folder in use: `results` is the open cache, `memory` the path of the memory.

    `book` is the path of the book of nights, made by the first night.

    Making one brings both files to the newest version, and takes over the single file of an
    earlier version. `remark` hears of what the user should know. Raises DamagedError for a damaged
    memory, and what else `database.open_database` raises.
    """

    def __init__(self, folder: Path, *, remark: Remark = unheard) -> None:
        self.folder = folder
        self.memory = memory_path(folder)
        self.book = book_path(folder)
        prepare_memory(self.memory, remark=remark)
        self.results = ResultCache(results_path(folder), remark=remark)

    def close(self) -> None:
        """Close the cache."""
        self.results.close()


@contextmanager
def open_state(folder: Path | None = None, *, remark: Remark = unheard) -> Iterator[State]:
    """Open a state folder, by default `state_folder()`, for the length of a block."""
    state = State(folder or state_folder(), remark=remark)
    try:
        yield state
    finally:
        state.close()

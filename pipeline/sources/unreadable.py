"""Errors for paths that the system refuses, each with its reason and the way out.

`os.path.islink` and its kin are used here: the methods of pathlib raise where a folder above the
path may not be entered or the path is too long.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from pipeline.errors import SourceError, UsageError
from pipeline.sources.names import printable

_SHORTER = "shorten the names of the folders it is in, or move it up"


def unreadable(path: Path, error: OSError) -> SourceError:
    """Return the error that says why the file or folder at `path` cannot be read."""
    if os.path.islink(path) and not os.path.exists(path):  # noqa: PTH110, PTH114 - see above
        try:
            target = printable(str(path.readlink()))
        except OSError:
            target = "?"
        where = "in a circle" if error.errno == errno.ELOOP else "nowhere"
        return SourceError(
            f"is a link that leads {where}: {target}", hint="repair the link, or remove it"
        )
    return SourceError(
        f"cannot be read: {error.strerror or error}", hint=_way_out(path, error, folder="run again")
    )


def leads_out(path: Path, root: Path) -> bool:
    """Tell whether a path below `root` leads, by links, to something outside of it."""
    try:
        real, home = path.resolve(), root.resolve()
    except (OSError, RuntimeError):  # a loop, a path that is too long: reading it says which
        return False
    return os.path.exists(real) and not real.is_relative_to(home)  # noqa: PTH110 - see above


def link_out(path: Path) -> SourceError:
    """Return the error that says where a link leads that is not followed."""
    target = printable(os.path.realpath(path))
    return SourceError(
        f"is a link out of the folder, to {target}: not followed",
        hint="put a copy there, or run on the folder that it leads to",
    )


def unreadable_folder(root: Path, error: OSError) -> UsageError:
    """Return the error that says why the folder that was asked for cannot be opened."""
    return UsageError(
        f"{root}: the folder cannot be opened: {error.strerror or error}",
        hint=_way_out(root, error, folder="check the path"),
    )


def _way_out(path: Path, error: OSError, *, folder: str) -> str:
    if isinstance(error, PermissionError):
        closed = next((p for p in reversed(path.parents) if not os.access(p, os.X_OK)), None)
        if closed is not None:
            return f"allow yourself to enter the folder: chmod u+x {printable(str(closed))}"
        mode = "u+rx" if os.path.isdir(path) else "u+r"  # noqa: PTH112 - see above
        return f"allow yourself to read it: chmod {mode} {printable(str(path))}"
    if isinstance(error, FileNotFoundError):
        return f"it was there when the folder was listed; {folder} if it is back"
    if error.errno == errno.ENAMETOOLONG:
        return _SHORTER
    if error.errno == errno.ELOOP:
        return "the links lead in a circle: repair or remove one"
    return "check the disk and the path"

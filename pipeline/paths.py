"""Paths that people write: a tilde stands for a home folder."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import UsageError

MAGIC = frozenset("*?[")  # of patterns, as the shell has them


def expanded(path: str | Path, *, named_by: str) -> Path:
    """Return `path` with `~` and `~user` replaced by home folders.

    `named_by` is the option, key or variable that holds it. Raises UsageError for a user without
    a home folder.
    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise UsageError(
            f"{named_by}: {path}: there is no such home folder",
            hint="write the path from / on, without a tilde",
        ) from error


def absolute(path: str | Path, *, named_by: str) -> Path:
    """Return `expanded` from the root on, links followed.

    Raises UsageError where the path starts in a working folder that is gone.
    """
    found = expanded(path, named_by=named_by)
    try:
        return found.resolve()
    except OSError as error:
        raise UsageError(
            f"{named_by}: {path}: {error.strerror or error}",
            hint="change to a folder that exists, or write the path from / on",
        ) from error


def is_pattern(path: str | Path) -> bool:
    """Tell whether `path` is a pattern of names, and not the name of something that is there."""
    return bool(MAGIC & set(str(path))) and not os.path.lexists(path)

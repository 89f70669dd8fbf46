"""The records of a run that commands look into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from models.errors import plainly
from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.output.names import DOCUMENTS

_BEGINNING = 20  # characters of a name that its record's file begins with, however it is shortened


def recorded(out: Path, document: Document) -> tuple[dict[str, Any], Path] | None:
    """Return the record that a run below `out` has of this very text, and its file, if any.

    Raises UsageError for a file there that is no record.
    """
    from pipeline.output.record import read_record

    beginning = document.file[:_BEGINNING]
    for path in sorted((out / DOCUMENTS).rglob("*.json")):
        if not path.stem.startswith(beginning):
            continue
        record = read_record(path)
        with well_formed(path):
            if record["id"] == document.id and _is_of(document, record["name"]):
                return record, path
    return None


@contextmanager
def well_formed(path: Path) -> Iterator[None]:
    """Turn the failures of a record of another shape into a message."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise UsageError(
            f"{path}: not a record of a run: {plainly(error)}",
            hint="run again to get a fresh one",
        ) from error


def _is_of(document: Document, recorded_name: str) -> bool:
    """Return whether the name in a record is that of the same file, in any folder.

    A text may have moved to another line of its file meanwhile.
    """
    name = PurePosixPath(recorded_name).name
    if document.origin.part is None:
        return name == document.file
    return name.rpartition("#")[0] == document.file

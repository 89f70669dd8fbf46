"""The folder of nights: the documents they have told, and a new night put there as a whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.errors import OutputError
from pipeline.nightly.story import Story, read_story
from pipeline.output.atomic import output_errors
from pipeline.output.own_files import NIGHT_FILE

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_STAGING = ".night-"


@dataclass(frozen=True, slots=True)
class Told:
    """The documents that the nights of a folder have told.

    `ids` are those of documents, `contents` gives them for what the documents say; `dates` are
    the nights there are; `latest` gives for the key of a story the last night that told the story,
    with its state then.
    """

    ids: frozenset[str]
    dates: frozenset[str]
    contents: Mapping[str, frozenset[str]]
    latest: Mapping[str, tuple[str, Story]]

    def knows(self, story: Story) -> bool:
        """Tell whether a night has told just this, whatever its bytes are now."""
        return story.id in self.ids or story.content in self.contents

    def ids_of(self, story: Story) -> frozenset[str]:
        """Return the ids under which nights have told just this, and the id it has now."""
        return self.contents.get(story.content, frozenset()) | {story.id}

    def record_of(self, story: Story) -> dict[str, Any]:
        """Return the record of a story told before, for coming nights.

        With it the story is not told again when the nights that told it are cleared away.
        """
        return {**story.record(), "night": self.latest.get(story.key or "", ("",))[0]}

    def night_of(self, story: Story) -> str | None:
        """Return the night that told an earlier state of a story, or None."""
        night, earlier = self.latest.get(story.key or "", ("", None))
        return night if earlier is not None and story.continues(earlier) else None


def published(out: Path) -> Told:
    """Read the nights below `out`; none where there is no such folder.

    Raises OutputError naming a night whose record cannot be read: without it, everything that
    night told would be told again.
    """
    ids: set[str] = set()
    contents: dict[str, set[str]] = {}
    latest: dict[str, tuple[str, Story]] = {}
    dates: set[str] = set()
    for path in _records(out):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            night = path.parent.name
            # Ids alone are in nights before 28 November 2026.
            ids.update(str(known) for known in record["told_before"] if isinstance(known, str))
            before = [known for known in record["told_before"] if not isinstance(known, str)]
            found = [(str(known["night"]), read_story(known)) for known in before]
            found += [(night, read_story(document)) for document in record["documents"]]
            for told_on, story in found:
                ids.add(story.id)
                if story.content:
                    contents.setdefault(story.content, set()).add(story.id)
                if story.key is not None and told_on >= latest.get(story.key, ("",))[0]:
                    latest[story.key] = told_on, story
        except (FileNotFoundError, NotADirectoryError):
            continue  # a folder, or a file, of such a name that is not ours
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OutputError(
                f"{path}: cannot be read, so what this night has told is not known:"
                f" {plainly(error)}",
                hint="restore the file; or remove the folder, and its documents are told again",
            ) from error
        dates.add(path.parent.name)
    named = {content: frozenset(found) for content, found in contents.items()}
    return Told(frozenset(ids), frozenset(dates), named, latest)


@contextmanager
def staging(out: Path, day: str) -> Iterator[Path]:
    """Give a hidden folder to make a night in; afterwards it is `out/day`, by one rename.

    The folder becomes a night only if `NIGHT_FILE` was written into it; without that file, and when
    the block raises, the folder is removed. Leftovers of a killed process are removed first, so the
    caller must hold the lock on `out`. Raises OutputError when `out/day` is there already or
    nothing can be written.
    """
    target = out / day
    if os.path.lexists(target):
        raise OutputError(
            f"{target}: is there already and is not a night",
            hint="move it away, or publish as another date with --date",
        )
    with output_errors(out):
        for leftover in out.glob(f"{_STAGING}*"):
            shutil.rmtree(leftover)
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=out))
    try:
        yield folder
        if (folder / NIGHT_FILE).is_file():
            _publish(folder, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # not there any more if it was published


def _records(out: Path) -> list[Path]:
    """Return the paths of the records of nights, oldest first; a record may be missing."""
    if not out.is_dir():
        return []
    with output_errors(out):
        days = sorted(path for path in out.iterdir() if _DAY.fullmatch(path.name))
    return [day / NIGHT_FILE for day in days]


def _publish(folder: Path, target: Path) -> None:
    with output_errors(target):
        folder.chmod(target.parent.stat().st_mode & 0o777)  # mkdtemp makes it private
        # The files are on the disk already; their names must be, too, before the night has its own.
        for parent, _, _ in os.walk(folder):
            _sync(Path(parent))
        folder.rename(target)
        _sync(target.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The folder of nights as a memory: which documents they have told, refused and withdrawn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.errors import OutputError
from pipeline.nightly.story import Story, read_story
from pipeline.output.atomic import output_errors
from pipeline.output.own_files import NIGHT_FILE

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Told:
    """The documents that the nights of a folder have told.

    `ids` are those of documents, `contents` gives them for what the documents say; `dates` are
    the nights there are; `latest` gives for the key of a story the last night that told the story,
    with its state then. `refused` are the marks (`refusal.mark`) of inputs that nights have named
    as not used, `withdrawn` the keys of stories that nights have taken back.
    """

    ids: frozenset[str]
    dates: frozenset[str]
    contents: Mapping[str, frozenset[str]]
    latest: Mapping[str, tuple[str, Story]]
    refused: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()

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

    def headline_of(self, key: str) -> tuple[str, str]:
        """Return the night that told a story last, and the headline it had there."""
        night, story = self.latest[key]
        return night, story.headline or story.name

    def night_of(self, story: Story) -> str | None:
        """Return the night that told an earlier state of a story, or None."""
        night, earlier = self.latest.get(story.key or "", ("", None))
        return night if earlier is not None and story.continues(earlier) else None


def published(out: Path, *, but: str | None = None) -> Told:
    """Read the nights below `out`; none where there is no such folder.

    The documents that the night `but` told itself are left out, as if it had still to be made.

    Raises OutputError naming a night whose record cannot be read: without it, everything that
    night told would be told again.
    """
    ids: set[str] = set()
    contents: dict[str, set[str]] = {}
    latest: dict[str, tuple[str, Story]] = {}
    dates: set[str] = set()
    refused: set[str] = set()
    withdrawn: set[str] = set()
    for path in _records(out):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            night = path.parent.name
            # Ids alone are in nights before 28 November 2026.
            ids.update(str(known) for known in record["told_before"] if isinstance(known, str))
            before = [known for known in record["told_before"] if not isinstance(known, str)]
            found = [
                (str(known["night"]), read_story(known))
                for known in before
                if known["night"] != but
            ]
            if night != but:
                found += [(night, read_story(document)) for document in record["documents"]]
            if night != but:
                refused = set(map(str, record.get("refused", ())))  # each has those before it
                withdrawn.update(map(str, record.get("withdrawn", ())))
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
        dates.update({path.parent.name} - {but})
    named = {content: frozenset(found) for content, found in contents.items()}
    return Told(
        frozenset(ids), frozenset(dates), named, latest, frozenset(refused), frozenset(withdrawn)
    )


def stories_of(night: Path) -> tuple[Story, ...]:
    """Return the stories that the night in a folder told; OutputError for a damaged record."""
    with output_errors(night):
        record = json.loads((night / NIGHT_FILE).read_text(encoding="utf-8"))
    return tuple(read_story(document) for document in record["documents"])


def _records(out: Path) -> list[Path]:
    """Return the paths of the records of nights, oldest first; a record may be missing."""
    if not out.is_dir():
        return []
    with output_errors(out):
        days = sorted(path for path in out.iterdir() if DAY.fullmatch(path.name))
    return [day / NIGHT_FILE for day in days]

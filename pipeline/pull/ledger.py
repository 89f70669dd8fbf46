"""The memory of an inbox: what each feed said last, and which entries were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path

from pipeline.errors import DamagedError
from pipeline.output.atomic import write_json

_FILE = ".nightdesk.feeds.json"  # not one that `remove_leftovers` takes away
_VERSION = 1
_FORGOTTEN = timedelta(days=400)  # after an entry was last in its feed


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of one feed.

    `etag` and `last_modified` are validators of HTTP, `entries` gives the date on which each entry
    was last seen, `wait_until` (seconds since 1970) is when its host wants to be asked again.
    """

    etag: str | None = None
    last_modified: str | None = None
    wait_until: float = 0.0
    entries: Mapping[str, str] = field(default_factory=dict)


class Ledger:
    """The states of all feeds of one inbox, by address; each change is on the disk at once."""

    def __init__(self, inbox: Path) -> None:
        """Read the ledger. Raises DamagedError for one that cannot be read."""
        self._path = inbox / _FILE
        self._feeds = _read(self._path)

    def __getitem__(self, url: str) -> FeedState:
        return self._feeds.get(url, FeedState())

    def put(self, url: str, state: FeedState, *, today: date) -> None:
        """Keep the state of a feed; entries that it has not had for long are forgotten."""
        oldest = (today - _FORGOTTEN).isoformat()
        kept = {key: seen for key, seen in state.entries.items() if seen >= oldest}
        self._feeds[url] = FeedState(state.etag, state.last_modified, state.wait_until, kept)
        feeds = {url: asdict(state) for url, state in sorted(self._feeds.items())}
        write_json(self._path, {"version": _VERSION, "feeds": feeds})


def _read(path: Path) -> dict[str, FeedState]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["version"] != _VERSION:
            raise ValueError(f"version {value['version']}")
        return {url: FeedState(**state) for url, state in value["feeds"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(
            f"{path}: cannot be read: {error}",
            hint="remove it: the entries that are in the feeds now are then written again",
        ) from error

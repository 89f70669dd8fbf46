"""The list of all digests in a folder: a chart, and a search over past stories without a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.digest.addresses import PAGE
from pipeline.digest.atom import render_atom_of_nights
from pipeline.digest.envelope import Envelope
from pipeline.digest.envelope_json import DIGEST_FILE, read_envelope
from pipeline.digest.page import counted
from pipeline.digest.templating import content_policy, html_environment, inlined
from pipeline.digest.view import StoryView, story_views
from pipeline.digest.wording import Wording, wording
from pipeline.errors import UsageError
from pipeline.output.atomic import output_errors, write_text

INDEX_FILE = "index.html"
FEED_FILE = "feed.atom"
_CHARTED = 60  # nights in the chart
_OPEN = 7  # nights whose stories are in view
_HEIGHT = 40  # of a chart, in its own units


@dataclass(frozen=True, slots=True)
class Night:
    """A digest below the folder of the index. `envelope` is None for one without a record."""

    folder: str
    envelope: Envelope | None


@dataclass(frozen=True, slots=True)
class Series:
    """One measure, night by night: its name, its highest value, a bar (x, y, height) a night."""

    name: str
    highest: int
    bars: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A night in the list: its date, its address and its stories."""

    date: str
    page: str
    count: str
    stories: tuple[StoryView, ...]


def nights_in(folder: Path) -> tuple[Night, ...]:
    """Return the digests below `folder`, the newest first; OutputError where it cannot be read."""
    with output_errors(folder):
        found = sorted(path.parent for path in folder.glob(f"*/{PAGE}"))
    nights = [Night(path.name, _envelope(path)) for path in found if not path.is_symlink()]
    return tuple(sorted(nights, key=_date, reverse=True))


def write_index(folder: Path) -> None:
    """Write `index.html` and `feed.atom` for the digests below `folder`.

    Raises UsageError where there is no digest, OutputError where nothing can be written.
    """
    nights = nights_in(folder)
    recorded = [(n.folder, n.envelope) for n in nights if n.envelope is not None]
    if not recorded:
        raise UsageError(
            f"{folder}: no folder in it has a digest",
            hint=f"a digest is a folder with a {DIGEST_FILE}, as `nightdesk digest build` writes",
        )
    write_text(folder / FEED_FILE, render_atom_of_nights(recorded))
    write_text(folder / INDEX_FILE, render_index(nights))


def render_index(nights: Sequence[Night]) -> str:
    """Return the page that lists `nights`, in their order, of which one at least has a record."""
    recorded = [night.envelope for night in nights if night.envelope is not None]
    edition = recorded[0].edition
    words = wording(edition.language)
    style, script = inlined("digest.css"), inlined("index.js")
    entries = [_entry(night) for night in nights]
    environment = html_environment(words=words, edition=edition)
    return environment.get_template("index.html.jinja").render(
        entries=entries,
        shown=_OPEN,
        series=_series(entries[:_CHARTED], words=words),
        charted=entries[:_CHARTED],
        height=_HEIGHT,
        style=style,
        script=script,
        policy=content_policy(style=style, script=script),
    )


def _entry(night: Night) -> Entry:
    page = f"{night.folder}/{PAGE}"
    if night.envelope is None:
        return Entry(night.folder, page, "", ())
    edition = night.envelope.edition
    words = wording(edition.language)
    stories = story_views(night.envelope.stories, words=words)
    return Entry(edition.date, page, counted(stories, words=words), stories)


def _series(entries: Sequence[Entry], *, words: Wording) -> tuple[Series, ...]:
    """Return how many stories, sources and languages each night had, the oldest night first."""
    oldest_first = list(reversed(entries))
    values = {
        words["stories_word"]: [len(e.stories) for e in oldest_first],
        words["sources_word"]: [
            len({source.family for s in e.stories for source in s.story.sources})
            for e in oldest_first
        ],
        words["languages_word"]: [
            len({tag for s in e.stories for tag in s.story.languages}) for e in oldest_first
        ],
    }
    return tuple(_bars(name, found) for name, found in values.items())


def _bars(name: str, values: Sequence[int]) -> Series:
    highest = max(values, default=0)
    heights = [round(value * _HEIGHT / highest) if highest else 0 for value in values]
    bars = tuple((n * 10, _HEIGHT - height, height) for n, height in enumerate(heights))
    return Series(name, highest, bars)


def _date(night: Night) -> tuple[str, str]:
    if night.envelope is None:
        return night.folder, ""
    return night.envelope.edition.date, night.envelope.edition.generated_at


def _envelope(folder: Path) -> Envelope | None:
    """Return the record of a digest; None for one that an earlier version wrote, without a record.

    A record that is damaged is no reason to lose the list of all others: its page is there still.
    """
    try:
        return read_envelope(folder)
    except UsageError:
        return None

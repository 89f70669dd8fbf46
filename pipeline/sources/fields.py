"""The fields of one entry, as feeds, crawlers and archives name them: text, title and date.

The names of fields are read in any case, dashes and underscores alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.errors import SourceError
from pipeline.sources import mojibake
from pipeline.sources.block import Block, visible
from pipeline.sources.fragment import has_markup, plain_line, read_fragment, unescaped
from pipeline.sources.plain import layout
from pipeline.sources.surrogates import without_surrogates
from pipeline.sources.times import instant

# The first that holds text counts: whole texts before excerpts.
TEXT_FIELDS = (
    *("text", "content_text", "body", "maintext", "article", "article_body", "full_text"),
    *("content", "content_html", "content:encoded", "html"),
)
EXCERPT_FIELDS = ("summary", "description", "excerpt", "abstract", "lead", "snippet")
TITLE_FIELDS = ("title", "headline", "title_text")
DATE_FIELDS = (
    *("date", "published", "published_at", "date_published", "date_publish", "pub_date"),
    *("publication_date", "created_at", "datetime", "timestamp", "updated", "date_modified"),
)
_INSIDE = ("text", "value", "content", "html", "#text", "$t", "_")  # of an object that holds text
_DEEPEST = 4  # objects and lists inside each other


@dataclass(frozen=True, slots=True)
class EntryText:
    """The text of an entry with its paragraphs, and what its layout tells."""

    text: str
    blocks: list[Block]
    title: str | None = None
    date: str | None = None
    notes: tuple[str, ...] = ()


def spelt_alike(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an entry under the names that this module knows them by.

    Of two spellings of one name the first that holds something counts: `datePublished` and
    `date_published`.
    """
    fields: dict[str, Any] = {}
    for key, value in record.items():
        name = _snake(key)
        if fields.get(name) in (None, ""):
            fields[name] = value
    return fields


def text_of(fields: Mapping[str, Any]) -> EntryText:
    """Return the text of an entry: its first field that holds some, else its title.

    Raises SourceError for an entry without any.
    """
    present = [f for f in (*TEXT_FIELDS, *EXCERPT_FIELDS) if fields.get(f) is not None]
    for field in present:
        text = "\n\n".join(_texts(fields[field]))
        if not visible(text):
            continue
        read = _read(text)
        if read.blocks:
            return read
    title = title_of(fields)
    if title is not None:
        return EntryText(
            title, [Block(0, len(title))], notes=("the entry has a title and no text",)
        )
    if not present:
        raise SourceError(f"has none of the fields {', '.join(TEXT_FIELDS)}")
    wrong = next((f for f in present if not isinstance(fields[f], str)), None)
    if wrong is not None and fields[wrong]:
        raise SourceError(f"field {wrong!r} must hold text, not {kind_of(fields[wrong])}")
    raise SourceError(f"field {present[0]!r} is empty", hint="remove the line")


def kind_of(value: object) -> str:
    """Return what a value of JSON is called."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return (
        "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"
    )


def title_of(fields: Mapping[str, Any]) -> str | None:
    """Return the title of an entry on one line, or None."""
    for field in TITLE_FIELDS:
        for text in _texts(fields.get(field)):
            if line := plain_line(text):
                return line
    return None


def date_of(fields: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """Return the date of an entry, YYYY-MM-DD where it was published, and notes about it."""
    notes = []
    for field in DATE_FIELDS:
        value = fields.get(field)
        if value is None or value == "":
            continue
        found = instant(value)
        if found is not None:
            return found[: len("2026-03-01")], ()
        notes.append(f"the {field} {value!r:.60} was not understood")
    return None, tuple(notes[:1])


def _texts(value: Any, *, depth: int = 0) -> Iterator[str]:
    """Yield the texts in a field: a string, an object around one, or a list of either."""
    if isinstance(value, str):
        yield mojibake.repair(without_surrogates(value))
    elif depth < _DEEPEST and isinstance(value, list):
        for one in value:
            yield from _texts(one, depth=depth + 1)
    elif depth < _DEEPEST and isinstance(value, Mapping):
        inside = (value[key] for key in _INSIDE if value.get(key) is not None)
        yield from _texts(next(inside, None), depth=depth + 1)


def _read(text: str) -> EntryText:
    # Some feeds escape their markup: tags appear once the references are replaced.
    escaped = not has_markup(text) and has_markup(unescaped(text))
    if escaped or has_markup(text):
        return EntryText(*read_fragment(unescaped(text) if escaped else text))
    text = unescaped(text)
    found = layout(text)
    return EntryText(text, list(found.blocks), found.title, found.date)


def _snake(name: str) -> str:
    """Return a name as `date_published` is written: `datePublished`, `Date-Published`."""
    spread = name
    if not name.islower():
        spread = "".join(
            f"_{c}" if c.isupper() and before.islower() else c
            for before, c in zip(f" {name}", name, strict=False)
        )
    return spread.lower().replace("-", "_").replace(" ", "_")

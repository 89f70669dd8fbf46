"""Origins of texts, out of the fields that feeds and archives give a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pipeline.document import Origin
from pipeline.sources import mojibake
from pipeline.sources.embargo import embargo_end
from pipeline.sources.surrogates import without_surrogates
from pipeline.sources.times import instant

# Of several fields the first that says something counts.
URL_FIELDS = ("url", "link", "canonical_url", "permalink", "source_url")
_PUBLISHER = ("publisher", "source", "site", "site_name", "sitename", "source_name")
_AUTHOR = ("author", "authors", "byline", "creator")
_PUBLISHED = (
    *("published_at", "publishedAt", "published", "date_published", "datePublished"),
    *("pubDate", "publication_date", "date"),
)
_UPDATED = (
    *("updated_at", "updatedAt", "updated", "date_modified", "dateModified"),
    *("modified_at", "modified", "last_modified"),
)
_IDENTIFIER = ("id", "guid", "identifier", "uuid")
_VERSION = ("version", "revision")
_STATUS = ("status", "creativeWorkStatus")
_EMBARGO = ("embargo_until", "embargoed_until", "embargo", "embargoed")
_INSIDE = ("name", "title", "value", "@value", "#text")  # of an object that stands for its name
_LONGEST = 500  # characters; of a URL four times as many
_MOST_NAMES = 20


def origin_of(record: Mapping[str, Any]) -> Origin:
    """Return the origin that the fields of one text tell; senseless fields count as absent."""
    return Origin(
        url=_first(record, URL_FIELDS, web_address),
        publisher=_first(record, _PUBLISHER, wording),
        author=_first(record, _AUTHOR, names),
        published_at=most_exact(record.get(field) for field in _PUBLISHED),
        updated_at=most_exact(record.get(field) for field in _UPDATED),
        identifier=_first(record, _IDENTIFIER, wording),
        version=_first(record, _VERSION, wording),
        status=_first(record, _STATUS, wording),
        embargo_until=embargo_end(record.get(field) for field in _EMBARGO),
    )


def _first(record: Mapping[str, Any], fields: Iterable[str], understood: Any) -> str | None:
    values = (value for field in fields if (value := record.get(field)) is not None)
    found = map(understood, values)
    return next((value for value in found if value is not None), None)


def web_address(value: object) -> str | None:
    """Return an absolute http or https address, or None."""
    text = _clean(value, longest=4 * _LONGEST)
    if text is None or " " in text:
        return None
    try:
        parts = urlsplit(text)
        whole = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return text if whole else None


def wording(value: object) -> str | None:
    """Return a short text on one line, the name of an object, or a whole number; or None."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in _INSIDE if isinstance(value.get(key), str)), None)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        return str(value)
    return _clean(value, longest=_LONGEST)


def names(value: object) -> str | None:
    """Return the names of people: one, or several with commas between; or None.

    An address in the place of a name, as some sites have it, is no name.
    """
    several = value if isinstance(value, list) else [value]
    found = (wording(one) for one in several[:_MOST_NAMES])
    people = [name for name in found if name is not None and web_address(name) is None]
    return ", ".join(dict.fromkeys(people)) or None


def most_exact(values: Iterable[object]) -> str | None:
    """Return the first of `values` that is a time, as `times.instant` writes times.

    Where that time is no more than a date, a later value that has a time of that day counts.
    """
    found = [time for value in values if value is not None and (time := instant(value))]
    if not found:
        return None
    return max((time for time in found if time.startswith(found[0])), key=len)


def _clean(value: object, *, longest: int) -> str | None:
    if not isinstance(value, str) or len(value) > 2 * longest:
        return None
    text = mojibake.repair(without_surrogates(value))
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if 0 < len(line) <= longest else None

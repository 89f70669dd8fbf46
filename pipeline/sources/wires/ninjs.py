"""ninjs 1 to 3 of the IPTC: news as JSON. Names differ in letters between the versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.document import Document, Kind, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import visible
from pipeline.sources.embargo import embargo_end
from pipeline.sources.fragment import has_markup, plain_line, read_fragment
from pipeline.sources.json_value import json_value
from pipeline.sources.origin import web_address, wording
from pipeline.sources.plain import layout
from pipeline.sources.raw import Raw
from pipeline.sources.surrogates import without_surrogates
from pipeline.sources.times import instant
from pipeline.sources.wires.item import WireItem, byline, document_of

_TELLING = frozenset((
    "versioncreated", "pubstatus", "representationtype", "headlines", "bodies", "infosources",
    "firstcreated", "contentcreated", "embargoeduntil", "usageterms", "renditions", "associations",
    "copyrightholder",
))  # fmt: skip
_BODY = "body_"  # ninjs 1 names its bodies `body_text`, `body_xhtml`
_PICTURES = ("picture", "photo", "graphic")
_PLAIN, _MARKED = ("text/plain", "text"), ("html", "xhtml")


def is_ninjs(data: bytes) -> bool:
    """Tell whether content is a ninjs object, or a list of them."""
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"{", b"[")) or not (b'"uri"' in data or b'"guid"' in data):
        return False
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, Mapping) and is_item(first)


def is_item(record: Mapping[str, Any]) -> bool:
    """Tell whether an object is an item of ninjs: it has a `uri` and names of the standard.

    Superdesk writes a `guid` in its place.
    """
    keys = {key.lower() for key in record if isinstance(key, str)}
    standard = record.get("standard") or record.get("$standard")
    named = isinstance(standard, Mapping) and standard.get("name") == "ninjs"
    body = any(key.startswith(_BODY) for key in keys)
    if "guid" in keys and len(keys & _TELLING) > 1:
        return True
    return "uri" in keys and (named or body or bool(keys & _TELLING))


def read_ninjs(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield the text of a ninjs object; of a list, each; item N of FILE is named `FILE#N`.

    Raises SourceError for a file that is no JSON, or one object without text.
    """
    decoded = raw.decoded()
    value = json_value(decoded.text)
    items = value if isinstance(value, list) else [value]
    for number, record in enumerate(items, start=1):
        part = str(number) if isinstance(value, list) else None
        try:
            yield ninjs_document(record, file=raw.name, encoding=decoded.encoding, part=part)
        except SourceError as error:
            if part is None:
                raise
            reason = f"item {part} of {raw.name}: {error}"
            yield Rejection(f"{raw.name}#{part}", "sources", reason, error.hint)


def ninjs_document(record: object, *, file: str, encoding: str, part: str | None) -> Document:
    """Return one object of ninjs as a document. Raises SourceError where it has no text."""
    if not isinstance(record, Mapping) or not is_item(record):
        raise SourceError(
            "is JSON of a kind that is not read", hint="write JSON Lines, one object to a line"
        )
    fields = {key.lower(): value for key, value in record.items() if isinstance(key, str)}
    body, notes = _body(fields)
    item = WireItem(
        _origin(fields),
        body,
        headline=_headline(fields),
        dateline=_line(fields.get("dateline")) or _line(fields.get("located")),
        language=_line(fields.get("language")),
        message=_line(fields.get("ednote")),
        notes=notes,
    )
    return document_of(item, file=file, encoding=encoding, part=part)


def _origin(fields: Mapping[str, Any]) -> Origin:
    version = instant(fields.get("versioncreated"))
    created = instant(fields.get("contentcreated")) or instant(fields.get("firstpublished"))
    created = created or instant(fields.get("firstcreated"))
    sources = fields.get("infosources") or fields.get("infosource") or ()
    first = next(iter(sources), None) if isinstance(sources, list) else sources
    uri = wording(fields.get("uri")) or wording(fields.get("guid"))
    return Origin(
        url=web_address(uri),
        publisher=wording(fields.get("copyrightholder")) or wording(first),
        author=byline(_line(fields.get("by")) or _line(fields.get("byline"))),
        published_at=created or version,
        updated_at=version,
        identifier=uri,
        version=wording(fields.get("version")),
        status=wording(fields.get("pubstatus")),
        embargo_until=embargo_end([fields.get("embargoeduntil"), fields.get("embargoed")]),
        urgency=wording(fields.get("urgency")),
    )


def _headline(fields: Mapping[str, Any]) -> str | None:
    """Return the main headline, whichever version of the standard names it."""
    several = [one for one in _objects(fields.get("headlines")) if _line(one.get("value"))]
    main = next((one for one in several if one.get("role") == "main"), None)
    chosen = main or next(iter(several), None)
    found = [chosen.get("value")] if chosen else []
    found += [fields.get(key) for key in ("headline", "headline_main", "title")]
    return next((line for value in found if (line := _line(value))), None)


def _body(fields: Mapping[str, Any]) -> tuple[tuple[tuple[Kind, str], ...], tuple[str, ...]]:
    """Return the blocks of the body: the marked-up one before the plain one, and notes."""
    if wording(fields.get("type")) in _PICTURES:  # its body is a caption
        return (), ()
    bodies = [
        (str(one.get("contenttype") or one.get("role") or ""), one.get("value"))
        for one in _objects(fields.get("bodies"))
    ]
    bodies += [(key.removeprefix(_BODY), fields[key]) for key in sorted(fields) if _BODY in key]
    usable = [(kind, text) for kind, text in bodies if isinstance(text, str) and visible(text)]
    for wanted in (_is_marked, _is_plain):
        for kind, text in usable:
            if wanted(kind.lower()) and (blocks := _blocks(text)):
                return blocks, ()
    for text in _descriptions(fields):
        if blocks := _blocks(text):
            return blocks, ("the item has a description and no text",)
    return (), ()


def _is_marked(kind: str) -> bool:
    return any(name in kind for name in _MARKED)


def _is_plain(kind: str) -> bool:
    return "xml" not in kind and not _is_marked(kind)


def _descriptions(fields: Mapping[str, Any]) -> Iterator[str]:
    if wording(fields.get("type")) in ("video", "audio"):
        return
    for one in _objects(fields.get("descriptions")):
        if isinstance(one.get("value"), str):
            yield one["value"]
    for key in sorted(fields):
        if key.startswith("description") and isinstance(fields[key], str):
            yield fields[key]


def _blocks(text: str) -> tuple[tuple[Kind, str], ...]:
    text = without_surrogates(text)
    if has_markup(text):
        text, found = read_fragment(text)
    else:
        found = list(layout(text).blocks)
    return tuple((block.kind, " ".join(text[block.start : block.end].split())) for block in found)


def _objects(value: object) -> Iterable[Mapping[str, Any]]:
    """Return the objects in a list, their names in small letters."""
    for one in value if isinstance(value, list) else ():
        if isinstance(one, Mapping):
            yield {key.lower(): inner for key, inner in one.items() if isinstance(key, str)}


def _line(value: object) -> str | None:
    return plain_line(without_surrogates(value)) or None if isinstance(value, str) else None

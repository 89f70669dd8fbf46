"""NITF 3.x, the News Industry Text Format of the IPTC: one text with its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.document import Document, Kind, Origin
from pipeline.errors import SourceError
from pipeline.sources.embargo import embargo_end
from pipeline.sources.origin import names, wording
from pipeline.sources.raw import Raw
from pipeline.sources.times import instant
from pipeline.sources.wires.item import WireItem, byline, document_of
from pipeline.sources.wires.markup import blocks_of, line_of, replace_entities
from pipeline.sources.xml_tree import local_name, parse_xml, root_name

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_EMBARGOED = "embargoed"
_OFFSET = re.compile(r"T.+[+-]\d\d:\d\d$")


def is_nitf(data: bytes) -> bool:
    """Tell whether content is an XML document whose root is `nitf`."""
    return root_name(data).rpartition(":")[2] == "nitf"


def read_nitf(raw: Raw) -> Iterator[Document]:
    """Yield the text of a NITF document. Raises SourceError where there is none."""
    parsed = parse_xml(raw.data, what="NITF")
    replace_entities(parsed.root)
    if local_name(parsed.root) != "nitf":
        raise SourceError(
            f"is no NITF: its root is <{local_name(parsed.root)}>", hint="check what it is"
        )
    notes = (parsed.damaged,) if parsed.damaged else ()
    encoding = parsed.root.getroottree().docinfo.encoding or "utf-8"
    item = nitf_item(parsed.root)
    yield document_of(item, file=raw.name, encoding=encoding.lower(), part=None, notes=notes)


def nitf_item(root: _Element) -> WireItem:
    """Return what a `nitf` element says; it may stand inside another document."""
    head = _first(root, "docdata")
    body = _first(root, "body.content")
    blocks = tuple(blocks_of(body)) if body is not None else ()
    origin, message = (Origin(), None) if head is None else _management(head)
    published = _attribute(root, "pubdata", "date.publication")
    origin = replace(
        origin,
        publisher=origin.publisher or line_of(_first(root, "distributor")),
        author=_author(_first(root, "byline")),
        published_at=_moment(published) or origin.published_at,
    )
    title = line_of(_first(root, "hl1")) or line_of(_first(root, "title"))
    under = tuple(
        (Kind.HEADING, line) for e in _all(root, "hl2", within="hedline") if (line := line_of(e))
    )
    return WireItem(
        origin,
        (*under, *_lead(root, blocks), *blocks),
        headline=title,
        dateline=line_of(_first(root, "dateline")),
        language=_language(root),
        message=message,
    )


def _author(line: _Element | None) -> str | None:
    """Return the people of a byline; without any, its text as far as their office, `byttl`."""
    if line is None:
        return None
    people = [name for e in line.iter("{*}person") if (name := byline(line_of(e)))]
    own = line.text or ""
    for part in line:
        own += ("" if local_name(part) == "byttl" else line_of(part) or "") + (part.tail or "")
    return names(people) or byline(" ".join(own.split())) or byline(line_of(line))


def _management(head: _Element) -> tuple[Origin, str | None]:
    """Return what `docdata` tells of the text, and its message to editors.

    A document that manages an earlier one bears the name of that one: it is a later version of it.
    """
    status = wording(head.get("management-status"))
    earlier = wording(head.get("management-doc-idref")) or _attribute(
        head, "correction", "id-string"
    )
    if earlier is not None:
        status = wording(head.get("management-idref-status")) if _kills(head) else status
    issued = _moment(_attribute(head, "date.issue", "norm"))
    release = embargo_end([_attribute(head, "date.release", "norm")])
    # A release time without a zone is when the text was sent, unless the text says otherwise.
    waits = _OFFSET.search(release or "") is not None or status == _EMBARGOED
    key = _attribute(head, "du-key", "key")
    own = _attribute(head, "doc-id", "id-string")
    fallback = f"{key}@{issued[:10]}" if key and issued else None  # keys are used again
    origin = Origin(
        publisher=_attribute(head, "doc-id", "regsrc"),
        published_at=issued,
        identifier=earlier or own or fallback,
        version=_attribute(head, "du-key", "version") or _attribute(head, "du-key", "generation"),
        status=status,
        embargo_until=release if waits else None,
        urgency=_attribute(head, "urgency", "ed-urg"),
    )
    message = _attribute(head, "ed-msg", "info") or _attribute(head, "correction", "info")
    return origin, message


def _kills(head: _Element) -> bool:
    return (head.get("management-idref-status") or "usable").lower() not in ("usable", _EMBARGOED)


def _lead(root: _Element, blocks: tuple[tuple[Kind, str], ...]) -> Iterator[tuple[Kind, str]]:
    """Yield the abstract, where the body does not say the same."""
    abstract = _first(root, "abstract")
    if abstract is not None:
        said = {text for _, text in blocks}
        yield from ((kind, text) for kind, text in blocks_of(abstract) if text not in said)


def _language(root: _Element) -> str | None:
    """Return the language of the text: the nearest `xml:lang` around its body, or `baselang`.

    Where neither is there, that of the first paragraph that has one.
    """
    body = _first(root, "body.content")
    around = [root] if body is None else [body, *body.iterancestors()]
    inside = [] if body is None else body.iter()
    named = [e.get(_LANG) for e in around], [root.get("baselang")], (e.get(_LANG) for e in inside)
    return next((tag for tags in named for tag in tags if tag), None)


def _moment(written: str | None) -> str | None:
    """Return a time of NITF, `20210516T090004+0200`, as ISO 8601."""
    return instant(written) if written else None


def _first(root: _Element | None, name: str) -> _Element | None:
    return None if root is None else next(iter(root.iter(f"{{*}}{name}")), None)


def _all(root: _Element, name: str, *, within: str) -> Iterator[_Element]:
    outer = _first(root, within)
    if outer is not None:
        yield from outer.iter(f"{{*}}{name}")


def _attribute(root: _Element, name: str, attribute: str) -> str | None:
    found = (wording(e.get(attribute)) for e in root.iter(f"{{*}}{name}"))
    return next((value for value in found if value is not None), None)

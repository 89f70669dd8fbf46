"""NewsML-G2 of the IPTC: news items, alone or several in one message.

newsmlg2 1.1 ends a headline at its first inline element, and resolves codes with the catalogue of
the document that was parsed last; so the tree is read here, and of a code only its own part counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.document import Document, Kind, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import visible
from pipeline.sources.embargo import embargo_end
from pipeline.sources.fragment import has_markup, read_fragment
from pipeline.sources.origin import web_address, wording
from pipeline.sources.plain import layout
from pipeline.sources.raw import Raw
from pipeline.sources.times import instant
from pipeline.sources.wires.item import WireItem, byline, document_of
from pipeline.sources.wires.markup import blocks_of, line_of, replace_entities
from pipeline.sources.wires.nitf import nitf_item
from pipeline.sources.xml_tree import local_name, parse_xml, root_name

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ITEMS = ("newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem")
_ROOTS = ("newsMessage", *_ITEMS)
_MAIN_ROLES = ("", "main", "title")


def is_newsml(data: bytes) -> bool:
    """Tell whether content is an XML document whose root is one of NewsML-G2."""
    return root_name(data).rpartition(":")[2] in _ROOTS


def read_newsml(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield the texts of a message; item N of FILE is named `FILE#N` where there are several.

    Packages and concepts are no texts. Raises SourceError for a file without a news item.
    """
    parsed = parse_xml(raw.data, what="NewsML-G2")
    root = parsed.root
    replace_entities(root)
    kind = local_name(root)
    if kind not in _ROOTS:
        raise SourceError(
            f"is XML of a kind that is not read: its root is <{kind}>", hint="check what it is"
        )
    items = [root] if kind == "newsItem" else list(root.iter("{*}newsItem"))
    if not items:
        raise SourceError(f"holds no news item: it is a {kind}", hint="take the items it refers to")
    notes = (parsed.damaged,) if parsed.damaged else ()
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    for number, element in enumerate(items, start=1):
        part = None if len(items) == 1 else str(number)
        try:
            item = _item(element)
            yield document_of(item, file=raw.name, encoding=encoding, part=part, notes=notes)
        except SourceError as error:
            if part is None:
                raise
            reason = f"item {part} of {raw.name}: {error}"
            yield Rejection(f"{raw.name}#{part}", "sources", reason, error.hint)


def _item(item: _Element) -> WireItem:
    meta, content = _child(item, "itemMeta"), _child(item, "contentMeta")
    language = _language(item, content)
    inner, body, notes = _body(item)
    origin = _origin(item, meta, content)
    if inner is not None:
        origin = replace(origin, author=origin.author or inner.origin.author)
    title = _headline(content, language) or (inner.headline if inner else None)
    dateline = line_of(_child(content, "dateline")) or (inner.dateline if inner else None)
    return WireItem(
        origin,
        body,
        headline=title,
        dateline=dateline,
        language=(inner.language if inner else None) or language,
        message=line_of(_child(meta, "edNote")),
        notes=notes,
    )


def _origin(item: _Element, meta: _Element | None, content: _Element | None) -> Origin:
    status = _code(_child(meta, "pubStatus"))
    embargo = _child(meta, "embargoed")
    until = embargo_end([line_of(embargo)])
    if embargo is not None and until is None and status in (None, "usable"):
        status = "embargoed"  # without a time: until the agency says so
    created = _time(content, "contentCreated") or _time(meta, "firstCreated")
    version = _time(meta, "versionCreated")
    creators = [_name(e) for e in _children(content, "creator")]
    return Origin(
        url=_link(meta),
        publisher=_name(_child(meta, "provider")),
        author=byline(line_of(_child(content, "by"))) or ", ".join(filter(None, creators)) or None,
        published_at=created or version,
        updated_at=_time(content, "contentModified") or version,
        identifier=wording(item.get("guid")),
        version=wording(item.get("version")),
        status=status,
        embargo_until=until,
        urgency=wording(line_of(_child(content, "urgency"))),
    )


def _body(item: _Element) -> tuple[WireItem | None, tuple[tuple[Kind, str], ...], tuple[str, ...]]:
    """Return the first content that has text: NITF inside as an item of its own, or blocks."""
    content = _child(item, "contentSet")
    for element in () if content is None else content:
        name = local_name(element)
        if name == "inlineXML":
            nitf = next(iter(element.iter("{*}nitf")), None)
            if nitf is not None:
                inner = nitf_item(nitf)
                if inner.body:
                    return inner, inner.body, ()
                continue
            inside = next(iter(element.iter("{*}body")), element)
            if next(iter(inside.iter("{*}p")), None) is None:  # results, prices
                continue
            if blocks := tuple(blocks_of(inside)):
                return None, blocks, ()
        elif name == "inlineData" and (blocks := _inline_data(element)):
            return None, blocks, ()
    described = line_of(_child(_child(item, "contentMeta"), "description"))
    if described and _code(_child(_child(item, "itemMeta"), "itemClass")) == "text":
        return None, ((Kind.TEXT, described),), ("the item has a description and no text",)
    return None, (), ()


def _inline_data(element: _Element) -> tuple[tuple[Kind, str], ...]:
    if element.get("encoding"):  # base64 of something else than text
        return ()
    text = "".join(element.itertext())
    if not visible(text):
        return ()
    if has_markup(text):
        text, blocks = read_fragment(text)
    else:
        blocks = list(layout(text).blocks)
    return tuple((b.kind, " ".join(text[b.start : b.end].split())) for b in blocks)


def _headline(content: _Element | None, language: str | None) -> str | None:
    """Return the main headline, in the language of the text where there are several."""
    found = [e for e in _children(content, "headline") if line_of(e)]
    main = [e for e in found if (_role(e) or "") in _MAIN_ROLES] or found
    same = [e for e in main if (e.get(_LANG) or language or "").lower() == (language or "").lower()]
    return line_of(next(iter((*same, *main)), None))


def _language(item: _Element, content: _Element | None) -> str | None:
    """Return the language of the content: its own, or the nearest `xml:lang` around it."""
    named = _child(content, "language")
    if named is not None and named.get("tag"):
        return str(named.get("tag"))
    around = (item, *item.iterancestors())
    return next((e.get(_LANG) for e in around if e.get(_LANG)), None)


def _code(element: _Element | None) -> str | None:
    """Return the code of a concept without the alias, or the address, of its scheme."""
    if element is None:
        return None
    qcode, uri = element.get("qcode") or "", element.get("uri") or ""
    code = qcode.partition(":")[2] or qcode or uri.rstrip("/").rpartition("/")[2]
    return wording(code or element.get("literal"))


def _role(element: _Element) -> str | None:
    return (element.get("role") or "").rpartition(":")[2] or None


def _name(element: _Element | None) -> str | None:
    """Return the name of a party: as it is written out, as a literal, or its code."""
    if element is None:
        return None
    named = wording(line_of(_child(element, "name"))) or wording(element.get("literal"))
    if named or element.get("qcode"):
        return named or _code(element)
    address = web_address(element.get("uri"))  # as a rule a page about the party
    return _code(element) if address is None else urlsplit(address).hostname


def _link(meta: _Element | None) -> str | None:
    """Return the address of the text on the web, where the item says that it is the same text."""
    for link in _children(meta, "link"):
        if (link.get("rel") or "").rpartition(":")[2] in ("canonical", "alternate", "permalink"):
            return wording(link.get("href"))
    return None


def _time(parent: _Element | None, name: str) -> str | None:
    return instant(line_of(_child(parent, name)))


def _child(parent: _Element | None, name: str) -> _Element | None:
    return next(_children(parent, name), None)


def _children(parent: _Element | None, name: str) -> Iterator[_Element]:
    for element in () if parent is None else parent:
        if local_name(element) == name:
            yield element

"""A feed, cut into one feed for each entry: the reader of feeds reads them like any other.

An entry keeps all that its feed says of it, and what the feed says of itself.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5
from typing import TYPE_CHECKING, Any

from pipeline.errors import FetchError, SourceError
from pipeline.sources.fragment import plain_line
from pipeline.sources.raw import Raw
from pipeline.sources.xml_tree import (
    declared_encoding,
    local_name,
    parse_xml,
    without_declaration,
)

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_ROOTS = ("rss", "feed", "RDF")
_ITEMS = ("item", "entry")
_NAMES = ("guid", "id", "link")
_CHANGING = ("guid", "id", "updated", "modified", "date_modified", "lastBuildDate")
_WORDS = ("title", "pubDate", "published", "date", "updated")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML 1.0
_HINT = "open the address in a browser; it may be a page and no feed"
_KEY_DIGITS = 16
_TITLE_CHARS = 50
_UNSAFE = re.compile(r"[\W_]+")
_MARK = "nightdesk-place"  # of the element that entries stand in
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a key that it keeps from one fetch to the next, and its title and content.

    `words_key` is made of all that the entry says but its id, for feeds that give their entries new
    ids. `suffix` is that of the file that the content makes.
    """

    key: str
    words_key: str
    title: str
    suffix: str
    content: str

    @property
    def file_name(self) -> str:
        """The name of its file: words of the title, for people, and the key."""
        words = _UNSAFE.sub("-", self.title.casefold()).strip("-")[:_TITLE_CHARS].rstrip("-")
        return f"{words}-{self.key}{self.suffix}" if words else f"{self.key}{self.suffix}"


def entries(body: bytes, *, charset: str | None) -> Iterator[Entry]:
    """Yield the entries of a feed, in its order.

    Raises FetchError for content that is no feed.
    """
    try:
        raw = Raw(body, "feed", charset)
        text = raw.decoded(declared=declared_encoding(body)).text
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            yield from _of_json(json.loads(text))
        else:
            yield from _of_xml(text)
    except SourceError as error:
        raise FetchError(f"is no feed: {error}", hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise FetchError(f"is no feed: its JSON is broken: {error!s:.80}", hint=_HINT) from error


def _of_json(feed: Any) -> Iterator[Entry]:
    if not isinstance(feed, dict) or "jsonfeed" not in str(feed.get("version")):
        raise FetchError("is JSON, and no JSON Feed", hint=_HINT)
    items = feed.get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            said = [str(item[name]) for name in ("id", "url") if item.get(name)]
            said = said[:1] or [str(item.get(n)) for n in ("title", "date_published")]
            content = json.dumps({**feed, "items": [item]}, ensure_ascii=False) + "\n"
            kept = {name: value for name, value in item.items() if name not in _CHANGING}
            words = [json.dumps(kept, ensure_ascii=False, sort_keys=True)]
            yield Entry(_key(said), _key(words), str(item.get("title") or ""), ".json", content)


def _of_xml(text: str) -> Iterator[Entry]:
    from lxml import etree  # type: ignore[import-untyped]

    text = _ENTITY.sub(_letters, _FORBIDDEN.sub("", without_declaration(text)))
    root = parse_xml(text, what="the feed").root
    if local_name(root) not in _ROOTS:
        raise FetchError(f"is no feed: its root is <{local_name(root)}>", hint=_HINT)
    items = [element for element in root.iter() if local_name(element) in _ITEMS]
    empty = _emptied(root)
    for item in items:
        whole = copy.deepcopy(empty)
        place = next((e for e in whole.iter() if e.get(_MARK) is not None), whole)
        place.attrib.pop(_MARK, None)
        place.append(copy.deepcopy(item))
        written = etree.tostring(whole, encoding="unicode")
        title = next((c for c in item if local_name(c) == "title"), None)
        words = "" if title is None else plain_line("".join(title.itertext()))
        key, words_key = _key(_said(item)), _key(_words(item))
        yield Entry(key, words_key, words, ".xml", f"{_DECLARATION}{written}\n")


def _emptied(root: _Element) -> _Element:
    """Return a feed without its entries; the element that held them bears a mark."""
    whole = copy.deepcopy(root)
    for element in list(whole.iter()):
        if local_name(element) in _ITEMS and element.getparent() is not None:
            parent = element.getparent()
            parent.set(_MARK, "")
            parent.remove(element)
    return whole


def _said(item: _Element) -> list[str]:
    """Return what tells an entry from others: its id, or its address, or its title and date."""
    for name in _NAMES:
        for child in item:
            if local_name(child) == name:
                said = (child.text or "").strip() or (child.get("href") or "").strip()
                if said:
                    return [said]
    return [(c.text or "").strip() for c in item if local_name(c) in _WORDS] or [
        "".join(item.itertext())
    ]


def _words(item: _Element) -> list[str]:
    """Return all that an entry says but its id and when it was changed."""
    found: list[str] = []
    for child in item.iterdescendants():
        if isinstance(child.tag, str) and local_name(child) not in _CHANGING:
            said = (child.text or child.get("href") or "", child.tail or "")
            found += (f"{local_name(child)} {part.strip()}" for part in said)
    return found


def _key(said: list[str]) -> str:
    return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()[:_KEY_DIGITS]


def _letters(found: re.Match[str]) -> str:
    letters = html5.get(found[1])
    return found[0] if letters is None else "".join(f"&#{ord(letter)};" for letter in letters)

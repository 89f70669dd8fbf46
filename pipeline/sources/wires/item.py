"""One item of a wire, whichever standard it is in, and the document that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from pipeline.document import Document, Kind, Origin
from pipeline.errors import SourceError
from pipeline.lang.data import alternatives
from pipeline.sources import mojibake
from pipeline.sources.block import Block, headed, make_document, visible
from pipeline.sources.origin import names

_GAP = "\n\n"
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")
_DATELINE = re.compile(r"[^\W\d_][^\n]{1,60}?(?:\([^()\n]{1,40}\)\s*|\s)(?:[-\u2013\u2014]{1,2})\s")
_NO_TEXT = "look at it in the agency's own program; its text may be elsewhere"


@dataclass(frozen=True, slots=True)
class WireItem:
    """What a wire says of one text. `body` has its blocks in reading order.

    `language` is a BCP 47 tag, `dateline` the place in front of the text. `message` stands in for
    the text of an item that has none, as a cancellation may.
    """

    origin: Origin
    body: tuple[tuple[Kind, str], ...]
    headline: str | None = None
    dateline: str | None = None
    language: str | None = None
    message: str | None = None
    notes: tuple[str, ...] = ()


def document_of(
    item: WireItem, *, file: str, encoding: str, part: str | None, notes: tuple[str, ...] = ()
) -> Document:
    """Return an item as a document: headline, dateline, body.

    `part` is the place of the item in a file of several. Raises SourceError for an item without
    text that is no message about an earlier one.
    """
    blocks = [(kind, mojibake.repair(text)) for kind, text in item.body if visible(text)]
    headline = None if item.headline is None else mojibake.repair(item.headline)
    if item.dateline and blocks and not _begins_with(blocks, item.dateline):
        at = 1 if blocks[0][0] is Kind.HEADING else 0
        blocks.insert(at, (Kind.TEXT, item.dateline))
    if not blocks:
        blocks = [(Kind.TEXT, _stand_in(item, headline))]
    text, found = _laid_out(blocks)
    text, found = headed(text, found, headline)
    document = make_document(
        text,
        found,
        name=file if part is None else f"{file}#{part}",
        encoding=encoding,
        title=headline,
        date=_day(item.origin),
        notes=(*notes, *item.notes),
        origin=replace(item.origin, part=part),
    )
    tag = _LANGUAGE.fullmatch(item.language or "")
    return document if tag is None else replace(document, language=tag[1].lower(), confidence=1.0)


def byline(text: str | None) -> str | None:
    """Return the names in a byline, without the word for "by"."""
    return None if text is None else names(_by().sub("", " ".join(text.split()), count=1))


@cache
def _by() -> re.Pattern[str]:
    return re.compile(rf"{alternatives('dates.bylines')}:?\s+", re.IGNORECASE)


def _stand_in(item: WireItem, headline: str | None) -> str:
    """Return the text of an item without body: only one that is not usable needs none."""
    usable = (item.origin.status or "usable").rpartition(":")[2].lower() == "usable"
    found = item.message or headline or item.origin.identifier
    if usable or not found:
        raise SourceError("holds no text: a picture, a film or a list of references", hint=_NO_TEXT)
    return found


def _laid_out(blocks: Iterable[tuple[Kind, str]]) -> tuple[str, list[Block]]:
    text, found, at = [], [], 0
    for kind, words in blocks:
        found.append(Block(at, at + len(words), kind))
        text.append(words)
        at += len(words) + len(_GAP)
    return _GAP.join(text), found


def _begins_with(blocks: Iterable[tuple[Kind, str]], dateline: str) -> bool:
    """Tell whether the running text has its dateline already."""
    first = next((text for kind, text in blocks if kind is not Kind.HEADING), "")
    if _DATELINE.match(first):
        return True
    city = re.split(r"[,(\u2013\u2014]", dateline)[0].strip().casefold()
    return first.casefold().lstrip("( ").startswith(city)


def _day(origin: Origin) -> str | None:
    moment = origin.published_at or origin.updated_at
    return None if moment is None else moment[: len("2026-03-01")]

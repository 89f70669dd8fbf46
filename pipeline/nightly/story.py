"""Documents as nights remember them: which story a document tells, and what it says of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pipeline.document import Document, Kind
from pipeline.lang.normalise import normalise
from pipeline.stages.boilerplate import cues
from pipeline.stages.clean import Clean

_DIGITS = 16  # of a content's sha256
_MARK_DIGITS = 8  # of a sentence's
_MOST_MARKS = 40
_FEW_SENTENCES = 3  # a text with fewer may change in all of them
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|yclid|mc_cid|mc_eid", re.IGNORECASE)
_WORLDWIDE = re.compile(r"://|^urn:|^tag:|[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Story:
    """One document as a night remembers it.

    `key` is the same for every state of a story, and None where nothing tells: the publisher's id
    or the address of a text; the title of an entry of a file; the name of a file. `content` is
    the same for states that say the same: it is made of the text that the clean-up keeps, without
    case, marks, spaces, line ends and a site's counts. `sentences` are the digests of the first
    sentences. `headline` is the one that a night told it under.
    """

    id: str  # Document.id
    name: str  # Document.name
    key: str | None
    content: str
    sentences: tuple[str, ...] = ()
    headline: str = ""

    def record(self) -> dict[str, Any]:
        """Return the story as JSON values."""
        return asdict(self)

    def continues(self, earlier: Story) -> bool:
        """Tell whether a story of the same key is a new state of an earlier one.

        Names of files and titles are used again for other stories: a text of some length, no
        sentence of which is left, is another one.
        """
        if self.key is None or self.key != earlier.key:
            return False
        if self.key.startswith(("id:", "url:")):
            return True
        lengths = (len(self.sentences), len(earlier.sentences))
        return min(lengths) < _FEW_SENTENCES or not set(self.sentences).isdisjoint(
            earlier.sentences
        )


def read_story(record: Mapping[str, Any]) -> Story:
    """Return the story in the record of a night; nights before 28 November 2026 have no content.

    Raises KeyError or TypeError for what is no such record.
    """
    key, name = record.get("key"), str(record["name"])
    if "key" not in record and "#" not in name:
        key = f"file:{name}"
    return Story(
        id=str(record["id"]),
        name=name,
        key=None if key is None else str(key),
        content=str(record.get("content", "")),
        sentences=tuple(map(str, record.get("sentences", ()))),
        headline=str(record.get("headline", "")),
    )


def with_own_keys(stories: Sequence[Story]) -> list[Story]:
    """Return the stories of an inbox; a key that several of them have is nobody's."""
    shared = Counter(key for key, _ in {(s.key, s.content) for s in stories})
    return [replace(s, key=None) if shared[s.key] > 1 else s for s in stories]


def story_of(document: Document) -> Story:
    """Return the story that a document tells, as it was read."""
    # No model and no other document is asked: what one night keeps, the next one keeps as well.
    [cleaned] = Clean().run([document])
    counted = cues.trailing_counters()  # views and shares change from hour to hour
    kept = [counted.sub("", p.text) for p in cleaned.kept()]
    told = (
        text for p, text in zip(cleaned.kept(), kept, strict=True) if p.kind is not Kind.HEADING
    )
    sentences = [s for text in told for s in _SENTENCE_END.split(text)]
    text = " ".join(filter(None, map(normalise, kept)))
    marks = (_digest(normal, _MARK_DIGITS) for s in sentences if (normal := normalise(s)))
    return Story(
        id=document.id,
        name=document.name,
        key=_key(document),
        content=_digest(text, _DIGITS) if text else document.id,
        sentences=tuple(list(marks)[:_MOST_MARKS]),
    )


def _key(document: Document) -> str | None:
    """Return the key of a document's story: by id or guid, by address, by title, by file."""
    origin = document.origin
    feed = re.sub(r"\d+", "", document.file)  # `feed-2026-03-01.jsonl` is tomorrow's feed, too
    address = _address(origin.url) if origin.url else None
    if origin.identifier:
        site = address.partition("/")[0] if address else origin.publisher or feed
        scope = "" if _WORLDWIDE.search(origin.identifier) else f"{site}:"
        return f"id:{scope}{origin.identifier}"
    if address is not None and "/" in address:
        return f"url:{address}"
    if origin.part is None:
        return f"file:{document.name}"
    title = normalise(document.title or "")
    return f"title:{feed}:{title}" if title else None


def _address(url: str) -> str:
    """Return an address without what changes from link to link; a front page has no `/` in it."""
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])]
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/")
    return host + path + (f"{'' if path else '/'}?{urlencode(query)}" if query else "")


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]

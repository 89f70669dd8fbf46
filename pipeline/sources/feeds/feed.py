"""RSS, RDF and Atom: one document an entry, its full text before its teaser.

feedparser takes zone names that it does not know for UTC, so times are read from what the feed
says, not from what feedparser made of it.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.document import Document, Origin, Rejection
from pipeline.errors import SourceError
from pipeline.sources.block import headed, make_document
from pipeline.sources.encoding import Decoded
from pipeline.sources.fields import date_of, text_of, title_of
from pipeline.sources.fragment import plain_inline, plain_line
from pipeline.sources.origin import most_exact, names, web_address, wording
from pipeline.sources.raw import Raw
from pipeline.sources.xml_tree import declared_encoding, root_name, without_declaration

_ROOTS = ("rss", "feed", "rdf:RDF", "atom:feed", "RDF")
_TEXTS = ("yandex_full-text", "turbo_content")  # of feeds made for Yandex: the whole article
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")
_BARE = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # in XML 1.0
_FILES = re.compile(r"(?:image|audio|video|application)/", re.IGNORECASE)
_WORTH = 20  # letters by which another text must be longer to count before the first one


def is_feed(data: bytes) -> bool:
    """Tell whether content is XML whose root is that of a feed."""
    return root_name(data) in _ROOTS


def read_feed(raw: Raw) -> Iterator[Document | Rejection]:
    """Yield the entries of a feed; entry N of FILE is named `FILE#N`.

    Raises SourceError for a file that is no feed, or has no entry.
    """
    decoded = raw.decoded(declared=declared_encoding(raw.data))
    feed = _parsed(decoded.text)
    entries = feed["entries"]
    if not entries:
        what = "is a feed without entries" if feed.get("version") else "is not a feed"
        raise SourceError(what, hint="look at the file; remove it if there is no news in it")
    notes = _damage(feed)
    for number, entry in enumerate(entries, start=1):
        name = f"{raw.name}#{number}"
        try:
            yield _document(entry, feed["feed"], decoded, part=str(number), name=name, notes=notes)
        except SourceError as error:
            reason = f"entry {number} of {raw.name}: {error}"
            yield Rejection(name, "sources", reason, error.hint)


def _parsed(text: str) -> Mapping[str, Any]:
    """Return a feed as feedparser reads it; nothing is fetched, and no markup is taken away."""
    import feedparser

    # What XML does not allow, and feeds have: references of HTML, bare ampersands, controls.
    text = _FORBIDDEN.sub("", without_declaration(text))
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = _BARE.sub("&amp;", text)
    found: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),  # a string could be taken for a path
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return found


def _damage(feed: Mapping[str, Any]) -> tuple[str, ...]:
    if not feed.get("bozo"):
        return ()
    error = feed.get("bozo_exception")
    said = str(getattr(error, "getMessage", error.__str__)())
    return (f"the feed is damaged ({said}): text may be missing",)


def _document(
    entry: Mapping[str, Any],
    feed: Mapping[str, Any],
    decoded: Decoded,
    *,
    part: str,
    name: str,
    notes: tuple[str, ...],
) -> Document:
    fields = {key: _said(entry, key) for key in ("title", "published", "created", "updated")}
    try:
        found = text_of({**fields, "text": _full_text(entry)})
    except SourceError as error:
        raise SourceError("has neither a text nor a title", hint="remove the entry") from error
    date, date_notes = date_of(fields)
    title = title_of(fields) or found.title
    text, blocks = headed(found.text, found.blocks, title)
    return make_document(
        text,
        blocks,
        name=name,
        encoding=decoded.encoding,
        title=title,
        date=date or found.date,
        notes=(*notes, *found.notes, *date_notes),
        origin=_origin(entry, feed, part=part),
    )


def _said(entry: Mapping[str, Any], key: str) -> Any:
    """Return the value of a field of an entry itself.

    feedparser answers with another field where one is missing: the date of publication for that
    of an update.
    """
    return dict.get(entry, key) if isinstance(entry, dict) else entry.get(key)


def _full_text(entry: Mapping[str, Any]) -> str | None:
    """Return the longest of the texts of an entry; of texts as long as each other the first."""
    contents = [c for c in entry.get("content") or () if _is_text(c.get("type"))]
    several = [c.get("value") for c in contents]
    several += [_said(entry, key) for key in (*_TEXTS, "summary")]
    texts = [text for text in several if isinstance(text, str) and text.strip()]
    best: str | None = None
    for text in texts:
        if best is None or _letters(text) > _letters(best) + _WORTH:
            best = text
    return best


def _is_text(media_type: str | None) -> bool:
    """Tell whether content is text; some writers name no type, or none that there is."""
    return not _FILES.match(media_type or "") or "html" in (media_type or "")


def _letters(markup: str) -> int:
    return sum(map(str.isalpha, plain_inline(markup)))


def _origin(entry: Mapping[str, Any], feed: Mapping[str, Any], *, part: str) -> Origin:
    source = entry.get("source") or {}  # of an entry that another feed has passed on
    publisher = source.get("title") or feed.get("title")
    authors = [author.get("name") for author in entry.get("authors") or () if author.get("name")]
    return Origin(
        url=web_address(_said(entry, "link")),
        publisher=wording(plain_line(publisher)) if isinstance(publisher, str) else None,
        author=names(authors) or names(_said(entry, "author")),
        published_at=most_exact(_said(entry, key) for key in ("published", "created", "updated")),
        updated_at=most_exact([_said(entry, "updated")]),
        identifier=wording(_said(entry, "id")),
        part=part,
    )

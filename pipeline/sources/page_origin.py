"""Origins of web pages, out of meta elements, links and JSON-LD (schema.org)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from pipeline.document import Origin
from pipeline.sources.origin import most_exact, names, origin_of, web_address, wording
from pipeline.sources.surrogates import without_surrogates

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]
    from trafilatura.settings import Document as Extracted

# Names of meta elements (Open Graph, Dublin Core, Parse.ly), and of schema.org's properties.
_URL = ("og:url", "twitter:url")
_PUBLISHER = ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher")
_AUTHOR = ("author", "article:author", "dc.creator", "dcterms.creator", "parsely-author")
_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished"),
    *("dcterms.issued", "dc.date.issued", "parsely-pub-date", "pubdate", "publishdate"),
    *("dcterms.created", "dc.date", "date"),
)
_UPDATED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified"),
    *("dcterms.modified", "dc.date.modified", "last-modified"),
)
_IDENTIFIER = ("dc.identifier", "dcterms.identifier", "article:id", "parsely-post-id", "articleid")
_STORIES = ("Article", "Posting")  # endings of schema.org's types: NewsArticle, BlogPosting
_MOST_CHARACTERS = 1_000_000  # of one script
_MOST_OBJECTS = 1_000


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a page: meta elements by name, the page's address, and its article."""

    meta: Mapping[str, list[str]]
    canonical: str | None
    article: Mapping[str, Any]

    def first(self, fields: tuple[str, ...], understood: Any) -> str | None:
        """Return the first of the meta elements of these names that is understood."""
        found = (understood(value) for field in fields for value in self.meta.get(field, ()))
        return next((value for value in found if value is not None), None)

    def values(self, fields: tuple[str, ...]) -> Iterator[str]:
        """Yield the contents of the meta elements of these names."""
        for field in fields:
            yield from self.meta.get(field, ())


def page_origin(tree: _Element, extracted: Extracted | None, *, date: str | None) -> Origin:
    """Return the origin that a page tells of itself.

    `extracted`, the article as trafilatura found it, and `date` count where the page's own elements
    say nothing. An element without sense counts as absent.
    """
    head = _head(tree)
    article = origin_of(head.article)
    url, sitename, author = (
        (None, None, None)
        if extracted is None
        else (extracted.url, extracted.sitename, extracted.author)
    )
    return replace(
        article,
        url=head.canonical or head.first(_URL, web_address) or article.url or web_address(url),
        publisher=head.first(_PUBLISHER, wording) or article.publisher or wording(sitename),
        author=article.author or head.first(_AUTHOR, names) or names(author),
        published_at=most_exact(
            [*head.values(_PUBLISHED), head.article.get("datePublished"), date]
        ),
        updated_at=most_exact([*head.values(_UPDATED), head.article.get("dateModified")]),
        identifier=article.identifier or head.first(_IDENTIFIER, wording),
    )


def hidden_text(tree: _Element) -> str | None:
    """Return the longest text that JSON-LD gives as the body of an article, or None."""
    from lxml import html  # type: ignore[import-untyped]
    from lxml.etree import LxmlError

    bodies = [body for article in _articles(tree) for body in (article.get("articleBody"),)]
    longest = max((body for body in bodies if isinstance(body, str)), key=len, default="")
    if "<" in longest or "&" in longest:  # some sites put markup into it
        try:
            longest = html.fragment_fromstring(longest, create_parent="div").text_content()
        except (LxmlError, ValueError):
            return None
    lines = (" ".join(line.split()) for line in without_surrogates(longest).splitlines())
    return "\n".join(line for line in lines if line) or None


def _head(tree: _Element) -> _Head:
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta", "time"):
        content = element.get("content") or element.get("datetime")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (key := element.get(attribute)):
                meta.setdefault(key.strip().lower(), []).append(content)
    return _Head(meta, _canonical(tree), next(_articles(tree), {}))


def _canonical(tree: _Element) -> str | None:
    base = next((element.get("href") for element in tree.iter("base")), None)
    for element in tree.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            href = element.get("href") or ""
            try:
                found = web_address(urljoin(base or "", href.strip()))
            except ValueError:
                continue
            if found is not None:
                return found
    return None


def _articles(tree: _Element) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of JSON-LD that describe an article, in the order of the page."""
    for element in tree.iter("script"):
        script = element.text or ""
        if "ld+json" not in (element.get("type") or "") or len(script) > _MOST_CHARACTERS:
            continue
        try:
            values = [json.loads(script, strict=False)]
        except (ValueError, RecursionError):
            continue
        for _ in range(_MOST_OBJECTS):
            if not values:
                break
            value = values.pop(0)
            if isinstance(value, list):
                values = [*value, *values]
            elif isinstance(value, dict):
                if _is_story(value):
                    yield value
                values = [value.get("@graph"), value.get("mainEntity"), *values]


def _is_story(value: Mapping[str, Any]) -> bool:
    kinds = value.get("@type")
    several = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.endswith(_STORIES) for kind in several)

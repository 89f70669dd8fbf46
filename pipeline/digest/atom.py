"""A digest as an Atom feed (RFC 4287): an entry for each story, with its whole text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from pipeline.digest.addresses import address_of, digest_tag, path_address, story_tag
from pipeline.digest.envelope import Edition, Envelope
from pipeline.digest.passages import line, tidy
from pipeline.digest.quoted import CitedView
from pipeline.digest.templating import html_template
from pipeline.digest.view import StoryView, story_views
from pipeline.digest.wording import Wording, wording

if TYPE_CHECKING:
    from markupsafe import Markup

ATOM = "http://www.w3.org/2005/Atom"
_ILLEGAL = re.compile("[\ud800-\udfff\ufffe\uffff]")
ATOM_FILE = "digest.atom"


@dataclass(frozen=True, slots=True)
class _Entry:
    envelope: Envelope
    story: StoryView
    words: Wording
    folder: str  # from the feed to the digest, empty or with a slash behind it


def render_atom(envelope: Envelope) -> str:
    """Return the feed of one digest, to stand beside its page.

    Ids are tag URIs that stay from night to night; links lead into the page, by an address where
    the edition has one, else relative to the feed.
    """
    return _feed([_entries(envelope, folder="")], edition=envelope.edition, folder="")


def render_atom_of_nights(nights: Sequence[tuple[str, Envelope]], *, most: int = 200) -> str:
    """Return the feed of many digests, the newest first: `nights` are (folder, digest).

    A story that several nights told is there once, as the last of them tells it.
    """
    newest = sorted(nights, key=lambda night: night[1].edition.generated_at, reverse=True)
    groups = [_entries(envelope, folder=f"{folder}/") for folder, envelope in newest]
    return _feed(groups, edition=newest[0][1].edition, folder=f"{newest[0][0]}/", most=most)


def _entries(envelope: Envelope, *, folder: str) -> list[_Entry]:
    words = wording(envelope.edition.language)
    views = story_views(envelope.stories, words=words)
    return [_Entry(envelope, view, words, folder) for view in views]


def _feed(
    groups: Iterable[list[_Entry]], *, edition: Edition, folder: str, most: int | None = None
) -> str:
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": edition.language})
    one_night = not folder
    _text(feed, "id", digest_tag(edition.title, edition.date if one_night else None))
    title = line(edition.title)
    day = wording(edition.language).day(edition.date)
    _text(feed, "title", f"{title}, {day}" if one_night else title)
    _text(feed, "updated", edition.generated_at)
    _text(ElementTree.SubElement(feed, "author"), "name", title or "Nightdesk")
    _text(feed, "generator", "Nightdesk")
    _link(feed, "alternate", _at(edition, folder, address_of(edition)))
    if edition.notices:
        _text(feed, "subtitle", " ".join(edition.notices))
    seen: dict[str, None] = {}
    for group in groups:
        for entry in group:
            tag = story_tag(entry.story.story.id)
            if tag in seen or (most is not None and len(seen) == most):
                continue
            seen[tag] = None
            feed.append(_entry(entry, tag))
    ElementTree.indent(feed)
    text: str = ElementTree.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _entry(entry: _Entry, tag: str) -> Element:
    edition, story = entry.envelope.edition, entry.story
    element = Element("entry")
    _text(element, "id", tag)
    headline = line(story.story.headline)
    update = f"{entry.words['developing']}: " if story.story.state == "developing" else ""
    _text(element, "title", update + headline)
    _text(element, "updated", edition.generated_at)
    if story.story.state == "new":
        _text(element, "published", edition.generated_at)
    _link(element, "alternate", _at(edition, entry.folder, address_of(edition, story.anchor)))
    for view in story.sources:
        _link(
            element, "related", _at(edition, entry.folder, path_address(edition, view.source.link))
        )
        if view.url:
            _link(element, "via", view.url)
    for language in story.story.languages:
        category = ElementTree.SubElement(element, "category")
        category.set("term", _legal(language))
        category.set("label", _legal(entry.words.language(language)))
    content = _text(element, "content", _content(entry))
    content.set("type", "html")
    return element


def _content(entry: _Entry) -> str:
    from markupsafe import Markup

    def numbers(view: CitedView) -> Markup:
        return Markup("").join(Markup("[{}]").format(quoted.number) for quoted in view.numbers)

    template = html_template("entry.html.jinja")
    return template.render(words=entry.words, numbers=numbers, story=entry.story)


def _at(edition: Edition, folder: str, address: str) -> str:
    return address if edition.base_url is not None else f"{folder}{address}"


def _text(parent: Element, name: str, text: str) -> Element:
    child = ElementTree.SubElement(parent, name)
    child.text = _legal(text)
    return child


def _link(parent: Element, rel: str, href: str) -> None:
    link = ElementTree.SubElement(parent, "link")
    link.set("rel", rel)
    link.set("href", _legal(href))


def _legal(text: str) -> str:
    """Return `text` without characters that XML 1.0 has no place for: surrogates and two more."""
    return _ILLEGAL.sub("\ufffd", tidy(text))

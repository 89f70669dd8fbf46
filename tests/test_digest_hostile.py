"""Hostile texts in page, documents, Markdown, mail and feed: none becomes markup."""

from __future__ import annotations

import html as markup
import re
from urllib.parse import urlsplit

import feedparser
import pytest
from digest_reading import (
    DOCUMENTS,
    ENVELOPE,
    commonmark,
    hostile,
    page,
    valid,
    words,
)
from lxml import html

from pipeline.digest.atom import render_atom
from pipeline.digest.document_page import document_pages
from pipeline.digest.mail import render_mail_html, render_mail_text
from pipeline.digest.markdown import render_markdown
from pipeline.digest.outlets import web_address
from pipeline.digest.page import render_html
from pipeline.digest.story_page import story_pages


def _calm(root: html.HtmlElement, *, known: set[str]) -> None:
    assert {e.tag for e in root.iter() if isinstance(e.tag, str)} <= known
    assert not root.xpath("//@*[starts-with(name(), 'on')] | //@srcdoc | //@action")
    for href in root.xpath("//@href"):
        assert urlsplit(href).scheme in {"", "http", "https", "data"}, href
    for script in root.iter("script"):
        assert "pwned" not in script.text


def test_nothing_becomes_markup_in_any_page() -> None:
    envelope, documents = hostile()
    known = {e.tag for e in page().iter()} | {"em"}
    _calm(page(envelope), known=known)
    assert words(page(envelope).find(".//h1")).startswith("<script>document.title=")
    beside = {
        e.tag
        for _, t in document_pages(ENVELOPE, DOCUMENTS)
        for e in html.document_fromstring(t).iter()
    }
    for path, text in document_pages(envelope, documents):
        assert not path.startswith(("/", "..")), path
        _calm(html.document_fromstring(text), known=beside | {"em", "time"})


def test_nothing_becomes_markup_in_the_page_of_a_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.digest.page._LARGEST", 0)
    known = {e.tag for e in page().iter()} | {"em"}
    envelope, _ = hostile()
    pages = list(story_pages(envelope))
    assert len(pages) == len(envelope.stories)
    for path, text in pages:
        assert path.startswith("stories/s-")
        _calm(html.document_fromstring(text), known=known)


def test_nothing_becomes_markup_in_mail_feed_and_markdown() -> None:
    envelope, _ = hostile()
    known = {e.tag for e in html.document_fromstring(render_mail_html(ENVELOPE)).iter()}
    _calm(html.document_fromstring(render_mail_html(envelope)), known=known | {"em"})
    feed = render_atom(envelope)
    valid(feed)
    parsed = feedparser.parse(feed.encode(), sanitize_html=False)
    assert not parsed.bozo
    for entry in parsed.entries:
        _calm(
            html.fragment_fromstring(entry.content[0].value, create_parent="div"),
            known=known | {"em", "div", "br"},
        )
        assert (
            "<" not in re.sub(r"&lt;", "", entry.title) or entry.title_detail.type == "text/plain"
        )
    shown = commonmark(envelope)
    calm = {e.tag for e in commonmark(ENVELOPE).iter()}
    assert {e.tag for e in shown.iter() if isinstance(e.tag, str)} <= calm | {"blockquote"}
    for href in shown.xpath("//a/@href"):
        assert urlsplit(href).scheme == "", href
    assert "\x1b" not in render_mail_text(envelope) + render_markdown(envelope) + feed
    assert "\u202e" not in render_html(envelope) + render_mail_text(envelope) + feed
    assert markup.escape("<script>") in render_html(envelope)


@pytest.mark.parametrize(
    ("given", "address"),
    [("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"), (" http://a.example ", "http://a.example"),
     ("javascript:alert(1)", None), ("JaVaScRiPt:alert(1)", None), ("data:text/html,x", None),
     ("//a.example/x", None), ("file:///etc/passwd", None), ("https:", None), ("http://[", None),
     ("", None), (None, None), ("ftp://a.example", None), ("\x01javascript:alert(1)", None)],
)  # fmt: skip
def test_only_addresses_of_the_web_become_links(given: str | None, address: str | None) -> None:
    assert web_address(given) == address


def test_pages_run_their_own_script_and_nothing_else() -> None:
    root = page()
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none';")
    assert not root.xpath("//@style | //*[@src] | //iframe | //object | //form")
    assert all(
        a.get("rel") == "noopener noreferrer" for a in root.xpath("//a[contains(@href, ':')]")
    )
    for _, text in document_pages(ENVELOPE, DOCUMENTS):
        document = html.document_fromstring(text)
        assert not document.xpath("//script")
        policy = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
        assert "script-src" not in policy

"""The digest of made news and a hostile one, and how tests read their pages."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from editions import EDITION, Made, Text, envelope_of_made, made_news
from lxml import etree, html
from markdown_it import MarkdownIt

from pipeline.digest.envelope import Envelope
from pipeline.digest.markdown import render_markdown
from pipeline.digest.page import render_html
from pipeline.document import Document

NEWS = made_news()
ENVELOPE = envelope_of_made(NEWS)
DOCUMENTS = [d for m in NEWS for d in m.documents]
AT = dataclasses.replace(EDITION, base_url="https://desk.example/nights/2026-11-28")
HOSTILE = (
    '<script>document.title="pwned"</script><img src=x onerror=document.title="pwned">'
    "</style></details></article><!--\"' {{ 7*7 }} [a](javascript:alert(1)) ![b](http://evil.example/p)"
    " </content> ]]> &lt;b&gt; `x` \u202ereversed\u202c z\u0316\u0317\u0318\u0319\u031a\u0320"
    " \x1b[31m \ufffe"
)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def page(envelope: Envelope = ENVELOPE) -> html.HtmlElement:
    return html.document_fromstring(render_html(envelope))


def commonmark(envelope: Envelope) -> html.HtmlElement:
    return html.document_fromstring(MarkdownIt("commonmark").render(render_markdown(envelope)))


def valid(feed: str) -> None:
    schema = etree.RelaxNG(etree.parse(str(Path(__file__).parent / "data" / "atom.rng")))
    schema.assertValid(etree.fromstring(feed.encode()))


def hostile() -> tuple[Envelope, list[Document]]:
    """Return a digest whose every text is hostile, the names of its files among them."""
    text = Text(
        HOSTILE, "ru", HOSTILE[:20], HOSTILE, HOSTILE, ((HOSTILE, HOSTILE),), "javascript:1"
    )
    web = dataclasses.replace(text, url=f"https://evil.example/{HOSTILE}", publisher=None)
    at = ((1, 1), (2, 1))
    made = Made(
        HOSTILE, HOSTILE, (text, web), ((HOSTILE, at),), ((HOSTILE, at),), ((HOSTILE, at),),
        ((HOSTILE, ((HOSTILE, at), (HOSTILE, at))),), (("2026-11-20", HOSTILE, (1, 1)),),
        update=HOSTILE,
    )  # fmt: skip
    edition = dataclasses.replace(
        EDITION, title=HOSTILE, notices=(HOSTILE,), previous=f"../{HOSTILE}/digest.html"
    )
    envelope = envelope_of_made((made, *NEWS[:3]), edition=edition)
    return envelope, [*made.documents, *(d for m in NEWS[:3] for d in m.documents)]

"""Texts for web pages in four languages, and the pages made of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.document import Document, Kind
from pipeline.sources.html import read_html
from pipeline.sources.raw import Raw


@dataclass(frozen=True, slots=True)
class Words:
    """A title, three paragraphs, linked headlines, a notice of cookies, and a date in words."""

    title: str
    text: tuple[str, str, str]
    headlines: tuple[str, str, str, str]
    cookies: str
    published: str
    menu: str
    related: str


def _words(table: Mapping[str, Any]) -> Words:
    return Words(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})


_FILE = Path(__file__).parent / "data" / "pages.toml"
WORDS = {tag: _words(table) for tag, table in tomllib.loads(_FILE.read_text("utf-8")).items()}


def filled(form: str, language: str, *, head: str = "") -> str:
    """Return a page of the body `form`, its {places} filled with the words of a language.

    Places: h1, a, b, c, abc (three paragraphs), items (linked headlines), menu, cookies, date,
    related.
    """
    words = WORDS[language]
    a, b, c = words.text
    items = "".join(f'<li><a href="/{n}">{text}</a></li>' for n, text in enumerate(words.headlines))
    places = {
        "h1": f"<h1>{words.title}</h1>", "title": words.title, "a": a, "b": b, "c": c,
        "abc": f"<p>{a}</p><p>{b}</p><p>{c}</p>", "items": items, "menu": words.menu,
        "cookies": words.cookies, "date": words.published, "related": words.related,
    }  # fmt: skip
    for name, value in places.items():
        form = form.replace(f"{{{name}}}", value)
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{words.title}</title>{head}</head><body>{form}</body></html>"
    )


def read(page: str) -> Document:
    """Return the document in a page."""
    (document,) = read_html(Raw(page.encode(), "page.html"))
    return document


def running(document: Document) -> list[str]:
    """Return the paragraphs of a document that are no headings."""
    return [p.text for p in document.paragraphs if p.kind is not Kind.HEADING]

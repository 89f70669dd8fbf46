"""The genre of a text, told by its title, address and labels: news, opinion, live, round-up.

Only news is grouped with news: an opinion shares every name with the event it is about, a live page
and a round-up tell of several events.
"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from pipeline.document import Document
from pipeline.lang.data import alternatives
from pipeline.stories.passages import Passages
from pipeline.stories.story import Genre

_TITLE_CHARS = 300
_LABEL_CHARS = 90  # of a first line that may be a label above the title


def genre_of(document: Document, passages: Passages) -> Genre:
    """Return the genre of a document; news where nothing tells.

    A title must begin with a label of opinion ("Opinion: ..."), or end with one behind a bar.
    """
    titles = [passages.title.lower()[:_TITLE_CHARS]]
    if document.title:
        titles.append(document.title.lower()[:_LABEL_CHARS])
    path = urlsplit(document.origin.url or "").path.lower()
    for genre, key in ((Genre.LIVE, "live"), (Genre.OPINION, "opinion")):
        if any(_path(key).fullmatch(part) for part in path.split("/")):
            return genre
    for genre, key in ((Genre.LIVE, "live"), (Genre.ROUND_UP, "round_up")):
        if any(_labels(key).search(title) for title in titles):
            return genre
    if any(_opens(title) for title in titles):
        return Genre.OPINION
    return Genre.NEWS


def is_paywalled(document: Document) -> bool:
    """Tell whether a document shows the notice of a paywall, kept or removed."""
    return any(_labels("paywall").search(p.text.lower()) for p in document.paragraphs)


def _opens(title: str) -> bool:
    return _opinion().search(title) is not None


@cache
def _opinion() -> re.Pattern[str]:
    labels = alternatives("stories.opinion")
    return re.compile(rf"^\W*{labels}\s*(?:[:|–—.-]|$)|[|–—]\s*{labels}\s*$")


@cache
def _labels(key: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W\d_]){alternatives(f'stories.{key}')}")


@cache
def _path(key: str) -> re.Pattern[str]:
    return re.compile(alternatives(f"stories.{key}_paths"))

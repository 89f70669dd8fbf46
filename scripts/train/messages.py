"""Strings of programs and books as text: mark-up and accelerators gone, or the pair left out.

`tidy` returns pairs of plain text or the reason why there are none; `script_of` and `words` tell
the rest of what decides on a pair by itself. Who identifies languages sees many pairs at once and
is asked elsewhere (collect.py).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

MIN_WORDS = 5  # of a sentence; fewer are a label
MAX_LABEL_WORDS = 4
MIN_RATIO, MAX_RATIO = 0.5, 2.0  # characters; closer than what data.py asks of human pairs
MAX_CHARS = 900
_SIMPLE = re.compile(
    r"</?(?:b|i|em|strong|big|small|span|u|br|p|tt|para|emphasis|header|italic|bold|qt|html|body"
    r"|center|font|interface|title|note|nobr|h[1-6])\b[^<>]*>",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"</?[a-z][^<>]*>|\[/?[a-z]+\]|&[a-z]+;|\\[nt]|\ufffc|\b(?:text|dst)='", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"%\d*\$?[-+#0 ]?\d*(?:\.\d+)?(?:l{0,2}[diuxXfgeEGs]|[cspn@])(?![^\W\d_])|%\d|%[A-Za-z]\b"
    r"|%\([\w ]+\)|\{[^{}]{0,40}\}|\$[\w({]|@\w+@|\|\w+\||__\w+__|#\{"
)
_NO_TEXT = re.compile(
    r"https?:|www\.|\w@\w|(?:^|\s)--?[a-z]\w*|\w/\w+/\w|[{}=;]{2}|\w\(\)|::|_\w+_"
)
_CONTEXT = re.compile(r"^[^^\s]{1,40}\^")  # Wesnoth: "female^Elvish Archer"
_ACCELERATOR = re.compile(r"(?<![^\W_])[_&~](?=[^\W\d_])|(?<=[^\W\d_])[_&~](?=[^\W\d_])")
_FAR_ACCELERATOR = re.compile(r"\s?\([_&~]?\w\)$")
_WORD = re.compile(r"[^\W\d_][\w'’ʼ-]*")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# Letters that one of the two has and the other lacks.
FOREIGN = {"ru": re.compile(r"[іїєґ]", re.IGNORECASE), "uk": re.compile(r"[ыэёъ]", re.IGNORECASE)}


@dataclass(frozen=True, slots=True)
class Dropped:
    """The reason why a message gives no pair."""

    reason: str


def words(text: str) -> int:
    """Return how many words `text` has."""
    return len(_WORD.findall(text))


def tidy(source: str, english: str, *, language: str) -> Iterator[tuple[str, str] | Dropped]:
    """Yield the plain pairs of a translation `source` of a message, or why there are none.

    A message of several paragraphs gives a pair for each, if both have the same number.
    """
    english = _CONTEXT.sub("", english)
    ours, theirs = _paragraphs(source), _paragraphs(english)
    if len(ours) != len(theirs):
        ours, theirs = [" ".join(ours)], [" ".join(theirs)]
    for own, other in zip(ours, theirs, strict=True):
        yield _plain(own, other, language=language)


def _paragraphs(text: str) -> list[str]:
    parts = re.split(r"\n\s*\n|<br\s*/?>\s*<br\s*/?>|</p>\s*<p>", text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def _plain(source: str, english: str, *, language: str) -> tuple[str, str] | Dropped:
    pair = [" ".join(html.unescape(_SIMPLE.sub(" ", t)).split()) for t in (source, english)]
    if any(_MARKUP.search(text) for text in pair):
        return Dropped("mark-up")
    if any(_PLACEHOLDER.search(text) for text in pair):
        return Dropped("placeholder")
    if any(_NO_TEXT.search(text) for text in pair):
        return Dropped("addresses or code")
    marks = [_ACCELERATOR.findall(text) for text in pair]
    if any(len(found) > 1 for found in marks):
        return Dropped("accelerator")
    if any(marks):
        pair = [_FAR_ACCELERATOR.sub("", text) for text in pair]
        pair = [_ACCELERATOR.sub("", text) for text in pair]
    source, english = (text.strip(" \t*•·-–—|") for text in pair)
    if reason := unfit(source, english, language=language):
        return Dropped(reason)
    return source, english


def unfit(source: str, english: str, *, language: str) -> str | None:
    """Return why two plain texts are no pair, as far as their letters and lengths tell."""
    if not source or not english or not words(english) or not words(source):
        return "empty"
    if source.casefold() == english.casefold():
        return "untranslated"
    if max(len(source), len(english)) > MAX_CHARS:
        return "too long"
    ratio = len(source) / len(english)
    if len(english) > 20 and not MIN_RATIO <= ratio <= MAX_RATIO:
        return "length ratio"
    if not in_script(source, language=language) or not in_script(english, language="en"):
        return "script"
    if _figures(source) != _figures(english):
        return "figures"
    if sum(map(str.isalpha, english)) < 0.6 * len(english.replace(" ", "")):
        return "few letters"
    return None


def in_script(text: str, *, language: str) -> bool:
    """Tell whether a text is written in the letters of a language, but for some names."""
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if language in FOREIGN:
        return cyrillic >= latin and not FOREIGN[language].search(text)
    return latin > 0 and not cyrillic


def _figures(text: str) -> list[str]:
    """Return the digits of a text: translators write other separators, never other digits."""
    return sorted("".join(re.findall(r"\d", text)))

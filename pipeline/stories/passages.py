"""The passages of a document that its event is told by: title, lead, and the rest of the beginning.

News put what happened first; what a text says further down is background, which texts of other
events share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.document import Document, Kind
from pipeline.lang.data import tags
from pipeline.lang.sentences import sentences

TITLE_CHARS = 200
PASSAGE_CHARS = 700  # some 150 tokens: what a small encoder reads without losing the thread
PASSAGES = 2
_MOST_CHARS = 3 * PASSAGES * PASSAGE_CHARS  # of a paragraph: more is not looked at
_WHITESPACE = re.compile(r"\s+")
_ANY_LANGUAGE = "en"  # whose rules cut the sentences of a language that has none


@dataclass(frozen=True, slots=True)
class Passages:
    """The beginning of a document in its own language.

    `title` is its title or, without one, its first sentence; `body` are whole sentences, cut into
    `PASSAGES` pieces of about `PASSAGE_CHARS` characters at the most.
    """

    title: str
    body: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """All passages, the title first."""
        return (self.title, *self.body)

    @property
    def lead(self) -> str:
        """The title and the first passage."""
        return f"{self.title}\n{self.body[0]}" if self.body else self.title


def passages_of(document: Document) -> Passages:
    """Return the passages of a document: of its kept paragraphs, code and headings apart."""
    kept = [p for p in document.kept() if p.kind is not Kind.CODE]
    heading = document.heading
    title = one_line(heading.text if heading is not None else document.title or "")
    prose = [p for p in kept if p is not heading and p.kind is not Kind.HEADING]
    body = cut([one_line(p.text) for p in prose or kept], language=document.language)
    if not title:
        title = _first_sentence(body[0], language=document.language) if body else document.name
    return Passages(title[:TITLE_CHARS], body)


def cut(paragraphs: list[str], *, language: str) -> tuple[str, ...]:
    """Return whole sentences from the beginning of a text, in pieces for an encoder."""
    pieces = [""]
    for text in paragraphs:
        for sentence in split(text[:_MOST_CHARS], language=language):
            fitting = sentence[:PASSAGE_CHARS]
            if pieces[-1] and len(pieces[-1]) + len(fitting) > PASSAGE_CHARS:
                if len(pieces) == PASSAGES:
                    return tuple(pieces)
                pieces.append("")
            pieces[-1] = f"{pieces[-1]} {fitting}".strip()
    return tuple(piece for piece in pieces if piece)


def split(text: str, *, language: str) -> list[str]:
    """Return the sentences of a text without the whitespace around them."""
    known = language if language in tags() else _ANY_LANGUAGE
    found = (s.strip() for s in sentences(text, language=known))
    return [s for s in found if s]


def one_line(text: str) -> str:
    """Return a text with one space for any whitespace."""
    return _WHITESPACE.sub(" ", text).strip()


def _first_sentence(text: str, *, language: str) -> str:
    found = split(text[: 2 * PASSAGE_CHARS], language=language)
    return found[0] if found else text

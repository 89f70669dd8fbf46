"""Texts for tests of stories: documents, and an encoder that knows words instead of meaning."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.document import Document, Kind, Origin, Paragraph, content_id
from pipeline.place import Span

DATA = Path(__file__).parent / "data"
_SLOT = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


def story_document(
    title: str,
    *paragraphs: str,
    language: str = "en",
    name: str | None = None,
    day: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
) -> Document:
    """Return a document with a heading and paragraphs, as a reader and detection leave it."""
    parts, at = [], 0
    for index, text in enumerate((title, *paragraphs)):
        kind = Kind.TEXT if index else Kind.HEADING
        parts.append(Paragraph(index, text, Span(at, at + len(text)), kind, language=language))
        at += len(text) + 2
    text = "\n\n".join((title, *paragraphs))
    key = content_id(f"{language} {text}")
    origin = Origin(publisher=publisher, url=url)
    return Document(
        id=key,
        name=name or f"{key}.txt",
        text=text,
        encoding="utf-8",
        paragraphs=tuple(parts),
        date=day,
        language=language,
        origin=origin,
    )


class WordEncoder:
    """Implements `models.engine.Encoder` by hashed words: texts with common words lie close.

    Not a stand-in for meaning: for tests of what is done with vectors.
    """

    identity = "words"
    dimensions = 512  # not those of the embedded encoder, whose means do not fit

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of length 1 for each text."""
        vectors = np.full((len(texts), self.dimensions), 1e-3, np.float32)
        for at, text in enumerate(texts):
            for word in re.findall(r"\w{3,}", text.lower()):
                digest = hashlib.sha256(word[:6].encode()).digest()
                vectors[at, int.from_bytes(digest[:2], "big") % self.dimensions] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / lengths, dtype=np.float32)


def pairs_apart() -> Iterator[tuple[str, Document, Document]]:
    """Yield what differs in a pair of one template, and its two documents."""
    for kind, language, title, text in rows("stories-apart.tsv"):
        yield (
            kind,
            *(
                story_document(
                    _SLOT.sub(rf"\{side}", title), _SLOT.sub(rf"\{side}", text), language=language
                )
                for side in (1, 2)
            ),
        )


def pairs_together() -> Iterator[tuple[str, Document, Document]]:
    """Yield why two documents of one event share few words, and the documents."""
    for kind, *rest in rows("stories-together.tsv"):
        (one, title, text), (other, title2, text2) = rest[:3], rest[3:]
        yield (
            kind,
            story_document(title, text, language=one),
            story_document(title2, text2, language=other),
        )


def rows(name: str) -> Iterator[list[str]]:
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")

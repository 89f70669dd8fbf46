"""The values that flow through the pipeline: frozen, small, and without behaviour of their own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from models.engine import UNDETERMINED

NO_MODEL = "source"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters `[start, end)` in `Document.text`."""

    start: int
    end: int


class Kind(StrEnum):
    """What a paragraph is in the layout of its document."""

    TEXT = "text"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    CODE = "code"  # never translated, never summarised


@dataclass(frozen=True, slots=True)
class Copy:
    """The paragraph that was kept when its copy was removed."""

    document: str  # Document.name
    paragraph: int  # Paragraph.index
    span: Span


@dataclass(frozen=True, slots=True)
class Removal:
    """Why a paragraph was taken out, and for duplicates which copy stands.

    `similarity` and `threshold` are between 0 and 1; both are None where nothing was compared.
    """

    stage: str
    reason: str
    kept: Copy | None = None
    similarity: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """A paragraph in the target language.

    `flags` names what is known to be wrong with it ("kept-source", "length", ...); empty is good.
    """

    text: str
    language: str
    model: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of a paragraph and its translation, before names are spelt in one way.

    `source` is the piece with the whitespace behind it, `language` the one that it is translated
    from; None where it is in the target language already, and `text` the same.
    """

    paragraph: int  # Paragraph.index
    source: str
    language: str | None
    text: str
    model: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph that is in one language, where the paragraph is in several."""

    span: Span  # in `Document.text`
    language: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The unit that is cleaned, deduplicated and translated.

    `text` is exactly `Document.text[span.start:span.end]`, without surrounding whitespace.
    `language` is that of most of it. `runs` is empty where all of it is in that language; else
    the runs follow each other without a gap and together make up `span`. `same_as` are paragraphs
    of other languages that say the same once translated.
    """

    index: int
    text: str
    span: Span
    kind: Kind = Kind.TEXT
    language: str = UNDETERMINED
    confidence: float = 0.0
    removal: Removal | None = None
    translation: Translation | None = None
    runs: tuple[Run, ...] = ()
    same_as: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences in the target language, in reading order, and the model that wrote them.

    `model` is `NO_MODEL` where the sentences are the text's own.
    """

    sentences: tuple[str, ...]
    language: str
    model: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One input text.

    `name` is the path below the input folder (with `#LINE` for a line of a JSONL file).
    `text` is the decoded source; for HTML and PDF it is the text that was extracted from it.
    `date` is an ISO 8601 calendar date. `notes` are remarks a reader should see. `drafts` go from
    the translate stage to the spell stage; no record has them, and no comparison looks at them.
    """

    id: str
    name: str
    text: str
    encoding: str
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    date: str | None = None
    language: str = UNDETERMINED
    confidence: float = 0.0
    summary: Summary | None = None
    notes: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = field(default=(), compare=False, repr=False)

    def kept(self) -> tuple[Paragraph, ...]:
        """Return the paragraphs that no stage has removed."""
        return tuple(p for p in self.paragraphs if p.removal is None)


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input that could not be used: which, in which stage, why, and what to do about it."""

    name: str
    stage: str
    reason: str
    hint: str = ""


def content_id(text: str) -> str:
    """Return the id of a document with this text: 16 hex digits of its sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

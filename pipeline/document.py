"""The values that flow through the pipeline: frozen, small, and without behaviour of their own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from models.engine import UNDETERMINED
from pipeline.flag import Flag
from pipeline.place import NO_MODEL, Place, Span
from pipeline.reason import Reason
from pipeline.summary import Summary


class Kind(StrEnum):
    """The part of a paragraph in the layout of its document."""

    TEXT = "text"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    ROW = "row"  # of a table, cells between "|": never taken for site chrome or for a copy
    CODE = "code"  # never translated, never summarised


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a text, as its file tells it; a field that the file does not have is None.

    Times are ISO 8601 with their offset from UTC, or a calendar date where no more is known.
    `identifier` is the publisher's own name of the text, such as the id of a feed's entry;
    `version` and `status` are the publisher's, too, and so is `urgency`: 1, the highest, to 9.
    `embargo_until` may also be a time without an offset, or words that are no time.
    `part` is the place in a file that holds several texts (a line, an entry, a message).
    """

    url: str | None = None
    publisher: str | None = None
    author: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    identifier: str | None = None
    version: str | None = None
    status: str | None = None
    embargo_until: str | None = None
    urgency: str | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """Why a paragraph was taken out, and for duplicates which copy stands.

    `similarity` and `threshold` are between 0 and 1; both are None where nothing was compared.
    """

    stage: str
    reason: Reason
    kept: Place | None = None
    similarity: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Aligned:
    """A stretch of the source and the stretch of the translation that stands for it.

    `source` is in `Document.text`, `target` in `Translation.text`. `language` is that of the
    source. `model` is `NO_MODEL` where no model wrote the target: it is known without one, or the
    source was in the target language already, or was kept. `flags` are the known faults of the
    stretch; empty is good. `trust` is the rating, 0 to 1, that people are expected to give the
    translation (pipeline/stages/trust), None where it was not estimated. Neither span has
    whitespace at its edges.
    """

    source: Span
    target: Span
    language: str
    model: str
    flags: tuple[Flag, ...] = ()
    trust: float | None = None


@dataclass(frozen=True, slots=True)
class Translation:
    """A paragraph in the target language, with what became of each stretch of it.

    The segments are in reading order. Their sources together cover the paragraph and their targets
    `text`, but for whitespace between two of them; neither overlap.
    """

    text: str
    language: str
    segments: tuple[Aligned, ...]

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags of all stretches, each once; empty is good."""
        return tuple(dict.fromkeys(flag for s in self.segments for flag in s.flags))

    @property
    def models(self) -> tuple[str, ...]:
        """The models that wrote it, each once, in the order in which they first come."""
        return tuple(dict.fromkeys(s.model for s in self.segments if s.model != NO_MODEL))


@dataclass(frozen=True, slots=True)
class Draft:
    """A piece of a paragraph and its translation, before names are spelt in one way.

    `source` is the piece in `Document.text`, with the whitespace behind it. `parts` have their
    sources in `Document.text`, too, and their targets in `text`. A piece that is not `asked` is
    kept as it is, and has no parts. `reading` is the reading form of a piece that is asked.
    """

    paragraph: int  # Paragraph.index
    source: Span
    language: str
    asked: bool
    text: str
    parts: tuple[Aligned, ...]
    reading: str = ""


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
    same_as: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One input text.

    `name` is the path below the input folder (with `#LINE` for a line of a JSONL file). `origin` is
    the origin of the text as the file tells it.
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
    origin: Origin = Origin()
    drafts: tuple[Draft, ...] = field(default=(), compare=False, repr=False)

    @property
    def file(self) -> str:
        """The path of the file that the text is in: `name` without the part of a file."""
        part = self.origin.part
        return self.name if part is None else self.name.removesuffix(f"#{part}")

    @property
    def heading(self) -> Paragraph | None:
        """The paragraph that heads the text, else the line that the title is, else None.

        A heading is the title only above all running text; further down it heads a section.
        """
        kept = [p for p in self.kept() if p.kind not in (Kind.CODE, Kind.LIST_ITEM)]
        if kept and kept[0].kind is Kind.HEADING:
            return kept[0]
        title = (self.title or "").split()
        return next((p for p in kept if title and p.text.split() == title), None)

    def kept(self) -> tuple[Paragraph, ...]:
        """Return the paragraphs that no stage has removed."""
        return tuple(p for p in self.paragraphs if p.removal is None)


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input that could not be used: which, in which stage, why, and what to do about it.

    `origin` is there where the text could be read, and its publisher forbids to tell it.
    """

    name: str
    stage: str
    reason: str
    hint: str = ""
    origin: Origin | None = None


def content_id(text: str) -> str:
    """Return the id of a document with this text: 16 hex digits of its sha256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

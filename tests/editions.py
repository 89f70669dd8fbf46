"""A digest of made news that looks like a real one: twelve stories in four languages.

Nobody and nothing in `data/made_news.json` is real.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.digest.envelope import Account, Edition, Envelope
from pipeline.digest.ranking import placed
from pipeline.document import (
    Aligned,
    Document,
    Kind,
    Origin,
    Paragraph,
    Rejection,
    Removal,
    Translation,
    content_id,
)
from pipeline.flag import Flag
from pipeline.place import Place, Span
from pipeline.reason import Reason
from pipeline.stories.story import (
    Cited,
    Conflict,
    Genre,
    Moment,
    Quotation,
    Source,
    State,
    Story,
    Topic,
    Version,
)
from pipeline.summary import Sentence, Summary

MODEL = "tiny-translator@2 0123456789ab"


@dataclass(frozen=True)
class Text:
    """A made document: `told` are pairs of a paragraph and its translation (None in English)."""

    publisher: str | None
    language: str
    date: str | None
    title: str
    title_translation: str | None
    told: tuple[tuple[str, str | None], ...]
    url: str | None = None
    genre: Genre = Genre.NEWS
    paywalled: bool = False
    doubts: tuple[int, ...] = ()  # paragraphs whose translation is to be checked

    @property
    def name(self) -> str:
        stem = content_id(self.title)[:6]
        return f"{self.language}/{stem}.html"


def document_of(text: Text) -> Document:
    """Return the document as the pipeline leaves it: translated, summarised, one line left out."""
    furniture = "Views: 1 204"
    parts = [(text.title, text.title_translation), *text.told, (furniture, None)]
    whole = "\n\n".join(source for source, _ in parts)
    paragraphs, at = [], 0
    for index, (source, target) in enumerate(parts):
        span = Span(at, at + len(source))
        at = span.end + 2
        flags = (Flag.NUMBERS,) if index - 1 in text.doubts else ()
        translation = None
        if target is not None:
            aligned = Aligned(span, Span(0, len(target)), text.language, MODEL, flags)
            translation = Translation(target, "en", (aligned,))
        paragraphs.append(
            Paragraph(
                index,
                source,
                span,
                Kind.HEADING if index == 0 else Kind.TEXT,
                text.language,
                1.0,
                Removal("clean", Reason.COUNTER) if source == furniture else None,
                translation,
            )
        )
    first = text.told[0][1] or text.told[0][0]
    return Document(
        content_id(whole),
        text.name,
        whole,
        "utf-8",
        tuple(paragraphs),
        text.title,
        text.date,
        text.language,
        1.0,
        Summary((Sentence(first, MODEL),), "en"),
        origin=Origin(url=text.url, publisher=text.publisher),
    )


@dataclass(frozen=True)
class Made:
    """A story in the making: citations are pairs of (text from 1, paragraph from 1)."""

    id: str
    headline: str
    texts: tuple[Text, ...]
    sentences: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    agreed: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    alone: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    conflicts: tuple[tuple[str, tuple[tuple[str, tuple[tuple[int, int], ...]], ...]], ...] = ()
    timeline: tuple[tuple[str, str, tuple[int, int]], ...] = ()
    state: State = State.NEW
    since: str | None = None
    update: str = ""
    topic: Topic | None = None
    documents: tuple[Document, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "documents", tuple(map(document_of, self.texts)))

    def story(self) -> Story:
        return Story(
            id=self.id,
            headline=self.headline,
            sentences=tuple(self._cited(*s) for s in self.sentences),
            sources=tuple(self._source(n) for n in range(1, len(self.texts) + 1)),
            agreed=tuple(self._cited(*s) for s in self.agreed),
            alone=tuple(self._cited(*s) for s in self.alone),
            conflicts=tuple(
                Conflict(a, tuple(Version(v, self._quotations(at)) for v, at in versions))
                for a, versions in self.conflicts
            ),
            timeline=tuple(Moment(d, self._cited(t, (at,))) for d, t, at in self.timeline),
            state=self.state,
            since=self.since,
            update=self.update,
            topic=self.topic,
        )

    def _cited(self, text: str, at: tuple[tuple[int, int], ...]) -> Cited:
        return Cited(text, self._quotations(at))

    def _quotations(self, at: tuple[tuple[int, int], ...]) -> tuple[Quotation, ...]:
        return tuple(self._quotation(*place) for place in at)

    def _quotation(self, text: int, paragraph: int) -> Quotation:
        document = self.documents[text - 1]
        quoted = document.paragraphs[paragraph]
        doubtful = paragraph - 1 in self.texts[text - 1].doubts
        return Quotation(
            Place(document.id, document.name, paragraph, quoted.span),
            quoted.text,
            document.language,
            quoted.translation.text if quoted.translation else None,
            "a number of the source is missing" if doubtful else "",
        )

    def _source(self, number: int) -> Source:
        text, document = self.texts[number - 1], self.documents[number - 1]
        lead = document.paragraphs[1]
        return Source(
            document_id=document.id,
            document=document.name,
            language=text.language,
            title=text.title,
            title_translation=text.title_translation,
            lead=lead.text,
            lead_translation=lead.translation.text if lead.translation else None,
            publisher=text.publisher,
            family=text.publisher or document.name,
            date=text.date,
            url=text.url,
            link=f"documents/{document.name}.html",
            genre=text.genre,
            paywalled=text.paywalled,
        )


_UNKNOWN = {"publisher": None, "date": None, "title_translation": None}


def _made(record: dict[str, Any]) -> Made:
    texts = [
        Text(**{**t, "told": _tuples(t["told"]), "genre": Genre(t.get("genre", "news"))})
        for t in ({**_UNKNOWN, **found} for found in record["texts"])
    ]
    rest = {key: _tuples(value) for key, value in record.items()}
    return Made(**{**rest, "texts": tuple(texts), "state": State(record.get("state", "new"))})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def made_news() -> tuple[Made, ...]:
    """Return the twelve stories."""
    path = Path(__file__).parent / "data" / "made_news.json"
    return tuple(map(_made, json.loads(path.read_text(encoding="utf-8"))))


EDITION = Edition(
    date="2026-11-28",
    timezone="Europe/Kyiv",
    title="Night desk",
    language="en",
    generated_at="2026-11-28T00:31:07+00:00",
    previous="../2026-11-27/digest.html",
    previous_date="2026-11-27",
    index="../index.html",
)


def envelope_of_made(made: tuple[Made, ...], *, edition: Edition = EDITION) -> Envelope:
    """Return the digest of made stories, with two files that could not be used."""
    documents = list({d.id: d for m in made for d in m.documents}.values())
    paragraphs = [p for d in documents for p in d.paragraphs]
    return Envelope(
        edition=edition,
        stories=placed([m.story() for m in made]),
        account=Account(
            documents=len(documents),
            paragraphs=len(paragraphs),
            removed=sum(p.removal is not None for p in paragraphs),
            translated=sum(p.translation is not None for p in paragraphs),
            flagged=sum(bool(p.translation and p.translation.flags) for p in paragraphs),
            rejections=(
                Rejection("scan-0412.pdf", "sources", "has no text in it", "scan it again"),
                Rejection("wires.jsonl#88", "sources", "not a record: no field named text"),
            ),
            not_read="2 .csv (prices.csv, staff.csv)",
        ),
        models=("nightdesk-translator-1.5b@1", "qwen2.5-coder-1.5b-instruct@0.2.0"),
    )


def many(made: tuple[Made, ...], count: int) -> tuple[Made, ...]:
    """Return `count` stories, each a copy of a made one under another id, headline and topic."""
    topics = tuple(Topic)
    return tuple(
        dataclasses.replace(
            base := made[n % len(made)],
            id=f"{base.id}-{n}",
            topic=topics[n % len(topics)],
            headline=base.headline if n < len(made) else f"{base.headline} ({n})",
        )
        for n in range(count)
    )

"""The stories of earlier nights: `story_nights` of the memory, a row for each night of a story.

A document is kept as far as it is needed to know its story again: its title, the beginning of its
text, its language, date and publisher.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.document import Document, Kind, Origin, Paragraph
from pipeline.place import Span
from pipeline.state.database import as_bytes, transaction
from pipeline.state.memory import open_memory
from pipeline.stories.identity import EarlierStory
from pipeline.stories.passages import passages_of
from pipeline.stories.story import Genre, State, Story

NIGHTS = 14  # for which stories are remembered
_MOST_DOCUMENTS = 8  # of a story, the latest: a running story moves on
_MOST_TOLD = 60
_ORIGIN = ("url", "publisher", "published_at")


class EarlierStories:
    """The stories of the nights before `night`; implements `pipeline.stories.identity.Earlier`.

    `path` is the memory's, `night` an ISO 8601 date. The `nights` before it count. Raises
    OutputError when the file cannot be used.
    """

    def __init__(self, path: Path, *, night: str, nights: int = NIGHTS) -> None:
        self._path = path
        self._night = night
        self._nights = nights

    @property
    def night(self) -> str:
        """The date of tonight, ISO 8601."""
        return self._night

    def stories(self) -> list[EarlierStory]:
        """Return the stories of the last nights before tonight, in the order of their ids."""
        with open_memory(self._path) as connection:
            rows = connection.execute(
                "SELECT story, night, since, genre, headline, told, documents FROM story_nights "
                "WHERE night < ? AND night >= date(?, ?) ORDER BY story, night",
                (self._night, self._night, f"-{self._nights} days"),
            ).fetchall()
        by_story: dict[str, list[tuple[str, ...]]] = {}
        for story, *rest in rows:
            by_story.setdefault(story, []).append(tuple(rest))
        return [_story(story, nights) for story, nights in by_story.items()]

    def remember(self, stories: Iterable[Story], documents: Sequence[Document]) -> None:
        """Store tonight's stories in place of an earlier attempt's, and forget the oldest.

        `documents` are those that `stories` were made of.
        """
        by_id = {document.id: document for document in documents}
        rows = [_row(self._night, story, by_id) for story in stories]
        with open_memory(self._path) as connection, transaction(connection):
            connection.execute("DELETE FROM story_nights WHERE night = ?", (self._night,))
            connection.executemany(
                "INSERT INTO story_nights VALUES (?,?,?,?,CAST(? AS TEXT),CAST(? AS TEXT),"
                "CAST(? AS TEXT))",
                rows,
            )
            connection.execute(
                "DELETE FROM story_nights WHERE night < date(?, ?)",
                (self._night, f"-{self._nights} days"),
            )


def _row(night: str, story: Story, by_id: dict[str, Document]) -> tuple[Any, ...]:
    told = [] if story.state is State.QUIET else [s.text for s in story.sentences]
    kept = [by_id[s.document_id] for s in story.sources if s.document_id in by_id]
    records = [_record(document) for document in kept[:_MOST_DOCUMENTS]]
    genre = story.sources[0].genre if story.sources else Genre.NEWS
    return (
        night,
        story.id,
        story.since or night,
        str(genre),
        as_bytes(story.headline),
        as_bytes(json.dumps(told, ensure_ascii=False)),
        as_bytes(json.dumps(records, ensure_ascii=False)),
    )


def _record(document: Document) -> dict[str, Any]:
    passages = passages_of(document)
    origin = {key: value for key, value in asdict(document.origin).items() if key in _ORIGIN}
    return {
        "id": document.id,
        "name": document.name,
        "language": document.language,
        "date": document.date,
        "title": passages.title,
        "body": list(passages.body),
        "origin": origin,
    }


def _document(record: dict[str, Any]) -> Document:
    """Return a document as it was remembered: a heading, and a paragraph for each passage."""
    texts = [record["title"], *record["body"]]
    paragraphs, at = [], 0
    for index, text in enumerate(texts):
        kind = Kind.TEXT if index else Kind.HEADING
        span = Span(at, at + len(text))
        paragraphs.append(Paragraph(index, text, span, kind, language=record["language"]))
        at += len(text) + 1
    return Document(
        id=record["id"],
        name=record["name"],
        text="\n".join(texts),
        encoding="utf-8",
        paragraphs=tuple(paragraphs),
        date=record["date"],
        language=record["language"],
        origin=Origin(**record["origin"]),
    )


def _story(story: str, nights: Sequence[tuple[str, ...]]) -> EarlierStory:
    """Return a story out of its nights, the oldest first."""
    documents: dict[str, Document] = {}
    told: list[str] = []
    last = nights[0][0]
    for night, _, _, _, said, records in nights:
        sentences = json.loads(said)
        told += [s for s in sentences if s not in told]
        last = night if sentences else last
        documents |= {record["id"]: _document(record) for record in json.loads(records)}
    _, since, genre, headline, _, _ = nights[-1]
    latest = list(documents.values())[-_MOST_DOCUMENTS:]
    return EarlierStory(
        id=story,
        since=since,
        last=last,
        headline=headline,
        documents=tuple(latest),
        told=tuple(told[-_MOST_TOLD:]),
        genre=Genre(genre),
    )

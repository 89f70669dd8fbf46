"""Sets that stories are measured on: pairs of texts that people have compared, and known groups."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.document import Document, Kind, Paragraph, content_id
from pipeline.errors import UsageError
from pipeline.place import Span

IDS = "DOCUMENT_IDS.tsv"
SAME = 2.0  # a person's similarity, 1 to 4, up to which a pair counts as one story
_LANGUAGES = {"eng": "en", "fra": "fr", "rus": "ru", "ukr": "uk"}
_COLUMNS = (
    'lines like {"text1": ..., "text2": ..., "lang1": "en", "lang2": "fr", "overall": 1.5} or'
    ' {"text": ..., "lang": "en", "story": "a name"}'
)


@dataclass(frozen=True, slots=True)
class Text:
    """A document to group, and its English translation where one is known."""

    document: Document
    translation: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and a person's similarity, 1 (the same story) to 4 (another)."""

    one: Text
    other: Text
    overall: float
    ids: tuple[str, str]

    @property
    def languages(self) -> str:
        """The languages of both, such as "en-fr"."""
        return "-".join(sorted((self.one.document.language, self.other.document.language)))


@dataclass(frozen=True, slots=True)
class StorySet:
    """Pairs, or texts with the name of each one's story; the other of the two is empty."""

    pairs: tuple[Pair, ...] = ()
    texts: tuple[Text, ...] = ()
    stories: tuple[str, ...] = ()


def read_story_set(path: Path, *, events: Path | None = None) -> StorySet:
    """Read a JSONL file of pairs or of texts, or a folder of parallel texts with `IDS`.

    `events` gives names of stories that tell of one event, a line for each event, with tabs or
    blanks between the names. Raises UsageError naming the file and the line.
    """
    found = _folder(path) if path.is_dir() else _lines(path)
    if events is None:
        return found
    if not found.stories:
        raise UsageError(f"--events {events}: pairs have no names", hint="leave it out")
    same = {
        n: line.split()[0]
        for line in _read(events).splitlines()
        if line.split()
        for n in line.split()
    }
    return StorySet(texts=found.texts, stories=tuple(same.get(s, s) for s in found.stories))


def _lines(path: Path) -> StorySet:
    pairs, texts, stories = [], [], []
    for number, line in enumerate(_read(path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if "text1" in row:
                pairs.append(_pair(row, number))
            else:
                texts.append(
                    Text(
                        _document(row["text"], row["lang"], row.get("title")),
                        row.get("translation"),
                    )
                )
                stories.append(str(row["story"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}, line {number}: {plainly(error)}", hint=_COLUMNS) from error
    if bool(pairs) == bool(texts):
        raise UsageError(f"{path}: neither pairs alone nor texts alone", hint=_COLUMNS)
    return StorySet(tuple(pairs), tuple(texts), tuple(stories))


def _pair(row: Mapping[str, Any], number: int) -> Pair:
    one, other = (
        Text(
            _document(row[f"text{i}"], row[f"lang{i}"], row.get(f"title{i}")),
            row.get(f"translation{i}"),
        )
        for i in (1, 2)
    )
    ids = str(row.get("pair_id", "")).split("_")
    named = (ids[0], ids[1]) if len(ids) == 2 else (f"{number}.1", f"{number}.2")
    return Pair(one, other, float(row["overall"]), named)


def _document(text: str, language: str, title: str | None = None) -> Document:
    lines = [line for line in ([title] if title else []) + text.split("\n") if line.strip()]
    return _of_lines(lines, str(language), headed=bool(title))


def _of_lines(lines: list[str], language: str, *, headed: bool = False) -> Document:
    text = "\n".join(lines)
    paragraphs, at = [], 0
    for index, line in enumerate(lines):
        kind = Kind.HEADING if headed and not index else Kind.TEXT
        span = Span(at, at + len(line))
        paragraphs.append(Paragraph(index, line, span, kind, language=language))
        at += len(line) + 1
    key = content_id(f"{language}\n{text}")
    return Document(key, key, text, "utf-8", tuple(paragraphs), language=language)


def _folder(path: Path) -> StorySet:
    """Read texts whose lines are parallel: `IDS` names the text of each line."""
    ids = _read(path / IDS).splitlines()
    english = _read(path / "eng.txt").splitlines()
    texts, stories = [], []
    for name, language in _LANGUAGES.items():
        lines = _read(path / f"{name}.txt").splitlines()
        if len(lines) < len(ids):
            raise UsageError(f"{path / name}.txt: has {len(lines)} lines, {IDS} {len(ids)}")
        for story, places in _places(ids):
            translation = None if language == "en" else "\n".join(english[i] for i in places)
            texts.append(Text(_of_lines([lines[i] for i in places], language), translation))
            stories.append(story)
    return StorySet(texts=tuple(texts), stories=tuple(stories))


def _places(ids: list[str]) -> Iterator[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for at, name in enumerate(ids):
        found.setdefault(name.strip(), []).append(at)
    yield from found.items()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {plainly(error)}", hint=_COLUMNS) from error

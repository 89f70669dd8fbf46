"""Articles with summaries that people wrote, and summaries of them to be measured.

The columns tell where a row has its text and its summary: `article`, `text` or `document`, and
`summary` (a text) or `summaries` (a list of texts). Rows with the same text are one article with
several references. `id` or `article_id` names an article, `language` its language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.config import check_language
from pipeline.errors import UsageError
from pipeline.evaluate.rows import Row, read_rows, tags_of
from pipeline.lang.sentences import sentences

_TEXTS = ("article", "text", "document")


@dataclass(frozen=True, slots=True)
class Article:
    """A text in a language given by its BCP-47 tag, and people's summaries of it."""

    id: str
    text: str
    language: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A summary in sentences; empty where there is none. `flags` are those that it came with."""

    sentences: tuple[str, ...]
    flags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentences as running text."""
        return " ".join(self.sentences)


def articles(rows: Sequence[Row], *, language: str | None = None) -> list[Article]:
    """Read articles with their references; `language` is that of rows that do not name theirs.

    Raises UsageError for a row of other columns, or where no language is known.
    """
    named = tags_of(rows[0].path)
    default = language or (named[0] if named else None)
    found: dict[str, Article] = {}
    for row in rows:
        column = next((name for name in _TEXTS if name in row.fields), None)
        if column is None:
            raise row.wrong(f"has none of the columns {', '.join(_TEXTS)}")
        tag = row.text("language") if "language" in row.fields else default
        if tag is None:
            raise row.wrong(
                "does not name its language",
                hint='give --lang, or a field "language", or name the file like news.fr.jsonl',
            )
        text = row.text(column)
        known = found.get(text)
        references = (*(known.references if known else ()), *_references(row))
        found[text] = (
            replace(known, references=references)
            if known
            else Article(_id(row), text, check_language(tag), references)
        )
    return list(found.values())


def read_summaries(path: Path, wanted: Sequence[Article], *, language: str) -> list[Written]:
    """Return a summary of each article from rows with `id` and `summary`, as --save writes them.

    Raises UsageError where the file has no summary of an article.
    """
    known = {}
    for row in read_rows(path):
        summary = row.fields.get("summary")
        if not isinstance(summary, str):
            raise row.wrong("'summary' is not a text")
        known[_id(row)] = Written(cut(summary, language=language))
    missing = [article.id for article in wanted if article.id not in known]
    if missing:
        raise UsageError(
            f"{path}: has no summary of {len(missing)} of the {len(wanted)} articles,"
            f" such as {missing[0]}",
            hint='write {"id": ..., "summary": ...} for each, or measure fewer with --lines',
        )
    return [known[article.id] for article in wanted]


def cut(text: str, *, language: str) -> tuple[str, ...]:
    """Return the sentences of a text, stripped, paragraph by paragraph."""
    lines = (line for line in text.split("\n") if line.strip())
    return tuple(s.strip() for line in lines for s in sentences(line, language=language))


def _references(row: Row) -> tuple[str, ...]:
    if "summaries" not in row.fields:
        return (row.text("summary"),)
    found = row.fields["summaries"]
    if not isinstance(found, list) or not found or not all(isinstance(s, str) for s in found):
        raise row.wrong("'summaries' is not a list of texts")
    return tuple(found)


def _id(row: Row) -> str:
    for name in ("id", "article_id"):
        if isinstance(value := row.fields.get(name), (str, int)):
            return str(value)
    return str(row.number)

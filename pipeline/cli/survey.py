"""The survey of `nightdesk run --dry-run`, as lines for people or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli.options import put, refusal, say
from pipeline.document import Document

if TYPE_CHECKING:
    from pipeline.batch import Survey


def tell_survey(survey: Survey, *, as_json: bool) -> None:
    """Write a survey to stdout; exit with 1 where a file could not be used."""
    rows = [_row(d, survey) for d in survey.documents]
    if as_json:
        record = {
            "documents": rows,
            "rejections": [asdict(rejection) for rejection in survey.rejections],
            "not_read": list(survey.not_read),
        }
        put(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{_line(row)}\n" for row in rows))
        characters = sum(row["to_translate"] for row in rows)
        say(
            f"{len(survey.to_summarise)} to summarise, {characters} characters to translate,"
            f" {len(survey.rejections)} not used, {len(survey.not_read)} of other kinds"
        )
    for rejection in survey.rejections:
        say(refusal(rejection))
    if survey.rejections:
        raise typer.Exit(1)


def _row(document: Document, survey: Survey) -> dict[str, Any]:
    removed = sum(p.removal is not None for p in document.paragraphs)
    return {
        "name": document.name,
        "language": document.language,
        "date": document.date,
        "paragraphs": len(document.paragraphs),
        "removed": removed,
        "to_translate": survey.to_translate[document.name],
        "to_summarise": document.name in survey.to_summarise,
        "notes": list(document.notes),
    }


def _line(row: dict[str, Any]) -> str:
    facts = [
        row["language"],
        row["date"],
        f"{row['paragraphs']} paragraphs",
        f"{row['removed']} left out" if row["removed"] else None,
        f"{row['to_translate']} characters to translate" if row["to_translate"] else None,
        None if row["to_summarise"] else "no summary",
        *row["notes"],
    ]
    return f"{row['name']}: " + ", ".join(fact for fact in facts if fact)

"""Rows of a data set: JSON lines, a JSON list, or a table whose first line names the columns."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import plainly
from pipeline.errors import UsageError

_TAGS = re.compile(r"[a-z]{2}(-[a-z]{2})?")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number, counted from 1 (the header of a table is none), and its file."""

    path: Path
    number: int
    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field that is text and not empty; raise UsageError where it is anything else."""
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{name!r} is {_shown(value)}, not a text")
        return value

    def number_in(self, name: str) -> float:
        """Return a field that is a number or spells one; raise UsageError where it does neither."""
        value = self.fields.get(name)
        if not isinstance(value, bool) and isinstance(value, (int, float, str)):
            try:
                found = float(value)
            except ValueError:
                found = float("nan")
            if found - found == 0:  # neither infinite nor no number
                return found
        raise self.wrong(f"{name!r} is {_shown(value)}, not a number")

    def rows_in(self, name: str) -> list[Row]:
        """Return a field that is a list of objects, as rows with this row's number."""
        value = self.fields.get(name)
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.wrong(f"{name!r} is {_shown(value)}, not a list of objects")
        return [Row(self.path, self.number, inner) for inner in value]

    def wrong(self, complaint: str, *, hint: str = "") -> UsageError:
        """Return the error that tells where the complaint is."""
        return UsageError(
            f"{self.path}: row {self.number}: {complaint}",
            hint=hint or "mend the row, or leave it out with --lines; --help describes the columns",
        )


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a file of UTF-8 text: .tsv a table, else JSON lines or one JSON list.

    Raises UsageError where the file cannot be read, or a row is no object.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: cannot be read: {plainly(error)}",
            hint="give a file of UTF-8 text: .jsonl, .json or .tsv",
        ) from error
    if path.suffix == ".tsv":
        found = _table(path, text)
    elif text.lstrip().startswith("["):
        found = _json_list(path, text)
    else:
        found = _json_lines(path, text)
    if not found:
        raise UsageError(f"{path}: has no rows", hint="--help describes the columns")
    return found


def chosen(rows: Sequence[Row], lines: str | None) -> list[Row]:
    """Return the rows of a range such as "1-300", counted from 1, or all of them.

    Raises UsageError for what is no range, or reaches beyond the rows.
    """
    if lines is None:
        return list(rows)
    match = re.fullmatch(r"(\d+)-(\d+)", lines)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= first <= last:
        raise UsageError(f"--lines {lines}: not a range of rows", hint="for example --lines 1-300")
    if last > len(rows):
        raise UsageError(
            f"--lines {lines}: {rows[0].path} has only {len(rows)} rows",
            hint=f"name rows from 1 to {len(rows)}",
        )
    return list(rows[first - 1 : last])


def tags_of(path: Path) -> list[str]:
    """Return the language tags that a file's name has, as in `set.fr.jsonl` or `set.ru-en.tsv`."""
    parts = path.name.split(".")[:-1]
    return next((part.split("-") for part in parts if _TAGS.fullmatch(part)), [])


def _json_lines(path: Path, text: str) -> list[Row]:
    found = []
    # JSON may hold U+2028, at which str.splitlines would cut.
    for number, line in enumerate((part for part in text.split("\n") if part.strip()), 1):
        try:
            value = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(
                f"{path}: row {number} is no JSON: {error.msg}, character {error.pos + 1}",
                hint="write one JSON object a line, or one list of them",
            ) from error
        found.append(_row(path, number, value))
    return found


def _json_list(path: Path, text: str) -> list[Row]:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{path}: line {error.lineno} is no JSON: {error.msg}",
            hint="write one JSON object a line, or one list of them",
        ) from error
    return [_row(path, number, value) for number, value in enumerate(values, 1)]


def _table(path: Path, text: str) -> list[Row]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    names = lines[0].split("\t")
    found = []
    for number, line in enumerate((part for part in lines[1:] if part.strip()), 1):
        cells = line.split("\t")
        if len(cells) != len(names):
            raise UsageError(
                f"{path}: row {number} has {len(cells)} columns, but the first line names"
                f" {len(names)}",
                hint="write one cell for each column, with a tab between two",
            )
        found.append(Row(path, number, dict(zip(names, cells, strict=True))))
    return found


def _row(path: Path, number: int, value: object) -> Row:
    if not isinstance(value, dict):
        raise UsageError(
            f"{path}: row {number} is {_shown(value)}, not an object",
            hint="write one JSON object a line, or one list of them",
        )
    return Row(path, number, value)


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    spelt = json.dumps(value, ensure_ascii=False, default=str)
    return spelt if len(spelt) <= 40 else f"{spelt[:37]}..."

"""The columns of a table under the names of fields: as they are named, or guessed by content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import mean
from typing import Any

from pipeline.errors import SourceError
from pipeline.sources.fields import (
    DATE_FIELDS,
    EXCERPT_FIELDS,
    TEXT_FIELDS,
    TITLE_FIELDS,
    spelt_alike,
)
from pipeline.sources.origin import URL_FIELDS, web_address
from pipeline.sources.times import instant

_NAME_CHARS = 60  # a longer cell is no name of a column
_LETTERS = 0.7  # and spaces, in a title
_MOST = 0.6  # share of the cells that must be of a kind
_TEXT_CHARS = 80  # on average, of the cells of a text
_TITLE_CHARS = (12, 200)
_MOST_NAMES = 20  # in a message


def has_names(first: Sequence[str]) -> bool:
    """Tell whether the first row of a table names its columns."""
    cells = [cell.strip() for cell in first]
    return (
        all(cells)
        and len(set(cells)) == len(cells)
        and not any(_is_value(cell) for cell in cells)
        and any(any(map(str.isalpha, cell)) for cell in cells)
    )


def named_fields(names: Sequence[str], sample: Sequence[Sequence[Any]]) -> Sequence[str]:
    """Return the names of columns, so that the fields of each row are known by them.

    A name that says what is in its column stays as it is. Where none says it of the text, the
    title, the date or the address, the columns of a `sample` of rows are looked at. Raises
    SourceError where no column has texts, or titles.
    """
    spelt = [next(iter(spelt_alike({name: ""}))) for name in names]
    columns = [
        [str(row[n]) for row in sample if n < len(row) and row[n]] for n, _ in enumerate(names)
    ]
    fields = list(names)
    telling = {name for known, _ in _GUESSED.values() for name in known}
    free = {n for n, name in enumerate(spelt) if name not in telling}
    for field, (known, rank) in _GUESSED.items():
        if any(name in known for name in spelt):
            continue
        ranks = {n: rank(columns[n]) for n in free}
        best = max(ranks, key=ranks.__getitem__, default=None)
        if best is not None and ranks[best] > 0:
            fields[best] = field
            free.discard(best)
    said = {next(iter(spelt_alike({name: ""}))) for name in fields}
    if said.isdisjoint((*TEXT_FIELDS, *EXCERPT_FIELDS, *TITLE_FIELDS)):
        listed = ", ".join(name or '""' for name in names[:_MOST_NAMES])
        raise SourceError(
            f"has no column of texts among its {len(names)}: {listed:.300}",
            hint="name the column with the texts: text",
        )
    return fields


def record_of(names: Sequence[str], row: Sequence[Any]) -> Mapping[str, Any]:
    """Return a row as a record; cells without content are left out."""
    return {name: cell for name, cell in zip(names, row, strict=False) if cell not in (None, "")}


def _is_value(cell: str) -> bool:
    digits = sum(map(str.isdigit, cell))
    return (
        len(cell) > _NAME_CHARS
        or web_address(cell) is not None
        or instant(cell) is not None
        or digits > len(cell) / 2
    )


def _text(column: Sequence[str]) -> float:
    words = [cell for cell in column if " " in cell.strip()]
    average = mean(map(len, words)) if words else 0.0
    return average if len(words) >= _MOST * len(column) and average >= _TEXT_CHARS else 0.0


def _title(column: Sequence[str]) -> float:
    least, most = _TITLE_CHARS
    lines = [c for c in column if least <= len(c) <= most and _is_words(c) and not instant(c)]
    share = len(lines) / len(column) if column else 0.0
    return share * len(set(lines)) if share >= _MOST else 0.0


def _is_words(cell: str) -> bool:
    letters = sum(c.isalpha() or c.isspace() for c in cell)
    return " " in cell.strip() and letters >= _LETTERS * len(cell)


def _url(column: Sequence[str]) -> float:
    return _share(column, web_address)


def _date(column: Sequence[str]) -> float:
    return _share(column, instant)


def _share(column: Sequence[str], understood: Any) -> float:
    found = sum(understood(cell) is not None for cell in column)
    return found / len(column) if column and found >= _MOST * len(column) else 0.0


# Fields in the order in which their columns are looked for, with the names that say it.
_GUESSED: Mapping[str, tuple[tuple[str, ...], Callable[[Sequence[str]], float]]] = {
    "url": (URL_FIELDS, _url),
    "date": (DATE_FIELDS, _date),
    "text": ((*TEXT_FIELDS, *EXCERPT_FIELDS), _text),
    "title": (TITLE_FIELDS, _title),
}

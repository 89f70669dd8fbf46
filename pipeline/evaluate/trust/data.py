"""Translations that people rated: source, translation, rating.

The columns are `original` or `source`, `translation`, and `mean`, `score` or `rating`, a number
that is higher for better translations; `model_scores`, where it is there, is the mean
log-probability that the system which wrote the translation gave it. The sets of MLQE-PE
(https://github.com/sheffieldnlp/mlqe-pe) have these columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.engine import Segment
from pipeline.config import check_language
from pipeline.errors import UsageError
from pipeline.evaluate.rows import Row, tags_of

_SOURCES = ("original", "source")
_RATINGS = ("mean", "score", "rating")


@dataclass(frozen=True, slots=True)
class RatedTranslation:
    """A translation, people's rating of it, and the likelihood that its own system gave it."""

    segment: Segment
    text: str
    rating: float
    own_likelihood: float | None


def rated_translations(
    rows: Sequence[Row], *, source: str | None, target: str | None
) -> list[RatedTranslation]:
    """Read rated translations; `source` and `target` are language tags, else the file's name says.

    Raises UsageError for a row of other columns, where a language is not known, or where all
    ratings are equal.
    """
    path = rows[0].path
    named = tags_of(path)
    source, target = source or next(iter(named[:1]), None), target or next(iter(named[1:2]), None)
    if source is None or target is None:
        raise UsageError(
            f"{path}: the two languages are not known",
            hint="give --lang and --to, or name the file like ratings.ru-en.tsv",
        )
    pair = check_language(source), check_language(target)
    found = [_rated(row, *pair) for row in rows]
    if len({one.rating for one in found}) < 2:
        raise UsageError(
            f"{path}: all ratings are equal", hint="give better and worse translations"
        )
    return found


def _rated(row: Row, source: str, target: str) -> RatedTranslation:
    own = "model_scores" in row.fields
    return RatedTranslation(
        Segment(row.text(_column(row, _SOURCES)), source, target),
        row.text("translation"),
        row.number_in(_column(row, _RATINGS)),
        row.number_in("model_scores") if own else None,
    )


def _column(row: Row, names: Sequence[str]) -> str:
    found = next((name for name in names if name in row.fields), None)
    if found is None:
        raise row.wrong(f"has none of the columns {', '.join(names)}")
    return found

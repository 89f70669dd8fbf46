"""The timeline of a story: what happened when, as far as its sentences give dates."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.stories.align import Aligned
from pipeline.stories.compare import cited
from pipeline.stories.days import days_in
from pipeline.stories.details import Details
from pipeline.stories.story import Moment

_MOST = 8
_FEWEST = 2
_LONGEST = 320  # characters of a sentence that a timeline can show


def timeline(details: Sequence[Details], aligned: Aligned) -> tuple[Moment, ...]:
    """Return the moments of a story in their order, or none where there are fewer than two.

    1. A sentence with one date, to the month at least, tells of that date; one with several tells
       of none for certain.
    2. For each date the sentence that most documents have like it is taken.
    """
    best: dict[tuple[str, str], tuple[int, int, tuple[int, ...]]] = {}
    for group in aligned.groups:
        for at in group:
            statement = aligned.statements[at]
            words = statement.quotation
            if len(statement.text) > _LONGEST or words.doubt:
                continue
            document = details[statement.source].document
            year = int(document.date[:4]) if document.date else None
            days = days_in(words.text, language=words.language, year=year)
            if len(days) != 1 or days[0].precision == "year":
                continue
            key = days[0].date, days[0].precision
            rank = (-len(group), at, (at, *(i for i in group if i != at)))
            best[key] = min(best.get(key, rank), rank)
    moments = []
    for (date, precision), (_, _, group) in sorted(best.items()):
        told = cited(group, aligned)
        moments.append(Moment(date, told, "day" if precision == "day" else "month"))
    return tuple(moments[-_MOST:]) if len(moments) >= _FEWEST else ()

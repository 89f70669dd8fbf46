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
_MOST_DATES = 2  # of a sentence: more make a chronicle
_LONGEST = 320  # characters of a sentence that a timeline can show


def timeline(details: Sequence[Details], aligned: Aligned) -> tuple[Moment, ...]:
    """Return the moments of a story in their order, or none where there are fewer than two.

    1. A sentence with a date, to the month at least, tells of that date; one with two of either,
       one with more of none for certain.
    2. For each date a sentence with that date alone is taken before one with two, and then the one
       that most documents have like it. No sentence is taken twice.
    """
    best: dict[tuple[str, str], list[tuple[int, int, int, tuple[int, ...]]]] = {}
    for group in aligned.groups:
        for at in group:
            statement = aligned.statements[at]
            words = statement.quotation
            if len(statement.text) > _LONGEST or words.doubt:
                continue
            document = details[statement.source].document
            year = int(document.date[:4]) if document.date else None
            days = days_in(words.text, language=words.language, year=year)
            if len(days) > _MOST_DATES:
                continue
            for day in days:
                if day.precision != "year":
                    rank = (len(days), -len(group), at, group)
                    best.setdefault((day.date, day.precision), []).append(rank)
    moments = []
    used: set[int] = set()
    for (date, precision), ranks in sorted(best.items()):
        group = next((group for *_, at, group in sorted(ranks) if used.isdisjoint(group)), ())
        if group:
            used.update(group)
            told = cited(group, aligned)
            moments.append(Moment(date, told, "day" if precision == "day" else "month"))
    return tuple(moments[-_MOST:]) if len(moments) >= _FEWEST else ()

"""The timeline of a story: what happened when, as far as its sentences give dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stories.align import Aligned
from pipeline.stories.days import Day, days_in
from pipeline.stories.details import Details
from pipeline.stories.story import Cited, Moment

_MOST = 8
_FEWEST = 2
_MOST_DATES = 2  # of a sentence: more make a chronicle
_LONGEST = 320  # characters of a sentence that a timeline can show


def timeline(details: Sequence[Details], aligned: Aligned) -> tuple[Moment, ...]:
    """Return the moments of a story in their order, or none where there are fewer than two.

    1. A sentence with a date, to the month at least, tells of that date; one with two of either,
       one with more of none for certain.
    2. The sentence that names the date is shown, with those that say the same and no other date.
    3. For each date a sentence with that date alone is taken before one with two, then one that
       stands by itself, then the one that most documents have like it. None is taken twice.
    """
    best: dict[tuple[str, str], list[tuple[int, bool, int, int, tuple[int, ...]]]] = {}
    dates: dict[int, list[Day]] = {}
    for group in aligned.groups:
        for at in group:
            statement = aligned.statements[at]
            words = statement.quotation
            if len(statement.text) > _LONGEST or words.doubt:
                continue
            document = details[statement.source].document
            year = int(document.date[:4]) if document.date else None
            days = days_in(words.text, language=words.language, year=year)
            dates[at] = days
            if len(days) > _MOST_DATES:
                continue
            for day in days:
                if day.precision != "year":
                    rank = (len(days), statement.leans, -len(group), at, group)
                    best.setdefault((day.date, day.precision), []).append(rank)
    moments = []
    used: set[int] = set()
    for (date, precision), ranks in sorted(best.items()):
        at, group = next(
            ((at, group) for *_, at, group in sorted(ranks) if used.isdisjoint(group)), (0, ())
        )
        if group:
            used.update(group)
            told = _told(at, group, aligned, dates)
            moments.append(Moment(date, told, "day" if precision == "day" else "month"))
    return tuple(moments[-_MOST:]) if len(moments) >= _FEWEST else ()


def _told(
    at: int, group: Sequence[int], aligned: Aligned, dates: Mapping[int, Sequence[Day]]
) -> Cited:
    """Return a statement, with the quotations of those of its group that agree about its dates."""
    agreeing = [
        i
        for i in group
        if i != at
        and all(any(day.may_be(other) for other in dates[at]) for day in dates.get(i, ()))
    ]
    statements = aligned.statements
    return Cited(statements[at].text, tuple(statements[i].quotation for i in (at, *agreeing)))

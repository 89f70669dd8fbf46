"""Publication dates at the top of a text, in figures or in the words of four languages."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = {
    stem: number
    for number, stems in enumerate(
        (
            "january jan janvier janv января янв січня січ",
            "february feb février fevrier févr февраля фев лютого лют",
            "march mar mars марта мар березня бер",
            "april apr avril avr апреля апр квітня квіт",
            "may mai мая май травня трав",
            "june jun juin июня июн червня черв",
            "july jul juillet juil июля июл липня лип",
            "august aug août aout августа авг серпня серп",
            "september sept sep septembre сентября сен сент вересня вер",
            "october oct octobre октября окт жовтня жовт",
            "november nov novembre ноября ноя нояб листопада лист",
            "december dec décembre decembre déc декабря дек грудня груд",
        ),
        start=1,
    )
    for stem in stems.split()
}
_MONTH = "(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DATE = (
    r"(?P<date>"
    r"\d{4}-\d{2}-\d{2}(?!\d)|\d{4}/\d{2}/\d{2}(?!\d)"
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}(?!\d)"
    rf"|\d{{1,2}}(?:er|st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\s+\d{{4}}(?!\d)"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}(?!\d)"
    r")"
)
_TIME = (
    r"(?:\s*(?:года|г\.|року|р\.))?"
    r"(?:(?:\s*[,T|–—-]\s*|\s+)(?:at\s+|à\s+|в\s+|о\s+|об\s+)?\d{1,2}[:h.]\d{2}(?::\d{2})?(?:\.\d+)?"
    r"(?:\s*(?:[ap]\.?m\.?|Z|UTC|GMT|CET|CEST|EET|EEST|MSK|МСК|[+-]\d{2}:?\d{2}))*)?"
)
_LABEL = (
    r"(?:published(?:\s+on)?|posted(?:\s+on)?|(?:last\s+)?updated(?:\s+on)?|date"
    r"|publié(?:\s+le)?|mis\s+à\s+jour(?:\s+le)?|par\s+le|le"
    r"|дата(?:\s+публикации|\s+публікації)?|опубликовано|обновлено|опубліковано|оновлено)"
)
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|понеділок|вівторок|середа|четвер|п['’]ятниця|субота|неділя)"
)
_BYLINE = r"(?:(?:by|par|from|de|автор|текст)\b:?\s+[^\d.!?:]{1,50}?[\s,|•·–—-]+(?:le\s+|on\s+)?)"
_OPENING = re.compile(rf"\s*(?:{_LABEL}\s*:?\s*)?(?:{_WEEKDAY},?\s+)?{_DATE}{_TIME}", re.IGNORECASE)
_WHOLE = re.compile(
    rf"\s*(?:{_BYLINE}|{_LABEL}\s*:?\s*)?(?:{_WEEKDAY},?\s+)?{_DATE}{_TIME}\s*[|.•]?\s*",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"published|posted|updated|\bby\b|\bfrom\b", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?:\s*[:|–—•·]\s+|\s*-\s+|\s+)(?=\S)")
_LONGEST_LINE = 100


def parse(text: str) -> str | None:
    """Return the date that `text` begins with as YYYY-MM-DD, or None.

    Takes ISO 8601, 22.01.2026, 22/01/2026 and months in words. Day comes before month, unless
    that makes no date or the line is English and both orders would do: then None.
    """
    match = _OPENING.match(text[:_LONGEST_LINE])
    return None if match is None else _iso(match["date"], english=bool(_ENGLISH.search(text[:40])))


def of_line(line: str) -> str | None:
    """Return the date of a line that says when the text was published, and nothing else."""
    if len(line) > _LONGEST_LINE:
        return None
    match = _WHOLE.fullmatch(line)
    return None if match is None else _iso(match["date"], english=bool(_ENGLISH.search(line)))


def glued(line: str) -> tuple[str, int, int] | None:
    """Find a date in front of the first sentence: the date, where it ends, where the text begins.

    Offsets count in `line`. None where the date is a part of the sentence, or stands alone.
    """
    head = line[: 2 * _LONGEST_LINE]  # of any line: the expressions are not made for long ones
    match = _OPENING.match(head)
    if match is None or not line[match.end() :].strip():
        return None
    gap = _SEPARATOR.match(head, match.end())
    if gap is None:
        return None
    first = line[gap.end()]
    if first.islower() or (first.isdigit() and not gap.group().strip()):
        return None
    found = _iso(match["date"], english=bool(_ENGLISH.search(match.group())))
    return None if found is None else (found, match.end(), gap.end())


def _iso(written: str, *, english: bool) -> str | None:
    numbers = [int(n) for n in re.findall(r"\d+", written)]
    word = re.search(r"[^\W\d_]{3,}", re.sub(r"\d(?:er|st|nd|rd|th)\b|\bof\b", " ", written))
    if word is not None:
        month = _MONTHS.get(word.group().lower())
        if month is None:
            return None
        day = re.search(r"\d+", written)
        return _valid(numbers[1], month, int(day.group()) if day else 0)
    if numbers[0] > 31:
        return _valid(numbers[0], numbers[1], numbers[2])
    first, second, year = numbers
    if "/" in written and english and first <= 12 and second <= 12 and first != second:
        return None
    return _valid(year, second, first) or ("/" in written and _valid(year, first, second)) or None


def _valid(year: int, month: int, day: int) -> str | None:
    if not 1900 <= year <= 2100:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None

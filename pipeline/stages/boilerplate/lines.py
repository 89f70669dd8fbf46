"""One line read by itself: site chrome of a known sort, a headline, or prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from pipeline.lang.function_words import function_word_density, words
from pipeline.stages.boilerplate import cues

_SENTENCE_END = re.compile(r"[.!?…:;]['\"»”’)\]]*$")
_FULL_STOP = re.compile(r"[.!…]['\"»”’)\]]*$")
_STEPS = re.compile(
    # Each run of blanks is read from its start alone.
    r"(?:(?<!\s)\s++)?(?:[>›→]\s*|[/\\]$|»$)|(?<!\s)\s++(?:[/\\]|»|::)\s+"
)
_BARS = re.compile(r"(?:(?<!\s)\s++)?[|•·]\s*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LABEL_WORDS = 6
_HEADLINE_WORDS = 30
_DISCLAIMER_MIN_WORDS = 8
_LONG = 60  # words; a longer line is chrome only as a notice
_SHORT_NOTICE = 45  # words
_MAX_CHARS = 400  # longer lines are no trails, bars or labels, however few words they have
_DATE_CHARS = 90


class Look(Enum):
    """The look of a line, whether the line is chrome or not."""

    HEADLINE = "headline"  # a title, a caption, a name: it does not end like a sentence
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of a paragraph with what was found in it.

    `reason` is set for chrome; `cue` names a line that makes chrome of its neighbours: "byline"
    (a label whose value is on the next line), "related-headlines", "forum-teaser", "news-head"
    (a weaker one: counts only before a list of headlines), "table-of-contents".
    `weak` chrome counts only beside other chrome.
    """

    text: str
    paragraph: int
    look: Look
    reason: str | None = None
    cue: str | None = None
    weak: bool = False


def read_line(text: str, paragraph: int, *, near_edge: bool, trail: bool = True) -> PageLine:
    """Return the line `text` of the paragraph with index `paragraph`, read without its neighbours.

    `near_edge` is True for the first and the last lines of a page. `trail` is False for lines that
    the source marked as headings: a heading is no breadcrumb.
    """
    flat = " ".join(text.replace("’", "'").replace("ʼ", "'").split())
    lower = flat.lower()
    count = len(words(lower))
    look = look_of(flat)
    cue = _cue(lower, count)
    reason: str | None = None
    if count <= _LONG and len(flat) <= _MAX_CHARS:
        reason = _short(flat, lower, count, near_edge=near_edge, trail=trail)
    reason = reason or _long(lower, count, near_edge=near_edge)
    weak = False
    if reason is None and cue is None and look is Look.HEADLINE and lower in cues.sections():
        reason, weak = "navigation", True
    if reason == "counter" and _YEAR.fullmatch(flat):
        weak = True
    return PageLine(text=text, paragraph=paragraph, look=look, reason=reason, cue=cue, weak=weak)


def look_of(flat: str) -> Look:
    """Tell running text from a headline by its end and its length."""
    count = len(words(flat))
    if count > _HEADLINE_WORDS:
        return Look.PROSE
    if _FULL_STOP.search(flat) and count > 1:
        return Look.PROSE
    inner = _next_sentence().search(flat)
    return Look.PROSE if inner and _SENTENCE_END.search(flat) else Look.HEADLINE


def _cue(lower: str, count: int) -> str | None:
    bare = lower.strip(" :.…!?»>[](){}#*-–—•|")
    if count > _LABEL_WORDS + 2:
        return None
    if cues.pattern("related").fullmatch(bare):
        return "related-headlines"
    if cues.pattern("forum").fullmatch(bare):
        return "forum-teaser"
    if cues.pattern("whole.table-of-contents").fullmatch(bare):
        return "table-of-contents"
    if lower.endswith(":") and (
        _is_date(lower)
        or any(cues.pattern(f"start.{key}").match(lower) for key in ("byline", "credit"))
    ):
        return "byline"
    if count <= _LABEL_WORDS and cues.news_head().match(bare):
        return "news-head"
    return None


def _short(flat: str, lower: str, count: int, *, near_edge: bool, trail: bool) -> str | None:
    """Return the reason for which a line as a whole is chrome, or None."""
    if _is_date(lower):
        return "date-line"
    if cues.counter().fullmatch(lower):
        return "counter"
    bare = lower.strip(" .…»>[](){}#*•|")
    if cues.share_bar().fullmatch(bare):
        return "share-bar"
    for reason in cues.WHOLE:
        found = cues.pattern(f"whole.{reason}")
        if found.fullmatch(lower) or found.fullmatch(bare):
            return reason
    if trail and _is_breadcrumb(flat, lower):
        return "breadcrumb"
    if flat.startswith("|") and count <= 3 and not _SENTENCE_END.search(flat):
        return "navigation"
    if _is_menu(flat):
        return "navigation"
    for reason in cues.START:
        if cues.pattern(f"start.{reason}").match(lower) and _is_label(flat, count, reason):
            return reason
    if near_edge and cues.by_name().fullmatch(flat):
        return "byline"
    if near_edge and count <= _LABEL_WORDS and _is_dated_byline(lower):
        return "byline"
    return _related_inline(flat, lower, count)


@cache
def _next_sentence() -> re.Pattern[str]:
    """Return the pattern of a sentence's end with the start of another one behind it."""
    return re.compile(rf"[.!?…]\s+[{cues.capitals()}«\"]")


def _is_date(lower: str) -> bool:
    return len(lower) <= _DATE_CHARS and bool(cues.date_line().fullmatch(lower))


def _is_dated_byline(lower: str) -> bool:
    """Tell "john smith, 3 may 2025, 10:20": a name and nothing else beside a full date."""
    if not cues.full_date().search(lower):
        return False
    rest = cues.date_or_clock().sub(" ", lower)
    found = words(rest)
    return len(found) <= 4 and function_word_density(rest) == 0.0 and lower[:1].isalpha()


def _is_label(flat: str, count: int, reason: str) -> bool:
    """Tell "Source: Reuters" from a sentence that happens to start with the same word."""
    if reason == "tags":
        return not _FULL_STOP.search(flat) and count <= 40
    value = re.split(r"[:©]|/\s", flat, maxsplit=1)[-1].strip()
    if not value:
        return True
    if reason == "byline":
        named = ":" in flat or bool(cues.by_capital().search(flat))
        return named and count <= 10 and not _FULL_STOP.search(flat)
    return count <= _LABEL_WORDS and function_word_density(value) < 0.25 and not value.endswith("?")


def _related_inline(flat: str, lower: str, count: int) -> str | None:
    """Return a reason for "Read also: <headline>" on one line, or None."""
    if cues.related_head().match(lower) and count <= _HEADLINE_WORDS and not flat.endswith("."):
        return "related-headlines"
    return None


def _is_breadcrumb(flat: str, lower: str) -> bool:
    if "http" in lower or any(mark in flat for mark in '«“”"?!'):
        return False
    parts = _STEPS.split(flat)
    steps = len(parts) - 1
    parts = [p.strip() for p in parts if p.strip()]
    if not parts or steps < 1 or any(len(words(p)) > 6 or _FULL_STOP.search(p) for p in parts[:-1]):
        return False
    if len(words(parts[-1])) > 14 or _FULL_STOP.search(parts[-1]):
        return False
    if any(not words(p) for p in parts):  # sums, scores and ratios have steps without words
        return False
    starts_home = parts[0].lower() in cues.home()
    return starts_home or steps >= 2 or (steps == 1 and len(parts) == 1 and len(words(flat)) <= 3)


def _is_menu(flat: str) -> bool:
    parts = [p.strip() for p in _BARS.split(flat) if p.strip()]
    if len(parts) < 3 or any(len(words(p)) > 3 or _SENTENCE_END.search(p) for p in parts):
        return False
    known = sum(1 for p in parts if p.lower() in cues.sections() or p.lower() in cues.home())
    menu = cues.pattern("whole.navigation")
    known += sum(1 for p in parts if menu.fullmatch(p.lower()))
    return known * 2 >= len(parts)


def _long(lower: str, count: int, *, near_edge: bool) -> str | None:
    """Return the reason for which a line is a notice, or None; a notice may be a paragraph."""
    if count <= _LONG:
        for reason in cues.NOTICES:
            limit = 40 if reason in ("copyright", "cookie-notice") else 25
            if count <= limit and cues.pattern(f"notices.{reason}").search(lower):
                return reason
        if count <= 12 and cues.pattern("e_mail").search(lower):
            return "e-mail-protection"
    elif lower.count("cookie") >= 3 and cues.pattern("notices.cookie-notice").search(lower):
        return "cookie-notice"
    return "disclaimer" if _is_disclaimer(lower, count, near_edge=near_edge) else None


def _is_disclaimer(lower: str, count: int, *, near_edge: bool) -> bool:
    if count < _DISCLAIMER_MIN_WORDS:
        return False
    strong = cues.pattern("disclaimer.strong").search(lower) is not None
    weak = len({m.group() for m in cues.pattern("disclaimer.weak").finditer(lower)})
    if strong and (weak or (near_edge and count <= _SHORT_NOTICE)):
        return True
    # Legal prose is dense with such words; a report on a lawsuit has some here and there.
    return weak >= 3 and weak * 30 >= count + 30

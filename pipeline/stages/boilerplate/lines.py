"""One line read by itself: site chrome of a known sort, a headline, or prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from pipeline.lang.function_words import words
from pipeline.stages.boilerplate import cues
from pipeline.stages.boilerplate.labels import read_label
from pipeline.stages.boilerplate.needs import Needs
from pipeline.stages.boilerplate.notices import Notice, read_notice
from pipeline.stages.boilerplate.trails import trail_needs

_SENTENCE_END = re.compile(r"[.!?…:;]['\"»”’)\]]*$")
_FULL_STOP = re.compile(r"[.!…]['\"»”’)\]]*$")
_BARS = re.compile(r"(?:(?<!\s)\s++)?[|•·]\s*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LABEL_WORDS = 6
_HEADLINE_WORDS = 30
_LONG = 60  # words; a longer line is chrome only as a notice
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
    `needs` is the place that the line must stand in for its reason to count.
    """

    text: str
    paragraph: int
    look: Look
    reason: str | None = None
    cue: str | None = None
    needs: Needs = Needs.NOTHING

    @property
    def is_chrome(self) -> bool:
        """True where the line is chrome, and nothing is left to ask of its place."""
        return self.reason is not None and self.needs is Needs.NOTHING

    @property
    def reads_as_chrome(self) -> bool:
        """True where the line alone is likely chrome, and its place would only confirm it."""
        likely = (Needs.NOTHING, Needs.EDGE, Needs.TITLED)
        return self.reason is not None and self.needs in likely


def read_line(text: str, paragraph: int, *, near_edge: bool, trail: bool = True) -> PageLine:
    """Return the line `text` of the paragraph with index `paragraph`, read without its neighbours.

    `near_edge` is True for the first and the last lines of a page. `trail` is False for lines that
    the source marked as headings: a heading is no breadcrumb.
    """
    flat = " ".join(text.replace("’", "'").replace("ʼ", "'").split())
    lower = flat.lower()
    count = len(words(lower))
    look = look_of(flat, count=count)
    cue = _cue(lower, count)
    found: Notice | None = None
    if count <= _LONG and len(flat) <= _MAX_CHARS:
        found = _short(flat, lower, count, near_edge=near_edge, trail=trail)
    found = found or read_notice(flat, lower, count, near_edge=near_edge)
    if found is None and cue is None and look is Look.HEADLINE and lower in cues.sections():
        found = Notice("navigation", Needs.CHROME)
    if found is None:
        return PageLine(text=text, paragraph=paragraph, look=look, cue=cue)
    needs = found.needs
    if found.reason == "counter" and _YEAR.fullmatch(flat):
        needs = Needs.CHROME
    return PageLine(
        text=text, paragraph=paragraph, look=look, reason=found.reason, cue=cue, needs=needs
    )


def look_of(flat: str, *, count: int | None = None) -> Look:
    """Tell running text from a headline by its end and its length, of `count` words if known."""
    count = len(words(flat)) if count is None else count
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


def _short(flat: str, lower: str, count: int, *, near_edge: bool, trail: bool) -> Notice | None:
    """Return the reason for which a line as a whole is chrome, or None."""
    if _is_date(lower):
        return Notice("date-line")
    if cues.counter().fullmatch(lower):
        return Notice("counter")
    bare = lower.strip(" .…»>[](){}#*•|")
    if cues.share_bar().fullmatch(bare):
        return Notice("share-bar")
    for reason in cues.WHOLE:
        found = cues.pattern(f"whole.{reason}")
        if found.fullmatch(lower) or found.fullmatch(bare):
            return Notice(reason)
    if trail and (needs := trail_needs(flat, lower)) is not None:
        return Notice("breadcrumb", needs)
    if flat.startswith("|") and count <= 3 and not _SENTENCE_END.search(flat):
        return Notice("navigation")
    if _is_menu(flat):
        return Notice("navigation")
    return read_label(flat, lower, count, near_edge=near_edge)


@cache
def _next_sentence() -> re.Pattern[str]:
    """Return the pattern of a sentence's end with the start of another one behind it."""
    return re.compile(rf"[.!?…]\s+[{cues.capitals()}«\"]")


def _is_date(lower: str) -> bool:
    return len(lower) <= _DATE_CHARS and bool(cues.date_line().fullmatch(lower))


def _is_menu(flat: str) -> bool:
    if not any(bar in flat for bar in "|•·"):
        return False
    parts = [p.strip() for p in _BARS.split(flat) if p.strip()]
    if len(parts) < 3 or any(len(words(p)) > 3 or _SENTENCE_END.search(p) for p in parts):
        return False
    known = sum(1 for p in parts if p.lower() in cues.sections() or p.lower() in cues.home())
    menu = cues.pattern("whole.navigation")
    known += sum(1 for p in parts if menu.fullmatch(p.lower()))
    return known * 2 >= len(parts)

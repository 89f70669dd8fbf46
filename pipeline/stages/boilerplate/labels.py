"""Labels with their values on one line: credits, bylines, tags, links to further articles.

A label is told from a sentence that begins with the same word by its value: a name, a few words
with commas between, a headline; in a sentence something happens.
"""

from __future__ import annotations

import re
from itertools import pairwise

from pipeline.lang.function_words import any_function_word, function_word_density, words
from pipeline.stages.boilerplate import cues
from pipeline.stages.boilerplate.needs import Needs
from pipeline.stages.boilerplate.notices import Notice
from pipeline.stages.boilerplate.telling import happens

_FULL_STOP = re.compile(r"[.!…]['\"»”’)\]]*$")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_INITIAL = re.compile(r"\b[^\W\d_]\.")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}")
_LABEL_WORDS = 6
_BYLINE_WORDS = 10
_NAME_WORDS = 4
_TWO_WORDS = 2
_TAGS_WORDS = 40
_TAG_WORDS = 4
_HEADLINE_WORDS = 30
_GRAMMAR = 0.25  # the share of function words that a name stays below
_LOWER_WORDS = 3  # so many words without a capital name nobody


def read_label(flat: str, lower: str, count: int, *, near_edge: bool) -> Notice | None:
    """Return the reason for which a line of `count` words is a label with its value, or None.

    `near_edge` is True for the first and the last lines of a page.
    """
    for reason in cues.START:
        if cues.pattern(f"start.{reason}").match(lower):
            needs = _label_needs(flat, count, reason)
            if needs is not None:
                return Notice(reason, needs)
    if near_edge and _is_by_name(flat):
        return Notice("byline")
    if near_edge and count <= _LABEL_WORDS and _is_dated_name(flat, lower):
        # With a time of day it is no headline: an election has a date, an article a minute.
        return Notice("byline", Needs.NOTHING if _CLOCK.search(lower) else Needs.BYLINE)
    return _related(flat, lower, count)


def _label_needs(flat: str, count: int, reason: str) -> Needs | None:
    """Return the place that a line needs which begins like a label; None for a sentence."""
    value = re.split(r"[:©]|/\s", flat, maxsplit=1)[-1].strip()
    if reason == "tags":
        return Needs.NOTHING if _are_tags(value, flat, count) else None
    if not value:
        return Needs.NOTHING
    if reason == "byline":
        named = ":" in flat or bool(cues.by_capital().search(flat))
        if not named or count > _BYLINE_WORDS or _FULL_STOP.search(flat):
            return None
        if ":" in flat and value[0].islower() and len(words(value)) > 1:
            return None
        return None if _happens(value) else Needs.NOTHING
    plain = _INITIAL.sub(" ", _before_date(value, value.lower()))
    if count > _LABEL_WORDS or value.endswith("?") or function_word_density(plain) >= _GRAMMAR:
        return None
    found = _WORD.findall(value)
    capitals = sum(word[0].isupper() for word in found)
    if _happens(value) or (_FULL_STOP.search(value) and capitals * 2 < len(found)):
        return None
    sure = capitals or len(found) < _LOWER_WORDS or cues.sources().search(value.lower())
    return Needs.NOTHING if sure else Needs.CHROME


def _happens(value: str) -> bool:
    """Tell whether something happens in a value; a name is no verb, whatever its ending."""
    return happens(" ".join(word.lower() for word in _WORD.findall(value) if word[0].islower()))


def _are_tags(value: str, flat: str, count: int) -> bool:
    """Tell a list of tags from a sentence: a few words each, and no grammar between them."""
    if _FULL_STOP.search(flat) or count > _TAGS_WORDS:
        return False
    tags = re.split(r"[,;#|/•·]", value)
    short = all(len(words(tag)) <= _TAG_WORDS for tag in tags)
    return short and function_word_density(value) < _GRAMMAR and not _happens(value)


def _is_by_name(flat: str) -> bool:
    """Tell "By Anna Rebrova" from a title such as "By Friday the Mayor Must Go"."""
    found = cues.by_name().fullmatch(flat)
    if found is None:
        return False
    first, *others = found["names"].split()
    if len(others) == _TWO_WORDS and cues.pattern("conjunctions").fullmatch(others[0]):
        return False  # "By Land and Sea"
    if cues.day_name().fullmatch(first.lower()):
        return False
    return not any(
        word[0].isupper()
        and before[0].isupper()
        and word.lower().strip(".,") in any_function_word()
        for before, word in pairwise((first, *others))
    )


def _is_dated_name(flat: str, lower: str) -> bool:
    """Tell "John Smith, 3 May 2025, 10:20": a name and nothing else beside a full date."""
    if not cues.full_date().search(lower) or not flat[:1].isupper():
        return False
    name = _before_date(flat, lower)
    found = words(name)
    return (
        0 < len(found) <= _NAME_WORDS
        and function_word_density(name) == 0.0
        and all(word[0].isupper() for word in _WORD.findall(name))
        and not happens(name.lower())
    )


def _before_date(flat: str, lower: str) -> str:
    """Return a line without its dates and times, in its own case."""
    if len(flat) != len(lower):  # a few letters have two in lower case
        return cues.date_or_clock().sub(" ", lower)
    kept, at = [], 0
    for date in cues.date_or_clock().finditer(lower):
        kept.append(flat[at : date.start()])
        at = date.end()
    return " ".join((*kept, flat[at:]))


def _related(flat: str, lower: str, count: int) -> Notice | None:
    """Return the reason for "Read also: <headline>" on one line, or None."""
    head = cues.related_head().match(lower)
    if head is None or count > _HEADLINE_WORDS or flat.endswith("."):
        return None
    unsure = cues.unsure_head().match(lower) is not None
    return Notice("related-headlines", Needs.CHROME if unsure else Needs.TITLED)

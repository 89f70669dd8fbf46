"""The words of site furniture, in all languages at once, as compiled patterns.

Short lines are too short to tell their language, so every line meets the patterns of every
language: the arrays under `[boilerplate]` in `pipeline/lang/*.toml`, joined in the order of the
tags. Patterns see a line in lower case, with one kind of space and of apostrophe. Each pattern is
compiled once, on first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pipeline.errors import ConfigError
from pipeline.lang.data import by_language, words

# Reasons of the patterns in [boilerplate.whole], which match a line as a whole, in the order in
# which they are tried. "table-of-contents" is a cue, not a reason: lines.py asks for it by name.
WHOLE = ("comments", "navigation", "advert")
# Reasons in [boilerplate.start]: the line starts so and goes on with a name or the like.
START = ("tags", "credit", "byline")
# Reasons in [boilerplate.notices]: any part of the line matches.
NOTICES = ("copyright", "cookie-notice", "advert", "typo-report")

# Sites whose names are written alike in all languages stand in share bars.
_SITES = (
    *("facebook", "twitter", "x", "telegram", r"whats\s?app", "viber", "linkedin", "reddit"),
    *("pinterest", "instagram", "youtube", r"tik\s?tok", "vk", "ok", "messenger", "bluesky"),
    *("threads", "mastodon", "rss", "flipboard"),
)
_ICONS = "👁👍❤💬🔥👎⏱"


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the patterns of all languages in the array `boilerplate.<name>` as one.

    Raises ConfigError, with the language and the entry, for what is no regular expression.
    """
    return re.compile(_any_of(name))


@cache
def sections() -> frozenset[str]:
    """Return the names of a news site's sections, in lower case."""
    return words("boilerplate.sections")


@cache
def home() -> frozenset[str]:
    """Return the first steps of breadcrumbs, in lower case."""
    return words("boilerplate.home")


@cache
def capitals() -> str:
    """Return the capital letters of all languages, as ranges for a regular expression's class."""
    return "".join(by_language("boilerplate.capitals").values())


@cache
def full_date() -> re.Pattern[str]:
    """Return the pattern of a day with its month, or of a date in figures."""
    return re.compile(_date())


@cache
def date_or_clock() -> re.Pattern[str]:
    """Return the pattern of a date or a time of day."""
    return re.compile(f"{_date()}|{_clock()}")


@cache
def date_line() -> re.Pattern[str]:
    """Return the pattern of a line of dates, times and their labels, to match it as a whole."""
    return re.compile(
        rf"(?:{_any_of('dates.labels')}\b[\s:,]*|{_any_of('dates.glue')}\s"
        rf"|{_any_of('dates.weekdays')}\b[\s,]*|{_date()}|{_clock()}"
        r"|[\s,|·•—–()-])+"
    )


@cache
def counter() -> re.Pattern[str]:
    """Return the pattern of a line of counts ("12 comments"), to match it as a whole."""
    units = _any_of("counters.units")
    count = rf"\d[\d\s.,]*{_any_of('counters.multiples')}?"
    counters = (
        r"[\d\s]{1,9}",
        rf"(?:[{_ICONS}]\W*)?{count}\s?{units}\.?(?:\W+{count}\s?{units})*",
        rf"{units}\s*[:(—-]\s*{count}\)?",
        rf"[{_ICONS}]\W*{count}",
        (
            rf"{_any_of('counters.reading_time')}"
            rf"[\s:—–-]*(?:~|≈|{_any_of('counters.about')}\s)?\d+\s?{_any_of('counters.minutes')}"
            rf"\.?(?:\s{_any_of('counters.after_minutes')})?"
        ),
    )
    return re.compile(_join(counters))


@cache
def trailing_counters() -> re.Pattern[str]:
    """Return the pattern of the counts of a site behind the last sentence of a paragraph."""
    units = _any_of("counters.behind")
    count = rf"\d[\d\s.,]*{_any_of('counters.multiples')}?"
    one = (
        rf"(?:{units}\s*[:—–-]\s*{count}|(?:[{_ICONS}]\W*)?{count}\s?{units}|[{_ICONS}]\W*{count})"
    )
    return re.compile(
        rf"(?:(?<=[.!?…»”\"')\]])\s+|(?<=\S)\s*[|·•(\[—–]\s*){one}(?:\W+{one})*[\s.)\]]*\Z",
        re.IGNORECASE,
    )


@cache
def share_bar() -> re.Pattern[str]:
    """Return the pattern of a line of nothing but buttons for sharing, to match it as a whole."""
    # Possessive: "share this article" can be read in two ways, and forty of them in 2^40. A button
    # ends with its word: "tweet" of one language is no part of another's "tweeter".
    buttons = _join((*_entries("share"), *_SITES))
    return re.compile(rf"(?:(?>{buttons}(?!\w))[\s:,|/·•!…-]*+)++")


@cache
def related_head() -> re.Pattern[str]:
    """Return the pattern of the head of a list of links, up to the headline on the same line."""
    return re.compile(rf"[\s>»•*–—\[-]*{_any_of('related')}\s*[:|–—>»-]\s*(?=\S)")


@cache
def unsure_head() -> re.Pattern[str]:
    """Return the pattern of such a head that may begin a headline of its own as well."""
    return re.compile(rf"[\s>»•*–—\[-]*{_any_of('related_unsure')}\s*[:|–—>»-]\s*(?=\S)")


@cache
def own() -> re.Pattern[str]:
    """Return the pattern of the words by which a site speaks of itself, such as "our"."""
    return re.compile(rf"\b{_any_of('own')}\b")


@cache
def site() -> re.Pattern[str]:
    """Return the pattern of the nouns of what a site is made of, such as "newsletter"."""
    return re.compile(rf"\b{_any_of('site')}\b")


@cache
def sources() -> re.Pattern[str]:
    """Return the pattern of a noun that says where a picture or a report comes from."""
    return re.compile(rf"\b{_any_of('sources')}\b")


@cache
def lead() -> re.Pattern[str]:
    """Return the pattern of a phrase before a notice, to match it as a whole."""
    return re.compile(_any_of("lead"))


@cache
def day_name() -> re.Pattern[str]:
    """Return the pattern of the name of a weekday or a month, in lower case."""
    return re.compile(rf"{_any_of('dates.weekdays')}|{_any_of('dates.months')}")


@cache
def news_head() -> re.Pattern[str]:
    """Return the pattern that the head of a list of headlines starts with."""
    return re.compile(rf"{_any_of('news_head')}\b")


@cache
def by_name() -> re.Pattern[str]:
    """Return the pattern of a line "By <names>", in its own case, to match it as a whole.

    The group `names` is without the word before and the place or agency behind.
    """
    by = _join(form for word in _entries("by") for form in _cased(word))
    particles = _any_of("particles")
    between = _join((*_entries("conjunctions"), *_entries("particles")))
    return re.compile(
        rf"{by}\s+(?P<names>(?:{particles}\s)?[A-ZÀ-Ý][\w.'’-]+"
        rf"(?:\s(?:{between}\s)?[A-ZÀ-Ý][\w.'’-]+){{1,4}})"
        r"(?:\s*[,|·—–-].{0,40})?"
    )


@cache
def by_capital() -> re.Pattern[str]:
    """Return the pattern of "by <Name>" within a line, in its own case."""
    return re.compile(rf"\b{_any_of('by')}\s+[A-ZÀ-Ý]")


def _date() -> str:
    month, ordinals = _any_of("dates.months"), _any_of("dates.ordinals")
    return (
        r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
        rf"|\d{{1,2}}{ordinals}?\s(?:{_any_of('dates.of')}\s)?{month}\.?,?(?:\s\d{{4}})?"
        rf"(?:\s{_any_of('dates.year_words')})?"
        rf"|{month}\.?\s\d{{1,2}}{ordinals}?,?\s\d{{4}})"
    )


def _clock() -> str:
    return (
        r"\d{1,2}\s?(?:[:h.]\s?\d{2})(?::\d{2})?\s?(?:[ap]\.?m\.?)?"
        rf"(?:\s?{_any_of('dates.zones')}|\s?[+-]\d{{2}}:?\d{{2}})?"
    )


def _cased(word: str) -> tuple[str, str]:
    return f"[{word[0].upper()}{word[0]}]{word[1:]}", word.upper()


def _any_of(name: str) -> str:
    return _join(_entries(name))


def _join(entries: Iterable[str]) -> str:
    """Return a group that matches any of `entries`, the first that fits; nothing if none."""
    return f"(?:{'|'.join(f'(?:{entry})' for entry in entries) or '(?!)'})"


def _entries(name: str) -> Iterator[str]:
    for tag, entries in by_language(f"boilerplate.{name}").items():
        for entry in entries:
            try:
                re.compile(entry)
            except (re.error, TypeError) as error:
                raise ConfigError(
                    f"{tag}.toml, [boilerplate] {name}: {entry!r} is no pattern: {error}",
                    hint="an entry is one regular expression (Python's `re`), in single quotes",
                ) from error
            yield entry

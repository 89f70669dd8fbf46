"""Facts that a word states by itself, compared between a text and its translation.

Three kinds, all from the language files and looked for in both directions:

- `facts.stated`: a month, a weekday, a season. Whoever writes "in June" must find June, or its
  number, in the translation, and a June of the translation must come from the source. Words of
  `facts.vouching` answer for the same fact and ask for nothing.
- `facts.opposites`: open and closed, rise and fall. Nobody translates word by word, so a word
  alone asks for nothing; but where one text has only the one side, and the other text only the
  other side, one of them is wrong. Words that may mean either leave the matter open. A negation
  turns a side around: texts of which just one denies something are not compared.

- `facts.colours`: as loose as opposites. Where each text has a colour that the other one lacks, one
  of them is wrong: a grey van is not red.

Of the first two kinds the order counts where a text has two: "open on Saturday, closed on
Thursday" is not "closed on Saturday, open on Thursday". Among 114,000 translations by people 18
turn it around.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Literal

from pipeline.facts.negation import denies
from pipeline.lang.data import by_language
from pipeline.lang.normalise import plain_marks

_MOSTLY = 0.6  # share of capitals from which a text is in capitals


def stated_problems(
    source: str, target: str, *, source_language: str, target_language: str
) -> list[str]:
    """Return the facts, by their keys in the language files, in which two texts differ.

    A fact that one of the languages has no words for is not compared.
    """
    source, target = _readable(source), _readable(target)
    languages = source_language, target_language
    return [
        *_unanswered(source, target, *languages),
        *_unanswered(target, source, *reversed(languages)),
        *_opposed(source, target, *languages),
        *_recoloured(source, target, *languages),
        *_turned_around(source, target, *languages),
    ]


def unsupported_stated(claim: str, text: str, *, language: str, text_language: str) -> list[str]:
    """Return the words by which `claim` states a month, a day or a season that `text` does not."""
    claim, text = _readable(claim), _readable(text)
    patterns = _patterns("facts.stated", language)
    found = (
        patterns[key].search(claim) for key in _unanswered(claim, text, language, text_language)
    )
    return [match.group() for match in found if match is not None]


def opposed(claim: str, text: str, *, language: str, text_language: str) -> list[str]:
    """Return the opposites, by their keys, of which a claim has one side and `text` the other."""
    return _opposed(_readable(claim), _readable(text), language, text_language)


def _readable(text: str) -> str:
    """Return a text with plain marks; one in capitals in lower case, for capitals tell names."""
    text = plain_marks(text)
    capitals = sum(map(str.isupper, text))
    return text.lower() if capitals > _MOSTLY * sum(map(str.isalpha, text)) else text


@cache
def _patterns(section: str, language: str) -> Mapping[str, re.Pattern[str]]:
    found = by_language(section).get(language, {})
    return MappingProxyType({key: _compiled(pattern) for key, pattern in found.items()})


@dataclass(frozen=True, slots=True)
class _Opposites:
    """Patterns of two sides, and of words that may mean either."""

    one: re.Pattern[str]
    other: re.Pattern[str]
    either: re.Pattern[str]

    def side(self, text: str) -> Literal["one", "other", None]:
        """Return the only side that `text` has, if it has just one for certain."""
        one, other = self.one.search(text), self.other.search(text)
        if (one is None) is (other is None) or self.either.search(text):
            return None
        return "one" if one else "other"

    def order(self, text: str) -> Literal["one", "other", None]:
        """Return the side that comes first, if `text` has each just once for certain."""
        ones, others = (list(p.finditer(text)) for p in (self.one, self.other))
        if len(ones) != 1 or len(others) != 1 or self.either.search(text):
            return None
        return "one" if ones[0].start() < others[0].start() else "other"


@cache
def _opposites(language: str) -> Mapping[str, _Opposites]:
    found = by_language("facts.opposites").get(language, {})
    return MappingProxyType(
        {
            key: _Opposites(*map(_compiled, [*patterns, "(?!)"][:3]))
            for key, patterns in found.items()
        }
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern that begins at the start of a word; capitals count where it says so."""
    return re.compile(rf"(?<![^\W\d_])(?:{pattern})", re.IGNORECASE)


@cache
def _month_numbers(language: str) -> Mapping[str, re.Pattern[str]]:
    """Return a pattern for the number of each month, as it stands in a date."""
    keys = list(_patterns("facts.stated", language))[:12]
    return MappingProxyType(
        {key: re.compile(rf"(?<!\d)0?{n}(?!\d)") for n, key in enumerate(keys, start=1)}
    )


@cache
def _any_stated(language: str) -> re.Pattern[str]:
    """Return the pattern of any fact at all: most texts state none, and are soon done."""
    found = by_language("facts.stated").get(language, {})
    return _compiled("|".join(found.values()) or "(?!)")


def _unanswered(text: str, other: str, language: str, other_language: str) -> list[str]:
    """Return what `text` states and `other` does not."""
    if _any_stated(language).search(text) is None:
        return []
    answers = _patterns("facts.stated", other_language)
    vouching = _patterns("facts.vouching", other_language)
    numbers = _month_numbers(language)
    return [
        key
        for key, pattern in _patterns("facts.stated", language).items()
        if key in answers
        and (said := pattern.search(text))
        and said.group() not in other  # a name that is not translated: the Sunday Times
        and not answers[key].search(other)
        and not (key in vouching and vouching[key].search(other))
        and not (key in numbers and numbers[key].search(other))
    ]


def _opposed(source: str, target: str, source_language: str, target_language: str) -> list[str]:
    """Return the opposites of which each text has just one side, and not the same."""
    theirs = _opposites(target_language)
    found = []
    for key, mine in _opposites(source_language).items():
        side = mine.side(source) if key in theirs else None
        if side is not None and theirs[key].side(target) not in {side, None}:
            found.append(key)
    if found and denies(source, source_language) != denies(target, target_language):
        return []
    return found


def _recoloured(source: str, target: str, source_language: str, target_language: str) -> list[str]:
    """Return the colours of a text, if each text has one that the other lacks."""
    ours, theirs = (
        {key for key, p in _patterns("facts.colours", tag).items() if p.search(text)}
        for text, tag in ((source, source_language), (target, target_language))
    )
    return sorted(ours - theirs) if ours - theirs and theirs - ours else []


def _turned_around(
    source: str, target: str, source_language: str, target_language: str
) -> list[str]:
    """Return the opposites, and the pairs of stated facts, that two texts have in another order."""
    theirs = _opposites(target_language)
    found = [
        key
        for key, mine in _opposites(source_language).items()
        if key in theirs
        and (said := mine.order(source)) is not None
        and theirs[key].order(target) not in {said, None}
    ]
    stated = _in_order(source, source_language)
    if len(stated) == len(set(stated)) == 2:
        other = _in_order(target, target_language)
        found += stated if other == stated[::-1] else []
    return found


def _in_order(text: str, language: str) -> list[str]:
    """Return the facts that `text` states, from left to right."""
    if _any_stated(language).search(text) is None:
        return []
    patterns = _patterns("facts.stated", language).items()
    places = ((m.start(), key) for key, pattern in patterns for m in pattern.finditer(text))
    return [key for _, key in sorted(places)]

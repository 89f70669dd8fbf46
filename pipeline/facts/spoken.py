"""The numbers that a text states in words: "twenty-five thousand", "two and a half million".

Number words in a row are composed as people say them, halves and quarters included. Where a word
may be worth several values, all of them are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from pipeline.facts.number_words import (
    NumberWord,
    Phrases,
    added_parts,
    also,
    joiners,
    month_number,
    number_words,
    parts,
    said,
    twenties,
    word_value,
)

_SCALE = 1000
_ROUND = frozenset({Decimal(10), Decimal(100)})  # "tens of thousands" is no exact number
_SCALES = frozenset(Decimal(1000) ** power for power in range(1, 9))


@dataclass(frozen=True, slots=True)
class Spoken:
    """A number in words: its place and every worth that it can have.

    `scales` are the scales it names, thousand or more, with the place of the last one. `bare`: it
    names scales only, as in "millions". `said`: a translation must have the number, too; other
    words, such as "both" and months, only vouch for a number on the other side.
    """

    start: int
    end: int
    values: frozenset[Decimal]
    scales: frozenset[Decimal] = frozenset()
    scale_at: tuple[int, int] | None = None
    bare: bool = False
    said: bool = False


def spoken_numbers(text: str, *, language: str) -> list[Decimal]:
    """Return the values of the numbers written in words, every reading of each.

    A text may be as long as a document: it is not remembered.
    """
    found = spoken_of_document(text, language=language)
    return [value for number in found for value in sorted(number.values)]


@lru_cache(maxsize=5_000)
def spoken(text: str, *, language: str) -> tuple[Spoken, ...]:
    """Return the numbers written in words, in the order of the text; remembered, for segments."""
    return spoken_of_document(text, language=language)


def spoken_of_document(text: str, *, language: str) -> tuple[Spoken, ...]:
    """Return the numbers written in words, in the order of the text.

    1. A part that is added, such as "and a half", belongs to the number before it, or to the one
       that a single noun parts from it: "an hour and a half".
    2. A part before a scale, such as "half a", begins a number.
    3. Every other number word is taken into the number, or begins another one.
    4. The first number of a range may share the scale of the second: "two to three million".
    """
    found: list[Spoken] = []
    tokens = [*number_words(text, language=language)]
    run = _Run(language)
    last = -1  # the token behind the last number
    figure = False  # the words belong to a figure: "2 and a half million"
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if run.any and not token.joined:
            found += run.flush()
        figure = _behind_figure(text, token.start) or (figure and token.joined)
        if (phrase := _phrase(added_parts(language), tokens, at)) is not None:
            size, value = phrase
            if run.any:
                run.fraction(value, tokens[at + size - 1])
            if run.any or figure:
                last, at = at + size, at + size
                continue
            if token.joined:
                before = found[-1].values if found and last == at - 1 else {Decimal(1)}
                wider = frozenset(v + value for v in before)
                found.append(Spoken(token.start, tokens[at + size - 1].end, wider))
        if (phrase := _phrase(parts(language), tokens, at)) is not None:
            size, value = phrase
            if _is_scale(tokens, at + size, language):
                found += run.flush()
                run.part(value, tokens[at : at + size])
                at += size
                continue
        value_of_word = word_value(token.text, language)
        if value_of_word is not None:
            if not run.add(value_of_word, token):
                found += run.flush()
                run.add(value_of_word, token)
            run.figure = figure
            last = at + 1
        elif token.text not in joiners():
            found += run.flush()
            figure = False
        found += _besides(token, language)
        at += 1
    return tuple(_ranges([*found, *run.flush()]))


def added_part(text: str, position: int, *, language: str) -> tuple[Decimal, int] | None:
    """Return the part that stands at `position`, behind a figure, and where it ends, or None."""
    longest = max(len(phrase) for phrase in added_parts(language))
    near = text[position : position + 40]
    tokens = []
    for token in number_words(near, language=language):
        tokens.append(token)
        if len(tokens) == longest:
            break
    if not tokens or not (tokens[0].joined or tokens[0].start == 0):
        return None
    phrase = _phrase(added_parts(language), tokens, 0)
    return (phrase[1], position + tokens[phrase[0] - 1].end) if phrase is not None else None


def _behind_figure(text: str, position: int) -> bool:
    return text[max(0, position - 3) : position].rstrip(" \u00a0\u202f-")[-1:].isdigit()


def _phrase(phrases: Phrases, tokens: Sequence[NumberWord], at: int) -> tuple[int, Decimal] | None:
    """Return the length of the longest of `phrases` at a token, and its value."""
    for size in (4, 3, 2, 1):
        those = tokens[at : at + size]
        if len(those) == size and all(t.joined for t in those[1:]):
            value = phrases.get(tuple(t.text for t in those))
            if value is not None:
                return size, value
    return None


def _is_scale(tokens: Sequence[NumberWord], at: int, language: str) -> bool:
    if at >= len(tokens) or not tokens[at].joined:
        return False
    value = word_value(tokens[at].text, language)
    return value is not None and (value in {12, 100} or value >= _SCALE)


def _besides(token: NumberWord, language: str) -> list[Spoken]:
    """Return the further worths of a word: of a half 0.5, of a month its number."""
    values = [also(language).get(token.text), month_number(token.text, language)]
    return [
        Spoken(token.start, token.end, frozenset({Decimal(value)}))
        for value in values
        if value is not None
    ]


def _ranges(found: list[Spoken]) -> list[Spoken]:
    """Give the first number of a range the scale of the second as well."""
    for at, (one, other) in enumerate(pairwise(found)):
        if other.scales and not other.bare and not one.scales and other.start - one.end < 6:
            (scale,) = other.scales if len(other.scales) == 1 else (Decimal(1),)
            found[at] = replace(one, values=one.values | {v * scale for v in one.values})
    return found


class _Run:
    """Number words in a row, added and multiplied as they come."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._begin()

    def _begin(self) -> None:
        self.any = False
        self._total = Decimal(0)
        self._part = Decimal(0)
        self._last = Decimal("Infinity")
        self._start = self._end = 0
        self._scales: set[Decimal] = set()
        self._scale_at: tuple[int, int] | None = None
        self._bare = True
        self._said = False
        self.figure = False

    def _take(self, token: NumberWord, value: Decimal) -> None:
        if not self.any:
            self._start = token.start
        self._end = token.end
        self.any = True
        if value in _SCALES:
            self._scales.add(value)
            self._scale_at = (token.start, token.end)
        pattern = said(self._language)
        exact = pattern is not None and pattern.fullmatch(token.text) is not None
        self._said = self._said or exact
        if value not in _SCALES and (exact or value not in _ROUND):
            self._bare = False

    def add(self, value: Decimal, token: NumberWord) -> bool:
        """Take the value of one more word; return False where the word begins another number.

        1. A thousand or more multiplies the smaller number before it; the product is added.
        2. A hundred multiplies a smaller number before it; a part multiplies any number.
        3. Any other value is added where it fills zeros at the end of the number.
        """
        if value >= _SCALE:
            if self.any and self._last >= value:
                return False
            if self._total < value:  # "two thousand million"
                self._total = (self._total + self._part or Decimal(1)) * value
            else:
                self._total += (self._part or 1) * value
            self._part = Decimal(0)
        elif 0 < self._part < 1:
            self._part *= value
        elif value == 100 and 0 < self._part < 100 and self._last < 100:
            self._part *= 100
        elif value == 20 and self._last == 4 and twenties(self._language):  # quatre-vingt
            self._part += 76
        elif not self.any or self._last >= _SCALE or (value < self._last and self._fits(value)):
            self._part += value
        else:
            return False
        self._last = value
        self._take(token, value)
        return True

    def _fits(self, value: Decimal) -> bool:
        """Tell whether `value` fills zeros at the end: 20 and 5, 60 and 12, not 12 and 5."""
        if self._part % 100 == 10 and 7 <= value <= 9:
            return twenties(self._language)  # dix-sept
        return self._part % 100 == 0 or (self._part % 10 == 0 and self._part % 100 >= 20)

    def part(self, value: Decimal, tokens: Sequence[NumberWord]) -> None:
        """Begin a number with a part of the scale that follows."""
        self.any = True
        self._start, self._end = tokens[0].start, tokens[-1].end
        self._part = value
        self._last = Decimal(0)
        self._bare = False
        self._said = True

    def fraction(self, value: Decimal, token: NumberWord) -> None:
        """Add a part: of the scale where one was named last, else of one."""
        if self._last >= _SCALE:
            self._total += value * self._last
            self._last = Decimal(0)
        else:
            self._part += value
        self._bare = False
        self._end = token.end

    def flush(self) -> list[Spoken]:
        """Return the number so far, if there is one, and begin anew."""
        if not self.any:
            return []
        found = Spoken(
            self._start,
            self._end,
            frozenset({self._total + self._part}),
            frozenset(self._scales),
            self._scale_at,
            self._bare and bool(self._scales),
            self._said and not self.figure,
        )
        self._begin()
        return [found]

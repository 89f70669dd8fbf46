"""Two numbers compared, in texts of one language: by their worth, or as they are written.

A claim about a text, such as a sentence of its summary, is compared by worth: "11 000" is "11,000"
and "2.4 million" is "2,400,000", but "3.5" is no "35". Near copies are compared as written: one
digit apart is another fact, and no scale or word makes up for it. A translation and its source are
compared in `pipeline.facts.numbers`, on which this module stands.
"""

from __future__ import annotations

import re
from collections.abc import Set
from decimal import Decimal
from functools import lru_cache

from pipeline.facts.number_words import scales
from pipeline.facts.numbers import Figure, figures, figures_of_document
from pipeline.facts.roman import roman_numbers
from pipeline.facts.spoken import spoken_numbers

_GLUED = re.compile(r"[^\W\d_](?![^\W_])")  # one letter behind a figure
_DIGIT = re.compile(r"\d")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def unsupported_numbers(claim: str, text: str, *, language: str) -> list[str]:
    """Return the figures of `claim`, as written, that `text` has in no form.

    `claim` and `text` are in `language`. Numbers of `text` in words, or in Roman numerals, support
    a figure; numbers in words need no support. A number below zero supports its distance from zero:
    whoever reads of -5 % may write of a fall by 5 %.
    """
    known = _worth(text, language)
    return [
        figure.text
        for figure in figures(claim, language=language)
        if not figure.optional and known.isdisjoint(_readings(figure, claim, language))
    ]


@lru_cache(maxsize=8)  # `text` comes again for every sentence of its summary
def _worth(text: str, language: str) -> frozenset[Decimal]:
    """Return the worth of all numbers in a text, every reading of each."""
    written = {
        value
        for figure in figures_of_document(text, language=language)
        for value in _readings(figure, text, language)
    }
    written |= {abs(value) for value in written}
    return frozenset([*written, *spoken_numbers(text, language=language), *roman_numbers(text)])


def _readings(figure: Figure, text: str, language: str) -> frozenset[Decimal]:
    """Return every worth of a figure; "3.5m" may be millions where no currency says so."""
    glued = _GLUED.match(text, figure.end)
    power = scales(language).get(glued.group().lower()) if glued else None
    if power is None:
        return figure.values
    return figure.values | {value.scaleb(power) for value in figure.values}


def figures_agree(one: str, other: str, *, language: str, least: float) -> bool:
    """Tell whether two texts in `language` share their figures, each counted once.

    `least`, 0 to 1, is the smallest share of the figures of both that must be in both. Two texts
    without figures agree.
    """
    mine, theirs = _distinct(one, language), _distinct(other, language)
    common = min(_counterparts(mine, theirs), _counterparts(theirs, mine))
    return common >= least * (len(mine) + len(theirs) - common)


def _distinct(text: str, language: str) -> frozenset[frozenset[Decimal]]:
    """Return the readings of each figure that needs a counterpart."""
    return frozenset(f.values for f in figures(text, language=language) if not f.optional)


def _counterparts(some: Set[frozenset[Decimal]], others: Set[frozenset[Decimal]]) -> int:
    """Return how many of `some` can be worth the same as one of `others`."""
    return sum(any(readings & other for other in others) for readings in some)


def has_digits(word: str) -> bool:
    """Tell whether a word is a number, or has a digit in it."""
    return _DIGIT.search(word) is not None


def written_number(word: str) -> str:
    """Return a number as it is written, in lower case: "1,234" as "1234", "3,5" as "3.5".

    Commas between thousands are taken out, other commas become full stops, and marks at either end
    belong to the sentence. All other characters stay.
    """
    return _THOUSANDS.sub("", word.strip(".,:/+")).replace(",", ".").lower()


def same_digits(one: str, other: str) -> bool:
    """Tell whether two words have the same digits with the same marks, or both have none.

    Letters do not count: "20th" and "20h" have the same.
    """
    return _digits(one) == _digits(other)


def _digits(word: str) -> str:
    """Return the digits of a word and the marks between them; nothing of a word without digits."""
    return "".join(c for c in word if not c.isalpha()) if has_digits(word) else ""

"""The case forms of names: all forms of a base form, and the base forms that a form may have.

The endings stand in the TOML of each language (`names.declension`). A line there holds the ending
of base forms, those of the five other cases in the order of `CASES`, and behind "|" those of the
plural. "_" is no ending, "/" parts two that both occur. Of the lines that fit a base form, those
with the longest ending count, and those that begin with "+". A line that begins with "~" or "+"
tells no base form but itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal, get_args

from pipeline.lang.data import by_language, letters, word_lists

Case = Literal["genitive", "dative", "accusative", "instrumental", "prepositional"]
Form = Literal[
    "nominative", "genitive", "dative", "accusative", "instrumental", "prepositional", "plural"
]
CASES: tuple[Case, ...] = get_args(Case)

MIN_STEM = 2  # letters of a base form without its ending
_APOSTROPHES = re.compile("[’ʼ]")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a declension: endings by form.

    Without `tells`, no base form is made of other forms by it; `adds` tells that it always counts.
    """

    ending: str
    endings: tuple[tuple[str, Form], ...]
    tells: bool
    adds: bool


def spelt_alike(word: str) -> str:
    """Return a word in lower case, with one apostrophe, and the letters that print folds folded."""
    return _APOSTROPHES.sub("'", word.lower()).translate(_folded())


@lru_cache(maxsize=20_000)
def case_forms(base: str, language: str) -> Mapping[str, frozenset[Form]]:
    """Return the forms of a base form, as `spelt_alike` writes them, each with its cases.

    Of a compound the last part is declined, the first, or both: Ивано-Франковска, Ростова-на-Дону.
    In a language without a declension the base form is the only one.
    """
    found: dict[str, set[Form]] = {}
    parts = spelt_alike(base).split("-")
    tables = [_declined(part, language) for part in parts]
    for form, case in tables[-1]:
        found.setdefault("-".join([*parts[:-1], form]), set()).add(case)
    if len(parts) > 1:
        for first, case in tables[0]:
            found.setdefault("-".join([first, *parts[1:]]), set()).add(case)
            for last, same in tables[-1]:
                if case == same:
                    found.setdefault("-".join([first, *parts[1:-1], last]), set()).add(case)
    return MappingProxyType({form: frozenset(cases) for form, cases in found.items()})


@lru_cache(maxsize=20_000)
def base_forms(form: str, language: str) -> Mapping[str, frozenset[Form]]:
    """Return the base forms, in the singular, that a form may have, each with the form's cases.

    A word that no base form has is its own, in every case.
    """
    word = spelt_alike(form)
    head, hyphen, last = word.rpartition("-")
    found: dict[str, frozenset[Form]] = {}
    for line in _lines(language):
        for ending, case in line.endings if line.tells else line.endings[:1]:
            if case == "plural" or not last.endswith(ending):
                continue
            for stem in _before(last[: len(last) - len(ending)], line, language):
                base = head + hyphen + stem + line.ending
                if base not in found and _tells(stem, line, language):
                    cases = case_forms(base, language).get(word, frozenset()) - {"plural"}
                    if cases:
                        found[base] = cases
    return MappingProxyType(found or {word: frozenset(get_args(Form))})


@cache
def governed_by(preposition: str, language: str) -> frozenset[Case] | None:
    """Return the cases that may stand behind a word in lower case; None for no preposition."""
    table = by_language("names.cases").get(language, {})
    found = frozenset(case for case in CASES if preposition in table.get(case, "").split())
    return found or None


def _declined(base: str, language: str) -> Iterator[tuple[str, Form]]:
    """Yield each form of one word with its case, the base form first."""
    yield base, "nominative"
    fitting = [line for line in _lines(language) if _fits(base, line, language)]
    longest = max((len(line.ending) for line in fitting if not line.adds), default=0)
    for line in fitting:
        if len(line.ending) < longest and not line.adds:
            continue
        stem = base[: len(base) - len(line.ending)]
        for other in (stem, *_alternating(stem, line, language)):
            for ending, case in line.endings:
                if case != "nominative" and (ending or other == stem):
                    yield other + ending, case
                    for soft in _softened(other, ending, language):
                        yield soft, case


def _fits(base: str, line: _Line, language: str) -> bool:
    stem = base[: len(base) - len(line.ending)]
    return base.endswith(line.ending) and _may_be(stem, line, language)


def _may_be(stem: str, line: _Line, language: str) -> bool:
    """Tell whether a word may be a stem: consonants end in one, and so does all before a "ь"."""
    vowels = _letters("vowels", language)
    if len(stem) < MIN_STEM:
        return False
    if line.ending == "":
        return stem[-1] not in vowels and stem[-1] not in _signs(language)
    first, signs = line.ending[0], _signs(language)
    if first in signs and (stem[-1] in vowels) != (first == signs[0]):
        return False
    return not (first in _letters("soft", language) and stem[-1] in _letters("hard", language))


def _tells(stem: str, line: _Line, language: str) -> bool:
    """Tell whether a base form is to be guessed from a stem: no vowel stands behind another."""
    vowels = _letters("vowels", language)
    return _may_be(stem, line, language) and not (
        line.ending[:1] in tuple(vowels) and stem[-1] in vowels
    )


def _signs(language: str) -> str:
    """Return the letters that end a stem without being a sound of it, that of vowels first."""
    return _letters("signs", language) or "  "


def _alternating(stem: str, line: _Line, language: str) -> Iterator[str]:
    """Yield a stem with the vowel that a closed last syllable changes: Львів, Львова."""
    if line.ending and line.ending[0] not in _signs(language):
        return
    for closed, opened in _pairs("names.alternation", language):
        if match := re.search(rf"{closed}(?=[^{_letters('vowels', language)}]$)", stem):
            yield stem[: match.start()] + opened + stem[match.end() :]


def _softened(stem: str, ending: str, language: str) -> Iterator[str]:
    """Yield a form whose last consonant changes before an ending: Прага, Празі."""
    soft = by_language("names.softens").get(language)
    for hard, changed in _pairs("names.softening", language) if ending == soft else ():
        if stem.endswith(hard):
            yield stem[:-1] + changed + ending


def _before(stem: str, line: _Line, language: str) -> Iterator[str]:
    """Yield the stems that a base form may have where one of its other forms has `stem`."""
    yield stem
    if stem[-1:] in tuple(_letters("alternating", language)):
        for closed, opened in _pairs("names.alternation", language):
            if match := re.search(rf"{opened}(?=[^{_letters('vowels', language)}]$)", stem):
                yield stem[: match.start()] + closed + stem[match.end() :]
    for hard, changed in _pairs("names.softening", language):
        if stem.endswith(changed):
            yield stem[:-1] + hard


def _letters(section: str, language: str) -> str:
    found: str = by_language(f"names.{section}").get(language, "")
    return found


@cache
def _pairs(section: str, language: str) -> tuple[tuple[str, str], ...]:
    pairs = (pair.partition("=") for pair in word_lists(section).get(language, ()))
    return tuple((one, other) for one, _, other in pairs)


@cache
def _folded() -> dict[int, str]:
    return str.maketrans(letters("letters.folded"))


@cache
def _lines(language: str) -> tuple[_Line, ...]:
    return tuple(map(_line, by_language("names.declension").get(language, ())))


def _line(text: str) -> _Line:
    """Read a line such as "а: ы е у ой/ою е | ы ам ами ах"."""
    base, _, rest = text.partition(":")
    singular, _, plural = rest.partition("|")
    ending = base.strip("~+ ").replace("_", "")
    endings: list[tuple[str, Form]] = [(ending, "nominative")]
    for case, found in zip(CASES, singular.split(), strict=True):
        endings += [(one.replace("_", ""), case) for one in found.split("/")]
    endings += [(one.replace("_", ""), "plural") for one in plural.split()]
    marked = base.strip()[0]
    return _Line(ending, tuple(endings), tells=marked not in "~+", adds=marked == "+")

"""Counterclaims: a claim with one fact turned around, to be weighed against the claim itself.

Whether a text says "rose" or "fell" is hard to tell from the words of another language. A
translator that reads the text tells which of the two sentences it would rather write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, islice
from types import MappingProxyType
from typing import Literal

from pipeline.facts.fact_words import dates
from pipeline.facts.negation import without_idioms
from pipeline.lang.data import by_language, word_lists
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import romanise
from pipeline.stages.grounding.wording import WORD
from pipeline.stages.naming.bases import likeliest_base, sighted
from pipeline.stages.naming.lexicon import translations
from pipeline.stages.naming.mentions import Name, Rendering, names_of, paired
from pipeline.stages.naming.name_words import names_in
from pipeline.stages.naming.slavic import stem

Kind = Literal["negation", "role", "direction", "name"]
KINDS: tuple[Kind, ...] = ("negation", "role", "direction", "name")
MOST = 4  # counterclaims of one kind: each is read by a model


@dataclass(frozen=True, slots=True)
class Counterclaim:
    """A claim with one fact turned around, and the word or words of the claim that state it."""

    kind: Kind
    text: str
    turned: str


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a language that a fact is turned around by."""

    language: str
    denial: re.Pattern[str]
    auxiliary: re.Pattern[str]
    denying: str
    whole: Mapping[str, str]  # of a contraction that holds a denial, what is left without it
    opposites: Mapping[str, tuple[str, ...]]


def counterclaims(claim: str, *, language: str) -> list[Counterclaim]:
    """Return the counterclaims of a claim; none in a language without `grounding.counter`.

    1. A denial is taken away, or one is put behind an auxiliary verb. What is asked says the same
       either way ("Why wouldn't I?"), and so does an idiom ("not only").
    2. Two names exchange their places, the nearest to each other first.
    3. A word gives way to its opposite.
    """
    found = _words(language)
    if found is None:
        return []
    ways: tuple[Callable[[str, _Words], Iterator[Counterclaim]], ...] = (
        _denied,
        _exchanged,
        _opposed,
    )
    return [counter for way in ways for counter in islice(way(claim, found), MOST)]


def renamed(
    claim: str, strange: Collection[str], text: str, *, language: str
) -> list[Counterclaim]:
    """Return a claim with names of `text` in the place of `strange` words, which are none of it.

    Only names of the text, which is in `language`, that the claim has nothing for are put there,
    as they are spelt in English.
    """
    (names,) = names_of([(text, language)], target="en")
    taken = {mention.word for mention in paired(Rendering(text, claim, language), names)}
    said = set(WORD.findall(claim))
    lost = dict.fromkeys(
        spelling
        for name in names
        if name.word not in taken and not translations(stem(name.word, language)) & said
        for spelling in _spelt(text, name, language)
    )
    places = [match for match in WORD.finditer(claim) if match.group() in strange]
    return [
        Counterclaim("name", claim[: match.start()] + name + claim[match.end() :], match.group())
        for match in places
        for name in lost
    ][:MOST]


def _spelt(text: str, name: Name, language: str) -> tuple[str, ...]:
    """Return a name in Latin letters, in its likeliest base form and as it stands."""
    if language not in cyrillic():
        return (name.word,)
    seen = sighted(text, name.start, name.word, language=language, gender=name.gender)
    base = likeliest_base([seen], language) or name.word
    return romanise(base, language), romanise(name.word, language)


def _denied(claim: str, found: _Words) -> Iterator[Counterclaim]:
    if claim.rstrip("\"'»”’ ").endswith("?"):
        return
    for match in found.denial.finditer(without_idioms(claim, found.language)):
        left = found.whole.get(match.group().lower().replace("’", "'"), "")
        before, behind = claim[: match.start()], claim[match.end() :]
        if not left and before.endswith(" "):
            behind = behind.removeprefix(" ")
        yield Counterclaim("negation", before + left + behind, match.group())
    for match in found.auxiliary.finditer(claim):
        text = f"{claim[: match.end()]} {found.denying}{claim[match.end() :]}"
        yield Counterclaim("negation", text, match.group())


def _exchanged(claim: str, found: _Words) -> Iterator[Counterclaim]:
    names = _names(claim)
    pairs = [
        (one, other)
        for one, other in combinations(names, 2)
        if claim[slice(*one)] not in claim[slice(*other)]
        and claim[slice(*other)] not in claim[slice(*one)]
    ]
    for one, other in sorted(pairs, key=lambda pair: pair[1][0] - pair[0][1]):
        first, between, second = claim[slice(*one)], claim[one[1] : other[0]], claim[slice(*other)]
        text = claim[: one[0]] + second + between + first + claim[other[1] :]
        yield Counterclaim("role", text, f"{first}{between}{second}")


def _opposed(claim: str, found: _Words) -> Iterator[Counterclaim]:
    for match in re.finditer(r"(?<![\w-])[^\W\d_]+(?![\w'’-])", claim):
        for opposite in found.opposites.get(match.group().lower(), ()):
            new = opposite.capitalize() if match.group()[0].isupper() else opposite
            text = claim[: match.start()] + new + claim[match.end() :]
            yield Counterclaim("direction", text, match.group())


def _names(claim: str) -> list[tuple[int, int]]:
    """Return the places of the names of a claim; words in a row are one name."""
    found: list[tuple[int, int]] = []
    for match in names_in(claim):
        if match.group().lower() in dates():
            continue
        if found and claim[found[-1][1] : match.start()] == " ":
            found[-1] = found[-1][0], match.end()
        else:
            found.append(match.span())
    return found


@cache
def _words(language: str) -> _Words | None:
    table = by_language("grounding.counter").get(language)
    if table is None:
        return None
    opposites: dict[str, tuple[str, ...]] = {}
    for pair in word_lists("grounding.counter.opposites").get(language, ()):
        one, _, other = pair.replace("_", " ").partition("/")
        for here, there in ((one, other), (other, one)):
            opposites[here] = (*opposites.get(here, ()), there)
    auxiliaries = "|".join(word_lists("grounding.counter.auxiliaries")[language])
    whole = dict(
        pair.split("=") for pair in word_lists("grounding.counter.contractions").get(language, ())
    )
    denials = "|".join([*map(re.escape, whole), table["denials"].strip()])
    return _Words(
        language=language,
        denial=re.compile(_either_apostrophe(denials), re.IGNORECASE | re.VERBOSE),
        auxiliary=re.compile(
            _either_apostrophe(
                rf"(?<!\w)(?:{auxiliaries})(?!\w|'|-|\s(?:{table['denials'].strip()}))"
            ),
            re.IGNORECASE,
        ),
        denying=table["denying"],
        whole=MappingProxyType(whole),
        opposites=MappingProxyType(opposites),
    )


def _either_apostrophe(pattern: str) -> str:
    return pattern.replace("'", "['’]")

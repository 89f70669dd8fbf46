"""Mentions: the names of a source, each with the word of the translation that renders it.

A name in Latin letters by the standard is compared by sound with every capitalised word of the
translation. All inflected forms of a name have one key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import likeness, romanise
from pipeline.stages.naming.name_words import WORD, names_in
from pipeline.stages.naming.slavic import stem

MIN_LIKENESS = 0.7  # of a name and the word that renders it
_TARGET_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ](?:[^\W\d_]|['’ʼ-](?=[^\W\d_]))+")
POSSESSIVE = re.compile(r"['’]s?$")


@dataclass(frozen=True, slots=True)
class Rendering:
    """A source text in `language` and its translation."""

    source: str
    target: str
    language: str


@dataclass(frozen=True, slots=True)
class Key:
    """A name: its stem in the language of the source, and the language it is rendered in."""

    stem: str
    language: str
    target: str

    @property
    def own(self) -> str:
        """The stem alone, without that of the surname behind a given name."""
        return self.stem.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a source, and `form`, which renders it: `[start, end)` of the translation."""

    key: Key
    word: str
    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a source text: `[start, end)`, and the key of all its forms."""

    key: Key
    word: str
    start: int
    end: int


def names_of(
    texts: Sequence[tuple[str, str]], *, target: str, named: Set[str] | None = None
) -> list[list[Name]]:
    """Return the names of each `(text, language)`.

    `named` are the stems of words that are names also where they open a sentence; without
    `named`, a word that is a name within a sentence of one text is one in all of `texts`.
    """
    if named is None:
        named = {stem(m.group(), language) for text, language in texts for m in names_in(text)}
    return [_names_of(text, language, target, named) for text, language in texts]


def mentions_in(
    renderings: Sequence[Rendering], *, target: str, named: Set[str] | None = None
) -> Iterator[list[Mention]]:
    """Yield, for every rendering, the names of its source with the words that render them.

    `named` is that of `names_of`.
    """
    texts = [(r.source, r.language) for r in renderings]
    names = names_of(texts, target=target, named=named)
    for rendering, sources in zip(renderings, names, strict=True):
        yield paired(rendering, sources)


def shares_kept(source: str, targets: Sequence[str], *, language: str) -> list[float]:
    """Return the share of a source's names that have a word in each translation; 1 for none."""
    (names,) = names_of([(source, language)], target="en")
    if not names:
        return [1.0] * len(targets)
    return [len(paired(Rendering(source, t, language), names)) / len(names) for t in targets]


def _names_of(text: str, language: str, target: str, named: Set[str]) -> list[Name]:
    low = {m.group().lower() for m in WORD.finditer(text) if stem(m.group(), language) in named}
    found = names_in(text, known=low)
    return [
        Name(Key(_stem_in_place(found, i, language), language, target), m.group(), *m.span())
        for i, m in enumerate(found)
    ]


def paired(rendering: Rendering, sources: Sequence[Name]) -> list[Mention]:
    """Return the mentions in a rendering; `sources` are the names of its source.

    1. Every name is compared by sound with every capitalised word of the translation.
    2. Pairs are taken from the most alike down to `MIN_LIKENESS`, of equals the earliest first.
    3. A pair whose name or word is taken already is passed over.
    """
    language = rendering.language
    words = list(_TARGET_WORD.finditer(rendering.target))
    scored = sorted(
        (
            (-sound(s.word, w.group(), language), i, j)
            for i, s in enumerate(sources)
            for j, w in enumerate(words)
        ),
    )
    used_sources: set[int] = set()
    used_words: set[int] = set()
    found = []
    for score, i, j in scored:
        if -score < MIN_LIKENESS:
            break
        if i in used_sources or j in used_words:
            continue
        used_sources.add(i)
        used_words.add(j)
        form = POSSESSIVE.sub("", words[j].group())
        start = words[j].start()
        found.append(Mention(sources[i].key, sources[i].word, start, start + len(form), form))
    return found


def _stem_in_place(names: Sequence[re.Match[str]], place: int, language: str) -> str:
    """Return the stem of a name; that of a given name goes with the surname behind it.

    There are many Vladimirs, and not all of them are spelt alike.
    """
    own = stem(names[place].group(), language)
    if place + 1 < len(names) and names[place + 1].start() == names[place].end() + 1:
        return f"{own} {stem(names[place + 1].group(), language)}"
    return own


def sound(source: str, word: str, language: str) -> float:
    """Return how alike a source word, or its stem, and a word of the translation sound, 0 to 1."""
    word = POSSESSIVE.sub("", word)
    if language not in cyrillic():
        return likeness(source, word)
    return max(
        likeness(romanise(source, language), word),
        likeness(romanise(stem(source, language), language), word),
    )

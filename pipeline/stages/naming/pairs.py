"""Which word of a translation renders which name of its source, paired by sound.

A source name in Latin letters by the standard, against every capitalised word of the translation;
the best pairs first, each word once. All inflected forms of a name are one key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.stages.naming.forms import CYRILLIC, names_in, stem
from pipeline.stages.naming.romanise import likeness, romanise

MIN_LIKENESS = 0.7  # of a name and the word that renders it
_TARGET_WORD = re.compile(r"[A-ZÀ-ÖØ-Þ](?:[^\W\d_]|['’ʼ-](?=[^\W\d_]))+")
_POSSESSIVE = re.compile(r"['’]s?$")


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


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a source and the word that renders it: `[start, end)` of the translation."""

    key: Key
    word: str
    start: int
    end: int
    form: str


def mentions_in(renderings: Sequence[Rendering], *, target: str) -> Iterator[list[Mention]]:
    """Yield, for every rendering, the names of its source with the words that render them."""
    known = {stem(m.group(), r.language) for r in renderings for m in names_in(r.source)}
    for rendering in renderings:
        yield _paired(rendering, target, known)


def _paired(rendering: Rendering, target: str, known: set[str]) -> list[Mention]:
    language = rendering.language
    low = {
        m.group().lower()
        for m in re.finditer(r"[^\W\d_][\w'’ʼ-]+", rendering.source)
        if stem(m.group(), language) in known
    }
    sources = names_in(rendering.source, known=low)
    words = list(_TARGET_WORD.finditer(rendering.target))
    scored = sorted(
        (
            (-_sound(s.group(), w.group(), language), i, j)
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
        form = _POSSESSIVE.sub("", words[j].group())
        key = Key(_stem_in_place(sources, i, language), language, target)
        start = words[j].start()
        found.append(Mention(key, sources[i].group(), start, start + len(form), form))
    return found


def _stem_in_place(names: Sequence[re.Match[str]], place: int, language: str) -> str:
    """Return the stem of a name; that of a given name goes with the surname behind it.

    There are many Vladimirs, and not all of them are spelt alike.
    """
    own = stem(names[place].group(), language)
    if place + 1 < len(names) and names[place + 1].start() == names[place].end() + 1:
        return f"{own} {stem(names[place + 1].group(), language)}"
    return own


def _sound(source: str, word: str, language: str) -> float:
    word = _POSSESSIVE.sub("", word)
    if language not in CYRILLIC:
        return likeness(source, word)
    return max(
        likeness(romanise(source, language), word),
        likeness(romanise(stem(source, language), language), word),
    )

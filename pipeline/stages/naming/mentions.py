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
from pipeline.stages.naming.gender import Gender, gender_of, in_gender
from pipeline.stages.naming.joined import opening_places
from pipeline.stages.naming.name_words import WORD, names_in
from pipeline.stages.naming.slavic import stem
from pipeline.stages.naming.terms import Term, Terms

MIN_LIKENESS = 0.7  # of a name and the word that renders it
FAINTER = 0.95  # the likeness of a case form beside that of the base form
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
    """A name in a source, and `form`, which renders it: `[start, end)` of the translation.

    `gender` is that of the person, where the source tells it. `term` is the entry of the glossary.
    """

    key: Key
    word: str
    start: int
    end: int
    form: str
    gender: Gender | None = None
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a source text: `[start, end)`, and the key of all its forms.

    `gender` is that of the person, where the text tells it. `term` is the entry of the glossary.
    """

    key: Key
    word: str
    start: int
    end: int
    gender: Gender | None = None
    term: Term | None = None


def names_of(
    texts: Sequence[tuple[str, str]],
    *,
    target: str,
    named: Set[str] | None = None,
    terms: Terms | None = None,
) -> list[list[Name]]:
    """Return the names of each `(text, language)`, in their order.

    `named` are the stems of words that are names also where they open a sentence; without
    `named`, a word that is a name within a sentence of one text is one in all of `texts`. A word
    of the glossary, which `terms` finds, is a name wherever it stands; of an entry of several words
    only those that are no part of it are.
    """
    if named is None:
        named = {stem(m.group(), language) for text, language in texts for m in names_in(text)}
    return [_names_of(text, language, target, named, terms) for text, language in texts]


def mentions_in(
    renderings: Sequence[Rendering],
    *,
    target: str,
    named: Set[str] | None = None,
    terms: Terms | None = None,
) -> Iterator[list[Mention]]:
    """Yield, for every rendering, the names of its source with the words that render them.

    `named` and `terms` are those of `names_of`.
    """
    texts = [(r.source, r.language) for r in renderings]
    names = names_of(texts, target=target, named=named, terms=terms)
    for rendering, sources in zip(renderings, names, strict=True):
        yield paired(rendering, sources)


def shares_kept(source: str, targets: Sequence[str], *, language: str) -> list[float]:
    """Return the share of a source's names that have a word in each translation; 1 for none."""
    (names,) = names_of([(source, language)], target="en")
    if not names:
        return [1.0] * len(targets)
    return [len(paired(Rendering(source, t, language), names)) / len(names) for t in targets]


def _names_of(
    text: str, language: str, target: str, named: Set[str], terms: Terms | None
) -> list[Name]:
    low = {m.group().lower() for m in WORD.finditer(text) if stem(m.group(), language) in named}
    found = names_in(text, known=low | set(opening_places(text, language)))
    ours = terms.found(text, language=language, target=target) if terms else []
    names = [
        Name(
            Key(_stem_in_place(found, i, language), language, target),
            m.group(),
            *m.span(),
            gender_of(m.group(), _name_before(found, i), language),
        )
        for i, m in enumerate(found)
    ]
    if not ours:
        return names
    by_term = {(name.start, name.end): name.gender for name in names}
    covered = {place for term in ours for place in range(term.start, term.end)}
    others = [name for name in names if covered.isdisjoint(range(name.start, name.end))]
    return sorted(
        [
            *others,
            *(_of_term(text, t, by_term.get((t.start, t.end)), language, target) for t in ours),
        ],
        key=lambda name: name.start,
    )


def _of_term(text: str, term: Term, gender: Gender | None, language: str, target: str) -> Name:
    key = Key(f"={term.base.lower()}", language, target)
    return Name(key, text[term.start : term.end], term.start, term.end, gender, term)


def _name_before(names: Sequence[re.Match[str]], place: int) -> str | None:
    """Return the name that stands at once before another."""
    if place and names[place - 1].end() + 1 == names[place].start():
        return names[place - 1].group()
    return None


def paired(rendering: Rendering, sources: Sequence[Name]) -> list[Mention]:
    """Return the mentions in a rendering; `sources` are the names of its source.

    1. Every name is compared by sound with every capitalised word of the translation; one of the
       glossary also by its form there. An entry of several words is no word's counterpart.
    2. Pairs are taken from the most alike down to `MIN_LIKENESS`, of equals the earliest first.
    3. A pair whose name or word is taken already is passed over.
    """
    language = rendering.language
    words = list(_TARGET_WORD.finditer(rendering.target))
    scored = sorted(
        (
            (-_alike(s, w.group(), language), i, j)
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
        name = sources[i]
        end = start + len(form)
        found.append(Mention(name.key, name.word, start, end, form, name.gender, name.term))
    return found


def _alike(name: Name, word: str, language: str) -> float:
    """Return how alike a name and a word of the translation sound, 0 to 1."""
    if name.term is None:
        return sound(name.word, word, language)
    if " " in name.word or " " in name.term.form:
        return 0.0
    form = in_gender(name.term.form, name.gender, word=name.word, language=language)
    # The form in the genitive sounds like a woman's name: "Putina" is rather she.
    own = sound(name.term.base, word, language), FAINTER * sound(name.word, word, language)
    return max(likeness(form, POSSESSIVE.sub("", word)), *own)


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

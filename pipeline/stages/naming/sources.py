"""The names of a run as its texts have them, read before anything is translated.

All counts are over the whole run, so that no decision depends on the order of its files or on how
many of them are translated together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.lang.letters import cyrillic, latin
from pipeline.stages.naming.bases import sighted
from pipeline.stages.naming.lexicon import is_seen
from pipeline.stages.naming.mentions import Key, Name, names_of
from pipeline.stages.naming.name_words import WORD, names_in, opens_sentence, ordinary
from pipeline.stages.naming.slavic import MIN_STEM, is_surname, stem
from pipeline.stages.naming.spelling import Entity, first_sound
from pipeline.stages.naming.terms import Terms

# A slip, or a headline with a capital on every word, makes a common noun look like a name. In a
# large folder nearly every noun has one such slip, so a single one counts in small folders only.
ONE_IN = 64  # documents
MIN_OPENER = 5  # letters of the stem of a name that only opens sentences

Text = tuple[str, str]  # a text and its language


@dataclass(frozen=True, slots=True)
class Page:
    """The texts of one document: those in Latin script, and those that are to be translated."""

    latin: Sequence[Text] = ()
    sources: Sequence[Text] = ()


@dataclass(frozen=True, slots=True)
class SourceNames:
    """Names of the texts that are to be translated.

    `named` are the stems of words that are names also where they open a sentence. `entities` has
    every name in Cyrillic script with the forms it was seen in. `documents` is how many were read.
    """

    named: frozenset[str]
    entities: Mapping[Key, Entity]
    documents: int

    def often(self, count: int) -> bool:
        """Tell whether something seen `count` times is more than a slip in a run of this size."""
        return count * ONE_IN >= self.documents


def latin_words(pages: Iterable[Page]) -> Mapping[tuple[str, str], Counter[str]]:
    """Return the names in Latin script, counted, by language and first sound."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for page in pages:
        for text, language in page.latin:
            for match in names_in(text) if language in latin() else ():
                found[language, first_sound(match.group())][match.group()] += 1
    return found


def read_sources(pages: Sequence[Page], *, target: str, terms: Terms | None = None) -> SourceNames:
    """Return the names of the sources of `pages`, as they are to be rendered in `target`.

    `terms` is that of `names_of`.
    """
    documents = sum(bool(page.sources) for page in pages)
    named = _named(pages, documents=documents)
    scripts = cyrillic()
    slavic = [text for page in pages for text in page.sources if text[1] in scripts]
    found = names_of(slavic, target=target, named=named, terms=terms)
    texts = (text for text, _ in slavic)
    return SourceNames(named, entities_in(zip(texts, found, strict=True)), documents)


def entities_in(texts: Iterable[tuple[str, Sequence[Name]]]) -> Mapping[Key, Entity]:
    """Return the names in `texts`, by key, in all forms seen; each text comes with its names."""
    entities: dict[Key, Entity] = defaultdict(Entity)
    for text, names in texts:
        for name in names:
            entity = entities[name.key]
            entity.words[name.word.lower()] += 1
            entity.written[name.word] += 1
            entity.inside += not opens_sentence(text, name.start)
            entity.sightings.add(
                sighted(text, name.start, name.word, language=name.key.language, gender=name.gender)
            )
    return dict(entities)


def _named(pages: Iterable[Page], *, documents: int) -> frozenset[str]:
    """Return the stems of words that are names also where they open a sentence.

    1. Words with a capital within a sentence are counted by stem, and so are their documents.
    2. A stem in one of `ONE_IN` documents or more is a name.
    3. A rarer stem is a name if it has a capital more often than not.
    4. A stem that only opens sentences, and more than one, is a name if nobody would take it for
       anything else (`_openers`) and it is never in lower case.
    """
    seen: Counter[str] = Counter()  # documents
    capitals: Counter[str] = Counter()  # words
    for page in pages:
        stems = [stem(m.group(), language) for t, language in page.sources for m in names_in(t)]
        seen.update(set(stems))
        capitals.update(stems)
    rare = {own for own, count in seen.items() if count * ONE_IN < documents}
    openers = _openers(pages) - seen.keys()
    asked = rare | openers
    lower = _in_lower_case(pages, asked) if asked else Counter()
    inside = {own for own in seen if own not in rare or capitals[own] > lower[own]}
    return frozenset(inside | {own for own in openers if not lower[own]})


def _openers(pages: Iterable[Page]) -> set[str]:
    """Return the Cyrillic stems that open two sentences or more and are hardly ordinary words.

    Such a stem ends as surnames alone do, or our translator, which was shown all common words, was
    never shown it.
    """
    found = Counter(
        (stem(match.group(), language), language)
        for page in pages
        for text, language in page.sources
        if language in cyrillic()
        for match in WORD.finditer(text)
        if match.group().istitle() and opens_sentence(text, match.start())
    )
    return {
        own
        for (own, language), count in found.items()
        if count > 1
        and len(own) >= MIN_OPENER
        and own not in ordinary()
        and (is_surname(own, language) or not is_seen(own))
    }


def _in_lower_case(pages: Iterable[Page], stems: set[str]) -> Counter[str]:
    """Return how often words of `stems` stand in lower case."""
    beginnings = {own[:MIN_STEM] for own in stems}
    return Counter(
        own
        for page in pages
        for text, language in page.sources
        for match in WORD.finditer(text)
        if (word := match.group()).islower()
        and word[:MIN_STEM] in beginnings
        and (own := stem(word, language)) in stems
    )

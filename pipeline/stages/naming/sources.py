"""The names of a run as its texts have them, read before anything is translated.

All counts are over the whole run, so that no decision depends on the order of its files or on how
many of them are translated together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.lang.letters import cyrillic, latin
from pipeline.stages.naming.bases import Sighting, sighted
from pipeline.stages.naming.joined import PLACES, with_joined
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
    counts = count_words(pages)
    named = named_stems(counts)
    entities = entities_of(pages, named=named, target=target, terms=terms)
    return SourceNames(named, entities, counts.documents)


@dataclass(slots=True)
class WordCounts:
    """Words of the sources of some pages, as they tell names from other words.

    `seen` counts the documents, and `capitals` the words, by stems that have a capital within a
    sentence. `openers` counts Cyrillic stems, and their language, that have one where they open a
    sentence. `lower` counts words in lower case, with their language. `documents` have sources.
    """

    seen: Counter[str] = field(default_factory=Counter)
    capitals: Counter[str] = field(default_factory=Counter)
    openers: Counter[tuple[str, str]] = field(default_factory=Counter)
    lower: Counter[tuple[str, str]] = field(default_factory=Counter)
    documents: int = 0

    def add(self, other: WordCounts) -> None:
        """Count the pages of `other`, too."""
        self.seen.update(other.seen)
        self.capitals.update(other.capitals)
        self.openers.update(other.openers)
        self.lower.update(other.lower)
        self.documents += other.documents


def count_words(pages: Iterable[Page]) -> WordCounts:
    """Return the counts of the words in the sources of `pages`."""
    counts = WordCounts()
    for page in pages:
        counts.documents += bool(page.sources)
        stems = [stem(m.group(), language) for t, language in page.sources for m in names_in(t)]
        counts.seen.update(set(stems))
        counts.capitals.update(stems)
        for text, language in page.sources:
            for match in WORD.finditer(text):
                word = match.group()
                if word.islower():
                    counts.lower[word, language] += 1
                elif (
                    language in cyrillic()
                    and word.istitle()
                    and opens_sentence(text, match.start())
                ):
                    counts.openers[stem(word, language), language] += 1
    return counts


def entities_of(
    pages: Iterable[Page], *, named: Set[str], target: str, terms: Terms | None = None
) -> Mapping[Key, Entity]:
    """Return the names in Cyrillic script in the sources of `pages`, in all forms seen.

    `named` and `terms` are those of `names_of`.
    """
    scripts = cyrillic()
    slavic = [text for page in pages for text in page.sources if text[1] in scripts]
    found = names_of(slavic, target=target, named=named, terms=terms)
    return entities_in(zip((text for text, _ in slavic), found, strict=True))


def entities_in(texts: Iterable[tuple[str, Sequence[Name]]]) -> Mapping[Key, Entity]:
    """Return the names in `texts`, by key, in all forms seen; each text comes with its names."""
    entities: dict[Key, Entity] = defaultdict(Entity)
    for text, names in texts:
        for name in names:
            entity = entities[name.key]
            entity.words[name.word.lower()] += 1
            entity.written[name.word] += 1
            entity.inside += not opens_sentence(text, name.start)
        for name, sighting in zip(names, sightings_in(text, names), strict=True):
            entities[name.key].sightings.add(sighting)
    return dict(entities)


def sightings_in(text: str, names: Sequence[Name]) -> list[Sighting]:
    """Return the sighting of each name in a text, the names in their order.

    A name that a conjunction or a comma joins to one that stands as places do stands so, too.
    """
    found = [
        sighted(text, name.start, name.word, language=name.key.language, gender=name.gender)
        for name in names
    ]
    if not names:
        return found
    between = [text[one.end : other.start] for one, other in pairwise(names)]
    return with_joined(found, between, names[0].key.language)


def sightings_of_places(
    entities: Mapping[Key, Entity],
) -> Mapping[tuple[str, str], set[Sighting]]:
    """Return by stem and language the sightings that may be of places; no person's are among them.

    A town has several keys, as a given name has, where other names stand behind it.
    """
    found: dict[tuple[str, str], set[Sighting]] = defaultdict(set)
    for key, entity in entities.items():
        if any(s.of_place in PLACES for s in entity.sightings):
            found[key.own, key.language] |= {s for s in entity.sightings if not s.of_person}
    return dict(found)


def named_stems(counts: WordCounts) -> frozenset[str]:
    """Return the stems of words that are names also where they open a sentence.

    1. Words with a capital within a sentence are counted by stem, and so are their documents.
    2. A stem in one of `ONE_IN` documents or more is a name.
    3. A rarer stem is a name if it has a capital more often than not.
    4. A stem that only opens sentences, and more than one, is a name if nobody would take it for
       anything else (`_openers`) and it is never in lower case.
    """
    seen = counts.seen
    rare = {own for own, count in seen.items() if count * ONE_IN < counts.documents}
    openers = _openers(counts) - seen.keys()
    asked = rare | openers
    lower = _in_lower_case(counts, asked) if asked else Counter()
    inside = {own for own in seen if own not in rare or counts.capitals[own] > lower[own]}
    return frozenset(inside | {own for own in openers if not lower[own]})


def _openers(counts: WordCounts) -> set[str]:
    """Return the Cyrillic stems that open two sentences or more and are hardly ordinary words.

    Such a stem ends as surnames alone do, or our translator, which was shown all common words, was
    never shown it.
    """
    return {
        own
        for (own, language), count in counts.openers.items()
        if count > 1
        and len(own) >= MIN_OPENER
        and own not in ordinary()
        and (is_surname(own, language) or not is_seen(own))
    }


def _in_lower_case(counts: WordCounts, stems: set[str]) -> Counter[str]:
    """Return how often words of `stems` stand in lower case."""
    beginnings = {own[:MIN_STEM] for own in stems}
    found: Counter[str] = Counter()
    for (word, language), count in counts.lower.items():
        if word[:MIN_STEM] in beginnings and (own := stem(word, language)) in stems:
            found[own] += count
    return found

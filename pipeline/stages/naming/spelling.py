"""The spelling of a name by each authority: a standard, a list, the texts, a vote.

Each function here speaks for one authority; the module `names` decides between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pipeline.lang.letters import cyrillic, latin
from pipeline.lang.romanise import likeness, romanise, skeleton
from pipeline.stages.naming.adjectives import adjectives
from pipeline.stages.naming.bases import Sighting
from pipeline.stages.naming.by_ear import LANGUAGE, in_english
from pipeline.stages.naming.lexicon import english_form, is_english_name, is_ordinary
from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.slavic import looks_slavic, nominative, of_a_woman, sounds_of

Authority = Literal["glossary", "text", "standard", "lexicon", "vote"]

SEEN_LIKENESS = 0.9  # of a name and a word in another text of the run
COPY_LIKENESS = 0.85  # of a name and a slip in copying it
ALIKE = 0.8  # of a name and a spelling of it that a vote may prefer
SAME_LIKENESS = 0.95  # of the same name in two languages
_MUTE = re.compile(r"(?<=[^\W\d_]{3})(?<=[aeiouyéèêô])(?:st|t|d|x|z|p)$")  # ends of French names
_ADJECTIVE = re.compile(r"[skz]k(?:yi|yy|iy|ii|ij|y|i|aya|aia|a)$")


@dataclass(slots=True)
class Entity:
    """A name as a run has it: its forms in the sources, and in the translations."""

    words: Counter[str] = field(default_factory=Counter)  # as the sources have it, lower case
    written: Counter[str] = field(default_factory=Counter)  # the same, with its capitals
    forms: Counter[str] = field(default_factory=Counter)  # as the model spelt it
    inside: int = 0  # how often within a sentence, where only names have capitals
    sightings: set[Sighting] = field(default_factory=set)  # in the sources

    def add(self, other: Entity) -> None:
        """Take what `other`, the same name in other texts, was seen in."""
        self.words.update(other.words)
        self.written.update(other.written)
        self.forms.update(other.forms)
        self.inside += other.inside
        self.sightings |= other.sightings


class Memory(Protocol):
    """The decisions about names of earlier runs."""

    def recall(self, keys: Iterable[Key]) -> dict[Key, tuple[str, Authority]]:
        """Return the remembered forms among `keys`, each with its authority."""
        ...

    def remember(self, forms: dict[Key, tuple[str, Authority]]) -> None:
        """Store forms, each with its authority."""
        ...


def heard(spoken: str, word: str) -> float:
    """Return how alike a romanised name and a Latin spelling sound: Provo is Provost."""
    mute = _MUTE.sub("", word)
    whole = likeness(spoken, word)
    return whole if mute == word else max(whole, float(skeleton(mute) == skeleton(spoken)))


def first_sound(word: str) -> str:
    """Return the sound that a Latin spelling begins with: only such names are compared."""
    return skeleton(word)[:1].replace("g", "h")


def in_texts(key: Key, entity: Entity, seen: Mapping[tuple[str, str], Counter[str]]) -> str | None:
    """Return the form that an English text of the run has, or a French one.

    `seen` are the words of the run's texts in Latin script, by language and first sound.
    """
    if key.language not in cyrillic():
        return None
    spoken = sounds_of(key.own, key.language, entity.words)
    for language in (key.target, *sorted(latin())):
        best = max(
            (
                (max(heard(s, word) for s in spoken), count, word)
                for sound in {first_sound(s) for s in spoken}
                for word, count in seen.get((language, sound), {}).items()
                if language == key.target or not french_spelling(word, spoken)
            ),
            default=(0.0, 0, ""),
        )
        if best[0] >= SEEN_LIKENESS:
            return best[2]
    return None


def by_standard(key: Key, entity: Entity) -> str | None:
    """Return a Slavic name by its national standard, where the model's spelling sounds like it."""
    if key.target != "en" or " " in key.stem or not looks_slavic(key.stem, key.language):
        return None  # the standards spell for English; French newspapers write Kovaltchouk
    base = nominative(key.stem, key.language, entity.words)
    if base is None:  # no telling what its base form is
        return None
    commonest = max(entity.forms, key=lambda f: (entity.forms[f], f))
    found = adjectives(base, entity.words, key.language, spelt=commonest)
    if len(found) > 1:  # Садового is of Садовый or of Садовое
        return None
    if found:
        (adjective,) = found
        base = key.stem + adjective[len(key.stem) :]  # with the letters that print folds
    elif commonest.endswith("a"):  # the model took it for a woman's name: its form may not tell
        base = of_a_woman(base)
    form = "-".join(part.capitalize() for part in romanise(base, key.language).split("-"))
    if _ADJECTIVE.search(form) and not any(_ADJECTIVE.search(f) for f in entity.forms):
        return None  # an adjective: Massachusetts University is no Mr Massachusetsky
    alike = max(likeness(form, written) for written in entity.forms)
    return form if alike >= SEEN_LIKENESS else None


def by_lexicon(key: Key) -> str | None:
    """Return the English form on the list of names, but not of a Slav's given name."""
    own, _, surname = key.stem.partition(" ")
    if key.target != "en" or looks_slavic(surname, key.language):
        return None  # Vladimir Putin, but Volodymyr Zelensky
    return english_form(own)


def by_ear(key: Key, entity: Entity) -> str | None:
    """Return the English form of a Slavic name in a French text."""
    if (key.language, key.target) != (LANGUAGE, "en"):
        return None
    return in_english(max(entity.written, key=lambda w: (entity.written[w], w)))


def as_written(key: Key, entity: Entity) -> str | None:
    """Return a name of a French text as it stands there, where the model only nearly copied it.

    A form that English is known to write is a translation: Londres is London, Poutine Putin. So is
    that of an ordinary word: the Ligue Europa is a league.
    """
    if key.language in cyrillic():
        return None
    word = max(entity.written, key=lambda w: (entity.written[w], w))
    if is_ordinary(word, key.language):
        return None
    others = entity.forms.keys() - {word}
    if any(is_english_name(form) or likeness(word, form) < COPY_LIKENESS for form in others):
        return None
    return word if others else None


def french_by_ear(
    entities: dict[Key, Entity], spelt: Collection[str]
) -> dict[Key, tuple[str, Authority]]:
    """Return forms for names that French texts spell by ear: Kovaltchouk is the same Kovalchuk.

    `spelt` are the forms of names in Cyrillic texts.
    """
    ordered = sorted(spelt)
    found: dict[Key, tuple[str, Authority]] = {}
    for key, entity in entities.items():
        if key.language != "fr":
            continue
        word = max(entity.words, key=lambda w: (entity.words[w], w))
        same = next((f for f in ordered if likeness(f, word) >= SAME_LIKENESS), None)
        if same is not None and french_spelling(word, {same}):
            found[key] = (same, "text")
    return found


def voted(key: Key, entity: Entity) -> str:
    """Return the spelling of a name that wins the vote.

    1. A form that sounds like the name, and that English writes as one, comes before any other.
    2. Then the most frequent form wins; of equals one that sounds like the name.
    3. Then the longest wins: letters that are not heard (Massachusetts, Sessions) are written by
       those who know the name.
    """
    spoken = romanise(key.own, key.language) if key.language in cyrillic() else key.own

    def rank(form: str) -> tuple[bool, int, bool, int, str]:
        alike = likeness(spoken, form) > ALIKE
        return (
            alike and is_english_name(form), entity.forms[form], alike, len(form), form,
        )  # fmt: skip

    return max(entity.forms, key=rank)


def french_spelling(word: str, spoken: set[str]) -> bool:
    """Tell whether a French text spells a name by ear: Poutine, Tchernihiv, Chmyhal."""
    low = word.lower()
    by_ear = (("ou", "u"), ("tch", "ch"), ("ch", "sh"), ("ine", "in"), ("gu", "g"))
    return any(
        french in low and any(plain in s.lower() and french not in s.lower() for s in spoken)
        for french, plain in by_ear
    )

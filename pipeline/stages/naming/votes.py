"""Votes on the spelling of names: how the translations of a run write the names of its sources.

Votes of parts of a run are added up; what is decided depends on their sum alone.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.lang.edits import Edit
from pipeline.stages.naming.mentions import Key, Mention, Rendering
from pipeline.stages.naming.spelling import Authority, Entity
from pipeline.stages.naming.writing import edits_of

_LOWER_WORD = re.compile(r"\b[a-zà-öø-ÿ]{2,}\b")


@dataclass(slots=True)
class Votes:
    """Counts of the mentions of some translations.

    `mentions` are counted by key, word of the source and form in the translation; `terms` has the
    forms of those of the glossary. `lower` counts the words in lower case of the translations.
    """

    mentions: Counter[tuple[Key, str, str]] = field(default_factory=Counter)
    terms: dict[Key, str] = field(default_factory=dict)
    lower: Counter[str] = field(default_factory=Counter)

    def add(self, other: Votes) -> None:
        """Count the votes of `other`, too."""
        self.mentions.update(other.mentions)
        self.terms.update(other.terms)
        self.lower.update(other.lower)


@dataclass(frozen=True, slots=True)
class Decided:
    """The form of every name that has one, with its authority, and the forms that are no names."""

    forms: Mapping[Key, tuple[str, Authority]]
    ordinary: frozenset[str]


def votes_of(renderings: Iterable[Rendering], found: Iterable[Sequence[Mention]]) -> Votes:
    """Return the votes of translations; `found` are the mentions of each."""
    votes = Votes()
    votes.lower.update(word for r in renderings for word in _LOWER_WORD.findall(r.target))
    for mention in (m for each in found for m in each):
        votes.mentions[mention.key, mention.word, mention.form] += 1
        if mention.term:
            votes.terms[mention.key] = mention.term.form
    return votes


def ordinary_words(votes: Votes, often: Callable[[int], bool]) -> frozenset[str]:
    """Return the words, of those that render names, that are written in lower case, too.

    `often` tells whether so many in lower case are no slip.
    """
    capitals: Counter[str] = Counter()
    for (_, _, form), count in votes.mentions.items():
        capitals[form.lower()] += count
    lower = {word: votes.lower[word] for word in capitals if votes.lower[word]}
    return frozenset(w for w, count in lower.items() if often(count) or count >= capitals[w])


def voted_entities(votes: Votes, ordinary: frozenset[str]) -> dict[Key, Entity]:
    """Return the names that are spelt, those of the glossary and the ordinary words aside."""
    entities: dict[Key, Entity] = defaultdict(Entity)
    for (key, word, form), count in votes.mentions.items():
        if key not in votes.terms and form.lower() not in ordinary:
            entities[key].words[word.lower()] += count
            entities[key].written[word] += count
            entities[key].forms[form] += count
    return dict(entities)


def decided_edits(found: Iterable[Sequence[Mention]], decided: Decided) -> list[list[Edit]]:
    """Return for the mentions of each translation the edits that give every name its form."""
    forms = {key: form for key, (form, _) in decided.forms.items()}
    return [
        edits_of([m for m in each if m.term or m.form.lower() not in decided.ordinary], forms)
        for each in found
    ]

"""One spelling per name through a run: known before, decided by an authority, or voted for.

A name's form is, in this order: the glossary's; one that the run's English or French texts have
in Latin letters; the one remembered from earlier runs; that of the list of places; for Slavic names
that of the national standard (pipeline/lang/romanise.py); the lexicon's; for all others the model's
most frequent spelling, of equals the longest. A word that the translations also write in lower case
is no name, and two words that differ as Germany and German do are left alone.

1. `learn` reads the texts of the whole run.
2. `placed` puts the forms that are known by then into the sources, before a model reads them: a
   small model copies a name better than it spells one.
3. `unify` decides on all forms and writes them into translations; with `settles` for good.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set

from models.engine import Segment
from pipeline.lang.edits import Edit, applied
from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.bases import Sighting
from pipeline.stages.naming.choosing import Choice, chosen, known_form
from pipeline.stages.naming.glossary import Glossary
from pipeline.stages.naming.mentions import Key, Mention, Name, Rendering, mentions_in, names_of
from pipeline.stages.naming.name_words import translated
from pipeline.stages.naming.placing import (
    form_unread,
    forms_of_pairs,
    is_foreign,
)
from pipeline.stages.naming.sources import (
    Page,
    SourceNames,
    entities_in,
    entities_of,
    latin_words,
    read_sources,
    sightings_of_places,
)
from pipeline.stages.naming.spelling import (
    Entity,
    Memory,
    french_by_ear,
)
from pipeline.stages.naming.terms import Terms
from pipeline.stages.naming.votes import (
    Decided,
    Votes,
    decided_edits,
    ordinary_words,
    voted_entities,
    votes_of,
)
from pipeline.stages.naming.vouching import Known, unvouched
from pipeline.stages.naming.writing import edits_of, form_here, with_forms


class Names:
    """The names of a run: decides on their forms and writes them into translations.

    `memory` has the forms of earlier runs. It is read whenever forms are decided on and written
    only where they are settled, so that all decisions of a run see the same memory. With
    `spells_unseen`, names that our translator was never shown are handed to it in Latin letters by
    the standard; a larger model knows better.
    """

    def __init__(
        self,
        *,
        glossary: Glossary | None = None,
        memory: Memory | None = None,
        spells_unseen: bool = False,
    ) -> None:
        self._spells_unseen = spells_unseen
        self._terms = Terms(glossary or Glossary())
        self._memory = memory
        # Words of the run's Latin texts, by language and first sound: only those are compared.
        self._latin: Mapping[tuple[str, str], Counter[str]] = {}
        self._sources: SourceNames | None = None
        self._beside: Mapping[tuple[str, str], set[Sighting]] = {}  # by stem and language
        self._placed: dict[Key, str | None] = {}  # forms before the model has spelt, as they come

    def learn(self, pages: Sequence[Page], *, target: str) -> None:
        """Read the texts of a run, and forget those of an earlier run."""
        self.adopt(latin_words(pages), read_sources(pages, target=target, terms=self._terms))

    def adopt(self, latin: Mapping[tuple[str, str], Counter[str]], sources: SourceNames) -> None:
        """Take what a run's texts tell, where they were read in parts.

        `latin` is that of `latin_words`.
        """
        self._latin = latin
        self._sources = sources if sources.documents else None
        self._beside = sightings_of_places(sources.entities)
        self._placed = {}

    def entities(self, pages: Sequence[Page], named: Set[str], *, target: str) -> dict[Key, Entity]:
        """Return the names in the sources of some pages, `named` being those of the whole run."""
        return dict(entities_of(pages, named=named, target=target, terms=self._terms))

    def placed(self, texts: Sequence[tuple[str, str]], *, target: str) -> list[str]:
        """Return each `(text, language)` with its known names in the form they are to have.

        Only texts on their way into Latin script are touched, and of those in Latin script only the
        words of the glossary. The form of a name depends
        on the texts that were learnt, not on the others in `texts`; as long as none were, `texts`
        are the run. The memory is not asked: a text whose names it knows would be another question
        to the model, and a second run would find none of its answers.
        """
        if target in cyrillic():
            return [text for text, _ in texts]
        learnt = self._learnt(texts, target=target)
        forms = self._placed if self._sources else {}
        return [
            self._with_names(text, language, learnt, forms, target=target)
            if language in cyrillic()
            else with_forms(text, self._of_glossary(text, language, target=target))
            for text, language in texts
        ]

    def _learnt(self, texts: Sequence[tuple[str, str]], *, target: str) -> SourceNames:
        """Return the names of the run's sources; `texts` are the run where none were learnt."""
        return self._sources or read_sources(
            [Page(sources=texts)], target=target, terms=self._terms
        )

    def _with_names(
        self,
        text: str,
        language: str,
        learnt: SourceNames,
        forms: dict[Key, str | None],
        *,
        target: str,
    ) -> str:
        (names,) = names_of(
            [(text, language)], target=target, named=learnt.named, terms=self._terms
        )
        here: dict[Key, str | None] = {}
        for key, entity in entities_in([(text, names)]).items():
            if key not in learnt.entities:
                # A part of a segment may have a name that the whole has not: a given name cut off
                # from its surname. Its only forms are those of this part.
                here[key] = self._form_before(key, entity)
                continue
            if key not in forms:
                forms[key] = self._form_before(key, learnt.entities[key])
            here[key] = forms[key]
        kept = self._terms.kept(text) if here else []
        pairs = forms_of_pairs(text, names, target)
        return with_forms(
            text,
            [
                (name, form)
                for name in names
                if (form := pairs.get(name) or form_here(name, here[name.key]))
                and not any(name.start < end and start < name.end for start, end in kept)
            ],
        )

    def _of_glossary(self, text: str, language: str, *, target: str) -> list[tuple[Name, str]]:
        (names,) = names_of([(text, language)], target=target, terms=self._terms)
        return [(name, form) for name in names if name.term and (form := form_here(name, None))]

    def held_to(self, source: str, text: str, *, language: str, target: str) -> str:
        """Return a translation with the glossary's words in their forms, where a word sounds so.

        `source` is the text it translates. A translation into Cyrillic is left alone.
        """
        if target in cyrillic():
            return text
        places = {"language": language, "target": target}
        if self._terms.found(source, **places):
            rendering = Rendering(source, text, language)
            (found,) = mentions_in([rendering], target=target, terms=self._terms)
            text = applied(text, edits_of([m for m in found if m.term], {}))
        return applied(text, self._terms.heard(source, text, **places))

    def loses_term(self, segment: Segment, text: str) -> bool:
        """Tell whether a translation lacks a word of the glossary that its segment has."""
        if segment.target in cyrillic():
            return False
        places = {"language": segment.source, "target": segment.target}
        return bool(self._terms.lost(segment.text, text, **places))

    def as_in(self, text: str, sentence: str, *, target: str) -> str:
        """Return a sentence about `text`, both in `target`, with the glossary's words as there."""
        return applied(sentence, self._terms.as_in(text, sentence, target=target))

    def _form_before(self, key: Key, entity: Entity) -> str | None:
        """Return the form of a name that is known before the model has spelt it, if any."""
        if found := known_form(key, entity, None, latin=self._latin):
            return found[0]
        return form_unread(
            key,
            entity,
            beside=self._beside.get((key.own, key.language), ()),
            spells_unseen=self._spells_unseen,
        )

    def unify(
        self, renderings: Sequence[Rendering], *, target: str, settles: bool = True
    ) -> list[list[Edit]]:
        """Return for each translation the edits that give every name its one form.

        The renderings vote, in any order. Their forms are remembered where that `settles` them.

        1. Names of the sources are paired with words of the translations.
        2. Words that are translated rather than spelt are no names, and neither are words that
           the translations also write in lower case.
        3. Every name gets its form from all its mentions.
        4. A mention in another form becomes an edit, unless it differs rightly.

        Targets in Cyrillic script are left alone: their names are inflected, and what differs
        there is not the spelling.
        """
        if target in cyrillic():
            return [[] for _ in renderings]
        found = self._mentions(renderings, target=target)
        learnt = self._learnt([(r.source, r.language) for r in renderings], target=target)
        decided = self.decided(votes_of(renderings, found), seen=learnt.entities)
        if settles:
            self.remember(decided)
        return decided_edits(found, decided)

    def unvouched(self, renderings: Sequence[Rendering], *, target: str) -> list[list[Name]]:
        """Return for each translation the names of its source that nothing vouches for there."""
        if target != "en":
            return [[] for _ in renderings]
        texts = [(r.source, r.language) for r in renderings]
        learnt = self._learnt(texts, target=target)

        def known(key: Key) -> Known | None:
            entity = learnt.entities.get(key)
            if entity is None:
                return None
            form = self._form_before(key, entity)
            own = form is not None and not known_form(key, entity, None, latin=self._latin)
            return Known(form, entity.sightings, own and is_foreign(key, entity, form or ""))

        found = names_of(texts, target=target, named=learnt.named, terms=self._terms)
        return [list(unvouched(r, n, known)) for r, n in zip(renderings, found, strict=True)]

    def votes(self, renderings: Sequence[Rendering], *, target: str) -> Votes:
        """Return how a part of the translations of a run spells the names of its sources."""
        if target in cyrillic():
            return Votes()
        return votes_of(renderings, self._mentions(renderings, target=target))

    def edits(
        self, renderings: Sequence[Rendering], decided: Decided, *, target: str
    ) -> list[list[Edit]]:
        """Return for a part of the translations the edits that give every name its form."""
        if target in cyrillic():
            return [[] for _ in renderings]
        return decided_edits(self._mentions(renderings, target=target), decided)

    def remember(self, decided: Decided) -> None:
        """Keep forms, those of the glossary aside, for later runs."""
        if self._memory:
            self._memory.remember(dict(decided.forms))

    def _mentions(self, renderings: Sequence[Rendering], *, target: str) -> list[list[Mention]]:
        """Return the names of each source with the words that render, not translate, them."""
        found = mentions_in(
            renderings,
            target=target,
            named=self._sources.named if self._sources else None,
            terms=self._terms,
        )
        return [[m for m in each if m.term or m.form not in translated()] for each in found]

    def decided(self, votes: Votes, *, seen: Mapping[Key, Entity] | None = None) -> Decided:
        """Return the form of every name that has one, by the votes of all translations.

        `seen` are the names as the sources have them, by default those of the texts that were
        learnt.

        1. Each name is decided on by itself, but for those of the glossary.
        2. A name that a French text spells by ear takes the form of its like in Cyrillic texts.
        """
        ordinary = ordinary_words(votes, self._sources.often if self._sources else bool)
        entities = voted_entities(votes, ordinary)
        if seen is None:
            seen = self._sources.entities if self._sources else {}
        for key in entities.keys() & seen.keys():
            entities[key].sightings |= seen[key].sightings
            entities[key].inside += seen[key].inside
        recalled = self._memory.recall(entities) if self._memory else {}
        decided: dict[Key, Choice] = {}
        for key, entity in entities.items():
            choice = chosen(
                key,
                entity,
                recalled.get(key),
                latin=self._latin,
                spells_unseen=self._spells_unseen,
            )
            if choice is not None:
                decided[key] = choice
        spelt = {form for key, (form, _) in decided.items() if key.language in cyrillic()}
        decided |= french_by_ear(entities, spelt | set(votes.terms.values()))
        return Decided(decided, ordinary)

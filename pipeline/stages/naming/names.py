"""One spelling per name through a run: what is known of each, how the model spelt it, what it is.

A name's form is, in this order: the glossary's; one that the run's English or French texts have
in Latin letters; the one remembered from earlier runs; for Slavic names that of the national
standard (pipeline/lang/romanise.py); the lexicon's; for all others the model's most
frequent spelling, of equals the longest. A word that the translations also write in lower case is
no name, and what differs as Germany and German do is left alone.

What is known before anything is translated stands in the source already when the model reads it:
a small model copies a name better than it spells one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from pipeline.lang.edits import Edit
from pipeline.stages.naming.forms import (
    CYRILLIC,
    TRANSLATED,
    derived,
    latin_form,
    looks_slavic,
    names_in,
    opens_sentence,
    sounds_of,
    stem,
)
from pipeline.stages.naming.glossary import Glossary
from pipeline.stages.naming.lexicon import is_english_name, is_seen
from pipeline.stages.naming.pairs import Key, Mention, Name, Rendering, mentions_in, names_of
from pipeline.stages.naming.spelling import (
    SEEN_LIKENESS,
    Entity,
    Origin,
    as_written,
    by_lexicon,
    by_standard,
    first_sound,
    french_by_ear,
    french_spelling,
    heard,
    voted,
)

MIN_UNSEEN = 4  # letters of the stem of a name that is handed over in Latin letters
_LATIN_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zà-ÿ]{3,}\b")
_LOWER_WORD = re.compile(r"\b[a-zà-öø-ÿ]{2,}\b")


class Memory(Protocol):
    """What was decided about names in earlier runs."""

    def recall(self, keys: Iterable[Key]) -> dict[Key, tuple[str, Origin]]:
        """Return the remembered forms among `keys`, each with where it came from."""
        ...

    def remember(self, forms: dict[Key, tuple[str, Origin]]) -> None:
        """Store forms, each with where it came from."""
        ...


class Names:
    """Decides on forms and writes them into translations; reads the run's own Latin texts.

    `spells_unseen`: names that our translator was never shown are handed to it in Latin letters,
    by the standard, too. A larger model knows better.
    """

    def __init__(
        self,
        *,
        glossary: Glossary | None = None,
        memory: Memory | None = None,
        spells_unseen: bool = False,
    ) -> None:
        self._spells_unseen = spells_unseen
        self._glossary = glossary or Glossary()
        self._memory = memory
        # Words of the run's Latin texts, by language and first sound: only those are compared.
        self._latin: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def read(self, text: str, *, language: str) -> None:
        """Take in the names of a text that is in Latin script itself."""
        if language in {"en", "fr"}:
            for match in names_in(text):
                self._latin[language, first_sound(match.group())][match.group()] += 1

    def placed(self, texts: Sequence[tuple[str, str]], *, target: str) -> list[str]:
        """Return each `(text, language)` with its known names in the form they are to have.

        Only Cyrillic texts on their way into Latin script are touched. The memory is not asked: it
        grows while a run goes on, and a run that was interrupted must ask what it asked before.
        """
        if target in CYRILLIC:
            return [text for text, _ in texts]
        cyrillic = [i for i, (_, language) in enumerate(texts) if language in CYRILLIC]
        names = names_of([texts[i] for i in cyrillic], target=target)
        entities: dict[Key, Entity] = defaultdict(Entity)
        for i, found in zip(cyrillic, names, strict=True):
            for name in found:
                entities[name.key].words[name.word.lower()] += 1
                entities[name.key].written[name.word] += 1
                entities[name.key].inside += not opens_sentence(texts[i][0], name.start)
        forms = {
            key: form
            for key, entity in entities.items()
            if (form := self._form_before(key, entity))
        }
        result = [text for text, _ in texts]
        for i, found in zip(cyrillic, names, strict=True):
            result[i] = _with_forms(result[i], found, forms)
        return result

    def _form_before(self, key: Key, entity: Entity) -> str | None:
        """Return what is known of a name before the model has spelt it."""
        if known := self._known(key, entity, None):
            return known[0]
        own = key.own
        if looks_slavic(own, key.language):
            return None  # its standard needs to know what the model takes it for
        if form := by_lexicon(key):
            return form
        unseen = len(own) >= MIN_UNSEEN and not own.isascii() and not is_seen(own)
        if self._spells_unseen and unseen and entity.inside:
            return latin_form(entity.written, language=key.language)
        return None

    def unify(self, renderings: Sequence[Rendering], *, target: str) -> list[list[Edit]]:
        """Return for each translation the edits that give every name its one form.

        Targets in Cyrillic script are left alone: their names are inflected, and what differs
        there is not the spelling.
        """
        if target in CYRILLIC:
            return [[] for _ in renderings]
        ordinary = {w for r in renderings for w in _LOWER_WORD.findall(r.target)}
        mentions = [
            [m for m in found if m.form not in TRANSLATED and m.form.lower() not in ordinary]
            for found in mentions_in(renderings, target=target)
        ]
        entities: dict[Key, Entity] = defaultdict(Entity)
        for mention in (m for found in mentions for m in found):
            entities[mention.key].words[mention.word.lower()] += 1
            entities[mention.key].written[mention.word] += 1
            entities[mention.key].forms[mention.form] += 1
        forms = self._forms(entities)
        return [_edits(found, forms) for found in mentions]

    def _forms(self, entities: dict[Key, Entity]) -> dict[Key, str]:
        recalled = self._memory.recall(entities) if self._memory else {}
        decided: dict[Key, tuple[str, Origin]] = {}
        for key, entity in entities.items():
            choice = self._choice(key, entity, recalled.get(key))
            if choice is not None:
                decided[key] = choice
        decided |= french_by_ear(entities, decided)
        if self._memory:
            self._memory.remember({k: v for k, v in decided.items() if v[1] != "glossary"})
        return {key: form for key, (form, _) in decided.items()}

    def _choice(
        self, key: Key, entity: Entity, recalled: tuple[str, Origin] | None
    ) -> tuple[str, Origin] | None:
        """Return the form of a name and why, or None where one spelling is all there is."""
        if known := self._known(key, entity, recalled):
            return known
        if form := by_standard(key, entity):
            return form, "standard"
        if form := as_written(key, entity):
            return form, "standard"
        if form := by_lexicon(key):
            return form, "lexicon"
        if entity.forms.total() > 1:
            return voted(key, entity), "vote"
        return None

    def _known(
        self, key: Key, entity: Entity, recalled: tuple[str, Origin] | None
    ) -> tuple[str, Origin] | None:
        """Return what the user, the run's own texts or earlier runs say."""
        if form := self._in_glossary(key):
            return form, "glossary"
        if recalled and recalled[1] == "text":
            return recalled
        if form := self._in_texts(key, entity):
            return form, "text"
        return recalled

    def _in_glossary(self, key: Key) -> str | None:
        for word, form in self._glossary.forms.get(key.target, {}).items():
            if stem(word, key.language) == key.own:
                return form
        return None

    def _in_texts(self, key: Key, entity: Entity) -> str | None:
        """Return the form that an English text of the run has, or a French one."""
        if key.language not in CYRILLIC:
            return None
        spoken = sounds_of(key.own, key.language, entity.words)
        for language in (key.target, "en", "fr"):
            best = max(
                (
                    (max(heard(s, word) for s in spoken), count, word)
                    for sound in {first_sound(s) for s in spoken}
                    for word, count in self._latin.get((language, sound), {}).items()
                    if language == key.target or not french_spelling(word, spoken)
                ),
                default=(0.0, 0, ""),
            )
            if best[0] >= SEEN_LIKENESS:
                return best[2]
        return None


def capitalised(placed: str, text: str) -> str:
    """Return a translation with the capitals of names that stood in Latin letters in its source.

    "Прово" was put in as Provost, and the model wrote of a provost.
    """
    for name in _LATIN_NAME.findall(placed):
        if name not in text:
            text = re.sub(rf"\b{re.escape(name.lower())}\b", name, text)
    return text


def _with_forms(text: str, names: Sequence[Name], forms: dict[Key, str]) -> str:
    for name in reversed(names):
        if form := forms.get(name.key):
            text = text[: name.start] + form + text[name.end :]
    return text


def _edits(mentions: Sequence[Mention], forms: dict[Key, str]) -> list[Edit]:
    return [
        Edit(mention.start, mention.end, form)
        for mention in mentions
        if (form := forms.get(mention.key, mention.form)) != mention.form
        and not _of_its_own(mention, form)
    ]


def _of_its_own(mention: Mention, form: str) -> bool:
    """Tell whether a spelling differs from `form` rightly: German, Tolstaya, Martina."""
    if derived(form, mention.form):
        return True
    # Hrynka is a case of Hrynko, not his wife's name.
    one_gender = form.endswith("ko") or form.endswith("a") == mention.form.endswith("a")
    return not one_gender and (
        looks_slavic(mention.key.own, mention.key.language) or is_english_name(mention.form)
    )

"""Names of a translation that nothing vouches for: lost, cut, bent or nearly copied.

A word that renders a name is vouched for by a list of names or by the letters of the name: by its
standard, in a base form that the name may have in its place. A spelling of English or of another
language ("Gerrard") is the model's own knowledge, which no rule here can judge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts.fact_words import dates
from pipeline.lang.data import by_language
from pipeline.lang.declension import spelt_alike
from pipeline.lang.function_words import any_function_word
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import romanise, skeleton
from pipeline.stages.naming.bases import Sighting, bases_of
from pipeline.stages.naming.invented import MIN_VOUCHING
from pipeline.stages.naming.lexicon import (
    english_form,
    is_english_name,
    is_ordinary,
    is_seen,
    translations,
)
from pipeline.stages.naming.mentions import (
    POSSESSIVE,
    Key,
    Mention,
    Name,
    Rendering,
    paired,
    sound,
)
from pipeline.stages.naming.name_words import WORD, derived, opens_sentence, translated
from pipeline.stages.naming.slavic import looks_slavic, stem

MIN_LETTERS = 4  # of a name that is judged
MAX_END = 2  # letters at the end of a spelling in which a case shows
# Letters that no standard writes a Cyrillic name with.
_FOREIGN = re.compile(
    r"[wxqj]|th|ck|ee|oo|ph|ea|ai|ou|([lsztrnmfpgbdc])\1|e$|c(?!h)|(?<!k)(?<!z)(?<!s)(?<!c)gh|"
    r"[^aeiouy]y[^aeiouy]",
    re.IGNORECASE,
)

# Letters that a standard writes foreign sounds with, and no language of Latin letters does.
_BY_EAR = re.compile(
    r"dzh|kh|zh|shch|^u[aeio]|[ea]y[bdfgklmnprstv]|ks|yu|vud|strit|ou$|hh|iu|uo", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Known:
    """A name before a model spelt it: the form it was handed over in, if any, and its sightings.

    `foreign` tells that the form is no more than the sound of a name that is probably foreign.
    """

    form: str | None
    sightings: Collection[Sighting]
    foreign: bool = False


def unvouched(
    rendering: Rendering, names: Sequence[Name], known: Callable[[Key], Known | None]
) -> Iterator[Name]:
    """Yield the names of a rendering into English whose spelling is to be compared by a reader.

    1. A name that was handed over in Latin letters is to stand there as it was, unless a list has
       it: names that are known are rightly dropped, or written otherwise. One by ear is a guess.
    2. A name that our translator was never shown is to have the sound of one of its base forms; one
       of a person or a place is to be there.
    3. A name in Latin letters is to be a copy, unless a list has its translation.
    4. Where the translation has a name that is on no list and sounds like no word of the source, a
       name that has no counterpart was replaced by it.
    """
    mentions = {(m.key, m.word): m for m in paired(rendering, names)}
    lost = [
        name
        for name in names
        if (name.key, name.word) not in mentions
        and _is_proper(name)
        and not _is_translated(name, rendering)
    ]
    replaced = lost if lost and _invented(rendering) else []
    for name in names:
        mention = mentions.get((name.key, name.word))
        if name.term or len(name.word) < MIN_LETTERS or "-" in name.word:
            continue
        if name in replaced:
            yield name
        elif name.word.isascii() or rendering.language not in cyrillic():
            if mention is not None and _bent_copy(name.word, mention.form, rendering.language):
                yield name
        elif (of_name := known(name.key)) and _is_doubtful(name, mention, of_name, rendering):
            yield name


def _is_doubtful(name: Name, mention: Mention | None, known: Known, rendering: Rendering) -> bool:
    own, language = name.key.own, name.key.language
    if re.search(by_language("names.derived").get(language, "(?!)"), spelt_alike(name.word)):
        return False  # Perm Krai of an adjective
    if known.form is not None:
        if english_form(own) == known.form:
            return False
        if _is_said(known.form, rendering.target):
            by_ear = known.foreign and _BY_EAR.search(known.form)  # Dzherrard is Gerrard
            return bool(by_ear) and known.form in rendering.target
        if known.foreign and mention is not None:
            return False
        return mention is None or not (
            is_known_spelling(mention.form) or derived(known.form, mention.form)
        )
    if is_seen(own):
        return False
    if mention is None:
        return any(s.of_person or s.of_place in ("surely", "perhaps") for s in known.sightings)
    return not _is_vouched(mention, known)


def is_known_spelling(form: str) -> bool:
    """Tell whether a list has a name, or its letters are no standard's."""
    return is_english_name(form) or _FOREIGN.search(form) is not None


def _is_proper(name: Name) -> bool:
    """Tell whether a name is no ordinary word in a title, as far as the lists tell."""
    own, language = name.key.own, name.key.language
    if language in cyrillic():
        return english_form(own) is not None or not is_seen(own)
    return not is_ordinary(name.word, language)


def _is_translated(name: Name, rendering: Rendering) -> bool:
    known = translations(stem(name.word, rendering.language))
    return any(POSSESSIVE.sub("", word) in known for word in WORD.findall(rendering.target))


def _invented(rendering: Rendering) -> bool:
    """Tell whether a translation has a name that no list and no word of its source vouches for."""
    words = WORD.findall(rendering.source)
    for match in WORD.finditer(rendering.target):
        word = POSSESSIVE.sub("", match.group())
        if (
            word[0].isupper()
            and len(word) >= MIN_LETTERS
            and word.isalpha()
            and not word.isupper()
            and not opens_sentence(rendering.target, match.start())
            and not (is_english_name(word) or is_ordinary(word, "en") or word in translated())
            and word.lower() not in dates() | any_function_word()
            and all(sound(w, word, rendering.language) < MIN_VOUCHING for w in words)
        ):
            return True
    return False


def _is_said(form: str, target: str) -> bool:
    sounds = [skeleton(word) for word in form.split()]
    words = [skeleton(m.group()) for m in WORD.finditer(target)]
    return all(any(word.startswith(sound) for word in words) for sound in sounds)


def _is_vouched(mention: Mention, known: Known) -> bool:
    """Tell whether a spelling has the sound of a base form that its name may have."""
    language, form = mention.key.language, mention.form
    if is_english_name(form):
        return True
    bases, sound = bases_of(known.sightings, language), skeleton(form)
    written = spelt_alike(mention.word)
    if len(bases) > 1 and _is_in_another_case(mention, known):
        bases = bases - {written}  # "в Ревде" is not of a Revde
        if sound == skeleton(romanise(written, language)):
            return sound in {skeleton(romanise(base, language)) for base in bases}
    if _FOREIGN.search(form):
        return True
    sounds = {skeleton(romanise(base, language)) for base in bases}
    if sound in sounds or any(derived(romanise(base, language), form) for base in bases):
        return True
    if looks_slavic(mention.key.own, language):
        return False
    return any(_differs_within(sound, other) for other in sounds)


def _is_in_another_case(mention: Mention, known: Known) -> bool:
    """Tell whether a name does not stand in its base form: a preposition asks for another case.

    A surname behind another name, whose end may be a woman's or a case of a man's, is doubtful.
    """
    governed = any(s.cases and "nominative" not in s.cases for s in known.sightings)
    two = by_language("names.in_gender").get(mention.key.language, "(?!)")
    behind = any(s.of_place == "hardly" for s in known.sightings) and mention.gender is None
    return governed or bool(behind and re.search(two, spelt_alike(mention.word)))


def _differs_within(sound: str, other: str) -> bool:
    """Tell whether two spellings have the same consonants and differ in vowels before the end."""
    if re.sub("[aeiou]", "", sound) != re.sub("[aeiou]", "", other):
        return False
    shared = next(
        (i for i, (a, b) in enumerate(zip(sound, other, strict=False)) if a != b),
        min(len(sound), len(other)),
    )
    return shared < min(len(sound), len(other)) - MAX_END


def _bent_copy(word: str, form: str, language: str) -> bool:
    word = POSSESSIVE.sub("", word)
    return (
        skeleton(word) != skeleton(form)
        and not is_english_name(form)
        and not is_ordinary(word, language)
        and not derived(word, form)
    )

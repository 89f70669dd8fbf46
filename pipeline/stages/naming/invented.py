"""Names that a translation has made up, as Pence for Palin and Texas for Talsa.

A small model that does not know a name writes one that it knows. An invention shows on both sides
at once: a name of the source has no counterpart, and a name of the translation is vouched for by no
word of the source, neither by its sound nor as a known translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.facts.fact_words import dates
from pipeline.lang.function_words import any_function_word
from pipeline.lang.letters import cyrillic
from pipeline.lang.romanise import romanise
from pipeline.stages.naming.bases import likeliest_base, sighted
from pipeline.stages.naming.lexicon import is_english_name, translations
from pipeline.stages.naming.mentions import (
    MIN_LIKENESS,
    POSSESSIVE,
    Mention,
    Name,
    Rendering,
    names_of,
    paired,
    sound,
)
from pipeline.stages.naming.name_words import WORD, derived, translated
from pipeline.stages.naming.slavic import stem
from pipeline.stages.naming.spelling import first_sound

MIN_VOUCHING = 0.6  # likeness of a source word and the name that it vouches for
MIN_CHARS = 4  # of a source name: shorter ones sound like too much


@dataclass(frozen=True, slots=True)
class Invention:
    """The names of a source without a counterpart, and the names that no word of it vouches for."""

    lost: tuple[Name, ...]
    made_up: tuple[str, ...]


def invention(source: str, target: str, *, language: str) -> Invention | None:
    """Return the names of `source` that an English translation replaced; None if all seems well.

    1. A name of the source is lost if neither a word that sounds like it nor a known translation
       of it is in the target.
    2. A name of the target is made up if no word of the source sounds like it, and it is neither a
       known translation or rendering of one nor derived from such a word.
    3. An invention needs both.
    """
    (names,) = names_of([(source, language)], target="en")
    if not names:
        return None
    written = {POSSESSIVE.sub("", word) for word in WORD.findall(target)}
    mentions = paired(Rendering(source, target, language), names)
    rendered = {mention.word for mention in mentions}
    lost = tuple(
        name
        for name in names
        if name.word not in rendered
        and len(name.word) >= MIN_CHARS
        and not translations(stem(name.word, language)) & written
    )
    if not lost:
        return None
    made = _made_up(source, target, mentions, language)
    return Invention(lost, made) if made else None


def made_up(source: str, target: str, *, language: str) -> tuple[str, ...]:
    """Return the names of an English translation that no word of `source` clearly vouches for.

    A sound that is only a little alike counts for words that begin alike: "stolitsa" is no Tokyo.
    """
    (names,) = names_of([(source, language)], target="en")
    mentions = paired(Rendering(source, target, language), names)
    return tuple(
        name
        for name in _made_up(source, target, mentions, language, least=MIN_LIKENESS)
        if not any(
            sound(word, name, language) >= MIN_VOUCHING
            and first_sound(romanise(word, language)) == first_sound(name)
            for word in WORD.findall(source)
        )
    )


def _made_up(
    source: str,
    target: str,
    mentions: Sequence[Mention],
    language: str,
    *,
    least: float = MIN_VOUCHING,
) -> tuple[str, ...]:
    written = {POSSESSIVE.sub("", word) for word in WORD.findall(target)}
    words = WORD.findall(source)
    vouched = {form for word in words for form in translations(stem(word, language))}
    vouched |= {mention.form for mention in mentions}
    return tuple(
        sorted(
            name
            for name in written - vouched
            if _is_name(name)
            and re.split("['’]", name.lower())[0] not in any_function_word()  # "I've"
            and not any(derived(name, form) for form in vouched)
            and all(sound(word, name, language) < least for word in words)
        )
    )


def _is_name(word: str) -> bool:
    """Tell whether an English word names one thing: no country, abbreviation or day."""
    return (
        is_english_name(word)
        and not word.isupper()
        and word.lower() not in dates()
        and word not in translated()
    )


def spelt_out(source: str, names: Iterable[Name], *, language: str) -> str:
    """Return a Cyrillic text with its `names` in Latin letters by the standard.

    A model that does not know a name copies it in that form. Other texts are returned unchanged.
    """
    if language not in cyrillic():
        return source
    for name in sorted(names, key=lambda n: -n.start):
        seen = sighted(source, name.start, name.word, language=language, gender=name.gender)
        base = likeliest_base([seen], language) or name.word
        source = source[: name.start] + romanise(base, language) + source[name.end :]
    return source

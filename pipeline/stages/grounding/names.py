"""Names of a claim against the original: by the letters, by sound, by known translations.

Outlets, countries and their people are called otherwise in each language: they stand in the
language files (`grounding.outlets`, `grounding.countries`), and are compared by what they name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from pipeline.facts.fact_words import dates
from pipeline.lang.data import by_language, words
from pipeline.lang.function_words import function_words
from pipeline.lang.letters import capital, cyrillic, small
from pipeline.lang.romanise import romanise
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import WORD, folded
from pipeline.stages.naming.invented import invention
from pipeline.stages.naming.lexicon import is_english_name, translations
from pipeline.stages.naming.mentions import MIN_LIKENESS, sound
from pipeline.stages.naming.slavic import stem
from pipeline.stages.naming.spelling import first_sound

_SHORT = 3  # letters
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_JOINED = re.compile(r"['’ʼ-]")


def unknown_names(claim: str, original: Original, evidence: Sequence[int]) -> tuple[str, ...]:
    """Return the names of a claim that the original does not have, as written.

    1. A country or an outlet is known by any of its words, and unknown where the text has none.
    2. Another name is known where the text has it in some form, in the language of the claim, as
       initials, or in its own letters with the same sound.
    3. A name that the translation of the evidence has made up is unknown all the same.
    """
    claim = _DOTTED.sub(lambda m: m.group().replace(".", ""), claim)
    unknown = list(_unknown_countries(claim, original))
    settled = _settled(claim, original)
    known = _known(original)
    for run in _names().finditer(claim):
        found = _names_in(run.group(), original.language)
        if len(found) > 1 and known.has_initials(found):
            continue
        opens = _opens(claim, run.start()) and bool(found) and run.group().startswith(found[0])
        if opens and not is_english_name(found[0]):
            found = found[1:]  # any word has a capital there
        unknown += [n for n in found if n not in settled and not known.has(n)]
    return tuple(dict.fromkeys((*unknown, *_made_up(claim, original, evidence, settled))))


def initials_of(claim: str, original: Original) -> frozenset[str]:
    """Return the words, folded, of the names in a claim that the original has as initials."""
    known = _known(original)
    runs = (_names_in(run, original.language) for run in _names().findall(claim))
    return frozenset(
        folded(name)
        for found in runs
        if len(found) > 1 and known.has_initials(found)
        for name in found
    )


@lru_cache(maxsize=2)  # asked of every sentence of a summary
def _known(original: Original) -> _Known:
    return _Known(original)


class _Known:
    """The names that an original has."""

    def __init__(self, original: Original) -> None:
        self._original = original
        beside = WORD.findall(original.around)
        self._written = original.wording.written | {folded(w) for w in beside}
        text = "\n".join((*original.readable, original.around))
        self._initials = frozenset(
            "".join(n[0] for n in _names_in(run, original.language)).lower()
            for run in _names().findall(_DOTTED.sub(lambda m: m.group().replace(".", ""), text))
        )
        self._plain = {w.replace(".", "").lower() for w in _DOTTED.findall(text)}

    def has_initials(self, names: Iterable[str]) -> bool:
        letters = "".join(name[0] for name in names).lower()
        return letters in self._written or letters in self._plain

    def has(self, name: str) -> bool:
        low = folded(name)
        if low in self._written or low in self._plain or self._original.wording.forms.has(low):
            return True
        if name.isupper() and (len(name) < _SHORT or low in self._initials):
            return True
        parts = [part for part in _JOINED.split(low) if part]
        if len(parts) > 1 and all(
            len(p) < _SHORT or self._original.wording.forms.has(p) for p in parts
        ):
            return True
        if _is_common(name, low, self._original.language) or low in dates():
            return True
        return any(
            _sounds_in(name, text, language)
            for language, text in self._original.texts.items()
            if language != self._original.language
        )


def _sounds_in(name: str, text: str, language: str) -> bool:
    """Tell whether a text in another language has a name that sounds so, or is translated so."""
    for word in _capitalised(text):
        if name in translations(stem(word, language)):
            return True
        written = romanise(word, language) if language in cyrillic() else word
        if (
            first_sound(written) == first_sound(name)
            and sound(word, name, language) >= MIN_LIKENESS
        ):
            return True
    return False


@cache
def _words_with_capital() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)[{capital()}][\w'’ʼ-]*")


def _capitalised(text: str) -> dict[str, None]:
    return dict.fromkeys(_words_with_capital().findall(text))


def _made_up(
    claim: str, original: Original, evidence: Sequence[int], settled: frozenset[str]
) -> Iterator[str]:
    """Yield the names of a claim that a translation of its evidence has instead of the original's.

    Such a translation lacks a name of the original and has another one that nothing there sounds
    like; only translations into English are looked at.
    """
    if original.language != "en":
        return
    said = {folded(word) for word in WORD.findall(claim)}
    for i in evidence:
        candidate = original.candidates[i]
        if candidate.translation is None or candidate.language not in cyrillic():
            continue
        found = invention(candidate.text, candidate.translation, language=candidate.language)
        if found is not None:
            yield from (
                name
                for name in found.made_up
                if folded(name) in said
                and name not in settled
                and not _is_common(name, folded(name), original.language)
            )


@cache
def _names() -> re.Pattern[str]:
    """Return the pattern of names in a row, with a little word between two of them."""
    name = rf"[{capital()}][\w'’ʼ-]*"
    return re.compile(rf"(?<!\w){name}(?:\s(?:[{small()}]{{1,3}}\s)?{name})*")


def _opens(claim: str, start: int) -> bool:
    return not any(map(str.isalnum, claim[:start]))


def _names_in(run: str, language: str) -> list[str]:
    """Return the words of a run that have a capital and are no grammar."""
    grammar = function_words().get(language, frozenset())
    return [w for w in WORD.findall(run) if w[0].isupper() and folded(w) not in grammar]


def _is_common(name: str, low: str, language: str) -> bool:
    """Tell whether a word with a capital is a title, a word that is translated, or grammar."""
    grammar = function_words().get(language, frozenset())
    return (
        name in words("names.translated") or name in words("sentences.initials") or low in grammar
    )


@cache
def _patterns(section: str) -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    return {
        tag: {key: re.compile(rf"(?<!\w)(?:{p})(?!\w)") for key, p in found.items()}
        for tag, found in by_language(section).items()
    }


@lru_cache(maxsize=16)  # the whole text comes again for every sentence of its summary
def _called(section: str, text: str, language: str) -> dict[str, str]:
    """Return what a text names of a section, by key, with the words that name it."""
    found = _patterns(section).get(language, {})
    return {key: match.group() for key, p in found.items() if (match := p.search(text))}


def _settled(claim: str, original: Original) -> frozenset[str]:
    """Return the words of a claim that name a country, or an outlet that the document names."""
    outlets = _called("grounding.outlets", claim, original.language)
    named = _named("grounding.outlets", original) if outlets else frozenset()
    known = [phrase for key, phrase in outlets.items() if key in named]
    countries = _called("grounding.countries", claim, original.language).values()
    return frozenset(word for phrase in (*known, *countries) for word in WORD.findall(phrase))


def _unknown_countries(claim: str, original: Original) -> Iterator[str]:
    said = _called("grounding.countries", claim, original.language)
    if not said:
        return
    whole = _named("grounding.countries", original)
    yield from (phrase for key, phrase in said.items() if key not in whole)


@lru_cache(maxsize=4)
def _named(section: str, original: Original) -> frozenset[str]:
    """Return what an original, its translation or what stands beside it names of a section."""
    texts = [*original.texts.items(), (original.language, original.around)]
    texts.append((original.language, "\n".join(original.readable)))
    return frozenset(key for language, text in texts for key in _called(section, text, language))

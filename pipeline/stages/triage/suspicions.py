"""Suspicions: signs that a hypothesis is no translation of its source, found without a model.

Every suspicion is a flag. A fatal one means that there is no translation to speak of; any other
means that something in the translation is wrong, though a reader has more use for it than for the
source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache

from models.engine import Hypothesis, Segment
from pipeline.facts.lettered import letters_lost
from pipeline.facts.money import invented_money
from pipeline.facts.negation import negation_lost
from pipeline.facts.numbers import added_numbers, missing_numbers
from pipeline.facts.protected import doubled_protected, missing_protected, protected
from pipeline.facts.spoken_agreement import spoken_problems
from pipeline.facts.stated import stated_problems
from pipeline.facts.units import unit_problems
from pipeline.flag import Flag
from pipeline.lang.data import alternatives, by_language
from pipeline.lang.function_words import function_words
from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.adjectives import cut_adjective
from pipeline.stages.naming.invented import invention
from pipeline.stages.triage.short_text import asks_otherwise, names_another, says_more

FATAL = frozenset({Flag.EMPTY, Flag.META, Flag.RESIDUE, Flag.COPIED, Flag.LANGUAGE, Flag.INVENTED})
SERIOUS = frozenset(
    {
        Flag.PROTECTED, Flag.NUMBERS, Flag.UNITS, Flag.FACTS, Flag.NEGATION, Flag.NAMES,
        Flag.GLOSSARY, Flag.QUESTION, Flag.LOOP, Flag.CUT,
    }
)  # fmt: skip
MILD = frozenset({Flag.LONG, Flag.SHORT})

_CYRILLIC_LETTER = re.compile(r"[\u0400-\u04ff]")
_LATIN_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*")
_FOREIGN_LETTER = re.compile(r"\b[a-z]*[áíóúýčďěňřšťůžąćęłńśźżäößñãõåøășț]\w*")
MAX_RATIO = 2.8  # characters of translation for one of source
MIN_RATIO = 0.4
MIN_CHARS_FOR_RATIO = 30  # below this, lengths say nothing
MIN_COPIED_WORDS = 3  # names and titles are rightly the same in both languages
MAX_RESIDUE = 0.5  # share of letters in the wrong script
LOOP_WORDS = 4  # an n-gram of so many words
LOOP_COPIES = 3  # so often, and not in the source, is a loop
MIN_WORDS_FOR_LANGUAGE = 5
MAX_FOREIGN_WORDS = 0.25  # share of words that may have letters of neither English nor French


@cache
def _about_the_task() -> re.Pattern[str]:
    """Return the pattern of talk about the task, and of code, in place of a translation."""
    spoken = alternatives("triage.about_the_task")
    return re.compile(rf"```|^\s*[{{\[]\s*\"|{spoken}", re.IGNORECASE)


@cache
def _pattern(section: str) -> re.Pattern[str]:
    """Return the pattern of a section of all languages."""
    return re.compile(alternatives(section), re.IGNORECASE)


@cache
def _own_letters(language: str) -> re.Pattern[str] | None:
    """Return the pattern of letters that no other language of the same script has, or None."""
    found = by_language("letters.only").get(language)
    return re.compile(f"[{found}]") if found else None


def suspicions(
    segment: Segment, hypothesis: Hypothesis, *, terms: Collection[str] = ()
) -> tuple[Flag, ...]:
    """Return the faults seen in a translation; empty means that none is seen.

    `terms` are words that are not to be translated.
    """
    text = hypothesis.text.strip()
    if not text:
        return (Flag.EMPTY, Flag.REFUSED) if hypothesis.refusal else (Flag.EMPTY,)
    return tuple(_found(segment, text, hypothesis, terms))


def severity(flags: Iterable[Flag]) -> int:
    """Return how bad suspicions are together: a fatal one outweighs all others."""
    flags = set(flags)
    return 100 * len(flags & FATAL) + 10 * len(flags & SERIOUS) + len(flags & MILD)


def _found(
    segment: Segment, text: str, hypothesis: Hypothesis, terms: Collection[str]
) -> Iterable[Flag]:
    source, target = segment.text.strip(), segment.target
    languages = {"source_language": segment.source, "target_language": target}
    if hypothesis.finish == "length":
        yield Flag.CUT
    if hypothesis.finish == "loop" or _loops(text, source):
        yield Flag.LOOP
    if len(source) >= MIN_CHARS_FOR_RATIO:
        ratio = len(text) / len(source)
        if ratio > MAX_RATIO:
            yield Flag.LONG
        if ratio < MIN_RATIO:
            yield Flag.SHORT
    if _in_wrong_script(text, source, target=target, terms=terms):
        yield Flag.RESIDUE
    if _is_talk(text, source):
        yield Flag.META
    copied = text == source and len(_LATIN_WORD.findall(text)) > MIN_COPIED_WORDS
    if copied:
        yield Flag.COPIED
    elif _in_other_language(text, segment.source, target):
        yield Flag.LANGUAGE
    if missing_protected(source, text, terms=terms) or doubled_protected(source, text):
        yield Flag.PROTECTED
    if (
        missing_numbers(source, text, **languages)
        or added_numbers(source, text, **languages)
        or spoken_problems(source, text, **languages)
        or letters_lost(source, text)
    ):
        yield Flag.NUMBERS
    if unit_problems(source, text, **languages) or invented_money(source, text, **languages):
        yield Flag.UNITS
    if stated_problems(source, text, **languages):
        yield Flag.FACTS
    if negation_lost(source, text, **languages):
        yield Flag.NEGATION
    if asks_otherwise(source, text):
        yield Flag.QUESTION
    renamed = target == "en" and (
        invention(source, text, language=segment.source) is not None
        or cut_adjective(source, text, language=segment.source) is not None
    )
    if renamed:
        yield Flag.NAMES
    if says_more(source, text, **languages) or (
        target == "en" and not renamed and names_another(source, text, language=segment.source)
    ):
        yield Flag.INVENTED


def _is_talk(text: str, source: str) -> bool:
    """Tell whether a text is an assistant's own talk, as its source is not."""
    if _about_the_task().search(text) and not _about_the_task().search(source):
        return True
    refusals, regrets = _pattern("triage.refusals"), _pattern("triage.regrets")
    return bool(refusals.search(text)) and not (refusals.search(source) or regrets.search(source))


def _loops(text: str, source: str) -> bool:
    """Tell whether some words in a row come again and again, as they do not in the source."""
    words = [w.lower() for w in _WORD.findall(text)]
    grams = Counter(zip(*(words[i:] for i in range(LOOP_WORDS)), strict=False))
    most = max(grams.values(), default=0)
    if most < LOOP_COPIES:
        return False
    theirs = [w.lower() for w in _WORD.findall(source)]
    return most > max(Counter(theirs).values(), default=0)


def _in_wrong_script(text: str, source: str, *, target: str, terms: Collection[str]) -> bool:
    letters = sum(character.isalpha() for character in text)
    found = len(_CYRILLIC_LETTER.findall(text))
    if target in cyrillic():
        return letters > 0 and (letters - found) / letters > MAX_RESIDUE
    opaque = {p.text for p in protected(source, terms=terms)}
    return found > sum(len(_CYRILLIC_LETTER.findall(s)) for s in opaque if s in text)


def _in_other_language(text: str, source: str, target: str) -> bool:
    """Tell whether a text has the function words, or the letters, of another language."""
    theirs_only, ours_only = _own_letters(source), _own_letters(target)
    if source != target and theirs_only and ours_only:
        wrong, right = (len(own.findall(text.lower())) for own in (theirs_only, ours_only))
        return wrong > 2 and wrong > right
    words = [w.lower() for w in _WORD.findall(text)]
    known = function_words()
    if len(words) < MIN_WORDS_FOR_LANGUAGE or source not in known:
        return False
    mine = sum(w in known[source] for w in words)
    theirs = sum(w in known.get(target, frozenset()) for w in words)
    foreign = len(_FOREIGN_LETTER.findall(text)) if target not in cyrillic() else 0
    return foreign > MAX_FOREIGN_WORDS * len(words) or (mine > 2 and mine > 2 * theirs)

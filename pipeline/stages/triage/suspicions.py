"""Is this hypothesis a translation, and of this source? Looks from cheap to dear, no model needed.

Every suspicion is a word. The fatal ones mean that there is no translation to speak of; the others
that something in it is wrong, though it is more use to a reader than the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache

from models.engine import Hypothesis, Segment
from pipeline.facts.negation import negation_lost
from pipeline.facts.numbers import added_numbers, missing_numbers
from pipeline.facts.protected import missing_protected, protected
from pipeline.facts.units import unit_problems
from pipeline.lang.data import alternatives, by_language
from pipeline.lang.function_words import function_words
from pipeline.lang.letters import cyrillic
from pipeline.stages.naming.invented import invention

FATAL = frozenset({"empty", "meta", "residue", "copied", "language"})
SERIOUS = frozenset({"protected", "numbers", "units", "negation", "names", "loop", "cut"})
MILD = frozenset({"long", "short"})

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
def _own_letters(language: str) -> re.Pattern[str] | None:
    """Return the pattern of the letters that others in its script have not, if it has any."""
    found = by_language("letters.only").get(language)
    return re.compile(f"[{found}]") if found else None


def suspicions(
    segment: Segment, hypothesis: Hypothesis, *, terms: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the faults seen in a translation, a word for each; empty means none.

    The words: "empty", "cut" (ran into the length cap), "loop", "long", "short", "residue" (in
    the script of the source), "meta" (talk about the task), "copied", "language" (in another than
    the target), "protected" (an address, a placeholder ... is missing), "numbers", "units",
    "negation", "names" (one is missing and another was made up). `terms` are words that are not to
    be translated.
    """
    text = hypothesis.text.strip()
    if not text:
        return ("empty",)
    return tuple(_found(segment, text, hypothesis, terms))


def severity(flags: Iterable[str]) -> int:
    """Return how bad suspicions are together: a fatal one outweighs all others."""
    flags = set(flags)
    return 100 * len(flags & FATAL) + 10 * len(flags & SERIOUS) + len(flags & MILD)


def _found(
    segment: Segment, text: str, hypothesis: Hypothesis, terms: Collection[str]
) -> Iterable[str]:
    source, target = segment.text.strip(), segment.target
    languages = {"source_language": segment.source, "target_language": target}
    if hypothesis.finish == "length":
        yield "cut"
    if hypothesis.finish == "loop" or _loops(text, source):
        yield "loop"
    if len(source) >= MIN_CHARS_FOR_RATIO:
        ratio = len(text) / len(source)
        if ratio > MAX_RATIO:
            yield "long"
        if ratio < MIN_RATIO:
            yield "short"
    if _in_wrong_script(text, source, target=target, terms=terms):
        yield "residue"
    if _about_the_task().search(text) and not _about_the_task().search(source):
        yield "meta"
    copied = text == source and len(_LATIN_WORD.findall(text)) > MIN_COPIED_WORDS
    if copied:
        yield "copied"
    elif _in_other_language(text, segment.source, target):
        yield "language"
    if missing_protected(source, text, terms=terms):
        yield "protected"
    if missing_numbers(source, text, **languages) or added_numbers(source, text, **languages):
        yield "numbers"
    if unit_problems(source, text, **languages):
        yield "units"
    if negation_lost(source, text, **languages):
        yield "negation"
    if target == "en" and invention(source, text, language=segment.source):
        yield "names"


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

"""Short texts that were answered instead of translated: signs of more than the source says.

Of a name alone a model writes who bears it, of a headline a sentence in the first person, of a
question the answer. Such a reply is fluent and has no wrong number; it says more than it was given.
In a short source every word can be held against the translation.

A translation of a short source is an invention in any of these cases:

1. It is much longer, in words.
2. It speaks in the first person, and no word of the source does, nor is the source without a
   subject.
3. The source is nothing but names, and the translation says what they are, or translates a person's
   name ("Hope of Frost").
4. It has a name that no word of the source vouches for.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.facts.fact_words import dates, numbers
from pipeline.lang.data import word_lists
from pipeline.lang.function_words import any_function_word
from pipeline.stages.naming.invented import MIN_VOUCHING, made_up
from pipeline.stages.naming.lexicon import is_english_name
from pipeline.stages.naming.mentions import sound

MAX_SHORT_WORDS = 5  # of a source: a longer one is a sentence, which is judged by its facts
WORDS_FOR_ONE = 2  # of a translation for each word of its source, and `MORE_WORDS` beside
MORE_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_ASKS = re.compile(r"[?？]")
_ASKS_AT_END = re.compile(r"[?？][\s\"'»”’)\]!…]*$")
_SENTENCE_MARK = re.compile(r"[.!?…:;—–]")
_ROMAN_ONE = re.compile(r"\b[I\u0406]\b")


def is_short(source: str) -> bool:
    """Tell whether a source is so short that a translator may answer it."""
    return len(_WORD.findall(source)) <= MAX_SHORT_WORDS


def names_alone(source: str) -> bool:
    """Tell whether a text has nothing but words with a capital: a name, as far as one can see."""
    words = _WORD.findall(source)
    return (
        len(words) > 1
        and not _SENTENCE_MARK.search(source)
        and all(
            word[0].isupper() and not word.isupper() and word.lower() not in _no_names()
            for word in words
        )
    )


def says_more(source: str, target: str, *, source_language: str, target_language: str) -> bool:
    """Tell whether the translation of a short source says more than the source."""
    if not is_short(source):
        return False
    ours, theirs = _words(source), _words(target)
    if len(theirs) > WORDS_FOR_ONE * len(ours) + MORE_WORDS:
        return True
    if _first_person(theirs, target_language) and not (
        _first_person(ours, source_language)
        or _may_be_first_person(ours, source_language)
        or not set(ours).isdisjoint(word_lists("triage.impersonal").get(source_language, ()))
        or _ROMAN_ONE.search(source)
    ):
        return True
    if names_alone(source):
        if _renames(source, target, source_language):
            return True
        copulas = word_lists("triage.copulas").get(target_language, ())
        telling = [word for word in theirs if word not in any_function_word()]
        return len(telling) > len(ours) + 1 or any(word in copulas for word in theirs)
    return False


def names_another(source: str, target: str, *, language: str) -> bool:
    """Tell whether the English translation of a short source has a name that the source has not."""
    if not is_short(source):
        return False
    return bool(made_up(source, target, language=language))


def asks_otherwise(source: str, target: str) -> bool:
    """Tell whether a text that ends in a question has lost it, or has one that nobody asked."""
    if _ASKS_AT_END.search(source):
        return not _ASKS.search(target)
    return bool(_ASKS_AT_END.search(target)) and not _ASKS.search(source)


def _renames(source: str, target: str, language: str) -> bool:
    """Tell whether a given name and what follows it are not all heard in the translation."""
    words = _WORD.findall(source)
    if words[0] not in _given(language):
        return False
    theirs = _WORD.findall(target)
    return any(
        all(sound(word, other, language) < MIN_VOUCHING for other in theirs)
        and word.lower() not in numbers()  # Catherine the Second
        and not (word is words[0] and any(map(is_english_name, theirs)))  # Jacob
        for word in words
    )


@cache
def _given(language: str) -> frozenset[str]:
    """Return the given names of a language that there is a list of."""
    sections = ("names.given_men", "names.given_women", "names.given_words")
    return frozenset(
        word.capitalize() for section in sections for word in word_lists(section).get(language, ())
    )


def _words(text: str) -> list[str]:
    return [re.sub("[’ʼ]", "'", word.lower()) for word in _WORD.findall(text)]


def _first_person(words: list[str], language: str) -> bool:
    known = word_lists("triage.first_person").get(language, ())
    return any(part in known for word in words for part in (word, *re.split("['-]", word)))


def _may_be_first_person(words: list[str], language: str) -> bool:
    """Tell whether a word may be a verb in the first person, by its end.

    Nouns have the same ends. Where a subject stands before a verb in the past tense, a word behind
    is a noun: "смету" in "собрание приняло смету".
    """
    ends = [_ends(word, "triage.first_person_endings", language) for word in words]
    told = any(_ends(word, "triage.past_endings", language) for word in words[1:])
    return any(ends) and (ends[0] or not told)


def _ends(word: str, section: str, language: str) -> bool:
    return len(word) > 3 and word.endswith(tuple(word_lists(section).get(language, ())))


@cache
def _no_names() -> frozenset[str]:
    return any_function_word() | dates()

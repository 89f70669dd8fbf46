"""The sentences of a model's summary: whole ones, each said once, without talk of the article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from pipeline.lang.data import by_language
from pipeline.lang.sentences import sentences
from pipeline.stages.grounding.wording import Forms, content_words
from pipeline.stages.own_sentences import is_complete

_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__")
_LEAST_COMMON = 0.8  # share of the words of two sentences that say the same


def reply_sentences(reply: str, *, language: str) -> list[str]:
    """Return the sentences of a reply that a summary can have, in their order.

    1. List marks and emphasis go; so do lines that are no whole sentence, such as headings.
    2. "The article says that" goes, and what it says stays.
    3. A sentence that says what an earlier one says goes.
    """
    found: list[str] = []
    for piece in sentences(_EMPHASIS.sub("", reply), language=language):
        sentence = _without_frame(_LIST_MARK.sub("", piece.strip()), language)
        if is_complete(sentence) and not says_again(sentence, found, language=language):
            found.append(sentence)
    return found


def says_again(sentence: str, others: Sequence[str], *, language: str) -> bool:
    """Tell whether a sentence has the words of one of the others, and hardly any besides."""
    mine = list(content_words(sentence, language))
    plain = _plain(sentence)
    for other in others:
        theirs = list(content_words(other, language))
        if plain == _plain(other):
            return True
        common = min(_share(mine, theirs), _share(theirs, mine))
        if common >= _LEAST_COMMON and _figures(sentence) == _figures(other):
            return True
    return False


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def _share(some: Sequence[str], others: Sequence[str]) -> float:
    forms = Forms(others)
    return sum(map(forms.has, some)) / len(some) if some else 0.0


def _without_frame(sentence: str, language: str) -> str:
    """Take off words that tell of the article instead of the news."""
    frame = _frames().get(language)
    match = frame.match(sentence) if frame is not None else None
    if match is None:
        return sentence
    rest = sentence[match.end() :]
    return rest[:1].upper() + rest[1:]


@cache
def _frames() -> dict[str, re.Pattern[str]]:
    return {
        tag: re.compile(pattern.replace("_", r"\s"), re.VERBOSE | re.IGNORECASE)
        for tag, pattern in by_language("grounding.frame").items()
    }

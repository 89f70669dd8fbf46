"""Paragraphs to segments: sentences, joined up to a budget, and nothing lost between them.

sentencex finds the sentences: it is lossless, covers all four languages and is about twenty times
faster than pysbd, which knows no Ukrainian; razdel knows Russian alone. On tests/data/
sentences.tsv sentencex by itself cuts 45 of 58 texts rightly, pysbd 41, razdel 47. Wrong
cuts at initials, titles and reporting clauses are joined again here, and missing cuts behind
"etc.", an abbreviated year and "…" are made, by the abbreviations of each language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.lang.data import alternatives
from pipeline.lang.letters import capital, small

_DIGIT_FIRST = re.compile(r"^\s*\d")
# Where a long sentence may be cut, the best first: between clauses, before a conjunction, anywhere.
_CLAUSE = re.compile(r"[;:]\s+|\s[—–]\s+")
_COMMA = re.compile(r",\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _SentencePatterns:
    """The patterns of all languages at once: a name or a title can be in another language.

    `initial` and `title` match the text before a wrong cut, `before_figure` does where a figure
    follows, and `continues` matches the text behind a wrong cut. `missed_end` matches where a cut
    is missing. `cuts` match the places where a long sentence may be cut, the best first.
    """

    initial: re.Pattern[str]
    title: re.Pattern[str]
    before_figure: re.Pattern[str]
    continues: re.Pattern[str]
    missed_end: re.Pattern[str]
    cuts: tuple[re.Pattern[str], ...]


@cache
def _patterns() -> _SentencePatterns:
    initials = alternatives("sentences.initials")
    titles = alternatives("sentences.before_name")
    places = alternatives("sentences.before_name_no_year")
    before_figure = alternatives("sentences.before_figure")
    lists, units = alternatives("sentences.ends_list"), alternatives("sentences.ends_figure")
    conjunctions = alternatives("sentences.conjunctions")
    return _SentencePatterns(
        initial=re.compile(rf"(?:^|[\s(«“\"\-.])(?:[{capital()}]|{initials})\.\s*$"),
        title=re.compile(rf"(?:\b{titles}|(?<!\d)\s{places})\.\s*$", re.IGNORECASE),
        before_figure=re.compile(rf"\b{before_figure}\.\s*$", re.IGNORECASE),
        continues=re.compile(rf"^[\s»”\"')\]]*(?:[—–-]\s*)?[{small()}]"),
        missed_end=re.compile(
            rf"(?:(?:\b{lists}|\d\s{units})\.|…)[»”\")]?\s+(?=[«“\"—–]?\s?[{capital()}])"
        ),
        cuts=(_CLAUSE, re.compile(rf",\s+(?={conjunctions}\b)"), _COMMA, _SPACE),
    )


def sentences(text: str, *, language: str) -> list[str]:
    """Split `text` into sentences, each with the whitespace behind it: joined, they are `text`."""
    from sentencex import segment

    joined: list[str] = []
    for piece in segment(language, text):
        if joined and _belongs_to(joined[-1], piece):
            joined[-1] += piece
        else:
            joined.append(piece)
    if "".join(joined) != text:  # better one long sentence than a lost character
        return [text] if text else []
    return [part for piece in joined for part in _at_missed_ends(piece)]


def segments(text: str, *, language: str, max_chars: int, max_sentence_chars: int) -> list[str]:
    """Split `text` into runs of whole sentences of at most `max_chars` characters.

    A longer sentence stands alone, up to `max_sentence_chars`: beyond, it is cut between clauses,
    else at a comma, a space, or anywhere. The concatenation of the result is `text`.
    """
    result: list[str] = []
    for sentence in sentences(text, language=language):
        for piece in clauses(sentence, max_chars=max(max_chars, max_sentence_chars)):
            if result and len(result[-1]) + len(piece) <= max_chars:
                result[-1] += piece
            else:
                result.append(piece)
    return result


def clauses(sentence: str, *, max_chars: int) -> list[str]:
    """Cut a sentence into pieces of at most `max_chars`; joined, they are the sentence.

    The last good place in the second half of what fits is taken, so that no piece is a scrap.
    """
    pieces = []
    while len(sentence) > max_chars:
        cut = max_chars
        for pattern in _patterns().cuts:
            ends = [m.end() for m in pattern.finditer(sentence, max_chars // 2, max_chars)]
            if ends:
                cut = ends[-1]
                break
        pieces.append(sentence[:cut])
        sentence = sentence[cut:]
    if sentence:
        pieces.append(sentence)
    return pieces


def _belongs_to(before: str, piece: str) -> bool:
    """Tell whether a cut between `before` and `piece` is no end of a sentence."""
    if before.endswith("\n"):
        return False
    known = _patterns()
    if known.initial.search(before) or known.title.search(before) or known.continues.match(piece):
        return True
    return bool(known.before_figure.search(before) and _DIGIT_FIRST.match(piece))


def _at_missed_ends(sentence: str) -> list[str]:
    cuts = [0, *(m.end() for m in _patterns().missed_end.finditer(sentence)), len(sentence)]
    return [sentence[a:b] for a, b in pairwise(cuts) if a < b]

"""Paragraphs to segments: sentences, joined up to a budget, and nothing lost between them.

sentencex finds the sentences: it is lossless, covers all four languages and is about twenty times
faster than pysbd, which knows no Ukrainian; razdel knows Russian alone. On tests/data/
sentences.tsv sentencex by itself cuts 45 of 58 texts rightly, pysbd 41, razdel 47. Wrong
cuts at initials, titles and reporting clauses are joined again here, and missing cuts behind
"etc.", a figure with its unit and "…" are made, by the abbreviations of each language. The cells of
a table row are apart: no sentence and no segment goes over the gap between two columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.lang.data import alternatives
from pipeline.lang.letters import capital, small
from pipeline.lang.spacing import column_gaps

_DIGIT_FIRST = re.compile(r"^\s*\d")
# Where a long sentence may be cut, the best first: between clauses, before a conjunction, anywhere.
_CLAUSE = re.compile(r"[;:]\s+|\s[—–]\s+")
_COMMA = re.compile(r",\s+")
_SPACE = re.compile(r"\s+")
_TAIL_CHARS = 64  # of a text that are looked at for a word at its end
ABBREVIATION_CHARS = 16  # of an abbreviation, its dot and what stands in front of it, at most
_ROMAN = "IVXLC\u0406\u0425"  # of numerals, also as Cyrillic letters that look alike
_NUMBERED = re.compile(r"(?:№|\bn[°ºo]|#)\s?\d*$", re.IGNORECASE)  # "№ 5" is no measure


@dataclass(frozen=True, slots=True)
class _SentencePatterns:
    """The patterns of all languages at once: a name or a title can be in another language.

    `initial` and `title` match the end of the text before a wrong cut, `lettered` the end of one
    that only looks like an initial ("vitamin C."). `before_figure` does where a figure follows, and
    `continues` matches the text behind a wrong cut. `missed_end` and `measure` match where a cut is
    missing. `cuts` match the places where a long sentence may be cut, the best first.
    """

    initial: re.Pattern[str]
    lettered: re.Pattern[str]
    title: re.Pattern[str]
    before_figure: re.Pattern[str]
    continues: re.Pattern[str]
    missed_end: re.Pattern[str]
    measure: re.Pattern[str]
    cuts: tuple[re.Pattern[str], ...]


@cache
def _patterns() -> _SentencePatterns:
    initials = alternatives("sentences.initials")
    titles = alternatives("sentences.before_name")
    places = alternatives("sentences.before_name_no_year")
    before_figure = alternatives("sentences.before_figure")
    lists, units = alternatives("sentences.ends_list"), alternatives("sentences.ends_figure")
    centuries, lettered = alternatives("sentences.ends_century"), alternatives("sentences.lettered")
    conjunctions = alternatives("sentences.conjunctions")
    behind = rf"[»”\")]?\s+(?=[«“\"—–]?\s?[{capital()}])"
    letter = rf"\b(?i:{lettered})\s[{capital()}]\."
    return _SentencePatterns(
        initial=re.compile(rf"(?:^|[\s(«“\"\-.])(?:[{capital()}]|{initials})\.$"),
        lettered=re.compile(rf"{letter}$"),
        title=re.compile(
            rf"(?:\b{titles}|(?<![\d{_ROMAN}])(?<![\d{_ROMAN}]\s)\b{places})\.$", re.IGNORECASE
        ),
        before_figure=re.compile(rf"(?<!\w){before_figure}\.$", re.IGNORECASE),
        continues=re.compile(rf"^[\s»”\"')\]]*(?:[—–-]\s*)?[{small()}]"),
        missed_end=re.compile(
            rf"(?:\b{lists}\.|\b[{_ROMAN}]+e?\s{centuries}\.|{letter}|…){behind}"
        ),
        measure=re.compile(rf"\d\s?{units}\.{behind}"),
        cuts=(_CLAUSE, re.compile(rf",\s+(?={conjunctions}\b)"), _COMMA, _SPACE),
    )


def sentences(text: str, *, language: str) -> list[str]:
    """Split `text` into sentences, each with the whitespace behind it: joined, they are `text`."""
    return [part for cell in cells(text) for part in _sentences(cell, language=language)]


def cells(text: str) -> list[str]:
    """Split the row of a table into its cells, each with the gap behind it; other text is one."""
    edges = [0, *(end for _, end in column_gaps(text)), len(text)]
    return [text[a:b] for a, b in pairwise(edges) if a < b]


def _sentences(text: str, *, language: str) -> list[str]:
    from sentencex import segment

    joined: list[list[str]] = []  # pieces of each sentence
    before = ""  # the end of the last one
    for piece in segment(language, text):
        if joined and _belongs_to(before, piece):
            joined[-1].append(piece)
        else:
            joined.append([piece])
        before = (before + piece)[-_TAIL_CHARS:]
    found = ["".join(pieces) for pieces in joined]
    if "".join(found) != text:  # better one long sentence than a lost character
        return [text] if text else []
    return [part for sentence in found for part in _at_missed_ends(sentence)]


def segments(text: str, *, language: str, max_chars: int, max_sentence_chars: int) -> list[str]:
    """Split `text` into runs of whole sentences of at most `max_chars` characters.

    A longer sentence stands alone, up to `max_sentence_chars`: beyond, it is cut between clauses,
    else at a comma, a space, or anywhere. The cells of a table row stand alone, too. The
    concatenation of the result is `text`.
    """
    return [
        piece
        for cell in cells(text)
        for piece in _segments(cell, language, max_chars, max(max_chars, max_sentence_chars))
    ]


def _segments(text: str, language: str, max_chars: int, max_sentence_chars: int) -> list[str]:
    result: list[str] = []
    for sentence in _sentences(text, language=language):
        for piece in clauses(sentence, max_chars=max_sentence_chars):
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
    at = 0
    while len(sentence) - at > max_chars:
        first, last = at + max_chars // 2, at + max_chars
        cut = last
        for pattern in _patterns().cuts:
            ends = [m.end() for m in pattern.finditer(sentence, first, last)]
            if ends:
                cut = ends[-1]
                break
        pieces.append(sentence[at:cut])
        at = cut
    if at < len(sentence):
        pieces.append(sentence[at:])
    return pieces


def _belongs_to(before: str, piece: str) -> bool:
    """Tell whether a cut between `before` and `piece` is no end of a sentence."""
    if before.endswith("\n"):
        return False
    known = _patterns()
    end = before.rstrip()
    if known.continues.match(piece) or ends_in_abbreviation(end):
        return True
    if not end.endswith("."):
        return False
    last = max(0, len(end) - ABBREVIATION_CHARS)
    return bool(_DIGIT_FIRST.match(piece) and known.before_figure.search(end, last))


def ends_in_abbreviation(text: str) -> bool:
    """Tell whether a text ends in an initial, or in a title or a place cut short: "г.", "gén.".

    Whatever stands behind goes on with the sentence.
    """
    if not text.endswith("."):
        return False
    known = _patterns()
    last = max(0, len(text) - ABBREVIATION_CHARS)
    if known.title.search(text, last):
        return True
    return bool(known.initial.search(text, last)) and not known.lettered.search(text)


def _at_missed_ends(sentence: str) -> list[str]:
    known = _patterns()
    ends = {m.end() for m in known.missed_end.finditer(sentence)}
    for match in known.measure.finditer(sentence):
        at = match.start()
        if not _NUMBERED.search(sentence[max(0, at - _TAIL_CHARS) : at]):
            ends.add(match.end())
    cuts = [0, *sorted(ends), len(sentence)]
    return [sentence[a:b] for a, b in pairwise(cuts) if a < b]

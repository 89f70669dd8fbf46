"""Paragraphs to segments: sentences, joined up to a budget, and nothing lost between them.

sentencex finds the sentences: it is lossless, covers all four languages and is about twenty times
faster than pysbd, which knows no Ukrainian; razdel knows Russian alone. On tests/data/
sentences.tsv sentencex by itself cuts 45 of 58 texts rightly, pysbd 41, razdel 47. What it cuts
wrongly at initials, titles and reporting clauses is joined again here, and what it leaves whole
behind "и т. д.", "2023 г." and "…" is cut.
"""

from __future__ import annotations

import re
from itertools import pairwise

_CAPITAL = "A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐ"
_INITIAL = re.compile(rf"(?:^|[\s(«“\"\-.])(?:[{_CAPITAL}]|Mme|Mlle|Mr|Mrs|Dr|Prof|St|Me)\.\s*$")
# Before a name, however it is spelt; "г." and "р." only where no year stands before them.
_TITLE = re.compile(
    r"(?:\b(?:им|ім|ул|вул|пос|дер|сел|обл|просп|пр|пл|бул|стор|стр|см|див|проф|акад|ген|полк"
    r"|п|av|bd|art|cf|fig|p|env)|(?<!\d)\s(?:г|м|р))\.\s*$",
    re.IGNORECASE,
)
_BEFORE_FIGURE = re.compile(
    r"\b(?:janv|févr|avr|juil|sept|oct|nov|déc|art|p|fig|г|р|ул|вул|тис|тыс|млн|млрд|д|буд|кв)"
    r"\.\s*$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"^[\s»”\"')\]]*(?:[—–-]\s*)?[a-zà-ÿа-яёіїєґ]")
_DIGIT_FIRST = re.compile(r"^\s*\d")
_MISSED_END = re.compile(
    rf"(?:(?:\b(?:т\. ?[дп]|др|ін|тощо)|\d\s(?:г|гг|р|рр|руб|коп|грн))\.|…)[»”\")]?\s+"
    rf"(?=[«“\"—–]?\s?[{_CAPITAL}])"
)
# Where a long sentence may be cut, the best first: between clauses, before a conjunction, anywhere.
_CUTS = (
    re.compile(r"[;:]\s+|\s[—–]\s+"),
    re.compile(r",\s+(?=(?:и|а|но|что|который|і|й|але|що|який|et|mais|qui|and|but|which)\b)"),
    re.compile(r",\s+"),
    re.compile(r"\s+"),
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
        for pattern in _CUTS:
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
    if _INITIAL.search(before) or _TITLE.search(before) or _CONTINUES.match(piece):
        return True
    return bool(_BEFORE_FIGURE.search(before) and _DIGIT_FIRST.match(piece))


def _at_missed_ends(sentence: str) -> list[str]:
    cuts = [0, *(m.end() for m in _MISSED_END.finditer(sentence)), len(sentence)]
    return [sentence[a:b] for a, b in pairwise(cuts) if a < b]

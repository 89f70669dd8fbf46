"""The words of two texts, and for each the letters that stand across from it in the other text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.agreement import has_digits, written_number
from pipeline.lang.letters import twins
from pipeline.lang.normalise import fold

_TOKEN = re.compile(r"-?\d[\d.,:/+-]*|[^\W_]+(?:'[^\W_]+)*|[%$£¥?\u20a0-\u20cf^]")
# Two bytes of UTF-8 read as two letters: the letter can be told from them.
_TWO_FOR_ONE = re.compile("[ÂÃÐÑ][\x80-\xbf]")
# Places of one text, places of the other, and whether the same letters stand there.
Block = tuple[int, int, int, int, bool]


@dataclass(slots=True)
class Word:
    """A word or number and its place among the bare letters of its text.

    `glued`: nothing stands between it and the word before. `other` holds the letters at its place
    in the other text, and `edits` counts those that differ.
    """

    text: str
    bare: str
    start: int
    end: int
    glued: bool = False
    other: str = ""
    edits: int = 0


@lru_cache(maxsize=100_000)
def bare_word(token: str) -> str:
    """Return the letters of a word; of a number also its marks, save those between thousands."""
    if has_digits(token):
        return written_number(token)
    return token.lower().replace("'", "").translate(twins())


def words_of(text: str) -> list[Word]:
    """Return the words and numbers of a text, folded, in order."""
    text = fold(_TWO_FOR_ONE.sub(_one, text))
    found: list[Word] = []
    at = last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        token = text[start:end]
        bare = bare_word(token)
        begin, at = at, at + len(bare)
        found.append(Word(token, bare, begin, at, start == last))
        last = end
    return found


def _one(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("utf-8", "replace")


def joined(words: list[Word]) -> str:
    """Return the bare letters of words as one string."""
    return "".join(word.bare for word in words)


def align(words: list[Word], blocks: list[Block], other: str) -> None:
    """Give each word the letters that stand across from it in `other`, by the aligned `blocks`."""
    starts = [block[0] for block in blocks]
    for word in words:
        first = blocks[bisect_right(starts, word.start) - 1]
        if first[4] and word.end <= first[1]:
            word.other = word.bare
            continue
        last = blocks[bisect_left(starts, word.end) - 1]
        from_ = first[2] + min(word.start - first[0], first[3] - first[2])
        to = (
            last[3] if word.end == last[1] else last[2] + min(word.end - last[0], last[3] - last[2])
        )
        word.other = other[from_:to]

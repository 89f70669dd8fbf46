"""What keeps two similar paragraphs apart: a number, a date, a name, a negation, another word.

A near copy says the same words in the same order, give or take damage: typing errors, broken
encodings, glued words. The two texts are aligned word by word. Damage is spread over a text; a
changed fact stands alone. So an odd word counts as damage only where the text is damaged elsewhere
too, and a number never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.stages.fact_words import DATES, NEGATIONS, NUMBERS, POLES, PREFIXES
from pipeline.stages.function_words import ANY_FUNCTION_WORD
from pipeline.stages.normalise import normalise

if TYPE_CHECKING:
    from rapidfuzz.distance import Opcode

Veto = Literal["number", "date", "name", "negation", "wording"]

_TOKEN = re.compile(r"-?\d[\d.,:/+-]*|[^\W_]+(?:'[^\W_]+)*|[%$£¥?\u20a0-\u20cf^]")
_NUMBER = re.compile(r"\d")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SENTENCES = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…]['\"»”’)\]]))\s+")
_LOOKALIKES = str.maketrans("асеіорхук", "aceiopxyk")
_FIGURES = re.compile(r"\d[\d ]*")
_SIGN = re.compile(r"[%$£¥?\u20a0-\u20cf^]")

_KNOWN: tuple[tuple[frozenset[str], Veto], ...] = (
    (DATES, "date"),
    (NUMBERS, "number"),
    (NEGATIONS, "negation"),
    (POLES, "wording"),
)
_MAX_BLOCK = (
    2_500  # cells of one word-by-word comparison; beyond it two texts have little in common
)
_GAP = 0.6
_MERGE = 0.05
_SHORT_NAME = 4
# How many words of either side one move of the pairing takes.
_STEPS = ((1, 1), (2, 1), (1, 2), (3, 1), (1, 3), (1, 0), (0, 1))


def veto(copy: str, kept: str) -> Veto | None:
    """Return what tells `copy` from `kept`, or None if nothing does.

    Both are texts from `normalise.fold`: folded, but with their capitals. What `kept` has before
    the beginning or behind the end of `copy` is no difference: nothing is lost by it.
    """
    if _glued(copy) == _glued(kept) and _FIGURES.findall(copy) == _FIGURES.findall(kept):
        return None  # nothing but spaces came or went
    left, right = _TOKEN.findall(copy), _TOKEN.findall(kept)
    if 0 < len(left) < len(right) and _is_cut(left[-1], right):
        left.pop()
    found = _compare(left, right)
    if found is not None and len(right) > len(left) + 1:
        # A word of the missing end may stand earlier too and draw the alignment there.
        found = _compare(left, right[: len(left) + 1])
    return found


def _compare(left: list[str], right: list[str]) -> Veto | None:
    from rapidfuzz.distance import Levenshtein

    tally = _Tally()
    ops = Levenshtein.opcodes([w.lower() for w in left], [w.lower() for w in right])
    for a, a_end, b, b_end in _blocks(ops):
        ends = (a == 0, a_end == len(left))
        if any(ends) and a == a_end:
            continue  # the kept text only goes on further
        if (a_end - a) * (b_end - b) > _MAX_BLOCK:
            return "wording"
        for mine, theirs in _paired(left[a:a_end], right[b:b_end], loose_ends=ends):
            tally.add(mine, theirs)
            if tally.hard is not None:
                return tally.hard
    return tally.verdict()


def _glued(text: str) -> str:
    return text.lower().replace(" ", "")


def _is_cut(word: str, others: list[str]) -> bool:
    """Tell whether `word` is the rest of a longer word that was cut off."""
    low = word.lower()
    return not _NUMBER.search(low) and any(
        len(other) > len(low) and other.lower().startswith(low) for other in others
    )


def same_sentences(copy: str, kept: str) -> bool:
    """Tell whether the source texts consist of the same sentences in another order."""
    left, right = (
        sorted(filter(None, map(normalise, _SENTENCES.split(text)))) for text in (copy, kept)
    )
    return len(left) > 1 and left == right


@dataclass(slots=True)
class _Tally:
    """Counts damage and oddities while two texts are compared."""

    damaged: int = 0  # words that are the same but for a letter or two
    names: int = 0  # such words among names; short or worse ones count for three
    odd: int = 0  # words that are something else on the other side
    hard: Veto | None = None

    def add(self, mine: str, theirs: str) -> None:
        """Weigh one pair of words; one of them may be empty."""
        a, b = mine.lower(), theirs.lower()
        if a.translate(_LOOKALIKES) == b.translate(_LOOKALIKES):
            return
        if not a or not b:
            self._alone(mine or theirs)
            return
        self.hard = _fact_differs(a, b)
        if self.hard is not None:
            return
        changed = _edits(a, b)
        named = mine[0].isupper() and theirs[0].isupper()
        length = max(len(a), len(b))
        if named and changed > max(1, length // 3):
            self.hard = "name"
        elif named:
            self.names += 1 if length > _SHORT_NAME and changed <= max(1, length // 4) else 3
        elif changed <= max(1, length // 3) and not _prefix_differs(a, b):
            self.damaged += 1
        elif length > 2 or not (a in ANY_FUNCTION_WORD and b in ANY_FUNCTION_WORD):
            self.odd += 1

    def verdict(self) -> Veto | None:
        """Return the veto of the whole: damage is spread over a text, a change stands alone."""
        if self.odd * 4 > self.damaged:
            return "wording"
        return "name" if self.names > self.damaged else None

    def _alone(self, word: str) -> None:
        low = word.lower()
        if low in NEGATIONS:
            self.hard = "negation"
        elif _NUMBER.search(word) or _SIGN.fullmatch(word) or low in NUMBERS:
            self.hard = "wording" if word == "?" else "number"
        elif low in DATES:
            self.hard = "date"
        elif low not in ANY_FUNCTION_WORD and len(low) > 1:
            self.odd += 1


def _fact_differs(a: str, b: str) -> Veto | None:
    """Return the veto for two words of which at least one is a number, a date or a negation."""
    if _NUMBER.search(a) or _NUMBER.search(b):
        return None if _canonical(a) == _canonical(b) else "number"
    if _SIGN.fullmatch(a) or _SIGN.fullmatch(b):
        return "number"
    for known, reason in _KNOWN:
        if a in known and b in known:
            return reason
    if (a in NEGATIONS) != (b in NEGATIONS):
        swapped = sorted(a) == sorted(b)
        slip = max(len(a), len(b)) > 3 and _edits(a, b) == 1
        if not swapped and not (slip and not {a, b} <= ANY_FUNCTION_WORD | NEGATIONS):
            return "negation"
    return None


def _prefix_differs(a: str, b: str) -> bool:
    """Tell "increase" from "decrease" and "legal" from "illegal": the same word behind a prefix."""
    shared = 0
    while shared < min(len(a), len(b)) and a[-1 - shared] == b[-1 - shared]:
        shared += 1
    if shared < 3:
        return False
    for keep in range(shared, 2, -1):
        first, second = a[: len(a) - keep], b[: len(b) - keep]
        if (not first or first in PREFIXES) and (not second or second in PREFIXES):
            return True
    return False


def _canonical(number: str) -> str:
    """Return a number without the marks between its thousands: 11,000 is 11000, 3,5 is 3.5."""
    return _THOUSANDS.sub("", number.strip(".,:/+")).replace(",", ".")


def _edits(a: str, b: str) -> int:
    from rapidfuzz.distance import OSA

    return int(OSA.distance(a, b))


def _blocks(
    ops: Iterable[Opcode],
) -> Iterator[tuple[int, int, int, int]]:
    """Join neighbouring edits: start and end on the left, start and end on the right."""
    block: tuple[int, int, int, int] | None = None
    for op in ops:
        tag, a, a_end, b, b_end = op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end
        if tag == "equal":
            if block is not None:
                yield block
            block = None
        elif block is None:
            block = (a, a_end, b, b_end)
        else:
            block = (block[0], a_end, block[2], b_end)
    if block is not None:
        yield block


def _paired(
    left: list[str], right: list[str], *, loose_ends: tuple[bool, bool]
) -> list[tuple[str, str]]:
    """Pair the words of a block by likeness; two words may stand against one that they make up.

    Words of `right` outside the first or last pair are left out where that end is loose.
    """
    from rapidfuzz.distance import Levenshtein

    low_left, low_right = [w.lower() for w in left], [w.lower() for w in right]
    rows, columns = len(left), len(right)
    cost = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    step = [[(0, 0)] * (columns + 1) for _ in range(rows + 1)]
    head, tail = loose_ends
    for i in range(rows + 1):
        for j in range(columns + 1):
            if i == j == 0:
                continue
            best, choice = float("inf"), (0, 0)
            for di, dj in _STEPS:
                if i < di or j < dj:
                    continue
                if di == 0:
                    price = 0.0 if (head and i == 0) or (tail and i == rows) else _GAP
                elif dj == 0:
                    price = _GAP
                else:
                    a = "".join(low_left[i - di : i])
                    b = "".join(low_right[j - dj : j])
                    price = Levenshtein.normalized_distance(a, b) + _MERGE * (di + dj - 2)
                if cost[i - di][j - dj] + price < best:
                    best, choice = cost[i - di][j - dj] + price, (di, dj)
            cost[i][j], step[i][j] = best, choice
    pairs: list[tuple[str, str]] = []
    i, j = rows, columns
    while i or j:
        di, dj = step[i][j]
        free = di == 0 and ((head and i == 0) or (tail and i == rows))
        if not free:
            pairs.append(("".join(left[i - di : i]), "".join(right[j - dj : j])))
        i, j = i - di, j - dj
    return pairs[::-1]

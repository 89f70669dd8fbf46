"""ROUGE-1, ROUGE-2 and ROUGE-L (Lin 2004, https://aclanthology.org/W04-1013) in any alphabet.

rouge-score keeps nothing but the letters a to z and digits: Cyrillic text has no tokens under it,
and "élu" becomes "lu". Tokens here are runs of letters and digits of any alphabet, with their
accents. On English text without accents both give the same (scripts/bench/LOG.md).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

VERSION = 1  # of the tokens and counts: a change that moves a score raises it
_TOKEN = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")  # accents that have no composed letter, too
_ORDERS = {"ROUGE-1": 1, "ROUGE-2": 2}
NAMES = ("ROUGE-1", "ROUGE-2", "ROUGE-L")


@dataclass(frozen=True, slots=True)
class Rouge:
    """Precision and recall of a summary against a reference, between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def tokens(text: str) -> list[str]:
    """Return the words and figures of a text: composed letters (NFC), in lower case."""
    return _TOKEN.findall(unicodedata.normalize("NFC", text).lower())


def ngrams(words: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    """Count the runs of `order` words."""
    return Counter(zip(*(words[i:] for i in range(order)), strict=False))


def rouge_n(summary: str, reference: str, *, order: int) -> Rouge:
    """Return ROUGE-N: runs of `order` words in common, each as often as both have it."""
    ours, theirs = ngrams(tokens(summary), order), ngrams(tokens(reference), order)
    return _of((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(summary: str, reference: str) -> Rouge:
    """Return ROUGE-L: the longest common subsequence of words, each text taken as one sentence."""
    ours, theirs = tokens(summary), tokens(reference)
    return _of(_common_subsequence(ours, theirs), len(ours), len(theirs))


def best_f1(summary: str, references: Sequence[str]) -> dict[str, float]:
    """Return the F1 of each of `NAMES` against the reference that each is highest against."""
    return {
        name: max(
            (
                rouge_n(summary, reference, order=_ORDERS[name])
                if name in _ORDERS
                else rouge_l(summary, reference)
            ).f1
            for reference in references
        )
        for name in NAMES
    }


def signature(references: Sequence[Sequence[str]]) -> str:
    """Return how scores against these references were made, in the form of sacreBLEU."""
    counts = {len(some) for some in references}
    nrefs = str(counts.pop()) if len(counts) == 1 else "var"
    return (
        f"nrefs:{nrefs}|refs:max|measure:f1|case:lower|norm:nfc|tok:letters-digits|stem:no|"
        f"stop:no|lcs:text|version:nightdesk-rouge-{VERSION}"
    )


def _of(common: int, ours: int, theirs: int) -> Rouge:
    return Rouge(common / ours if ours else 0.0, common / theirs if theirs else 0.0)


def _common_subsequence(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, row by row of the usual table."""
    before = [0] * (len(theirs) + 1)
    for word in ours:
        row = [0]
        for column, other in enumerate(theirs):
            longer = before[column] + 1 if word == other else max(before[column + 1], row[column])
            row.append(longer)
        before = row
    return before[-1]

"""The best of several hypotheses: the one that is most like all the others.

Minimum Bayes risk decoding (Kumar and Byrne 2004, https://aclanthology.org/N04-1022) with chrF2
(Popović 2015, https://aclanthology.org/W15-3049) as the gain: what many samples agree on is
likelier to be right than what one of them says alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

MAX_ORDER = 6  # characters in the longest n-gram
BETA = 2.0  # recall counts so much more than precision


def most_agreed(candidates: Sequence[str]) -> int:
    """Return the index of the candidate with the highest mean chrF against the others.

    The first of equals wins. Raises ValueError when there are none.
    """
    if not candidates:
        raise ValueError("no candidates to choose from")
    grams = [_ngrams(text) for text in candidates]
    gains = [
        sum(_chrf(mine, other) for j, other in enumerate(grams) if j != i)
        for i, mine in enumerate(grams)
    ]
    return max(range(len(gains)), key=lambda i: (gains[i], -i))


def likeness_of_texts(hypothesis: str, reference: str) -> float:
    """Return the sentence chrF2 of two texts, 0 to 1, whitespace ignored."""
    return _chrf(_ngrams(hypothesis), _ngrams(reference))


def _ngrams(text: str) -> list[Counter[str]]:
    letters = "".join(text.split())
    return [
        Counter(letters[i : i + n] for i in range(len(letters) - n + 1))
        for n in range(1, MAX_ORDER + 1)
    ]


def _chrf(hypothesis: list[Counter[str]], reference: list[Counter[str]]) -> float:
    scores = []
    for mine, theirs in zip(hypothesis, reference, strict=True):
        if not mine or not theirs:
            continue
        common = (mine & theirs).total()
        precision, recall = common / mine.total(), common / theirs.total()
        weighted = BETA**2 * precision + recall
        scores.append((1 + BETA**2) * precision * recall / weighted if weighted else 0.0)
    return sum(scores) / len(scores) if scores else 0.0

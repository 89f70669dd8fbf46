"""Texts that are lists: sentence after sentence says the same of another thing.

A model that is to condense such a text drops most of the things, or invents what connects them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

MIN_SENTENCES = 5
LEAST_ALIKE = 0.4  # share of words that two neighbours have in common, in the same order
LEAST_PAIRS = 0.6  # share of the pairs of neighbours, one or two apart, that must be alike
_WORD = re.compile(r"\w+")


def is_list(sentences: Sequence[str]) -> bool:
    """Tell whether most neighbours among the sentences of a text are alike.

    Sentences may alternate between two patterns.
    """
    if len(sentences) < MIN_SENTENCES:
        return False
    words = [_pattern(sentence) for sentence in sentences]
    return any(_share_alike(words, step) >= LEAST_PAIRS for step in (1, 2))


def _pattern(sentence: str) -> list[str]:
    """Return the words of a sentence with one stand-in for all figures, and one for all names."""
    return [
        "0" if word[0].isdigit() else "A" if word[0].isupper() else word
        for word in _WORD.findall(sentence)
    ]


def _share_alike(words: Sequence[Sequence[str]], step: int) -> float:
    from rapidfuzz.distance import LCSseq

    pairs = list(zip(words, words[step:], strict=False)) if step > 1 else list(pairwise(words))
    alike = [LCSseq.normalized_similarity(a, b) >= LEAST_ALIKE for a, b in pairs]
    return sum(alike) / len(alike)

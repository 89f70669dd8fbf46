"""Words that a claim shares with a text: unigrams, bigrams, runs (Lin 2004, ROUGE)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from pipeline.lang.function_words import any_function_word

WORD = re.compile(r"[^\W_]+(?:['’.,][^\W_]+)*")
_SHORT = 4  # letters: a word that is not cut
_ENDING = 3  # letters that inflection changes
_GAP = re.compile(r"(?<=\d)([.,]) (?=\d)")


@lru_cache(maxsize=8_192)  # the candidates come again for every claim
def words(text: str) -> tuple[str, ...]:
    """Return the words and figures of a text in any alphabet, in lower case."""
    plain = without_gaps(text.casefold().replace("’", "'"))
    return tuple(WORD.findall(plain))


def without_gaps(text: str) -> str:
    """Return a text whose figures have no gaps, as "1, 250" has: tokenizers leave them behind."""
    return _GAP.sub(r"\1", text)


def content_words(tokens: Sequence[str]) -> set[str]:
    """Return the words that are no function words of any language."""
    return {token for token in tokens if token not in any_function_word()}


@lru_cache(maxsize=8_192)
def stems(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return words without the end that inflection changes, in any language: a rule of thumb."""
    return tuple(t if len(t) <= _SHORT else t[: max(_SHORT, len(t) - _ENDING)] for t in tokens)


def rarities(texts: Sequence[Sequence[str]]) -> Mapping[str, float]:
    """Return the inverse frequency of each word among texts: log((N + 1) / (n + 1/2))."""
    counts = Counter(token for text in texts for token in set(text))
    return {token: math.log((len(texts) + 1) / (n + 0.5)) for token, n in counts.items()}


def weighed_share(found: Set[str], within: Set[str], weights: Mapping[str, float]) -> float:
    """Return the share of `found` that is in `within`, by weight; a word without one is rare."""
    rarest = max(weights.values(), default=1.0)
    whole = sum(weights.get(word, rarest) for word in found)
    return sum(weights.get(w, rarest) for w in found & within) / whole if whole else 1.0


def bigrams(tokens: Sequence[str]) -> set[tuple[str, str]]:
    """Return the pairs of neighbours."""
    return set(pairwise(tokens))


def trigrams(tokens: Sequence[str]) -> set[tuple[str, str, str]]:
    """Return the triples of neighbours."""
    return set(zip(tokens, tokens[1:], tokens[2:], strict=False))


def share(found: Set[object], within: Set[object]) -> float:
    """Return the share of `found` that is in `within`; 1 where `found` is empty."""
    return len(found & within) / len(found) if found else 1.0


def longest_run(tokens: Sequence[str], texts: Sequence[Sequence[str]]) -> int:
    """Return the length of the longest run of words that one of `texts` has, too."""
    return max(
        (
            SequenceMatcher(None, tokens, text, autojunk=False).find_longest_match().size
            for text in texts
        ),
        default=0,
    )


def changes(tokens: Sequence[str], text: Sequence[str]) -> tuple[int, int]:
    """Return the words of `tokens` that replace words of `text`, and those added to it.

    The two are aligned by their longest common runs; only what stands between two runs is counted,
    for a claim may leave out the beginning and the end of a sentence.
    """
    codes = SequenceMatcher(None, tokens, text, autojunk=False).get_opcodes()
    replaced = added = 0
    for tag, begin, end, other_begin, other_end in codes[1:-1]:
        if tag == "replace" and other_end - other_begin <= 2 * (end - begin):
            replaced += end - begin
        elif tag in {"replace", "delete"}:
            added += end - begin
    return replaced, added

"""Weights of runs of letters, which tell two close languages apart beyond their alphabets.

The weights are in `pairs.tsv`, whose head says what they were learnt from and how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from itertools import repeat
from operator import add

from models.errors import EngineError

MAX_GRAM = 5  # letters; a whole word counts as a gram of its own, however long
_NO_DOUBT = 9.0  # log-odds: one error in 8,000
_UNIT = 0.01  # log-odds of one unit of a weight
_MAX_WORDS = 20_000  # remembered: some megabytes


@dataclass(frozen=True, slots=True)
class LanguagePair:
    """Log-odds of `second` over `first`: positive speaks for `second`.

    `profile_weight` is the worth of a nat of the letter models, and every word adds `bias`.
    """

    first: str
    second: str
    profile_weight: float
    bias: float
    weights: dict[str, int]  # in units that add up to the same in any order
    _words: dict[str, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def log_odds(self, words: Iterable[str], *, profiles: float) -> float:
        """Return the log-odds for `words`, which are read until there is no doubt left.

        `profiles` is the log-odds of the letter models for all words, in nats.
        """
        total = self.profile_weight * profiles
        for word in words:
            if abs(total) > _NO_DOUBT:
                break
            odds = self._words.get(word)
            total += self._odds(word) if odds is None else odds
        return total

    def _odds(self, word: str) -> float:
        odds = self.bias + _UNIT * sum(map(self.weights.get, pair_grams(word), repeat(0)))
        if len(self._words) >= _MAX_WORDS:
            self._words.clear()
        self._words[word] = odds
        return odds


def pair_grams(word: str) -> set[str]:
    """Return each run of up to `MAX_GRAM` letters of `_word_`, and the whole of it."""
    edged = f"_{word}_"
    grams = {edged, *edged}
    runs: Iterable[str] = edged
    for longer in range(1, MAX_GRAM):
        runs = list(map(add, runs, edged[longer:]))  # each with the letter behind it
        grams.update(runs)
    return grams


def load_pairs() -> tuple[LanguagePair, ...]:
    """Return the pairs that come with Nightdesk, with their weights.

    Raises EngineError, with the line, where the file is damaged.
    """
    text = (files("models.langid") / "pairs.tsv").read_text(encoding="utf-8")
    return tuple(parse_pairs(text))


def parse_pairs(text: str) -> Iterator[LanguagePair]:
    """Yield the pairs in `text`: a `[first second weight bias]` line, then `gram<TAB>weight`."""
    pair: LanguagePair | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        try:
            if line.startswith("["):
                first, second, profile_weight, bias = line.strip("[]").split()
                if pair is not None:
                    yield pair
                pair = LanguagePair(first, second, float(profile_weight), float(bias), {})
            else:
                gram, weight = line.split("\t")
                assert pair is not None
                pair.weights[gram] = int(weight)
        except (ValueError, AssertionError) as error:
            raise EngineError(
                f"pairs.tsv, line {number}: cannot read {line!r}",
                hint="the file is damaged: install Nightdesk again",
            ) from error
    if pair is not None:
        yield pair

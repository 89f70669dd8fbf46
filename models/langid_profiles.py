"""How likely a language is to spell a word so: a letter model made from langdetect's counts.

langdetect (Apache-2.0) ships, for each language, how often single letters, pairs and triples
occur in its Wikipedia. It draws them at random and multiplies; here they become one conditional
model, P(letter | the two before it), which is exact, needs no luck and reads every letter once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence

from models.errors import EngineError
from models.langid_alphabets import ALPHABETS, KIN, LEARNT, SCRIPTS, Kin, Script

_FOREIGN = math.log(1e-6)  # a letter that the language does not have: a name, a quotation, a slip
_STRANGE_WORD = 10.0  # nats against a Cyrillic language, of a word that its alphabet cannot write
_UNSEEN = 0.3  # of the rarest count that the profile still lists
_MAX_ROWS = 100_000
MAX_WORDS = 20_000  # some megabytes


class LetterModel:
    """P(letter | two letters before it) of one langdetect profile, smoothed by shorter contexts."""

    def __init__(self, tag: str) -> None:
        counts = _counts(tag)
        self._counts = counts
        self._behind_none: dict[str, float] = {}
        self._least = min(counts.values())  # what is rarer was cut from the profile
        self._words = sum(n for gram, n in counts.items() if len(gram) == 2 and gram[0] == " ")
        self._letters = self._words + sum(n for gram, n in counts.items() if len(gram) == 1)

    def probability(self, context: str, letter: str) -> float:
        """Return the probability of `letter` (or of a word's end) behind up to two letters."""
        least, counts = self._least, self._counts
        alone = self._behind_none.get(letter)
        if alone is None:
            seen = self._words if letter == " " else counts.get(letter, 0)
            alone = self._behind_none[letter] = max(seen, _UNSEEN * least) / self._letters
        if not context:
            return alone
        last = context[-1]
        before = self._words if last == " " else counts.get(last, 0)
        behind_one = (counts.get(last + letter, 0) + least * alone) / (before + least)
        if len(context) == 1:
            return behind_one
        seen, before = counts.get(context + letter, 0), counts.get(context, 0)
        return (seen + least * behind_one) / (before + least)


class Rows(dict[str, tuple[float, ...]]):
    """For each gram, the log-probability of its last letter in every language of a script.

    A gram is a letter behind the two before it, in its own word; a word's edges are spaces. Rows
    are worked out when they are first asked for.
    """

    def __init__(self, script: Script) -> None:
        super().__init__()
        self.languages: Sequence[str] = SCRIPTS[script]
        self._words: dict[str, tuple[float, ...]] = {}  # what is frequent need not be added again
        self._writable: Sequence[frozenset[str]] = ()
        if script == "Cyrl":
            self._writable = [
                ALPHABETS[tag] | ALPHABETS[LEARNT.get(tag, tag)] for tag in self.languages
            ]
            self._common = frozenset.intersection(*self._writable)
        models: dict[str, LetterModel] = {}
        self._readings = [(ALPHABETS[tag], tuple(_readings(tag, models))) for tag in self.languages]

    def __missing__(self, gram: str) -> tuple[float, ...]:
        if gram[1:2] == " ":  # a new word: what the one before ended in says nothing
            row = self[gram[1:]]
        else:
            context, letter = gram[:-1], gram[-1]
            row = tuple(
                _logp(kin, context, letter) if letter == " " or letter in alphabet else _FOREIGN
                for alphabet, kin in self._readings
            )
        if len(self) >= _MAX_ROWS:  # only nonsense has so many
            self.clear()
        self[gram] = row
        return row

    def score(self, words: Sequence[str]) -> list[float]:
        """Return the log-probability of `words` in each of `languages`."""
        by_word = [self._words.get(word) or self._score(word) for word in words]
        return [sum(column) for column in zip(*by_word, strict=True)]

    def _score(self, word: str) -> tuple[float, ...]:
        text = f"  {word} "
        rows = [self[text[i : i + 3]] for i in range(len(text) - 2)]
        scores: tuple[float, ...] = tuple(map(sum, zip(*rows, strict=True)))
        if self._writable and not self._common.issuperset(word):
            scores = tuple(
                score - (0.0 if alphabet.issuperset(word) else _STRANGE_WORD)
                for score, alphabet in zip(scores, self._writable, strict=True)
            )
        if len(self._words) >= MAX_WORDS:
            self._words.clear()
        self._words[word] = scores
        return scores


def _readings(tag: str, models: dict[str, LetterModel]) -> Iterator[tuple[LetterModel, Kin]]:
    for kin in KIN.get(tag, (Kin(tag),)):
        if kin.profile not in models:
            models[kin.profile] = LetterModel(kin.profile)
        yield models[kin.profile], kin


def _logp(readings: Sequence[tuple[LetterModel, Kin]], context: str, letter: str) -> float:
    total = 0.0
    for model, kin in readings:
        if not kin.letters:
            total += model.probability(context, letter)
            continue
        spelt = "".join(kin.letters.get(c, c) for c in context)[-2:]
        product = 1.0
        for c in kin.letters.get(letter, letter):
            product *= model.probability(spelt, c)
            spelt = (spelt + c)[-2:]
        total += product
    return math.log(total / len(readings))


def _counts(tag: str) -> dict[str, int]:
    """Return langdetect's counts for `tag`, upper and lower case together."""
    from importlib.resources import files

    try:
        text = (files("langdetect") / "profiles" / tag).read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise EngineError(
            f"langdetect's profile of {tag!r} is missing", hint="pip install langdetect==1.0.9"
        ) from error
    counts: dict[str, int] = {}
    for gram, count in json.loads(text)["freq"].items():
        key = gram.lower()
        counts[key] = counts.get(key, 0) + count
    return counts

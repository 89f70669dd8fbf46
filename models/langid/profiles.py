"""Letter models, made from langdetect's counts: the probability of a text in a language.

langdetect (Apache-2.0) ships counts of single letters, pairs and triples in the Wikipedia of each
language. langdetect multiplies counts drawn at random; here the counts become one conditional
model, P(letter | the two before it), which is exact, draws nothing and reads every letter once.
The models of a script are one table, so that a text is read in all its languages at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from models.errors import EngineError
from models.langid.known import LEARNT, Kin, Script, known, languages_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FOREIGN = 1e-6  # P(a letter that the language does not have): a name, a quotation, a slip
_STRANGE_WORD = 10.0  # nats against a Cyrillic language, of a word that its alphabet cannot write
_UNSEEN = 0.3  # of the rarest count that the profile still lists


class LetterModels:
    """P(letter | the two before it, in its own word) in every language of a script.

    Each letter of any of the languages has a code: 0 is the space, the edge of a word, and the last
    code stands for all letters that no language of the script has.
    """

    def __init__(self, script: Script) -> None:
        import numpy as np

        self.languages: Sequence[str] = languages_of(script)
        alphabets = [known()[tag].evidence.alphabet | {" "} for tag in self.languages]
        letters = "".join(sorted(frozenset().union(*alphabets)))
        self._width = len(letters) + 1
        self._codes = np.full(ord(letters[-1]) + 2, len(letters))  # by code point
        self._codes[[ord(letter) for letter in letters]] = range(len(letters))

        spellings = [
            [LetterSpelling(kin, letters) for kin in known()[tag].kin] for tag in self.languages
        ]
        # Most pairs are counted nowhere. Behind these only the second letter tells, so that a pair
        # of no letter and the second will do for all of them.
        counted = np.any([one.counted for several in spellings for one in several], axis=0)
        counted[-1] = True
        rows = np.cumsum(counted).reshape(counted.shape) - 1
        # Where the row of letters begins, behind the pair of letters with the code of both.
        self._contexts = np.where(counted, rows, rows[-1]).ravel() * self._width
        first, second = np.nonzero(counted)
        table = np.full((len(first), self._width, len(alphabets)), FOREIGN, np.float32)
        for i, (alphabet, several) in enumerate(zip(alphabets, spellings, strict=True)):
            own = [letters.index(letter) for letter in sorted(alphabet)]
            readings = [spelling.probabilities(first, second) for spelling in several]
            table[:, own, i] = np.mean(readings, axis=0)[:, own]
        self._log_p = np.log(table).reshape(-1, len(alphabets))

        self._strange: NDArray[np.uint8] | None = None  # a bit for each language, by code
        if script == "Cyrl":
            writable = [
                own | known()[LEARNT.get(tag, tag)].evidence.alphabet
                for own, tag in zip(alphabets, self.languages, strict=True)
            ]
            strange = [[letter not in own for own in writable] for letter in [*letters, ""]]
            self._strange = np.packbits(strange, axis=1, bitorder="little")[:, 0]
            bits = np.arange(256, dtype=np.uint8)[:, None]
            marks = np.unpackbits(bits, axis=1, count=len(alphabets), bitorder="little")
            self._penalties = _STRANGE_WORD * marks

    def score(self, text: str) -> list[float]:
        """Return the log-probability of `text`, words with spaces between, in each language."""
        return self.score_all([text])[0]

    def score_all(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the log-probabilities of each of `texts`, at least one, by themselves."""
        import numpy as np

        points = np.frombuffer(f"  {' '.join(texts)} ".encode("utf-32-le"), np.uint32)
        codes = self._codes.take(points, mode="clip")
        rows = self._contexts.take(codes[:-2] * self._width + codes[1:-1])
        rows += codes[2:]
        starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
        letters = self._log_p.take(rows, axis=0).astype(np.float64)
        scores = np.add.reduceat(letters, starts, axis=0)
        if self._strange is not None:
            (edges,) = (codes == 0).nonzero()  # each in front of a word; one more is at the end
            strange = np.bitwise_or.reduceat(self._strange.take(codes), edges)
            first = edges.searchsorted(starts + 1)
            scores -= np.add.reduceat(self._penalties.take(strange, axis=0), first, axis=0)
        found: list[list[float]] = scores.tolist()
        return found


class LetterSpelling:
    """One profile of langdetect as a letter model, read in the spelling that `kin` gives."""

    def __init__(self, kin: Kin, letters: str) -> None:
        import numpy as np

        counts = _counts(kin.profile)
        spelt = [kin.letters.get(letter, letter) for letter in letters]
        known = [letter for letter in dict.fromkeys("".join(spelt)) if letter in counts]
        codes = {letter: code for code, letter in enumerate(known)}  # the space is the first
        other = len(known)
        self._head = np.array([*(codes.get(s[0], other) for s in spelt), other])
        self._tail = np.array([*(codes.get(s[-1], other) for s in spelt), other])
        self._double = np.array([*(len(s) == 2 for s in spelt), False])

        one, two, three = _seen(counts, codes)
        least = min(counts.values())  # what is rarer was cut from the profile
        total = sum(n for gram, n in counts.items() if len(gram) == 1)
        alone = np.maximum(one, _UNSEEN * least) / total
        behind_one = (two + least * alone) / (one[:, None] + least)
        behind_two = (three + least * behind_one) / (two[:, :, None] + least)
        behind_two[:, 0] = behind_one[0]  # a new word: what the one before ended in says nothing
        behind_two[:, 0, 0] = 1.0  # nor does a second space
        self._probabilities = behind_two
        every = np.arange(len(letters) + 1)
        self.counted = two[self._context(every[:, None], every)] > 0

    def probabilities(
        self, first: NDArray[np.intp], second: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """Return P(letter | first, second), `(pairs, letters)`; both arguments are `(pairs,)`."""
        import numpy as np

        before, last = self._context(first[:, None], second[:, None])
        found: NDArray[np.float64] = self._probabilities[before, last, self._head]
        found *= np.where(self._double, self._probabilities[last, self._head, self._tail], 1.0)
        return found

    def _context(
        self, first: NDArray[np.intp], second: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the last two letters that `first` and `second` are spelt with."""
        import numpy as np

        before = np.where(self._double[second], self._head[second], self._tail[first])
        return before, self._tail[second]


@cache
def letter_models(script: Script) -> LetterModels:
    """Return the models of a script, made at the first call: about 0.1 s."""
    return LetterModels(script)


def _seen(counts: Mapping[str, int], codes: Mapping[str, int]) -> Sequence[NDArray[np.float64]]:
    """Return the counts of letters, pairs and triples, one, two and three axes of letters.

    The last index of each axis stands for letters without a code, whose count is 0.
    """
    import numpy as np

    seen = [np.zeros((len(codes) + 1,) * length) for length in (1, 2, 3)]
    for gram, count in counts.items():
        if codes.keys() >= set(gram):
            seen[len(gram) - 1][tuple(map(codes.__getitem__, gram))] = count
    return seen


def _counts(profile: str) -> dict[str, int]:
    """Return langdetect's counts, upper and lower case together; that of " " is that of words."""
    from importlib.resources import files

    try:
        text = (files("langdetect") / "profiles" / profile).read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise EngineError(
            f"langdetect's profile of {profile!r} is missing", hint="pip install langdetect==1.0.9"
        ) from error
    counts: dict[str, int] = {" ": 0}
    for gram, count in json.loads(text)["freq"].items():
        key = gram.lower()
        counts[key] = counts.get(key, 0) + count
        if len(key) == 2 and key[0] == " ":
            counts[" "] += count
    return counts

"""A dislike of long copies: the next word of a run that stands in the source is made less likely.

A small model that is to sum up a text copies whole sentences of it. Each word that would go on with
a copied run pays a price that grows with the run, as in the constraints of Dreyer et al. 2023
(https://arxiv.org/abs/2108.02859). Names, figures with their units and quotations cost nothing:
they must be copied. So do ends of sentences: a price on them makes sentences go on with inventions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from models.decoding.allowed_tokens import token_bytes

if TYPE_CHECKING:
    import torch

    from models.decoding.lm_head import LMHead

COPYING_VERSION = "1"
_MARKS = {'"': "=", "“": "+", "”": "-", "«": "+", "»": "-", "„": "+"}
_SHORTEST_BEGINNING = 3  # letters: " squ" begins "squared", and "squatted" for want of it
_LONGEST_PARTICLE = 3  # letters of the words within names: "of", "de", "von"


@dataclass(frozen=True, slots=True)
class Price:
    """The cost of copying, in nats: `per_token` for each token of the run beyond `free` ones.

    No token costs more than `most`.
    """

    free: int
    per_token: float
    most: float

    def of(self, run: int) -> float:
        """Return the price of one more token behind a run of so many."""
        return min(self.most, self.per_token * (run + 1 - self.free))

    def __str__(self) -> str:
        """Return the numbers, for identities."""
        return f"{self.free}/{self.per_token:g}/{self.most:g}"


@dataclass(frozen=True, slots=True)
class Source:
    """The tokens of a text that a reply may copy from, and the price of copying them.

    `places` has the places of each token; `costs` has for each place the tokens that cost something
    there: the one that copies, and those that only look another way. `marks` are the quotation
    marks of all tokens that have any.
    """

    ids: Sequence[int]
    places: Mapping[int, Sequence[int]]
    costs: Sequence[Sequence[int]]
    marks: Mapping[int, str]
    price: Price


@dataclass(slots=True)
class Runs:
    """The copied runs that end a reply: the length of each by its last place in the source."""

    source: Source
    _read: int = 0
    _lengths: dict[int, int] = field(default_factory=dict)
    _in_quotation: bool = False

    def prices(self, ids: Sequence[int]) -> dict[int, float]:
        """Return the price of each token that would go on with a run at the end of the reply `ids`.

        Only the tokens that came since the last call are read.
        """
        source = self.source
        for token in ids[self._read :]:
            before = self._lengths
            self._lengths = {p: before.get(p - 1, 0) + 1 for p in source.places.get(token, ())}
            for mark in source.marks.get(token, ""):
                self._in_quotation = mark == "+" or (mark == "=" and not self._in_quotation)
        self._read = len(ids)
        found: dict[int, float] = {}
        if self._in_quotation:
            return found
        for place, run in self._lengths.items():
            if run < source.price.free or place + 1 == len(source.ids):
                continue
            for token in source.costs[place + 1]:
                found[token] = max(found.get(token, 0.0), source.price.of(run))
        return found


def charge(logits: torch.Tensor, prices: Mapping[int, Mapping[int, float]], head: LMHead) -> None:
    """Take prices off the logits (rows, columns), in place: `prices` are by row and token id."""
    import torch

    charged = [(row, token, price) for row, by in prices.items() for token, price in by.items()]
    if not charged:
        return
    rows, tokens, costs = zip(*charged, strict=True)
    columns, known = head.columns_of(torch.tensor(tokens, device=logits.device))
    cost = torch.tensor(costs, device=logits.device) * known
    logits[torch.tensor(rows, device=logits.device), columns] -= cost


def source_of(text: str, tokenizer: Any, *, price: Price) -> Source:
    """Return a text as a source that copying from costs `price`."""
    encoded = tokenizer(text, add_special_tokens=False, split_special_tokens=True)
    ids: list[int] = encoded["input_ids"]
    places: dict[int, list[int]] = {}
    for place, token in enumerate(ids):
        places.setdefault(token, []).append(place)
    vocabulary = _vocabulary(tokenizer)
    written = tokenizer.convert_ids_to_tokens(ids)
    said_otherwise = _said_otherwise([token_bytes(token) or b"" for token in written])
    costs = [
        tuple(_alike(token, vocabulary.ids)) if costly else ()
        for token, costly in zip(written, said_otherwise, strict=True)
    ]
    return Source(ids, places, costs, vocabulary.marks, price)


def _alike(token: str, ids: Mapping[str, int]) -> Iterator[int]:
    """Yield the ids of a token that begins a word, of its beginnings, and of it without its blank.

    Without the last two a word that costs something is spelt in other tokens, or becomes another
    word on the way.
    """
    yield ids[token]
    blank = 1  # of byte-level vocabularies, one character
    for end in range(blank + _SHORTEST_BEGINNING, len(token)):
        if (beginning := ids.get(token[:end])) is not None:
            yield beginning
    if (bare := ids.get(token[blank:])) is not None:
        yield bare


def _said_otherwise(tokens: Sequence[bytes]) -> list[bool]:
    """Tell of each token whether it begins a word that can be said otherwise.

    1. Only a token that begins a word in lower case can: what goes on with a word must go on.
    2. A word behind a figure is its unit, or a month.
    3. A short word between two with capitals is part of a name.
    """
    words = [t.decode(errors="ignore") for t in tokens]
    costs = [word[:1] == " " and word[1:2].islower() for word in words]
    starts = [i for i in range(len(words)) if words[i][:1].isspace()]
    for n, i in enumerate(starts):
        if not costs[i]:
            continue
        end = starts[n + 1] if n + 1 < len(starts) else len(words)
        before = "".join(words[starts[n - 1] : i]) if n else ""
        behind = words[end][1:2] if end < len(words) else ""
        if before[-1:].isdigit():
            costs[i] = False
        name = before[1:2].isupper() and behind.isupper()
        if name and len("".join(words[i:end])) - 1 <= _LONGEST_PARTICLE:
            costs[i] = False
    return costs


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The ids of tokens, and their quotation marks: "+" opens, "-" closes, "=" does either."""

    ids: Mapping[str, int]
    marks: Mapping[int, str]


@lru_cache(maxsize=2)
def _vocabulary(tokenizer: Any) -> _Vocabulary:
    ids: dict[str, int] = tokenizer.get_vocab()
    marks = {}
    for token, id_ in ids.items():
        text = (token_bytes(token) or b"").decode(errors="ignore")
        if signs := "".join(_MARKS[c] for c in text if c in _MARKS):
            marks[id_] = signs
    return _Vocabulary(ids, marks)

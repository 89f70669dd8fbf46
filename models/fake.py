"""Engines that answer by a function instead of a model, for tests of the code that asks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.engine import Decoding, Finish, Hypothesis, Passage, Segment, TokenChance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(slots=True)
class ScriptedTranslator:
    """Answers every segment with `answer(segment)`; `asked` keeps the segments."""

    answer: Callable[[Segment], str]
    finish: Finish = "stop"
    identity: str = "scripted"
    asked: list[Segment] = field(default_factory=list)

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the answers last first: a caller must not rely on order."""
        for index in reversed(range(len(segments))):
            self.asked.append(segments[index])
            text = self.answer(segments[index])
            yield index, Hypothesis(text, len(text.split()), self.finish, self.identity)


@dataclass(slots=True)
class ScriptedSummariser:
    """Answers every passage with `answer(passage)`; `asked` keeps the passages."""

    answer: Callable[[Passage], str]
    max_source_chars: int = 4_000
    identity: str = "scripted"
    asked: list[Passage] = field(default_factory=list)

    def summarise(
        self, passages: Sequence[Passage], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield the answers last first: a caller must not rely on order."""
        for index in reversed(range(len(passages))):
            self.asked.append(passages[index])
            text = self.answer(passages[index])
            yield index, Hypothesis(text, len(text.split()), "stop", self.identity)


@dataclass(slots=True)
class ScriptedEncoder:
    """Makes vectors by `vector(text)`, of any length above 0; `asked` keeps the texts."""

    vector: Callable[[str], Sequence[float]]
    dimensions: int = 2
    identity: str = "scripted"
    asked: list[str] = field(default_factory=list)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors at length 1."""
        import numpy as np

        self.asked += texts
        rows = np.array([self.vector(text) for text in texts], dtype=np.float32)
        rows = rows.reshape(len(texts), self.dimensions)
        lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / lengths


@dataclass(slots=True)
class ScriptedReader:
    """Gives each word of a claim the state `state(evidence, word)`; `asked` keeps the pairs."""

    state: Callable[[str, str], NDArray[np.float32]]
    identity: str = "scripted"
    asked: list[tuple[str, str]] = field(default_factory=list)

    def states(self, texts: Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
        """Return the states (words, size) of each claim, in order."""
        import numpy as np

        self.asked += texts
        return [
            np.stack([self.state(evidence, word) for word in claim.split()])
            for evidence, claim in texts
        ]


@dataclass(slots=True)
class ScriptedScorer:
    """Gives each word of a translation the chance `nats(segment, text, word)`; `asked` keeps them.

    It has the route from every other language into English.
    """

    nats: Callable[[Segment, str, str], float]
    identity: str = "scripted"
    asked: list[tuple[Segment, str]] = field(default_factory=list)

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether a translation is into English."""
        return source != target == "en"

    def token_chances(
        self, translations: Sequence[tuple[Segment, str]]
    ) -> list[tuple[TokenChance, ...]]:
        """Return a chance for each word, and that of the end, which is certain."""
        self.asked += translations
        return [
            (
                *(
                    TokenChance(m.start(), m.end(), self.nats(segment, text, m.group()))
                    for m in re.finditer(r"[\w'’]+", text)
                ),
                TokenChance(len(text), len(text), 0.0),
            )
            for segment, text in translations
        ]

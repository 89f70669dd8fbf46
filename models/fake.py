"""Engines that answer by a function instead of a model, for tests of the code that asks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from models.engine import Decoding, Finish, Hypothesis, Passage, Segment


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

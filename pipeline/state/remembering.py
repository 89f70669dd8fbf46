"""Engines that remember: the same protocols, answered from the state where possible.

A stage does not know whether its engine remembers. The engine underneath is made on the first
question that the state cannot answer, so a run in which nothing changed never loads a model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from models.engine import Decoding, Hypothesis, Passage, Segment, Summariser, Translator
from pipeline.progress import Progress
from pipeline.state.database import State, result_key


class RememberingTranslator:
    """A `Translator` that asks the state first and another translator for the rest."""

    def __init__(self, engine: Translator, *, state: State, progress: Progress) -> None:
        self._engine = engine
        self._state = state
        self._progress = progress

    @property
    def identity(self) -> str:
        """The identity of the translator underneath."""
        return self._engine.identity

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment; equal segments are decoded once."""
        settings = dataclasses.astuple(decoding)
        keys = [
            result_key("translate", self.identity, settings, *dataclasses.astuple(segment))
            for segment in segments
        ]

        def ask(indices: list[int]) -> Iterator[tuple[int, Hypothesis]]:
            return self._engine.translate([segments[i] for i in indices], decoding=decoding)

        yield from _remembered(keys, ask, state=self._state, progress=self._progress)


class RememberingSummariser:
    """A `Summariser` that asks the state first and another summariser for the rest."""

    def __init__(self, engine: Summariser, *, state: State, progress: Progress) -> None:
        self._engine = engine
        self._state = state
        self._progress = progress

    @property
    def identity(self) -> str:
        """The identity of the summariser underneath."""
        return self._engine.identity

    @property
    def max_source_chars(self) -> int:
        """The longest passage the summariser underneath reads whole."""
        return self._engine.max_source_chars

    def summarise(
        self, passages: Sequence[Passage], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every passage; equal passages are decoded once."""
        settings = dataclasses.astuple(decoding)
        keys = [
            result_key("summarise", self.identity, settings, p.language, p.max_sentences, p.text)
            for p in passages
        ]

        def ask(indices: list[int]) -> Iterator[tuple[int, Hypothesis]]:
            return self._engine.summarise([passages[i] for i in indices], decoding=decoding)

        yield from _remembered(keys, ask, state=self._state, progress=self._progress)


def _remembered(
    keys: Sequence[str],
    ask: Callable[[list[int]], Iterator[tuple[int, Hypothesis]]],
    *,
    state: State,
    progress: Progress,
) -> Iterator[tuple[int, Hypothesis]]:
    """Answer every key, from the state or by `ask`, and store each new answer as it comes."""
    places: dict[str, list[int]] = {}
    for index, key in enumerate(keys):
        places.setdefault(key, []).append(index)
    known = state.hypotheses(list(places))
    for key, hypothesis in known.items():
        for index in places[key]:
            yield index, hypothesis
    missing = [key for key in places if key not in known]
    if not missing:
        return
    for position, hypothesis in ask([places[key][0] for key in missing]):
        key = missing[position]
        state.remember(key, hypothesis)
        progress.decoded(hypothesis)
        for index in places[key]:
            yield index, hypothesis

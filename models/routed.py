"""Two translators as one: a specialist for the routes it knows, another engine for all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from models.engine import Decoding, Hypothesis, Routed, Segment, Translator


class Specialist(Translator, Routed, Protocol):
    """A translator that says which routes it has."""


class RoutedTranslator:
    """Asks `specialist` where it has the route, else `generalist`. Implements `Translator`.

    A specialist in sentences guesses at greetings and labels, so segments of fewer than `min_words`
    words go to the generalist, too. Beams are the specialist's: the generalist is a chat model,
    which is decoded greedily.
    """

    def __init__(
        self,
        specialist: Specialist,
        generalist: Translator,
        *,
        min_words: int = 0,
    ) -> None:
        self._specialist = specialist
        self._generalist = generalist
        self._min_words = min_words

    @property
    def identity(self) -> str:
        """The identities of both."""
        fewest = f" from {self._min_words} words" if self._min_words else ""
        return f"{self._specialist.identity}{fewest}; else {self._generalist.identity}"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment, the specialist's first."""
        special = [self._is_special(segment) for segment in segments]
        greedy = replace(decoding, num_beams=1)
        for engine, settings, known in (
            (self._specialist, decoding, True),
            (self._generalist, greedy, False),
        ):
            indices = [i for i, is_special in enumerate(special) if is_special is known]
            if indices:
                asked = [segments[i] for i in indices]
                for position, hypothesis in engine.translate(asked, decoding=settings):
                    yield indices[position], hypothesis

    def _is_special(self, segment: Segment) -> bool:
        return len(segment.text.split()) >= self._min_words and self._specialist.has_route(
            segment.source, segment.target
        )

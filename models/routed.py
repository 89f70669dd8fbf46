"""Two translators as one: a specialist for the routes it knows, another engine for all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from models.engine import SECOND, SUITING, Decoding, Hypothesis, Routed, Segment, Translator


class Specialist(Translator, Routed, Protocol):
    """A translator, or several together, that says which routes it has."""


class RoutedTranslator:
    """Asks `specialist` where it has the route, else `generalist`. Implements `Translator`.

    A segment's opinion `SECOND` is the generalist's, whatever the route, and `JOINT` is that of
    `jury`, which hears the specialist as well. A specialist in sentences guesses at greetings and
    labels, so segments of fewer than `min_words` words go to the generalist, too. Beams are the
    specialist's: the generalist is decoded greedily.
    """

    def __init__(
        self,
        specialist: Specialist,
        generalist: Translator,
        jury: Specialist | None = None,
        *,
        min_words: int = 0,
    ) -> None:
        self._specialist = specialist
        self._jury = jury
        self._engines = (specialist, generalist) if jury is None else (specialist, generalist, jury)
        self._min_words = min_words

    @property
    def identity(self) -> str:
        """The identities of all."""
        fewest = f" from {self._min_words} words" if self._min_words else ""
        specialist, *others = (engine.identity for engine in self._engines)
        return f"{specialist}{fewest}; else {', '.join(others)}"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment, the specialist's first."""
        chosen = [self._place(segment) for segment in segments]
        for place, engine in enumerate(self._engines):
            indices = [i for i, where in enumerate(chosen) if where == place]
            if indices:
                asked = [segments[i] for i in indices]
                settings = replace(decoding, num_beams=1) if place == SECOND else decoding
                for position, hypothesis in engine.translate(asked, decoding=settings):
                    yield indices[position], hypothesis

    def has_second_opinion(self, segment: Segment) -> bool:
        """Tell whether the generalist would say something else: it is not asked anyway."""
        return self._place(segment) == SUITING

    def has_jury(self, segment: Segment) -> bool:
        """Tell whether the jury can decide on a segment that the specialist would be asked for."""
        return (
            self._jury is not None
            and self._jury.has_route(segment.source, segment.target)
            and self._place(segment) == SUITING
        )

    def _place(self, segment: Segment) -> int:
        """Return which of the engines a segment goes to, in the order of the opinions."""
        if segment.opinion != SUITING:
            return segment.opinion
        is_special = len(segment.text.split()) >= self._min_words and self._specialist.has_route(
            segment.source, segment.target
        )
        return SUITING if is_special else SECOND

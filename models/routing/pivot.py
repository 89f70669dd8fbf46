"""Two translations in a row where an engine has no direct route: source to pivot to target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from models.engine import Decoding, Finish, Hypothesis, Segment, Translator

# Tells whether the engine translates from one language straight into another (BCP-47 tags).
Direct = Callable[[str, str], bool]
_WORST: tuple[Finish, ...] = ("loop", "length", "stop")


class PivotTranslator:
    """Asks `engine` directly where it has the pair, else through `pivot`. Implements `Translator`.

    Around an engine that remembers, each half is remembered by itself: a text that was translated
    into the pivot before is not translated into the pivot again. Where there is no way through the
    pivot either, the engine is asked directly, for its error says which pair it lacks.
    """

    def __init__(self, engine: Translator, *, direct: Direct, pivot: str = "en") -> None:
        self._engine = engine
        self._direct = direct
        self._pivot = pivot

    @property
    def identity(self) -> str:
        """The identity of the engine, and the pivot."""
        return f"{self._engine.identity}; else through {self._pivot}"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment, those with a direct route first.

        Of a pivoted hypothesis, `tokens` are those of both halves, and `finish` is the worse of
        the two. Both halves are asked for the variant of the segment.
        """
        pairs = {(s.source, s.target) for s in segments}
        pivoted = {pair for pair in pairs if self._needs_pivot(*pair)}
        ways = [(s.source, s.target) in pivoted for s in segments]
        straight = [i for i, through in enumerate(ways) if not through]
        if straight:
            asked = [segments[i] for i in straight]
            for position, hypothesis in self._engine.translate(asked, decoding=decoding):
                yield straight[position], hypothesis
        around = [i for i, through in enumerate(ways) if through]
        if around:
            yield from self._through_pivot(around, segments, decoding)

    def _needs_pivot(self, source: str, target: str) -> bool:
        pivot = self._pivot
        if pivot in (source, target) or self._direct(source, target):
            return False
        return self._direct(source, pivot) and self._direct(pivot, target)

    def _through_pivot(
        self, indices: Sequence[int], segments: Sequence[Segment], decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        to_pivot = [replace(segments[i], target=self._pivot) for i in indices]
        first = dict(self._engine.translate(to_pivot, decoding=decoding))
        from_pivot = [
            replace(segments[i], text=first[position].text, source=self._pivot)
            for position, i in enumerate(indices)
        ]
        for position, second in self._engine.translate(from_pivot, decoding=decoding):
            yield indices[position], _both(first[position], second)


def _both(first: Hypothesis, second: Hypothesis) -> Hypothesis:
    return Hypothesis(
        text=second.text,
        tokens=first.tokens + second.tokens,
        finish=min(first.finish, second.finish, key=_WORST.index),
        model=first.model if first.model == second.model else f"{first.model}, {second.model}",
    )

"""Several translators as one: specialists for the routes they know, another engine for the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from models.engine import (
    JOINT,
    SUITING,
    Decoding,
    Hypothesis,
    Routed,
    ScoringTranslator,
    Segment,
    TokenScoringTranslator,
    Translator,
)
from models.errors import EngineError


class Specialist(Translator, Routed, Protocol):
    """A translator that knows its routes."""


class RoutedTranslator:
    """Asks the first of `specialists` that has the route, else `generalist`. Is `Routed`.

    A segment with the opinion `SECOND` goes to the generalist, whatever the route, and one with
    `JOINT` to `jury`. The generalist decodes greedily, whatever the number of beams.
    `general_routes` are pairs of languages so near each other that the generalist is better than
    two specialists in a row. `proofreader` writes nothing here: it is the cheapest to ask how
    likely a given translation is.
    """

    def __init__(
        self,
        specialists: Sequence[ScoringTranslator],
        generalist: Translator,
        jury: Specialist | None = None,
        *,
        general_routes: Collection[tuple[str, str]] = (),
        proofreader: TokenScoringTranslator | None = None,
    ) -> None:
        self.proofreader = proofreader
        self._specialists = specialists
        self._jury = jury
        self._engines = (*specialists, generalist, *(() if jury is None else (jury,)))
        self._general_routes = general_routes

    @property
    def identity(self) -> str:
        """The identities of all engines."""
        known = len(self._specialists)
        identities = [engine.identity for engine in self._engines]
        return f"{', '.join(identities[:known])}; else {', '.join(identities[known:])}"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment, the specialists' first."""
        chosen = [self._place(segment) for segment in segments]
        for place, engine in enumerate(self._engines):
            indices = [i for i, where in enumerate(chosen) if where == place]
            if indices:
                asked = [segments[i] for i in indices]
                is_general = place == len(self._specialists)
                settings = replace(decoding, num_beams=1) if is_general else decoding
                for position, hypothesis in engine.translate(asked, decoding=settings):
                    yield indices[position], hypothesis

    def scorer(self, segment: Segment) -> ScoringTranslator:
        """Return the specialist that answers a segment, to tell how likely a translation of it is.

        Raises EngineError where no specialist has the route.
        """
        place = self._place(replace(segment, opinion=SUITING))
        if place >= len(self._specialists):
            raise EngineError(
                f"no translator scores {segment.source}-{segment.target}",
                hint="the embedded ones know those from and into English",
            )
        return self._specialists[place]

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether an engine translates this pair directly, better than through another one."""
        return (source, target) in self._general_routes or any(
            specialist.has_route(source, target) for specialist in self._specialists
        )

    def has_second_opinion(self, segment: Segment) -> bool:
        """Tell whether a specialist answers a segment, and the generalist is a second opinion."""
        return self._place(segment) < len(self._specialists)

    def has_jury(self, segment: Segment) -> bool:
        """Tell whether the jury has the route of a segment that a specialist answers."""
        return (
            self._jury is not None
            and self._jury.has_route(segment.source, segment.target)
            and self.has_second_opinion(segment)
        )

    def _place(self, segment: Segment) -> int:
        """Return the place of a segment's engine among specialists, generalist and jury."""
        generalist = len(self._specialists)
        if segment.opinion == JOINT:
            return generalist + 1
        if segment.opinion == SUITING:
            for place, specialist in enumerate(self._specialists):
                if specialist.has_route(segment.source, segment.target):
                    return place
        return generalist

"""Engines that remember: the same protocols, answered from the cache where possible.

A stage does not know whether its engine remembers. The engine underneath is made on the first
question that the cache cannot answer, so a run in which nothing changed never loads a model.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Generic, Literal, Protocol, TypeVar

from models.engine import Decoding, Hypothesis, Passage, Segment, Summariser, Translator
from pipeline.progress import Progress
from pipeline.stages.trust.estimate import Trusting
from pipeline.stages.trust.signs import Rendered
from pipeline.state.folder import State
from pipeline.state.results import result_key

_SHORT_CHARS = 240  # a shorter text may well be its own summary
_Question = TypeVar("_Question", Segment, Passage)
_Asked_contra = TypeVar("_Asked_contra", Segment, Passage, contravariant=True)


class _Engine(Protocol[_Asked_contra]):
    """The method of an engine that answers questions."""

    def __call__(
        self, questions: Sequence[_Asked_contra], /, *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]: ...


class RememberingTranslator:
    """A `Translator` that asks the cache first and another translator for the rest."""

    def __init__(self, engine: Translator, *, state: State, progress: Progress) -> None:
        self._engine = engine
        self._remembered = _Remembered[Segment]("translate", state=state, progress=progress)

    @property
    def identity(self) -> str:
        """The identity of the translator underneath."""
        return self._engine.identity

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment; equal segments are decoded once."""
        yield from self._remembered.answers(
            segments, self._engine.translate, identity=self.identity, decoding=decoding
        )


class RememberingSummariser:
    """A `Summariser` that asks the cache first and another summariser for the rest."""

    def __init__(self, engine: Summariser, *, state: State, progress: Progress) -> None:
        self._engine = engine
        self._remembered = _Remembered[Passage]("summarise", state=state, progress=progress)

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
        yield from self._remembered.answers(
            passages, self._engine.summarise, identity=self.identity, decoding=decoding
        )


class Estimator(Trusting, Protocol):
    """Tells how far translations can be trusted, and what its answers depend on."""

    @property
    def identity(self) -> str:
        """The regression and its encoder in one line, which cache keys hold."""
        ...


class RememberingTrust:
    """A `Trusting` that asks the cache first and an estimator for the rest.

    A trust lies in the cache as its digits.
    """

    def __init__(self, estimator: Estimator, *, state: State) -> None:
        self._estimator = estimator
        self._results = state.results

    @property
    def doubtful(self) -> float:
        """The bound of the estimator underneath."""
        return self._estimator.doubtful

    def trust(self, rendered: Sequence[Rendered]) -> list[float | None]:
        """Return the trust in each translation; new ones are estimated together."""
        identity = self._estimator.identity
        keys = [result_key("trust", identity, dataclasses.asdict(one)) for one in rendered]
        known = self._results.hypotheses(list(dict.fromkeys(keys)))
        missing = {key: one for key, one in zip(keys, rendered, strict=True) if key not in known}
        told = {key: float(hypothesis.text) for key, hypothesis in known.items()}
        found = self._estimator.trust(list(missing.values())) if missing else []
        new = dict(zip(missing, found, strict=True))
        for key, trust in new.items():
            if trust is not None:
                self._results.remember(key, Hypothesis(repr(trust), 0, "stop", identity))
        return [told[key] if key in told else new[key] for key in keys]


class _Remembered(Generic[_Question]):
    """Answers to the questions of one task, kept in the cache of a state."""

    def __init__(
        self, task: Literal["translate", "summarise"], *, state: State, progress: Progress
    ) -> None:
        self._task = task
        self._results = state.results
        self._progress = progress

    def answers(
        self,
        questions: Sequence[_Question],
        engine: _Engine[_Question],
        *,
        identity: str,
        decoding: Decoding,
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every question, storing each good answer as it comes.

        1. Equal questions share a key, which holds all that an answer depends on, by field name.
        2. The cache answers the keys that it knows.
        3. The engine answers the first question of every other key.
        """
        settings = dataclasses.asdict(decoding)
        places: dict[str, list[int]] = {}
        for index, question in enumerate(questions):
            key = result_key(self._task, identity, settings, dataclasses.asdict(question))
            places.setdefault(key, []).append(index)
        known = self._results.hypotheses(list(places))
        for key, hypothesis in known.items():
            for index in places[key]:
                yield index, hypothesis
        missing = [key for key in places if key not in known]
        if not missing:
            return
        unanswered = [questions[places[key][0]] for key in missing]
        for position, hypothesis in engine(unanswered, decoding=decoding):
            key = missing[position]
            if _is_an_answer(unanswered[position], hypothesis):
                self._results.remember(key, hypothesis)
            self._progress.decoded(hypothesis)
            for index in places[key]:
                yield index, hypothesis


def _is_an_answer(question: Segment | Passage, hypothesis: Hypothesis) -> bool:
    """Tell whether a reply is worth keeping: one that failed is asked for again by the next run.

    It is no answer if it is empty, or if a long text came back at full length for its summary.
    """
    if not hypothesis.text.strip():
        return False
    shortest = max(len(question.text), _SHORT_CHARS)
    return isinstance(question, Segment) or len(hypothesis.text) < shortest

"""Several translators, one answer: each proposes, all judge, and what they think likeliest wins.

Models of different make err differently: what one finds likely by mistake the other does not. A
translation is judged by the sum of its mean log-probabilities under all of them, each of which
reads the others' proposals, too (what it gains and costs: scripts/bench/LOG.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.engine import Decoding, Hypothesis, ScoringTranslator, Segment

CHUNK = 64  # segments that are decided on together
PROPOSALS = 2  # of one engine for a segment: more were not better, and each costs a reading


class RerankingTranslator:
    """Asks all `engines` and lets all of them judge. Implements `Translator` and `Routed`.

    The first is decoded with the beams asked for, the others greedily.
    """

    def __init__(self, *engines: ScoringTranslator) -> None:
        self._engines = engines

    @property
    def identity(self) -> str:
        """The identities of all."""
        return f"jointly {' and '.join(engine.identity for engine in self._engines)}"

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether all engines know this direction."""
        return all(engine.has_route(source, target) for engine in self._engines)

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment; what was not taken are its alternatives.

        `tokens` are those that all engines wrote.
        """
        for start in range(0, len(segments), CHUNK):
            chunk = segments[start : start + CHUNK]
            for offset, hypothesis in enumerate(self._decided(chunk, decoding)):
                yield start + offset, hypothesis

    def _decided(self, segments: Sequence[Segment], decoding: Decoding) -> list[Hypothesis]:
        proposals: list[dict[str, Hypothesis]] = [{} for _ in segments]
        tokens = [0] * len(segments)
        for engine in self._engines:
            for i, hypothesis in engine.translate(segments, decoding=decoding):
                tokens[i] += hypothesis.tokens
                for text in (hypothesis.text, *hypothesis.alternatives)[:PROPOSALS]:
                    finish = hypothesis.finish if text == hypothesis.text else "stop"
                    proposals[i].setdefault(text, replace(hypothesis, text=text, finish=finish))
            decoding = replace(decoding, num_beams=1)
        pairs = [(s, text) for s, found in zip(segments, proposals, strict=True) for text in found]
        judgements = [engine.log_probabilities(pairs) for engine in self._engines]
        likelihoods = iter([sum(of_one) for of_one in zip(*judgements, strict=True)])
        decided = []
        for found, count in zip(proposals, tokens, strict=True):
            likelihood = {text: next(likelihoods) for text in found}
            best, *others = sorted(found, key=lambda text: -likelihood[text])
            decided.append(replace(found[best], tokens=count, alternatives=tuple(others)))
        return decided

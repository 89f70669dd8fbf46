"""A judge of support that counts words, for profiles and tests without models."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.stages.grounding.judge import Candidate, Claim, Verdict
from pipeline.stages.grounding.ngrams import WORD, bigrams, share, words

_MOST_EVIDENCE = 3


class OverlapJudge:
    """A judge that counts the words in common. Implements `Judge`, and needs no model.

    A claim is compared with a candidate's text, and with its translation where the claim is in
    another language.
    """

    identity = "overlap 1"

    def judge(self, claims: Sequence[Claim], candidates: Sequence[Candidate]) -> list[Verdict]:
        """Return a verdict for each claim, in order."""
        return [self._verdict(claim, candidates) for claim in claims]

    def _verdict(self, claim: Claim, candidates: Sequence[Candidate]) -> Verdict:
        said = words(claim.text)
        there = [words(readable(candidate, claim.language)) for candidate in candidates]
        scores = [
            0.5 * share(set(said), set(tokens)) + 0.5 * share(bigrams(said), bigrams(tokens))
            for tokens in there
        ]
        best = sorted(range(len(scores)), key=lambda i: -scores[i])[:_MOST_EVIDENCE]
        vouched = {token for i in best for token in there[i]}
        pairs = {pair for i in best for pair in bigrams(there[i])}
        held = 0.5 * share(set(said), vouched) + 0.5 * share(bigrams(said), pairs)
        return Verdict(
            support=1 / (1 + math.exp(-8 * (held - 0.5))) if best else 0.0,
            evidence=tuple((i, scores[i]) for i in best if i == best[0] or scores[i] > 0),
            unsupported=tuple(w for w in WORD.findall(claim.text) if not vouched & set(words(w))),
        )


def readable(candidate: Candidate, language: str) -> str:
    """Return a candidate's text in `language` where there is one, else in its own."""
    if candidate.language != language and candidate.translation is not None:
        return candidate.translation
    return candidate.text

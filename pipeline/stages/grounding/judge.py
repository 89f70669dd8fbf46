"""The judge of support: whether a document states the sentences of its summary, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of the source document, which may be evidence.

    `language` is the BCP-47 tag of `text`; `translation` is None where there is none.
    """

    text: str
    language: str
    translation: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a summary, and the BCP-47 tag of its language."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The support that a claim has.

    `support` is the probability, 0 to 1, that the evidence states the claim. `evidence` holds one
    to three pairs of an index into the candidates and a score 0 to 1, the best first; it is empty
    where there are no candidates. `unsupported` are the words of the claim that no evidence
    vouches for, as they stand in the claim, in its order.
    """

    support: float
    evidence: tuple[tuple[int, float], ...]
    unsupported: tuple[str, ...]


class Judge(Protocol):
    """Tells how well a document supports claims about it."""

    @property
    def identity(self) -> str:
        """The models and numbers that a verdict depends on, in one line for cache keys."""
        ...

    def judge(self, claims: Sequence[Claim], candidates: Sequence[Candidate]) -> list[Verdict]:
        """Return a verdict for each claim, in order; the candidates are in reading order."""
        ...

"""Why documents are grouped together, or are not: the scores of their pairs, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.stories.stories import Grouping

_NEAREST = 3  # documents of other stories that are told


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of documents by name: its probability, what spoke for and against, and a veto.

    `reasons` are shares in the log-odds; together with the bias they make the probability.
    """

    one: str
    other: str
    probability: float
    reasons: Mapping[str, float]
    veto: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A group: its documents, the links within it, and the closest ones that lead out of it.

    `bias` is the log-odds of a pair that nothing speaks for.
    """

    documents: tuple[str, ...]
    genre: str
    within: tuple[Link, ...]
    outside: tuple[Link, ...]
    bias: float


def explained(found: Grouping, group: tuple[int, ...], *, bias: float) -> Explanation:
    """Return the explanation of a group of `found`; links come with the strongest first."""
    names = [d.document.name for d in found.details]
    within = [_link(found, i, j) for i in group for j in group if i < j]
    others = [k for k in range(len(names)) if k not in group]
    nearest = [max((_link(found, i, k) for i in group), key=_strength) for k in others]
    vetoed = [link for link in nearest if link.veto]
    close = sorted(nearest, key=_strength, reverse=True)[:_NEAREST]
    outside = [*close, *(link for link in vetoed[:_NEAREST] if link not in close)]
    return Explanation(
        tuple(names[i] for i in group),
        str(found.details[group[0]].genre),
        tuple(sorted(within, key=_strength, reverse=True)),
        tuple(outside),
        bias,
    )


def _link(found: Grouping, one: int, other: int) -> Link:
    score = found.pairs.score(one, other)
    first, second = (found.details[i].document.name for i in (one, other))
    return Link(first, second, round(score.probability, 3), _rounded(score.reasons), score.veto)


def _rounded(reasons: Mapping[str, float]) -> Mapping[str, float]:
    shown = {name: round(value, 2) for name, value in reasons.items() if abs(value) >= 0.01}
    return dict(sorted(shown.items(), key=lambda item: (-abs(item[1]), item[0])))


def _strength(link: Link) -> tuple[float, float, str, str]:
    """Sort a vetoed link by what it would be without the veto."""
    return link.probability, sum(link.reasons.values()), link.one, link.other

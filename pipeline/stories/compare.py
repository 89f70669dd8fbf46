"""The comparison of the documents of a story: what all report, and what only one reports."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from pipeline.facts.numbers import figures
from pipeline.stories.align import RELATED, Aligned
from pipeline.stories.details import Details
from pipeline.stories.names import sounds_in
from pipeline.stories.statements import Statement
from pipeline.stories.story import Cited

_MOST_AGREED = 5
_MOST_SHARED = 6
_MOST_ALONE = 2  # of a document
_MOST_QUOTATIONS = 5
_SMALL = 2  # "one of two" says nothing of its own
_LEANING = 0.5  # of its weight has a statement that is half understood without its text
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Statements that all documents have, that several have, and that one of them has."""

    agreed: tuple[Cited, ...]
    shared: tuple[Cited, ...]
    alone: tuple[Cited, ...]


def compare(
    details: Sequence[Details],
    aligned: Aligned,
    *,
    agreeing: Sequence[tuple[int, ...]] = (),
    target: str,
) -> Comparison:
    """Sort the statements of two documents or more by how many families of publishers have them.

    Documents of one family count as one: what a publisher prints twice, two do not report.
    `agreeing` are further statements that report the same: they give one number of one thing.
    """
    families = [d.family for d in details]
    every = frozenset(families)
    agreed: list[Cited] = []
    shared: list[Cited] = []
    told: set[int] = set()
    for group in (*aligned.groups, *agreeing):
        have = {families[aligned.statements[i].source] for i in group}
        if len(have) < 2 or told.issuperset(group):
            continue
        told.update(group)
        chosen = cited(group, aligned)
        (agreed if have == every else shared).append(chosen)
    alone = _alone(aligned, families, told, target=target) if len(every) > 1 else []
    return Comparison(tuple(agreed[:_MOST_AGREED]), tuple(shared[:_MOST_SHARED]), tuple(alone))


def cited(group: Sequence[int], aligned: Aligned) -> Cited:
    """Return the statement in the middle of a group, with the quotations of all of it.

    One that stands by itself goes before one that leans, and one in the language of the digest
    before a translation.
    """
    statements = aligned.statements
    ranked = sorted(
        group,
        key=lambda i: (
            _doubtful(statements[i]),
            statements[i].leans,
            statements[i].quotation.translation is not None,
            -_centrality(i, group, aligned),
            i,
        ),
    )
    quotations = tuple(statements[i].quotation for i in ranked[:_MOST_QUOTATIONS])
    return Cited(statements[ranked[0]].text, quotations)


def _doubtful(statement: Statement) -> bool:
    return bool(statement.quotation.doubt)


def _centrality(one: int, group: Sequence[int], aligned: Aligned) -> float:
    return round(sum(float(aligned.likeness[one, other]) for other in group), 3)


def _alone(
    aligned: Aligned, families: Sequence[str], told: Set[int], *, target: str
) -> list[Cited]:
    """Return what only one family reports, the tellingest of each document, in their order.

    Statements that are `told` as what several report are left out.
    """
    found: list[Cited] = []
    statements = aligned.statements
    for source in range(len(families)):
        scored = []
        for i, statement in enumerate(statements):
            if statement.source != source or i in told:
                continue
            others = [j for j, s in enumerate(statements) if families[s.source] != families[source]]
            nearest = max((float(aligned.likeness[i, j]) for j in others), default=0.0)
            weight = _weight(statement, [statements[j] for j in others], target=target)
            if weight > 0 and nearest < 1.0:
                scored.append((-weight, -(weight > 1), nearest > RELATED, i))
        best = sorted(scored)[:_MOST_ALONE]
        found += [
            Cited(statements[i].text, (statements[i].quotation,))
            for *_, i in sorted(best, key=lambda b: b[-1])
        ]
    return found


def _weight(statement: Statement, others: Sequence[Statement], *, target: str) -> float:
    """Return how much a statement tells that no other document does: its own figures and names."""
    if statement.quotation.doubt:
        return 0.0
    elsewhere = {v for s in others for f in figures(s.text, language=target) for v in f.values}
    own = [
        f
        for f in figures(statement.text, language=target)
        if not f.optional
        and f.values.isdisjoint(elsewhere)
        and min(f.values) > _SMALL
        and not _YEAR.fullmatch(f.text)
    ]
    known = {n.key for s in others for n in sounds_in(s.text, language=target)}
    names = [n for n in sounds_in(statement.text, language=target) if n.key not in known]
    weight = 2.0 * min(len(own), 3) + 0.5 * min(len(names), 3)
    return weight * _LEANING if statement.leans else weight

"""Barriers that gather a little of each document: versions, lines, and the words that tell names.

Bytes that come together in one task, of each document: release about 200 of one that is numbered,
none of others; site-chrome about 60 and the short lines at its edges. Names and their votes are
counted: their size is that of the vocabulary, which grows ever slower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeline.cluster.codec import decoded, encoded
from pipeline.cluster.partition import Row
from pipeline.cluster.tasks import Tasks, shares_of
from pipeline.cluster.workplace import Step, Workplace, workplace
from pipeline.document import Document
from pipeline.stages.known_names import Counted, KnownNames, Learnt
from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.sources import SourceNames, named_stems
from pipeline.stages.naming.spelling import Entity
from pipeline.stages.naming.votes import Decided, Votes
from pipeline.stages.release import Release, Released
from pipeline.stages.site_chrome import SiteChrome
from pipeline.stages.standing import Version

_TOGETHER = 8  # parts that one task adds up


def gather_lines(tasks: Tasks, step: int, partitions: Sequence[str]) -> Any:
    """Settle a barrier of which each document tells a little by itself."""
    parts = [tasks.run(_gathered, tasks.setup, step, s) for s in shares_of(partitions)]
    return tasks.run(_settled, tasks.setup, step, *parts)


def learn_names(tasks: Tasks, step: int, partitions: Sequence[str]) -> Any:
    """Settle the names of a run: words are counted, then names are looked for with the counts."""
    shares = shares_of(partitions)
    counted = added(tasks, _add_counts, [tasks.run(_counted, tasks.setup, step, s) for s in shares])
    named = tasks.run(_named, counted)
    found = [tasks.run(_entities, tasks.setup, step, s, named) for s in shares]
    return tasks.run(_learnt, tasks.setup, step, counted, named, added(tasks, _add_entities, found))


def spell_names(tasks: Tasks, step: int, partitions: Sequence[str]) -> Any:
    """Settle how names are spelt, by the votes of all translations."""
    votes = [tasks.run(_votes, tasks.setup, step, s) for s in shares_of(partitions)]
    return tasks.run(_decided, tasks.setup, step, added(tasks, _add_votes, votes))


def remember_names(place: Workplace) -> None:
    """Keep the spellings that a run has settled in the memory of `place`, for later runs."""
    for step in place.steps:
        if step.barrier is place.desk.spelling:
            place.desk.translating.remember(place.verdict(Decided, step.number))


def added(tasks: Tasks, add: Callable[..., Any], parts: Sequence[Any]) -> Any:
    """Return the sum of parts, a few of them to a task."""
    while len(parts) > 1:
        parts = [tasks.run(add, *parts[at : at + _TOGETHER])
                 for at in range(0, len(parts), _TOGETHER)]  # fmt: skip
    return parts[0]


def gather_ahead(place: Workplace, step: Step, partition: str, rows: Sequence[Row]) -> None:
    """Write down what the documents behind a step tell the barrier that comes next.

    They are at hand here, and need not be read again for a few bytes of each.
    """
    after = place.steps[step.number + 1 : step.number + 2]
    stage = after[0].barrier if after else None
    if isinstance(stage, Release) and step.number == 0:
        found = stage.gather([row.item for row in rows if isinstance(row.item, Document)])
        data = encoded(found, list[Version])
        place.storage.write(place.gathered_file(step, partition), data)


def _gathered(setup: bytes, step: int, share: Sequence[str]) -> list[Any]:
    place = workplace(setup)
    stage = place.steps[step].barrier
    if isinstance(stage, Release) and step == 1:
        files = [place.gathered_file(place.steps[0], partition) for partition in share]
        parts = [decoded(place.storage.read(file), list[Version]) for file in files]
        return [one for part in parts for one in part]
    if not isinstance(stage, Release | SiteChrome):
        raise TypeError(f"step {step} gathers nothing")
    return [*stage.gather(list(place.documents(share, before=step)))]


def _settled(setup: bytes, step: int, *parts: Any) -> None:
    place = workplace(setup)
    stage = place.steps[step].barrier
    if isinstance(stage, Release):
        _write(place, step, stage.settle(parts), Released)
    elif isinstance(stage, SiteChrome):
        _write(place, step, stage.settle(parts), dict[str, frozenset[str]])


def _write(place: Workplace, step: int, verdict: Any, kind: Any) -> None:
    place.storage.write(place.verdict_file(step), encoded(verdict, kind))


def _naming(setup: bytes) -> KnownNames:
    naming = workplace(setup).desk.naming
    if not isinstance(naming, KnownNames):
        raise TypeError("the names of this run cannot be read in parts")
    return naming


def _counted(setup: bytes, step: int, share: Sequence[str]) -> Counted:
    return _naming(setup).count(list(workplace(setup).documents(share, before=step)))


def _add_counts(*parts: Counted) -> Counted:
    total = Counted()
    for part in parts:
        total.add(part)
    return total


def _named(counted: Counted) -> frozenset[str]:
    return named_stems(counted.words)


def _entities(
    setup: bytes, step: int, share: Sequence[str], named: frozenset[str]
) -> dict[Key, Entity]:
    documents = list(workplace(setup).documents(share, before=step))
    return _naming(setup).find(documents, named)


def _add_entities(*parts: dict[Key, Entity]) -> dict[Key, Entity]:
    total: dict[Key, Entity] = {}
    for part in parts:
        for key, entity in part.items():
            total.setdefault(key, Entity()).add(entity)
    return total


def _learnt(
    setup: bytes, step: int, counted: Counted, named: frozenset[str], found: dict[Key, Entity]
) -> None:
    sources = SourceNames(named, found, counted.words.documents)
    _write(workplace(setup), step, Learnt(counted.latin, sources), Learnt)


def _votes(setup: bytes, step: int, share: Sequence[str]) -> Votes:
    place = workplace(setup)
    place.adopt_names()
    return place.desk.translating.votes(list(place.documents(share, before=step)))


def _add_votes(*parts: Votes) -> Votes:
    total = Votes()
    for part in parts:
        total.add(part)
    return total


def _decided(setup: bytes, step: int, votes: Votes) -> None:
    place = workplace(setup)
    place.adopt_names()
    _write(place, step, place.desk.translating.decided(votes), Decided)

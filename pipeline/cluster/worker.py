"""The actor of a pool: takes partitions through a step, and lets no document stop the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.errors import EngineError
from pipeline.cluster.codec import encoded
from pipeline.cluster.gather import gather_ahead
from pipeline.cluster.hands import MOST_DEATHS, Hands
from pipeline.cluster.inputs import names_of, read_unit
from pipeline.cluster.partition import Partition, Row, write_rows
from pipeline.cluster.workplace import Step, Workplace, workplace
from pipeline.document import Document, Rejection
from pipeline.stage import Stage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DIED = f"{MOST_DEATHS} processes that worked on it died"
_MAPPED = 16  # windows in hand at once of a stage that no model makes slow: each is written down
_DIED_HINT = "look at it by itself: it may need more memory than a worker has"


@dataclass(frozen=True, slots=True)
class Report:
    """A partition that is done: how many documents it has, and what was rejected at this step.

    `died` are the documents that a process had in hand when it died.
    """

    partition: str
    documents: int
    rejections: tuple[Rejection, ...]
    died: tuple[str, ...] = ()


class Worker:
    """Takes the partitions of batches, one row each, through a step of a run."""

    def __init__(self, setup: bytes, step: int) -> None:
        # Ray calls an actor from changing threads, and a database belongs to the one it was
        # opened in: everything happens in a thread of our own.
        self._thread = ThreadPoolExecutor(1)
        self._setup = setup
        self._step = step

    def __call__(self, batch: dict[str, NDArray[np.object_]]) -> dict[str, list[bytes]]:
        """Return a report, encoded, for each partition; its rows are written by then."""
        names: list[str] = batch["partition"].tolist()
        done = [self._thread.submit(_done, self._setup, self._step, name) for name in names]
        return {"report": [encoded(one.result(), Report) for one in done]}


def _done(setup: bytes, step_number: int, name: str) -> Report:
    """Take a partition through a step."""
    place = workplace(setup)
    step = place.steps[step_number]
    hands = Hands(place.storage, f"hands/{step.number}/{name}.json", session=place.setup.session)
    guarded = Guarded(hands, window=place.desk.window_documents)
    known: list[Row] = []
    if step.number == 0:
        before = list(_read(place, place.partition(name), hands))
    else:
        stored, known = place.stored(name, before=step.number)
        before = place.since(stored, known, name, before=step.number)
    rows = guarded.through(before, step)
    gather_ahead(place, step, name, rows)
    write_rows(place.storage, place.rows_file(step, name), rows)
    hands.lay_down()
    told = {(r.file, r.number) for r in known if isinstance(r.item, Rejection)}
    rejected = tuple(
        row.item
        for row in rows
        if isinstance(row.item, Rejection) and (row.file, row.number) not in told
    )
    return Report(name, len(rows) - len(rejected), rejected, hands.died)


def _read(place: Workplace, partition: Partition, hands: Hands) -> Iterator[Row]:
    """Yield the documents of a partition's files; a file that ended processes is rejected."""
    setup = place.setup
    names = names_of(partition.units)
    suspects = any(map(hands.suspect, names))
    if not suspects:
        hands.take(names)
    for unit in partition.units:
        if hands.condemned(unit.name):
            yield Row(unit.name, 0, Rejection(unit.name, "sources", _DIED, _DIED_HINT))
            continue
        if suspects:
            hands.take([unit.name])
        for number, item in enumerate(read_unit(setup.root, unit, config=setup.config)):
            yield Row(unit.name, number, item)


class Guarded:
    """Runs stages so that each document has a result, a rejection where there is no other.

    1. Documents are in hand while they are worked on; suspects are worked on alone.
    2. Where a stage raises, each document of the group is tried alone; one that raises again is
       rejected with the error.
    3. A stage that fails for each of several documents is broken: its error ends the run.
    """

    def __init__(self, hands: Hands, *, window: int) -> None:
        self._hands = hands
        self._window = window

    def through(self, rows: Sequence[Row], step: Step) -> list[Row]:
        """Return rows with their documents taken through the stages of a step."""
        for stage in step.stages:
            alive = [row.item for row in rows if isinstance(row.item, Document)]
            results = iter(self._run(stage, alive))
            rows = [
                replace(row, item=next(results)) if isinstance(row.item, Document) else row
                for row in rows
            ]
        return list(rows)

    def _run(self, stage: Stage, documents: Sequence[Document]) -> list[Document | Rejection]:
        found: dict[int, Document | Rejection] = {}
        size = self._window * (_MAPPED if stage.kind == "map" else 1)
        for group in self._groups(documents, size):
            members = [documents[at] for at in group]
            found |= dict(zip(group, self._group(stage, members), strict=True))
        return [found[at] for at in range(len(documents))]

    def _groups(self, documents: Sequence[Document], size: int) -> Iterator[list[int]]:
        alone = [at for at, d in enumerate(documents) if self._hands.suspect(d.name)]
        others = [at for at, d in enumerate(documents) if not self._hands.suspect(d.name)]
        for start in range(0, len(others), size):
            yield others[start : start + size]
        yield from ([at] for at in alone)

    def _group(self, stage: Stage, documents: Sequence[Document]) -> Sequence[Document | Rejection]:
        if len(documents) == 1 and self._hands.condemned(documents[0].name):
            return [Rejection(documents[0].name, stage.name, _DIED, _DIED_HINT)]
        self._hands.take([d.name for d in documents])
        try:
            return stage.run(documents)
        except Exception as error:  # errors are rows here: none may stop the other documents
            if len(documents) == 1:
                return [_rejected(documents[0], stage, error)]
            return self._each(stage, documents, error)

    def _each(
        self, stage: Stage, documents: Sequence[Document], error: Exception
    ) -> list[Document | Rejection]:
        results: list[Document | Rejection] = []
        for document in documents:
            results += self._group(stage, [document])
        if not any(isinstance(result, Document) for result in results):
            raise error
        return results


def _rejected(document: Document, stage: Stage, error: Exception) -> Rejection:
    if isinstance(error, MemoryError):
        return Rejection(document.name, stage.name, "there was not enough memory", _DIED_HINT)
    named = str(error) if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
    hint: Any = getattr(error, "hint", "")
    return Rejection(
        document.name,
        stage.name,
        f"the stage failed: {named}",
        str(hint) or "report it with the document: this is a bug in nightdesk or an engine",
    )

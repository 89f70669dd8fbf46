"""One process of a cluster: its own stages, and the documents of a partition before each step.

A run is a list of steps: a barrier is one, and the map and window stages between two barriers are
one together. The documents behind a step of window stages are stored, and those behind the first;
what a barrier has decided is stored by itself, and put into the documents when they are loaded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from models.engine import Encoder, Summariser, Translator
from pipeline.build import build, build_encoder
from pipeline.cluster.codec import decoded
from pipeline.cluster.partition import Partition, Row, read_rows
from pipeline.cluster.storage import Storage
from pipeline.cluster.verdicts import applied
from pipeline.config import Config
from pipeline.desk import Desk
from pipeline.document import Document, Rejection
from pipeline.progress import Silent
from pipeline.stage import Stage
from pipeline.stages.known_names import KnownNames, Learnt
from pipeline.stages.release import Release
from pipeline.state.folder import State
from pipeline.state.memory import MEMORY_FILE

Engines = Callable[[], tuple[Translator, Summariser]]


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a process needs to know of a run.

    `root` has the inputs, `work` what is kept between steps. `session` is another one each time the
    run is started. `key` stands for all that results depend on but the inputs, `whole` for the
    inputs, too. `now` is the time that embargoes are held against. `engines` makes those that stand
    in for the profile's.
    """

    config: Config
    root: str
    work: str
    session: str
    key: str
    whole: str
    now: datetime
    engines: Engines | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Map and window stages that follow each other, or one barrier."""

    number: int
    stages: tuple[Stage, ...]

    @property
    def barrier(self) -> Stage | None:
        """The barrier that the step is, if it is one."""
        return self.stages[0] if self.stages[0].kind == "barrier" else None

    @property
    def stored(self) -> bool:
        """Whether the documents behind the step are written down."""
        return self.number == 0 or any(stage.kind == "window" for stage in self.stages)


class Workplace:
    """The stages of a run in one process, built from its frozen configuration.

    `state` is by default one of this process, with the memory that the run began with.
    """

    def __init__(self, setup: Setup, *, state: State | None = None) -> None:
        self.setup = setup
        self.storage = Storage(setup.work)
        self._folder = tempfile.TemporaryDirectory(prefix="nightdesk-")
        folder = Path(self._folder.name)
        if state is None:
            (folder / MEMORY_FILE).write_bytes(self.storage.read(MEMORY_FILE))
        self._owns = state is None
        self._state = State(folder) if state is None else state
        self.desk: Desk = build(
            setup.config,
            state=self._state,
            progress=Silent(),
            engines=setup.engines() if setup.engines else None,
            release=Release(lambda: setup.now),
        )
        self.steps = steps_of(self.desk)
        self._verdicts: dict[str, Any] = {}  # those for all partitions
        self._adopted = False

    def close(self) -> None:
        """Give back what is open."""
        if self._owns:
            self._state.close()
        self._folder.cleanup()

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder that stories are grouped by; None for none, and beside stand-in engines."""
        return build_encoder(self.setup.config) if self.setup.engines is None else None

    def partition(self, name: str) -> Partition:
        """Return the partition of that name."""
        found: Partition = decoded(self.storage.read(f"partitions/{name}.json"), Partition)
        return found

    def rows_file(self, step: Step, partition: str) -> str:
        """Return the name of the file with the documents of a partition behind a step."""
        key = self.setup.key if step.number == 0 else self.setup.whole
        return f"rows/{step.number}/{partition}-{key}.parquet"

    def gathered_file(self, step: Step, partition: str) -> str:
        """Return the name of the file with what the documents behind a step tell the next one."""
        return f"gathered/{step.number}/{partition}-{self.setup.key}.json"

    def stored(
        self, partition: str, *, before: int, only: Collection[str] | None = None
    ) -> tuple[int, list[Row]]:
        """Return the last step before `before` whose rows are written down, and these rows."""
        step = max(step.number for step in self.steps[:before] if step.stored)
        name = self.rows_file(self.steps[step], partition)
        return step, read_rows(self.storage, name, only=only)

    def load(
        self, partition: str, *, before: int, only: Collection[str] | None = None
    ) -> list[Row]:
        """Return the documents and rejections of a partition as they are before a step.

        With `only` those of these names alone are read.

        1. The last rows that were written down are read.
        2. What barriers have decided since is put in, and map stages are run again.
        """
        step, rows = self.stored(partition, before=before, only=only)
        return self.since(step, rows, partition, before=before)

    def since(self, step: int, rows: list[Row], partition: str, *, before: int) -> list[Row]:
        """Return the rows behind a step as they are before another."""
        for one in self.steps[step + 1 : before]:
            rows = self._through(rows, one, partition)
        return rows

    def documents(
        self, partitions: Sequence[str], *, before: int, only: Collection[str] | None = None
    ) -> Iterator[Document]:
        """Yield the documents of some partitions, or those of some names, before a step."""
        for partition in partitions:
            for row in self.load(partition, before=before, only=only):
                if isinstance(row.item, Document):
                    yield row.item

    def _through(self, rows: Sequence[Row], step: Step, partition: str) -> list[Row]:
        documents = [row.item for row in rows if isinstance(row.item, Document)]
        results: Sequence[Document | Rejection] = documents
        for stage in step.stages:
            alive = [item for item in results if isinstance(item, Document)]
            done = iter(
                stage.run(alive)
                if step.barrier is None
                else applied(self.desk, stage, alive, self, step.number, partition)
            )
            results = [next(done) if isinstance(i, Document) else i for i in results]
        left = iter(results)
        return [replace(r, item=next(left)) if isinstance(r.item, Document) else r for r in rows]

    def verdict(self, kind: Any, step: int, partition: str = "all") -> Any:
        """Return what the barrier at a step has decided for a partition, or for all."""
        name = self.verdict_file(step, partition)
        if partition != "all":
            return decoded(self.storage.read(name), kind)
        if name not in self._verdicts:
            self._verdicts[name] = decoded(self.storage.read(name), kind)
        return self._verdicts[name]

    def adopt_names(self) -> None:
        """Let the stages of this process know the names of the whole run."""
        naming = self.desk.naming
        if self._adopted or not isinstance(naming, KnownNames):
            return
        (step,) = (step.number for step in self.steps if step.barrier is naming)
        naming.adopt(self.verdict(Learnt, step))
        self._adopted = True

    def verdict_file(self, step: int, partition: str = "all") -> str:
        """Return the name of the file with what a barrier has decided, for a partition or all."""
        return f"verdicts/{step}/{partition}-{self.setup.whole}.json"


def steps_of(desk: Desk) -> tuple[Step, ...]:
    """Return the steps of a run."""
    found: list[list[Stage]] = []
    for stage in desk.all():
        if stage.kind != "barrier" and found and found[-1][0].kind != "barrier":
            found[-1].append(stage)
        else:
            found.append([stage])
    return tuple(Step(number, tuple(stages)) for number, stages in enumerate(found))


@cache
def workplace(setup: bytes) -> Workplace:
    """Return the workplace of this process for a setup, which Ray has pickled."""
    from ray import cloudpickle

    return Workplace(cloudpickle.loads(setup))

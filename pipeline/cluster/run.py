"""A run on a Ray cluster, from its inputs to the mark of success."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.errors import EngineError
from pipeline import __version__
from pipeline.batch import versions
from pipeline.cluster.codec import decoded, encoded
from pipeline.cluster.connection import connected, has_gpus
from pipeline.cluster.exchange import Tasks, compare_texts
from pipeline.cluster.gather import gather_lines, learn_names, remember_names, spell_names
from pipeline.cluster.inputs import Listed, listed
from pipeline.cluster.partition import Partition, partitions
from pipeline.cluster.shards import WORK, check_output, finish, merged, write_shards
from pipeline.cluster.storage import Storage, is_address
from pipeline.cluster.worker import Report, Worker
from pipeline.cluster.workplace import Engines, Setup, Step, Workplace
from pipeline.config import ClusterOptions, Config
from pipeline.document import Rejection
from pipeline.errors import NightdeskError
from pipeline.output.lock import exclusive
from pipeline.output.report import kinds
from pipeline.progress import Progress
from pipeline.stages.dedup import Dedup
from pipeline.stages.known_names import KnownNames
from pipeline.stages.same_text import SameText
from pipeline.stages.spell import Spell
from pipeline.state.folder import State
from pipeline.state.memory import MEMORY_FILE

_FORMAT = 1  # of what is kept between steps; another number computes all anew


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """The outcome of a run: its manifest, and the inputs that could not be used."""

    record: dict[str, Any]
    rejections: tuple[Rejection, ...]


def run_on_cluster(
    root: str,
    out: str,
    *,
    address: str | None,
    config: Config,
    state: State,
    progress: Progress,
    engines: Engines | None = None,
) -> ClusterResult:
    """Take the documents below `root` through every stage on a cluster; write shards below `out`.

    Both are paths or addresses that every node can open. `address` is that of the cluster, None
    for one on this machine; `engines` make those that stand in for the profile's. What is done is
    kept in `out`/work: a run that is started again computes what is missing.

    1. Inputs are put into partitions.
    2. Steps follow each other: partitions through actors, barriers in parts.
    3. Shards are written, then the manifest, then the mark of success.

    Raises UsageError when there is nothing to read or no cluster, OutputError when `out` cannot be
    written, EngineError when a model cannot be run.
    """
    began = datetime.now(UTC)
    found = listed(root, out, progress=progress)
    local = nullcontext() if is_address(out) else exclusive(Path(out))
    with local, connected(address):
        before = check_output(out)
        groups = partitions(found.units, files=config.cluster.files_per_partition)
        setup = _prepare(root, out, groups, config=config, state=state, engines=engines)
        with closing(Workplace(setup, state=state)) as place, _plain_errors():
            run = _Run(place, groups, progress=progress)
            run.steps()
            written = run.write(out)
            remember_names(place)
            if found.not_read:
                progress.remark(f"not read: {kinds(found.not_read)}")
            record = finish(out, written, before=before, run=run.record(written, found))
    took = round((datetime.now(UTC) - began).total_seconds(), 3)
    rejections = tuple(Rejection(**{**r, "origin": None}) for r in record["rejections"])
    return ClusterResult({**record, "seconds": took}, rejections)


class _Run:
    def __init__(
        self, place: Workplace, groups: Sequence[Partition], *, progress: Progress
    ) -> None:
        from ray import cloudpickle

        self._setup = setup = place.setup
        self._pickled: bytes = cloudpickle.dumps(setup)  # type: ignore[no-untyped-call]
        self._place = place
        self._names = [group.name for group in groups]
        self._progress = progress
        self._cluster = setup.config.cluster

    def steps(self) -> None:
        """Run the steps that are not done yet."""
        for step in self._place.steps:
            if step.barrier is not None:
                self._settle(step)
            elif step.stored:
                self._work(step)

    def write(self, out: str) -> list[Any]:
        """Write the shards of all partitions."""
        import ray

        self._progress.stage("write", total=len(self._names), unit="partitions")
        tasks = Tasks(ray.put(self._pickled), cpus=self._cluster.cpus_per_worker)
        total = len(self._names)
        found = [
            tasks.run(write_shards, tasks.setup, out, name, at, total, self._cluster.shards)
            for at, name in enumerate(self._names)
        ]
        written = []
        for one in found:
            written.append(ray.get(one))
            self._progress.advance()
        return written

    def record(self, written: Sequence[Any], found: Listed) -> dict[str, Any]:
        """Return what the manifest says of the run: nothing that differs when it is run again."""
        counts = merged(one.counts for one in written)
        return {
            "counts": {**counts, "not_read": len(found.not_read)},
            "not_read": list(found.not_read),
            "engines": dict(self._place.desk.engines),
            "profile": self._setup.config.profile,
            "versions": dict(versions()),
        }

    def _work(self, step: Step) -> None:
        """Take the partitions that are not done yet through a step, on a pool of actors."""
        from ray.data import ActorPoolStrategy, from_items

        storage, named = self._place.storage, "+".join(stage.name for stage in step.stages)
        missing = [n for n in self._names if not storage.has(self._place.rows_file(step, n))]
        self._progress.stage(named, total=len(missing), unit="partitions")
        if not missing:
            return
        windows = any(stage.kind == "window" for stage in step.stages)
        most = self._cluster.max_workers or max(1, len(missing))
        pool = ActorPoolStrategy(
            min_size=min(self._cluster.min_workers, most),
            max_size=min(most, len(missing)),
            max_tasks_in_flight_per_actor=1,
        )
        done = from_items(
            [{"partition": name} for name in missing], override_num_blocks=len(missing)
        ).map_batches(
            Worker,
            batch_size=1,
            compute=pool,
            fn_constructor_args=(self._pickled, step.number),
            num_cpus=self._cluster.cpus_per_worker,
            num_gpus=self._gpus() if windows else None,
        )
        for row in done.iter_rows():
            self._tell(decoded(row["report"], Report))

    def _gpus(self) -> float | None:
        wanted = self._setup.config.engine.device in ("auto", "cuda")
        asks = self._setup.config.profile != "server" and self._setup.engines is None
        return self._cluster.gpus_per_worker if wanted and asks and has_gpus() else None

    def _tell(self, report: Report) -> None:
        self._progress.advance()
        if report.died:
            self._progress.remark(f"a worker died with {_some(report.died)}; it is done again")
        for rejection in report.rejections:
            hint = f"; {rejection.hint}" if rejection.hint else ""
            self._progress.remark(f"not used: {rejection.name}: {rejection.reason}{hint}")

    def _settle(self, step: Step) -> None:
        """Let a barrier decide, where it has not yet."""
        import ray

        place, stage = self._place, step.barrier
        each = isinstance(stage, Dedup | SameText)
        files = [place.verdict_file(step.number, n) for n in (self._names if each else ("all",))]
        if stage is None or all(map(place.storage.has, files)):
            return
        self._progress.stage(stage.name, total=len(self._names), unit="partitions")
        tasks = Tasks(ray.put(self._pickled), cpus=self._cluster.cpus_per_worker)
        match stage:
            case Dedup() | SameText():
                waiting = compare_texts(tasks, step.number, self._names)
            case KnownNames():
                waiting = learn_names(tasks, step.number, self._names)
            case Spell():
                waiting = spell_names(tasks, step.number, self._names)
            case _:
                waiting = gather_lines(tasks, step.number, self._names)
        ray.get(waiting)
        self._progress.advance(len(self._names))


def _prepare(
    root: str,
    out: str,
    groups: Sequence[Partition],
    *,
    config: Config,
    state: State,
    engines: Engines | None,
) -> Setup:
    """Write what the processes of a run read; return their setup.

    A run of the same inputs and settings goes on with the time of the first one.
    """
    place = out if is_address(out) else str(Path(out).resolve())
    storage = Storage(f"{place}/{WORK}")
    memory, rows = _memory(state)
    settings = replace(config, cluster=ClusterOptions())  # how work is shared out changes nothing
    key = _digest(f"{_FORMAT} {__version__} {settings!r} {rows!r}")
    whole = _digest(f"{key} {[group.name for group in groups]}")
    started = f"runs/{whole}.json"
    if not storage.has(started):
        storage.write(started, encoded(datetime.now(UTC), datetime))
    storage.write("run", whole.encode())
    storage.write(MEMORY_FILE, memory)
    for group in groups:
        storage.write(f"partitions/{group.name}.json", encoded(group, Partition))
    return Setup(
        config=config,
        root=root if is_address(root) else str(Path(root).resolve()),
        work=storage.place,
        session=uuid.uuid4().hex,
        key=key,
        whole=whole,
        now=decoded(storage.read(started), datetime),
        engines=engines,
    )


def _memory(state: State) -> tuple[bytes, list[tuple[Any, ...]]]:
    """Return the memory as the file of a database, and what results depend on in it."""
    with tempfile.TemporaryDirectory(prefix="nightdesk-") as folder:
        copy = Path(folder) / MEMORY_FILE
        with (
            closing(
                sqlite3.connect(f"{state.memory.absolute().as_uri()}?mode=ro", uri=True)
            ) as ours,
            closing(sqlite3.connect(copy)) as theirs,
        ):
            ours.backup(theirs)
            names = theirs.execute("SELECT stem, language, target, form, origin FROM names")
            rules = theirs.execute("SELECT key FROM restored")
            rows = sorted(names.fetchall()) + sorted(rules.fetchall())
        return copy.read_bytes(), rows


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Raise the error of an engine, or of Nightdesk, that ended a task as itself."""
    from ray.exceptions import RayError

    try:
        yield
    except RayError as error:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, EngineError | NightdeskError):
                raise cause from error
            cause = getattr(cause, "cause", None) or cause.__cause__
        raise

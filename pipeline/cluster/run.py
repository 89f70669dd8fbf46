"""A run on a Ray cluster, from its inputs to the mark of success."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.errors import EngineError
from pipeline.cluster.codec import decoded
from pipeline.cluster.connection import connected, has_gpus
from pipeline.cluster.exchange import compare_texts
from pipeline.cluster.gather import gather_lines, learn_names, remember_names, spell_names
from pipeline.cluster.inputs import Listed, listed
from pipeline.cluster.partition import Partition, partitions
from pipeline.cluster.prepare import prepared
from pipeline.cluster.shards import check_output, finish, merged, write_shards
from pipeline.cluster.storage import is_address
from pipeline.cluster.tasks import Tasks
from pipeline.cluster.telling import tell
from pipeline.cluster.worker import Report, Worker
from pipeline.cluster.workplace import Engines, Step, Workplace
from pipeline.config import Config
from pipeline.digest.compose import edition_of
from pipeline.document import Rejection
from pipeline.errors import NightdeskError
from pipeline.output.lock import exclusive
from pipeline.output.report import kinds
from pipeline.progress import Progress
from pipeline.run_record import versions
from pipeline.stages.dedup import Dedup
from pipeline.stages.known_names import KnownNames
from pipeline.stages.same_text import SameText
from pipeline.stages.spell import Spell
from pipeline.state.folder import State


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
    3. Shards are written, then the digest of a run that is not too large, then the manifest, and
       the mark of success last.

    Raises UsageError when there is nothing to read or no cluster, OutputError when `out` cannot be
    written, EngineError when a model cannot be run.
    """
    began = datetime.now(UTC)
    found = listed(root, out, progress=progress)
    local = nullcontext() if is_address(out) else exclusive(Path(out))
    with local, connected(address):
        before = check_output(out)
        groups = partitions(found.units, files=config.cluster.files_per_partition)
        setup = prepared(root, out, groups, config=config, state=state, engines=engines)
        with closing(Workplace(setup, state=state)) as place, _plain_errors():
            run = _Run(place, groups, progress=progress)
            run.steps()
            written = run.write(out)
            remember_names(place)
            if found.not_read:
                progress.remark(f"not read: {kinds(found.not_read)}")
            told = run.tell(out, written, found)
            record = finish(out, written, told, before=before, run=run.record(written, found))
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

        tasks = Tasks(ray.put(self._pickled), cpus=self._cluster.cpus_per_worker)
        total = len(self._names)
        found = [
            tasks.run(write_shards, tasks.setup, out, name, at, total, self._cluster.shards)
            for at, name in enumerate(self._names)
        ]
        written: list[Any] = tasks.finish(found, name="write", progress=self._progress)
        return written

    def tell(self, out: str, written: Sequence[Any], found: Listed) -> Sequence[str]:
        """Write the digest, unless there are too many documents; return the paths of its files."""
        import ray

        count = sum(one.counts["documents"] for one in written)
        if count > (most := self._cluster.digest_up_to):
            self._progress.remark(f"no digest: {count} documents, cluster.digest_up_to is {most}")
            return ()
        tasks = Tasks(ray.put(self._pickled), cpus=self._cluster.cpus_per_worker)
        waiting = tell(
            tasks,
            self._names,
            out,
            edition=edition_of(self._setup.config, now=self._setup.now),
            not_read=found.not_read,
        )
        files, problem = tasks.finish(list(waiting), name="stories", progress=self._progress)
        if problem:
            self._progress.remark(f"texts of one event are not brought together: {problem}")
        return tuple(files)

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
        tasks.finish(waiting, name=stage.name, progress=self._progress)


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

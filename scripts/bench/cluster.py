"""Clean-up and copies on Ray beside one process: seconds, overhead, scaling, the driver's memory.

    PYTHONPATH=.:tests python scripts/bench/cluster.py --documents 100000 --workers 1 2

Short texts are made here, a fifth of them exact copies and a fifth near copies, in JSONL shards.
Each of the workers is a node of its own, a raylet with one core. The run in one process has as many
cores as there are workers (for reading it uses one); with --once it is run for the first number of
workers alone. CPU seconds are those of all processes of the run, Ray's own included, from the
moment when the cluster is up; on a machine that does other work they say more than wall seconds.
The longest way is, of each step, the CPU seconds of the node that had most to do and of all
processes that belong to no node: what the wall would say if every node had its core to itself.
Results go below --folder, which is emptied first.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import cluster_texts
from cluster_watch import Watch

from pipeline.build import build
from pipeline.cluster.codec import decoded
from pipeline.cluster.run import run_on_cluster
from pipeline.cluster.verdicts import Copied
from pipeline.config import ClusterOptions, Config, TranslateOptions
from pipeline.document import Document
from pipeline.inputs import inputs, read_files
from pipeline.progress import Silent
from pipeline.runner import Clock, through
from pipeline.state.folder import State

_SHARDS = 32  # of 50 documents or more
CONFIG = Config(translate=TranslateOptions(ladder_samples=0, ladder=False))


class Enough(Exception):
    """Raised by progress, to end a run behind the step that is measured."""


@dataclass
class Steps(Silent):
    """Seconds by step, wall and CPU, and what was remarked; `until` is the step not to be done."""

    watch: Watch
    until: str = ""
    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    way: float = 0.0
    remarks: list[str] = field(default_factory=list)
    _now: tuple[str, float, dict[int, float]] | None = None

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        self.end()
        if name == self.until:
            raise Enough
        self._now = (name, time.monotonic(), self.watch.nodes())

    def remark(self, message: str) -> None:
        self.remarks.append(message)

    def end(self) -> None:
        if self._now is not None:
            name, began, before = self._now
            used = {node: s - before.get(node, 0.0) for node, s in self.watch.nodes().items()}
            self.wall[name] = self.wall.get(name, 0.0) + time.monotonic() - began
            self.cpu[name] = self.cpu.get(name, 0.0) + sum(used.values())
            self.way += used.pop(0, 0.0) + max(used.values(), default=0.0)
            self._now = None


@contextmanager
def raylets(workers: int) -> Iterator[str]:
    """Start so many nodes with a core each, and connect to them."""
    # Workers are as nice as this process; by default everything else goes before them.
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    import ray
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 300_000_000}
    nodes = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    for _ in range(workers - 1):
        nodes.add_node(**node)
    ray.init(address=nodes.address, log_to_driver=False, logging_level="ERROR")
    ray.cloudpickle.register_pickle_by_value(cluster_texts)
    try:
        yield nodes.address
    finally:
        ray.shutdown()
        nodes.shutdown()


def write_shards(folder: Path, documents: int) -> int:
    """Write JSONL shards of made documents; return their bytes."""
    folder.mkdir(parents=True)
    size, each = 0, max(50, -(-documents // _SHARDS))
    for start in range(0, documents, each):
        numbers = range(start, min(documents, start + each))
        lines = [
            json.dumps({"text": cluster_texts.archived(at)}, ensure_ascii=False) for at in numbers
        ]
        data = "\n".join(lines).encode() + b"\n"
        (folder / f"shard{start // each:05d}.jsonl").write_bytes(data)
        size += len(data)
    return size


@dataclass(frozen=True)
class Alone:
    """What a run in one process took, and the copies that it found."""

    wall: float
    cpu: float
    seconds: dict[str, float]
    memory: int
    documents: int
    copies: set[str]


def alone(folder: Path, state: Path, cores: int) -> Alone:
    """Read, clean and find copies in this process, on so many cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])
    desk = build(CONFIG, state=State(state), progress=Silent(), engines=cluster_texts.engines())
    stages = [*desk.reading, *desk.cleaning]
    upto = next(at for at, stage in enumerate(stages) if stage.name == "dedup") + 1
    clock, began, cpu = Clock(), time.monotonic(), _own_cpu()
    files = inputs(folder, folder / "out", progress=Silent()).files
    items = read_files(folder, files, config=CONFIG, progress=Silent())
    documents = [d for d in through(items, stages[:upto], clock=clock) if isinstance(d, Document)]
    return Alone(
        time.monotonic() - began,
        _own_cpu() - cpu,
        {name: round(s, 1) for name, s in clock.seconds.items()},
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10,
        len(documents),
        {
            f"{d.name} {p.index} {p.removal.kept.document} {p.removal.kept.paragraph}"
            for d in documents
            for p in d.paragraphs
            if p.removal is not None and p.removal.kept is not None
        },
    )


def _own_cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def copies_in(work: Path) -> set[str]:
    """Return the copies that a run has found, as it keeps them."""
    verdicts = (decoded(path.read_bytes(), Copied) for path in work.glob("verdicts/2/*.json"))
    return {
        f"{name} {index} {removal.kept.document} {removal.kept.paragraph}"
        for copied in verdicts
        for name, removals in copied.removals.items()
        for index, removal in removals.items()
        if removal.kept is not None
    }


def on_ray(
    folder: Path, workers: int, *, documents: int, size: int, local: Alone
) -> tuple[float, float]:
    """Do the same on a cluster, and tell how it compares; return wall seconds and longest way."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-workers:])
    out = folder / f"out{workers}"
    with raylets(workers), Watch() as watch:
        time.sleep(1.5)
        steps, before = Steps(watch, until="site-chrome"), watch.memory[-1]
        began, cpu = time.monotonic(), watch.cpu()
        with suppress(Enough):
            run_on_cluster(
                str(folder / "in"),
                str(out),
                address=None,
                config=Config(
                    translate=CONFIG.translate, cluster=ClusterOptions(max_workers=workers)
                ),
                state=State(folder / f"s{workers}"),
                progress=steps,
                engines=cluster_texts.engines,
            )
        wall, cpu = time.monotonic() - began, watch.cpu() - cpu
    same = copies_in(out / ".work") == local.copies
    kept = sum(p.stat().st_size for p in (out / ".work").rglob("*") if p.is_file())
    print(f"{workers} workers: {wall:.1f} s wall, {cpu:.1f} s CPU"
          f" ({wall / local.wall:.2f} and {cpu / local.cpu:.2f} of one process);"
          f" {size / 1e6 / wall / workers:.2f} MB/s a core by the wall,"
          f" {size / 1e6 / cpu:.2f} by CPU; same copies: {same}")  # fmt: skip
    print(f"  driver {before / 1e6:.0f} MB before, at most {max(watch.memory) / 1e6:.0f};"
          f" kept {kept / documents:.0f} B a document")  # fmt: skip
    print("  " + ", ".join(f"{k} {v:.1f} ({steps.cpu[k]:.1f})" for k, v in steps.wall.items()),
          flush=True)  # fmt: skip
    print(f"  longest way {steps.way:.1f} s; CPU by process: {watch.kinds()}", flush=True)
    return wall, steps.way


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/nightdesk-cluster-bench"))
    parser.add_argument("--once", action="store_true", help="one run in one process, not several")
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    size = write_shards(asked.folder / "in", asked.documents)
    fresh = multiprocessing.get_context("spawn")
    took: list[tuple[float, float]] = []
    local: Alone | None = None
    for workers in asked.workers:
        # In processes of their own, so that neither's memory is the other's.
        if local is None or not asked.once:
            with ProcessPoolExecutor(1, mp_context=fresh) as one:
                local = one.submit(
                    alone, asked.folder / "in", asked.folder / f"a{workers}", workers
                ).result()
            print(f"one process on {workers} cores: {local.documents} documents, {size / 1e6:.2f}"
                  f" MB, {local.wall:.1f} s wall, {local.cpu:.1f} s CPU, {local.memory / 1e6:.0f}"
                  f" MB, {len(local.copies)} copies; {local.seconds}", flush=True)  # fmt: skip
        with ProcessPoolExecutor(1, mp_context=fresh) as one:
            took.append(one.submit(
                on_ray, asked.folder, workers, documents=asked.documents, size=size, local=local
            ).result())  # fmt: skip
    if len(took) > 1:
        wall, way = (first / last for first, last in zip(took[0], took[-1], strict=True))
        print(f"{asked.workers[-1]} workers are {wall:.2f} times as fast as {asked.workers[0]} by"
              f" the wall, {way:.2f} by the longest way")  # fmt: skip


if __name__ == "__main__":
    main()

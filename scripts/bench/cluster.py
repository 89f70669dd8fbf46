"""Runs on Ray beside a run in one process: seconds by step, memory of the driver, scaling, faults.

    PYTHONPATH=.:tests python scripts/bench/cluster.py --documents 2000 --workers 1 2 --kill

Texts are made here, a fifth of them copies and a fifth near copies; engines answer by rule, so that
the figures are those of reading, cleaning, copies, names and of Ray itself. Results go below
--folder, which is emptied first. Run it on an idle machine: `overhead` is a ratio of two runs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import threading
import time
from pathlib import Path

import cluster_texts

from pipeline.batch import inputs, read_files
from pipeline.build import build
from pipeline.cluster.run import run_on_cluster
from pipeline.config import ClusterOptions, Config, TranslateOptions
from pipeline.document import Document
from pipeline.progress import Silent
from pipeline.runner import Clock, through
from pipeline.state.folder import State

_SHARDS = 32  # files, of 50 documents or more


class Steps(Silent):
    """Seconds by step, and what was remarked."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.remarks: list[str] = []
        self._now: tuple[str, float] | None = None

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        self.end()
        self._now = (name, time.monotonic())

    def remark(self, message: str) -> None:
        self.remarks.append(message)

    def end(self) -> None:
        if self._now is not None:
            name, began = self._now
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began


def write_shards(folder: Path, documents: int) -> int:
    """Write JSONL shards of made documents; return their bytes."""
    folder.mkdir(parents=True)
    size, each = 0, max(50, -(-documents // _SHARDS))
    for start in range(0, documents, each):
        numbers = range(start, min(documents, start + each))
        lines = [json.dumps({"text": cluster_texts.archived(at)}) for at in numbers]
        data = "\n".join(lines).encode() + b"\n"
        (folder / f"shard{start // each:05d}.jsonl").write_bytes(data)
        size += len(data)
    return size


def local_seconds(folder: Path, state: Path, config: Config) -> tuple[float, int, set[str]]:
    """Return the seconds of reading and cleaning in one process, and the copies that it finds."""
    desk = build(config, state=State(state), progress=Silent(), engines=cluster_texts.engines())
    began = time.monotonic()
    files = inputs(folder, folder / "out", progress=Silent()).files
    items = read_files(folder, files, config=config, progress=Silent())
    found = list(through(items, (*desk.reading, *desk.cleaning), clock=Clock()))
    seconds = time.monotonic() - began
    documents = [item for item in found if isinstance(item, Document)]
    copies = {
        f"{d.name} {p.index} {p.removal.kept.document} {p.removal.kept.paragraph}"
        for d in documents
        for p in d.paragraphs
        if p.removal is not None and p.removal.kept is not None
    }
    return seconds, len(documents), copies


def copies_in(out: Path) -> set[str]:
    """Return the copies in the shards of a run."""
    return {
        f"{r['name']} {p['index']} {p['removal']['kept']['document']}"
        f" {p['removal']['kept']['paragraph']}"
        for shard in (out / "documents").glob("*.jsonl")
        for r in map(json.loads, shard.read_text(encoding="utf-8").splitlines())
        for p in r["paragraphs"]
        if p["removal"] and p["removal"]["kept"]
    }


def kill_workers(times: int, every_s: float, stop: threading.Event) -> None:
    """End one of the actors now and then, as the kernel does when memory is short."""
    chance = random.Random(24)
    while times and not stop.wait(every_s):
        found = cluster_texts.our_workers()
        if found:
            os.kill(chance.choice(found), signal.SIGKILL)
            times -= 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/nightdesk-cluster-bench"))
    parser.add_argument("--kill", action="store_true", help="end two workers in each run")
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    size = write_shards(asked.folder / "in", asked.documents)
    config = Config(translate=TranslateOptions(ladder_samples=0, ladder=False))
    seconds, count, copies = local_seconds(asked.folder / "in", asked.folder / "s0", config)
    print(f"local: {count} documents, {size / 1e6:.2f} MB, {seconds:.1f} s to clean, "
          f"{len(copies)} copies")  # fmt: skip
    import ray

    for workers in asked.workers:
        ray.init(address="local", num_cpus=workers, include_dashboard=False, log_to_driver=False,
                 logging_level="ERROR", object_store_memory=300_000_000)  # fmt: skip
        ray.cloudpickle.register_pickle_by_value(cluster_texts)
        steps, out = Steps(), asked.folder / f"out{workers}"
        options = ClusterOptions(max_workers=workers)
        stop = threading.Event()
        if asked.kill:
            threading.Thread(target=kill_workers, args=(2, 5.0, stop), daemon=True).start()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        run_on_cluster(
            str(asked.folder / "in"),
            str(out),
            address=None,
            config=Config(translate=config.translate, cluster=options),
            state=State(asked.folder / f"s{workers}"),
            progress=steps,
            engines=cluster_texts.engines,
        )
        stop.set()
        steps.end()
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        cleaning = sum(steps.seconds.get(name, 0.0) for name in
                       ("detect+clean", "release", "dedup", "site-chrome"))  # fmt: skip
        work = sum(p.stat().st_size for p in (out / ".work").rglob("*") if p.is_file())
        print(f"{workers} workers: {cleaning:.1f} s to clean, {cleaning / seconds:.2f} of local;"
              f" driver grew by {grown:.0f} MB; work {work / asked.documents / 1e3:.1f} kB a"
              f" document; copies equal: {copies_in(out) == copies}")  # fmt: skip
        print("  " + ", ".join(f"{k} {v:.1f} s" for k, v in steps.seconds.items()))
        print(f"  {sum('died' in r for r in steps.remarks)} deaths told")
        ray.shutdown()


if __name__ == "__main__":
    main()

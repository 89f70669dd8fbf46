"""Faults on a Ray cluster: what a run loses by them, and what it does twice.

    PYTHONPATH=.:tests python scripts/bench/cluster_faults.py --documents 2000

1. Documents of a made archive, a file each, are run in one process: what must come out.
2. Three poisoned ones are put among them: the engine raises at one, has no memory for another (of
   a limit set for it), and is ended by the third.
3. They are run on two raylets. A worker is killed when a tenth of the partitions is translated,
   another at three tenths; the driver at six tenths, and the same run is started again.
4. Records are compared byte by byte, and the texts that engines were asked for twice are counted.

With --poison nothing is killed but by a text: short texts in JSONL shards, one poisoned of each
kind among them, are run on two raylets, without a digest; every other text must have its record.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import cluster_texts
from cluster import CONFIG, raylets
from cluster_watch import Watch

from pipeline.cluster.run import run_on_cluster
from pipeline.config import ClusterOptions, Config
from pipeline.digest.compose import edition_of
from pipeline.progress import Silent
from pipeline.state.folder import State

_POISONED = {
    "raises.txt": cluster_texts.FAULTY,
    "takes-memory.txt": cluster_texts.GREEDY,
    "ends-the-process.txt": cluster_texts.POISON,
}
_OF_SHARD = 250  # texts
_SPARE_BYTES = 2_000_000_000  # of memory that a worker may take for its engine


def locally(folder: Path, out: Path, state: Path) -> dict[str, str]:
    """Return the records of a run in this process, by name, each on a line."""
    edition = edition_of(CONFIG, now=datetime.now(UTC))
    found = cluster_texts.run_here(folder, out, state, config=CONFIG, edition=edition)
    records = map(json.loads, found)
    return {record["name"]: json.dumps(record, ensure_ascii=False) for record in records}


def sharded(out: Path) -> list[tuple[str, str]]:
    """Return the names and the lines of all records in the shards of a run."""
    shards = sorted((out / "documents").glob("*.jsonl"))
    lines = [line for p in shards for line in p.read_text("utf-8").splitlines()]
    return [(json.loads(line)["name"], line) for line in lines]


def drive(address: str, folder: Path, files: int) -> None:
    """Do the run, as a driver of its own."""
    import ray

    ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    ray.cloudpickle.register_pickle_by_value(cluster_texts)
    run_it(folder, ClusterOptions(max_workers=2, files_per_partition=files))


def run_it(folder: Path, options: ClusterOptions) -> None:
    run_on_cluster(
        str(folder / "in"),
        str(folder / "out"),
        address=None,
        config=Config(translate=CONFIG.translate, cluster=options),
        state=State(folder / "state"),
        progress=Silent(),
        engines=cluster_texts.counted_engines,
    )


def kill_on_the_way(driver: subprocess.Popen[bytes], work: Path, total: int) -> None:
    """Kill two workers and then the driver as the partitions are translated."""

    def translated() -> int:
        steps = sorted(p for p in work.glob("rows/*") if p.name != "0")
        return len(list(steps[0].glob("*.parquet"))) if steps else 0

    def wait(there: Callable[[], object]) -> None:
        while not there() and driver.poll() is None:
            time.sleep(0.05)

    for share in (0.1, 0.3):
        wait(lambda least=share * total: translated() >= least)  # type: ignore[misc]
        wait(cluster_texts.our_workers)
        if driver.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
                os.kill(cluster_texts.our_workers()[0], signal.SIGKILL)
            print(f"  worker killed at {translated()} of {total} partitions", flush=True)
    wait(lambda: translated() >= 0.6 * total)
    driver.send_signal(signal.SIGKILL)
    driver.wait()
    print(f"  driver killed at {translated()} of {total} partitions", flush=True)


def poison(folder: Path, documents: int) -> None:
    """Run short texts, one poisoned of each kind among them, and tell which are missing."""
    texts = [f"{' '.join(cluster_texts.archived(at).split()[:9])} {at}." for at in range(documents)]
    where = [documents // 7, documents // 2, documents - documents // 5]
    for at, word in zip(where, _POISONED.values(), strict=True):
        texts[at] = f"Этот {word} документ стоит здесь один, и такого слова больше нет."
    (folder / "in").mkdir(parents=True)
    for start in range(0, documents, _OF_SHARD):
        lines = [json.dumps({"text": t}, ensure_ascii=False) for t in texts[start:][:_OF_SHARD]]
        name = f"shard{start // _OF_SHARD:04}.jsonl"
        (folder / "in" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.environ |= {"CLUSTER_CALLS": str(folder / "calls"), "CLUSTER_MEMORY": str(_SPARE_BYTES)}
    options = ClusterOptions(max_workers=2, files_per_partition=2, digest_up_to=0)
    with raylets(2), Watch() as watch:
        began, cpu = time.monotonic(), watch.cpu()
        run_it(folder, options)
        took, cpu = time.monotonic() - began, watch.cpu() - cpu
    names = [name for name, _ in sharded(folder / "out")]
    wanted = {
        f"shard{at // _OF_SHARD:04}.jsonl#{at % _OF_SHARD + 1}"
        for at in range(documents)
        if at not in where
    }
    print(
        f"{documents} texts: {len(names)} records, lost {len(wanted - set(names))}, not expected"
        f" {len(set(names) - wanted)}, repeated {len(names) - len(set(names))};"
        f" {took:.0f} s wall, {cpu:.0f} s CPU"
    )
    record = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    for rejection in record["rejections"]:
        print(f"  {rejection['name']}: {rejection['stage']}: {rejection['reason']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--files", type=int, default=32, help="of a partition")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/nightdesk-cluster-faults"))
    parser.add_argument("--poison", action="store_true", help="nothing but poisoned texts")
    parser.add_argument("--drive", metavar="ADDRESS", help="used by this program itself")
    asked = parser.parse_args()
    folder = asked.folder
    if asked.drive:
        drive(asked.drive, folder, asked.files)
        return
    shutil.rmtree(folder, ignore_errors=True)
    if asked.poison:
        poison(folder, asked.documents)
        return
    for at in range(asked.documents):
        path = folder / "in" / f"site{at % 10}" / f"news{at:06d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(cluster_texts.archived(at) + "\n", encoding="utf-8")
    began = time.monotonic()
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as one:
        expected = one.submit(locally, folder / "in", folder / "alone", folder / "state0").result()
    print(f"one process: {len(expected)} records in {time.monotonic() - began:.0f} s", flush=True)
    for name, word in _POISONED.items():
        text = f"Этот {word} документ стоит здесь один, и ни одно его слово нигде не стоит.\n"
        (folder / "in" / name).write_text(text, encoding="utf-8")
    calls = folder / "calls"
    os.environ |= {"CLUSTER_CALLS": str(calls), "CLUSTER_MEMORY": str(_SPARE_BYTES)}
    with raylets(2) as address, Watch() as watch:
        began, cpu = time.monotonic(), watch.cpu()
        command = [sys.executable, __file__, "--drive", address, "--folder", str(folder),
                   "--files", str(asked.files)]  # fmt: skip
        driver = subprocess.Popen(command)
        partitions = folder / "out" / ".work" / "partitions"
        while driver.poll() is None and not list(partitions.glob("*.json")):
            time.sleep(0.1)
        time.sleep(2)
        kill_on_the_way(driver, folder / "out" / ".work", len(list(partitions.glob("*.json"))))
        code = subprocess.run(command, check=False).returncode
        took, cpu = time.monotonic() - began, watch.cpu() - cpu
    record = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    found = sharded(folder / "out")
    asked_for = Counter(calls.read_text(encoding="ascii").split())
    again = sum(asked_for.values()) - len(asked_for)
    names = [name for name, _ in found]
    print(
        f"two raylets: exit {code}, {took:.0f} s wall, {cpu:.0f} s CPU;"
        f" lost {len(expected.keys() - set(names))}, repeated {len(names) - len(set(names))},"
        f" other bytes {sum(expected.get(name) != line for name, line in found)};"
        f" done again {again} of {len(asked_for)} texts"
    )
    for rejection in record["rejections"]:
        print(f"  {rejection['name']}: {rejection['stage']}: {rejection['reason']}")


if __name__ == "__main__":
    main()

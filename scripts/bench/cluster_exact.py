"""Embedded weights on two raylets beside one process: how many records differ.

    PYTHONPATH=.:tests python scripts/bench/cluster_exact.py

Short texts, sentences of seeds/, are translated, summarised and checked in one process, whose
windows hold all of them, and on two nodes with a core each, in partitions of about three. With
`engine.deterministic` every record has the same bytes; without, some have another word. CPU
seconds are those of all processes, the loading of the weights in each of them included.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cluster_texts
from cluster import raylets
from cluster_watch import Watch

from pipeline.cluster.run import run_on_cluster
from pipeline.config import ClusterOptions, Config, Engine
from pipeline.digest.compose import edition_of
from pipeline.document import Document, Kind
from pipeline.inputs import inputs, read_files
from pipeline.progress import Silent
from pipeline.state.folder import State

_CHARS = range(60, 160)  # of a text
_SEEDS = Path(__file__).parents[2] / "seeds"
BASE = Config(cluster=ClusterOptions(max_workers=2, files_per_partition=3))


def config_of(*, deterministic: bool) -> Config:
    return replace(BASE, engine=Engine(deterministic=deterministic))


def write_texts(folder: Path, count: int) -> int:
    """Write sentences of the seeds, each once, a file each; return how many there are."""
    silent = Silent()
    files = inputs(_SEEDS, folder / "out", progress=silent).files
    items = read_files(_SEEDS, files, config=BASE, progress=silent)
    found = dict.fromkeys(
        f"{piece.strip().rstrip('.')}."
        for d in items
        if isinstance(d, Document)
        for p in d.paragraphs
        for piece in p.text.split(". ")
        if len(piece) in _CHARS and p.kind is Kind.TEXT
    )
    chosen = list(found)[:: max(1, len(found) // count)][:count]
    folder.mkdir(parents=True)
    for at, text in enumerate(chosen):
        (folder / f"text{at:02}.txt").write_text(f"{text}\n", encoding="utf-8")
    return len(chosen)


def locally(
    folder: Path, out: Path, state: Path, deterministic: bool
) -> tuple[dict[str, str], float]:
    """Return the records of a run in this process, by name, and its CPU seconds."""
    config = config_of(deterministic=deterministic)
    began = time.process_time()
    if (out / "run.json").is_file():
        found = [p.read_text(encoding="utf-8") for p in (out / "documents").rglob("*.json")]
    else:
        edition = edition_of(config, now=datetime.now(UTC))
        found = cluster_texts.run_here(
            folder, out, state, config=config, edition=edition, scripted=False
        )
    records = map(json.loads, found)
    by_name = {record["name"]: json.dumps(record, ensure_ascii=False) for record in records}
    return by_name, time.process_time() - began


def on_cluster(
    folder: Path, out: Path, state: Path, deterministic: bool
) -> tuple[dict[str, str], float]:
    """Return the same of a run on two nodes."""
    with raylets(2), Watch() as watch:
        cpu = watch.cpu()
        run_on_cluster(
            str(folder), str(out), address=None, config=config_of(deterministic=deterministic),
            state=State(state), progress=Silent(),
        )  # fmt: skip
        cpu = watch.cpu() - cpu
    lines = [
        line
        for path in sorted((out / "documents").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return {json.loads(line)["name"]: line for line in lines}, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/nightdesk-cluster-exact"))
    parser.add_argument("--only", choices=("exact", "usual"))
    parser.add_argument("--go-on", action="store_true", help="with runs that were interrupted")
    asked = parser.parse_args()
    if not asked.go_on:
        shutil.rmtree(asked.folder, ignore_errors=True)
        write_texts(asked.folder / "in", asked.documents)
    count = len(list((asked.folder / "in").iterdir()))
    fresh = multiprocessing.get_context("spawn")
    for name in ("exact", "usual"):
        if asked.only not in (None, name):
            continue
        found = []
        for run in (locally, on_cluster):
            began = time.monotonic()
            where = asked.folder / f"{name}-{run.__name__}"
            with ProcessPoolExecutor(1, mp_context=fresh) as one:
                records, cpu = one.submit(
                    run, asked.folder / "in", where, asked.folder / f"state-{where.name}",
                    name == "exact",
                ).result()  # fmt: skip
            found.append(records)
            took = f"{time.monotonic() - began:.0f} s wall, {cpu:.0f} s CPU"
            print(f"{name}, {run.__name__}: {len(records)} records, {took}", flush=True)
        here, there = found
        differ = sorted(
            one for one in here.keys() | there.keys() if here.get(one) != there.get(one)
        )
        print(f"{name}: {len(differ)} of {count} records differ {differ}", flush=True)


if __name__ == "__main__":
    main()

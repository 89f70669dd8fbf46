"""Runs on a real Ray cluster of two nodes: the same results, and faults that lose nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cluster_texts as texts
import pytest

from pipeline.cluster.run import run_on_cluster
from pipeline.config import ClusterOptions, Config, TranslateOptions
from pipeline.digest.compose import edition_of
from pipeline.progress import Silent
from pipeline.state.folder import State

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # Ray's own
]
HERE = Path(__file__).parent
CONFIG = Config(
    translate=TranslateOptions(ladder_samples=0),
    cluster=ClusterOptions(files_per_partition=12, max_workers=2),
)


class Heard(Silent):
    """Progress that keeps the remarks, and how much of each stage was done at a time."""

    def __init__(self) -> None:
        self.remarks: list[str] = []
        self.stages: list[tuple[str, int | None]] = []
        self.steps: list[list[int]] = []

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        self.stages.append((name, total))
        self.steps.append([])

    def advance(self, count: int = 1) -> None:
        self.steps[-1].append(count)

    def remark(self, message: str) -> None:
        self.remarks.append(message)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Start two nodes with a core each, and connect to them."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    from ray.cluster_utils import Cluster

    ray.cloudpickle.register_pickle_by_value(texts)
    node = {"num_cpus": 1, "object_store_memory": 100_000_000}
    nodes = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    nodes.add_node(**node)
    ray.init(address=nodes.address, log_to_driver=False, logging_level="ERROR")
    yield nodes.address
    ray.shutdown()
    nodes.shutdown()


def locally(folder: Path, out: Path, state: Path) -> dict[str, str]:
    """Return the records of a run in this process, by name, as they stand in their files."""
    edition = edition_of(CONFIG, now=datetime.now(UTC))
    found = texts.run_here(folder, out, state, config=CONFIG, edition=edition)
    return {json.loads(text)["name"]: text for text in found}


def sharded(out: Path) -> dict[str, str]:
    """Return the records in the shards that the manifest of a run lists, as files have them."""
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (out / "_SUCCESS").is_file()
    rows = [
        json.loads(line)
        for shard in manifest["shards"]
        if shard["name"].startswith("documents/")
        for line in (out / shard["name"]).read_text(encoding="utf-8").splitlines()
    ]
    assert len({row["name"] for row in rows}) == len(rows)
    return {row["name"]: json.dumps(row, ensure_ascii=False, indent=2) + "\n" for row in rows}


def on_cluster(folder: Path, out: Path, state: Path, **options: Any) -> tuple[Any, Heard]:
    heard = Heard()
    found = run_on_cluster(
        str(folder), str(out), address=None, config=CONFIG, state=State(state), progress=heard,
        **{"engines": texts.engines, **options},
    )  # fmt: skip
    return found, heard


def test_two_nodes_write_what_one_process_writes_and_name_the_documents_that_fail(
    cluster: str, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    texts.write_news(folder, 40)
    expected = locally(folder, tmp_path / "local", tmp_path / "state1")
    (folder / "site9").mkdir()
    for name, word in (("kills.txt", texts.POISON), ("raises.txt", texts.FAULTY)):
        (folder / "site9" / name).write_text(
            f"Этот {word} документ стоит здесь один, и ни одно его слово больше нигде не стоит.\n",
            encoding="utf-8",
        )
    found, heard = on_cluster(folder, tmp_path / "out", tmp_path / "state2")
    assert sharded(tmp_path / "out") == expected
    reasons = {r.name: r.reason for r in found.rejections}
    assert set(reasons) == {
        "broken.docx", "feed.jsonl#1", "feed.jsonl#3", "site9/kills.txt", "site9/raises.txt",
    }  # fmt: skip
    assert "died" in reasons["site9/kills.txt"]
    assert "the engine stumbles" in reasons["site9/raises.txt"]
    assert all(any(name in remark for remark in heard.remarks) for name in reasons)
    assert [sum(done) for done in heard.steps] == [total for _, total in heard.stages]
    assert (dict(heard.stages)["dedup"] or 0) > 10  # a barrier is no silence
    digest, alone = (
        json.loads((tmp_path / out / "digest.json").read_text(encoding="utf-8"))
        for out in ("out", "local")
    )
    assert digest["stories"] == alone["stories"]
    assert digest["account"]["translated"] == alone["account"]["translated"]
    assert {r["name"] for r in digest["account"]["rejections"]} == set(reasons)
    for page in (tmp_path / "local").rglob("*.html"):
        assert (tmp_path / "out" / page.relative_to(tmp_path / "local")).is_file()
    # Started again, the run finds everything done: no engine is asked.
    again, _ = on_cluster(
        folder, tmp_path / "out", tmp_path / "state3", engines=texts.refusing_engines
    )
    assert again.record["shards"] == found.record["shards"]


_DRIVER = """
import sys
import cluster_texts, ray, test_cluster
from pathlib import Path
ray.init(address=sys.argv[1], log_to_driver=False, logging_level="ERROR")
ray.cloudpickle.register_pickle_by_value(cluster_texts)
test_cluster.on_cluster(*map(Path, sys.argv[2:5]), engines=cluster_texts.slow_engines)
"""


def test_a_killed_worker_and_a_killed_driver_cost_only_what_was_in_flight(
    cluster: str, tmp_path: Path
) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    texts.write_news(folder, 32)
    expected = locally(folder, tmp_path / "local", tmp_path / "state1")
    driver = subprocess.Popen(
        [sys.executable, "-c", _DRIVER, cluster, str(folder), str(out), str(tmp_path / "state2")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])},
    )
    try:
        rows, hands = out / ".work" / "rows" / "5", out / ".work" / "hands" / "5"
        _wait(lambda: any(hands.glob("*.json")), driver)
        # The pool has grown; one of its processes ends as the kernel ends one when memory is short.
        _wait(lambda: len(texts.our_workers()) > 1, driver)
        os.kill(texts.our_workers()[0], signal.SIGKILL)
        _wait(lambda: any(rows.glob("*.parquet")), driver)
    finally:
        driver.send_signal(signal.SIGKILL)
        driver.wait()
    before = {path: path.stat().st_mtime_ns for path in rows.parent.rglob("*.parquet")}
    assert not (out / "_SUCCESS").exists()
    on_cluster(folder, out, tmp_path / "state2")
    after = {path: path.stat().st_mtime_ns for path in rows.parent.rglob("*.parquet")}
    assert before.items() <= after.items()
    assert sharded(out) == expected


def _wait(there: Any, driver: subprocess.Popen[bytes]) -> None:
    """Wait until a condition holds; fail where the driver has ended before."""
    while not there():
        assert driver.poll() is None
        time.sleep(0.05)

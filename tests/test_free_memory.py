"""What is free: the machine's own figure, or less where a control group bounds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from models.runtime.free_memory import free_bytes, free_on_cpu

MIB = 1 << 20
MEMINFO = "MemTotal:  9000 kB\nMemFree: 10 kB\nMemAvailable:   8192 kB\nHugePages_Total: 0\n"


def machine(
    folder: Path, own: str = "0::/desk\n", groups: dict[str, dict[str, str]] | None = None
) -> int | None:
    """Return what is free on a machine with such files."""
    (folder / "meminfo").write_text(MEMINFO, encoding="ascii")
    (folder / "own").write_text(own, encoding="ascii")
    for group, files in (groups or {}).items():
        (folder / "fs" / group).mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / "fs" / group / name).write_text(content, encoding="ascii")
    return free_on_cpu(meminfo=folder / "meminfo", own=folder / "own", mount=folder / "fs")


def v2(limit: str, used: int, files: int) -> dict[str, str]:
    stat = f"anon 5\ninactive_file {files}\nactive_file 0\nshmem 77\n"
    return {"memory.max": f"{limit}\n", "memory.current": f"{used}\n", "memory.stat": stat}


def test_without_groups_it_is_what_the_system_says(tmp_path: Path) -> None:
    assert machine(tmp_path) == 8 * MIB
    assert free_on_cpu(meminfo=tmp_path / "none", own=tmp_path / "none") is None


def test_a_group_leaves_its_bound_less_what_cannot_be_dropped(tmp_path: Path) -> None:
    assert machine(tmp_path, groups={"desk": v2(str(5 * MIB), 4 * MIB, MIB)}) == 2 * MIB
    assert machine(tmp_path, groups={"desk": v2(str(5 * MIB), 7 * MIB, MIB)}) == 0
    assert machine(tmp_path, groups={"desk": v2("max", 4 * MIB, 0)}) == 8 * MIB


def test_every_group_above_bounds_as_well(tmp_path: Path) -> None:
    found = machine(
        tmp_path, "0::/a/b\n", {"a/b": v2(str(6 * MIB), 0, 0), "a": v2(str(3 * MIB), MIB, 0)}
    )
    assert found == 2 * MIB


def test_the_first_version_has_other_names(tmp_path: Path) -> None:
    stat = f"cache 9\ninactive_file 1\ntotal_inactive_file {MIB}\ntotal_active_file {MIB}\n"
    files = {
        "memory.limit_in_bytes": str(4 * MIB),
        "memory.usage_in_bytes": str(3 * MIB),
        "memory.stat": stat,
    }
    own = "3:cpu,cpuacct:/x\n4:memory:/desk\n"
    assert machine(tmp_path, own, {"memory/desk": files, "cpu/x": files}) == 3 * MIB
    unbound = {"memory/desk": files | {"memory.limit_in_bytes": "9223372036854771712"}}
    assert machine(tmp_path, own, unbound) == 8 * MIB


def test_this_machine_tells() -> None:
    found = free_bytes(torch.device("cpu"))
    assert found is None or found > MIB
    assert sys.platform != "linux" or found is not None


_BOUNDED = """
import gc, resource, sys
from pathlib import Path
sys.path.insert(0, "tests")
import torch
from test_by_rows import model_apart
from models.decoding import loop
from models.decoding.batch import Prompt
from models.runtime.mapped import release_freed
from models.decoding.{room} import {decoder}
torch.set_num_threads(2)
model = model_apart("qwen2", Path(sys.argv[1]))
numbers = torch.Generator().manual_seed(3)
def prompt(length):
    ids = torch.randint(8, 97, (length,), generator=numbers).tolist()
    return Prompt(ids, max_new_tokens=30, stop_ids=frozenset({{2}}))
asked = [prompt(1500) for _ in range(40)]
decoder = {decoder}(
    model, pad_id=0, max_batch_tokens=10**6, max_batch_size=64, **{options}
)
expected = dict(decoder.run(asked))
taken = []
take = loop.take
def noted(waiting, *, beside, capacity):
    taken.append(capacity.max_texts)
    return take(waiting, beside=beside, capacity=capacity)
loop.take = noted
def room(size):
    now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + size, resource.RLIM_INFINITY))
gc.collect()
release_freed()
room(int(sys.argv[2]))
try:
    found = dict(decoder.run(asked))
except Exception as error:
    room(1 << 33)
    print(type(error).__name__, error)
else:
    room(1 << 33)
    print(found == expected, min(taken) < max(taken), len(found))
"""


def bounded(folder: Path, room: int, *, decoder: str) -> str:
    """Return what a decoder says that has so many bytes to decode 40 texts in."""
    module, options = ("beam", "{'num_beams': 2}") if decoder == "BeamDecoder" else ("greedy", "{}")
    program = _BOUNDED.format(room=module, decoder=decoder, options=options)
    run = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(room)],
        capture_output=True, text=True, check=False, timeout=250,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="address space is bounded under Linux")
@pytest.mark.parametrize("decoder", ["Decoder", "BeamDecoder"])
def test_texts_begin_again_fewer_at_a_time_where_memory_runs_out(
    decoder: str, tmp_path: Path
) -> None:
    """Forty texts of 1,500 tokens take some 12 MB of keys and values; there is less."""
    assert bounded(tmp_path, 4_000_000, decoder=decoder) == "True True 40"


@pytest.mark.skipif(sys.platform != "linux", reason="address space is bounded under Linux")
def test_a_text_that_is_too_large_alone_is_told(tmp_path: Path) -> None:
    said = bounded(tmp_path, 20_000, decoder="Decoder")
    assert said.startswith("EngineError out of memory, even with one text alone"), said

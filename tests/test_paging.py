"""What was read from a file leaves memory when asked, and nothing else does."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from models.runtime.mapped import release_freed, release_pages

MEGABYTES = 64
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what it maps")


def resident_of_files() -> float:
    """Return the megabytes of mapped files that this process holds in memory."""
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith("RssFile")
    )
    return int(line.split()[1]) / 1024


def test_pages_of_a_file_go_and_come_back(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    values = torch.arange(MEGABYTES * 2**20 // 4, dtype=torch.int32)
    save_file({"a": torch.ones(7), "b": values}, path)
    with safe_open(path, framework="pt") as file:
        mapped = file.get_tensor("b")
    assert torch.equal(mapped, values)
    before = resident_of_files()
    release_pages([mapped])
    assert before - resident_of_files() > 0.9 * MEGABYTES
    assert torch.equal(mapped, values)


def test_other_memory_stays() -> None:
    ours = torch.ones(MEGABYTES * 2**20)
    release_pages([ours])
    release_pages([ours[:0]])
    assert ours.sum() == MEGABYTES * 2**20


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_memory_that_was_freed_amid_the_heap_is_given_back() -> None:
    def resident_mb() -> int:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("RssAnon"))

    blocks = [torch.ones(4_000) for _ in range(6_000)]  # 96 MB, too small to be mapped
    del blocks[::2], blocks[:-1]
    before = resident_mb()
    release_freed()
    assert before - resident_mb() > 48
    assert blocks[0].sum() == 4_000

"""Large blocks that are freed go back to the system, whatever lies behind them."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

BLOCK_MB = 24  # as in the program
PROGRAM = """
import torch
from models.runtime.allocator import give_back_large_blocks
{first}
def block():
    return torch.ones(24 << 18)
def resident_mb():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) >> 10 for line in file if line.startswith("RssAnon"))
for _ in range(3):  # a freed block raises the size from which on glibc maps them
    block()
before = resident_mb()
blocks = [(block(), torch.ones(1 << 10)) for _ in range(4)]
small = [behind for _, behind in blocks]
del blocks
print(resident_mb() - before)
"""


def kept_mb(first: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{first}", first)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_freed_blocks_go_back_to_the_system() -> None:
    assert kept_mb("") > 2 * BLOCK_MB  # without it they stay, which is the fault that it mends
    assert kept_mb("assert give_back_large_blocks()") < BLOCK_MB / 2

"""Nights that are killed, doubled and starved end as undisturbed ones: the bench, in short."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("way", ["kill", "twice", "full"])
def test_a_night_under_fire_is_published_once_and_whole(repository: Path, way: str) -> None:
    if way == "full" and os.geteuid() != 0:
        pytest.skip("a small disk takes root to mount")
    done = subprocess.run(
        [sys.executable, repository / "scripts" / "bench" / "nights.py", way, "--rounds", "6"],
        capture_output=True, text=True, check=False, cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )  # fmt: skip
    if "mount" in done.stderr and "permission" in done.stderr.lower():
        pytest.skip("this machine lets nobody mount")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "failed: 0" in done.stdout

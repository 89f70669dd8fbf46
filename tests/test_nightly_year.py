"""Nights around clock changes in four zones: the bench of a whole year, in short."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_around_clock_changes_each_date_with_a_window_has_one_digest(
    repository: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, repository / "scripts" / "bench" / "year.py", "--changes"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stdout.endswith("failed: 0\n")
    for zone in ("Europe/Kyiv", "Europe/Paris", "Asia/Kathmandu", "America/St_Johns"):
        assert f"\n{zone} " in f"\n{done.stdout}"

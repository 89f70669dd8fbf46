"""Threads of the networks: their number, and how they wait."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.runtime.threads import cpu_quota, prepare_threads

VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OMP_WAIT_POLICY", "GOMP_SPINCOUNT")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:  # set first, so that what a test sets is undone
        monkeypatch.setenv(variable, "1")
        monkeypatch.delenv(variable)


def group(mount: Path, path: str, **files: str) -> None:
    folder = mount / path
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text, encoding="ascii")


def quota(tmp_path: Path, lines: str) -> float | None:
    own = tmp_path / "cgroup"
    own.write_text(lines, encoding="utf-8")
    return cpu_quota(own=own, mount=tmp_path / "fs")


def test_a_container_sees_its_quota_at_the_root(tmp_path: Path) -> None:
    group(tmp_path / "fs", "", cpu_max="150000 100000\n")
    assert quota(tmp_path, "0::/\n") == 1.5


def test_the_tightest_group_above_counts(tmp_path: Path) -> None:
    group(tmp_path / "fs", "", cpu_max="max 100000\n")
    group(tmp_path / "fs", "system.slice", cpu_max="100000 100000\n")
    group(tmp_path / "fs", "system.slice/nightdesk.service", cpu_max="400000 100000\n")
    assert quota(tmp_path, "0::/system.slice/nightdesk.service\n") == 1.0


def test_groups_of_version_one_are_read(tmp_path: Path) -> None:
    group(tmp_path / "fs", "cpu/box", cpu_cfs_quota_us="50000", cpu_cfs_period_us="100000")
    assert quota(tmp_path, "3:cpuset:/\n1:cpu,cpuacct:/box\n0::/\n") == 0.5


@pytest.mark.parametrize("lines", ["", "0::/\n", "1:cpu:/gone\n", "0::/a:b\n"])
def test_no_group_is_no_quota(tmp_path: Path, lines: str) -> None:
    assert quota(tmp_path, lines) is None
    assert cpu_quota(own=tmp_path / "none") is None


def test_the_users_own_variables_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    prepare_threads(2)
    assert [os.environ.get(v) for v in VARIABLES] == ["2", "2", "active", None]


def test_waiting_threads_sleep_unless_the_user_says_otherwise() -> None:
    prepare_threads()
    assert os.environ["OMP_WAIT_POLICY"] == "passive"
    assert 0 < int(os.environ["GOMP_SPINCOUNT"]) < 10_000


def test_torch_is_not_loaded_before_the_variables_are_set() -> None:
    """OpenMP reads them once: a torch that an import above has loaded would ignore them."""
    code = "import sys, pipeline.profiles, pipeline.build; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""The threads that networks run in: how many of them, and how they wait for each other.

OpenMP reads its variables when torch is loaded: all of this has to happen before.

GNU's OpenMP lets threads that wait spin, each on a core of its own. Where another program wants
that core, the thread that everybody waits for gets its turn late, and two programs on two cores
take four times as long as one (scripts/bench/LOG.md). Threads that sleep at once are woken late,
which takes a third of the time of a program alone: one network has two hundred products a token.
So they spin for as long as it takes to wake one, and sleep then: a program alone is as fast as with
spinning threads, and two are as fast as with sleeping ones.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from models.runtime.cgroups import MOUNT, OWN, groups

_SPINS = "3000"  # some 50 microseconds


def prepare_threads(threads: int = 0) -> None:
    """Set the variables that OpenMP and MKL read; 0 threads is one for each core that is allowed.

    The user's own variables stand, but for the number where `threads` is given.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ["OMP_WAIT_POLICY"] = "passive"
        os.environ.setdefault("GOMP_SPINCOUNT", _SPINS)  # where it is GNU's, this holds
    quota = cpu_quota()
    if not threads and quota is not None and quota < _affinity():
        if "OMP_NUM_THREADS" in os.environ:
            return
        threads = max(1, math.ceil(quota))
    if threads:
        for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[variable] = str(threads)


def cpu_quota(*, own: Path = OWN, mount: Path = MOUNT) -> float | None:
    """Return the cores' worth of time that the control groups of this process allow, or None."""
    quotas = [_quota(folder) for folder in groups("cpu", own=own, mount=mount)]
    return min((quota for quota in quotas if quota is not None), default=None)


def _quota(folder: Path) -> float | None:
    """Return the quota of one group, in cores, or None where it has none."""
    try:
        if (both := folder / "cpu.max").is_file():
            quota, period = both.read_text(encoding="ascii").split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text(encoding="ascii").strip()
            period = (folder / "cpu.cfs_period_us").read_text(encoding="ascii").strip()
        return int(quota) / int(period) if int(quota) > 0 else None
    except (OSError, ValueError):  # no such group here, or "max"
        return None


def _affinity() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

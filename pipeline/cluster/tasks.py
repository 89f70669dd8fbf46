"""Ray tasks of a run, and the shares of its partitions that one task sees at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isqrt
from typing import Any

_LEAST_SHARES = 2
_MOST_SHARES = 128  # their square is how many results of tasks the driver keeps count of


class Tasks:
    """Runs functions as Ray tasks; a task whose process dies is run again."""

    def __init__(self, setup: Any, *, cpus: float) -> None:
        self.setup = setup
        self._cpus = cpus

    def run(self, function: Callable[..., Any], *arguments: Any, returns: int = 1) -> Any:
        """Start a task; return the reference of its result, or of each of several."""
        import ray

        task = ray.remote(function).options(
            num_cpus=self._cpus, num_returns=returns, max_retries=3, name=function.__name__
        )
        return task.remote(*arguments)


def shares_of(partitions: Sequence[str]) -> list[list[str]]:
    """Return the partitions in shares: as many as a shuffle can have without drowning in pieces."""
    count = min(_MOST_SHARES, max(_LEAST_SHARES, 2 * isqrt(len(partitions))))
    return [list(partitions[at::count]) for at in range(count)]

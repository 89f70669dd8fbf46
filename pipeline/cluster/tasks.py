"""Ray tasks of a run, and the shares of its partitions that one task sees at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isqrt
from typing import Any

from pipeline.progress import Progress

_TELL_S = 1.0
_LEAST_SHARES = 2
_MOST_SHARES = 128  # their square is how many results of tasks the driver keeps count of


class Tasks:
    """Runs functions as Ray tasks; a task whose process dies is run again.

    Each task has one more result than its function, an empty one that says that it is done: a
    reference to any other would keep the result itself in memory.
    """

    def __init__(self, setup: Any, *, cpus: float) -> None:
        self.setup = setup
        self._cpus = cpus
        self._known: dict[Callable[..., Any], Any] = {}
        self._marks: list[Any] = []

    def run(self, function: Callable[..., Any], *arguments: Any, returns: int = 1) -> Any:
        """Start a task; return the reference of its result, or of each of several."""
        import ray

        if function not in self._known:
            self._known[function] = ray.remote(_marked(function, several=returns > 1))
        task = self._known[function].options(
            num_cpus=self._cpus, num_returns=returns + 1, max_retries=3, name=function.__name__
        )
        *results, mark = task.remote(*arguments)
        self._marks.append(mark)
        return results[0] if returns == 1 else results

    def finish(self, waiting: Any, *, name: str, progress: Progress) -> Any:
        """Return the results of references; `progress` is told of every task on the way."""
        import ray

        progress.stage(name, total=len(self._marks), unit="tasks")
        open_marks, self._marks = self._marks, []
        while open_marks:
            done, open_marks = ray.wait(open_marks, num_returns=len(open_marks), timeout=_TELL_S)
            if done:
                ray.get(done)  # raises what a task has raised
                progress.advance(len(done))
        return ray.get(waiting)


def _marked(function: Callable[..., Any], *, several: bool) -> Callable[..., Any]:
    """Return a function with one more result."""

    def run(*arguments: Any) -> tuple[Any, ...]:
        found = function(*arguments)
        return (*found, None) if several else (found, None)

    return run


def shares_of(partitions: Sequence[str]) -> list[list[str]]:
    """Return the partitions in shares: as many as a shuffle can have without drowning in pieces."""
    count = min(_MOST_SHARES, max(_LEAST_SHARES, 2 * isqrt(len(partitions))))
    return [list(partitions[at::count]) for at in range(count)]

"""The CPU seconds of a process and of all below it, by the nodes of a cluster, and its memory."""

from __future__ import annotations

import os
import resource
import threading
from dataclasses import dataclass
from pathlib import Path

_EVERY_S = 0.5


class Watch:
    """Looks at this process and all below it: their CPU every two seconds, its memory oftener.

    What a process has used when it is last seen counts, for Ray kills its workers without asking
    what they have used.
    """

    def __init__(self) -> None:
        self.memory: list[int] = []
        self._seen: dict[int, _Used] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Watch:
        self.cpu()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def cpu(self) -> float:
        """Return the CPU seconds of all of them so far."""
        return sum(self.nodes().values())

    def nodes(self) -> dict[int, float]:
        """Return them by the raylet that has started the process; 0 for all other processes."""
        with self._lock:
            self._seen |= _tree_cpu()
            found: dict[int, float] = {}
            for used in self._seen.values():
                found[used.node] = found.get(used.node, 0.0) + used.seconds
            return found

    def kinds(self) -> str:
        """Return the CPU seconds by the names of processes, the most first."""
        found: dict[str, float] = {}
        for used in self._seen.values():
            found[used.name] = found.get(used.name, 0.0) + used.seconds
        most = sorted(found.items(), key=lambda kind: -kind[1])[:8]
        return ", ".join(f"{name} {seconds:.1f}" for name, seconds in most)

    def _run(self) -> None:
        while not self._over.wait(_EVERY_S):
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            self.memory.append(pages * resource.getpagesize())
            if len(self.memory) % 4 == 0:  # it takes a few milliseconds, which count
                self.cpu()


@dataclass(frozen=True)
class _Used:
    """A process, the raylet that started it or 0, and its CPU seconds."""

    name: str
    node: int
    seconds: float


def _tree_cpu() -> dict[int, _Used]:
    """Return this process and each below it."""
    parents, names, seconds = {}, {}, {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            head, _, rest = (process / "stat").read_bytes().rpartition(b")")
        except OSError:  # it has ended meanwhile
            continue
        values, number = rest.split(), int(process.name)
        parents[number] = int(values[1])
        names[number] = head.partition(b"(")[2].decode(errors="replace")
        seconds[number] = sum(map(int, values[11:13])) / os.sysconf("SC_CLK_TCK")
    ours = {os.getpid()}
    while more := {p for p, parent in parents.items() if parent in ours and p not in ours}:
        ours |= more

    def node(process: int) -> int:
        return parents[process] if names.get(parents[process]) == "raylet" else 0

    return {p: _Used(names[p], node(p), seconds[p]) for p in ours}

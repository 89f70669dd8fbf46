"""The control groups of this process, which bound what a container may use.

https://docs.kernel.org/admin-guide/cgroup-v2.html and .../cgroup-v1/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

OWN = Path("/proc/self/cgroup")
MOUNT = Path("/sys/fs/cgroup")


def groups(controller: str, *, own: Path = OWN, mount: Path = MOUNT) -> Iterator[Path]:
    """Yield the folders of the groups that a controller bounds this process by.

    Both versions of control groups are asked, from the process's own group up to the root: a
    container sees its own group as the root.
    """
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and controller not in controllers.split(","):
            continue
        root = mount if not controllers else mount / controller
        group = root / path.lstrip("/")
        for folder in (group, *group.parents):
            yield folder
            if folder == root:
                break

"""How much memory a batch can have: what the machine, or a container, has free."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from models.runtime.cgroups import MOUNT, OWN, groups

if TYPE_CHECKING:
    import torch

_MEMINFO = Path("/proc/meminfo")
_KIB = 1024
# Names of a group's files in both versions: the bound, and what is in use.
_FILES = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
# Pages of files in memory, weights among them: they are dropped where room is needed.
_OF_FILES = ("inactive_file", "active_file")


def free_bytes(device: torch.device) -> int | None:
    """Return the memory that is free on a device; None where the system does not tell."""
    if device.type == "cuda":
        import torch

        free: int = torch.cuda.mem_get_info(device)[0]
        spare = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return free + spare
    return free_on_cpu() if device.type == "cpu" else None


def free_on_cpu(*, meminfo: Path = _MEMINFO, own: Path = OWN, mount: Path = MOUNT) -> int | None:
    """Return the least of what the machine has free and what each control group leaves."""
    found = [_left(group) for group in groups("memory", own=own, mount=mount)]
    found.append(_available(meminfo))
    return min((one for one in found if one is not None), default=None)


def _available(meminfo: Path) -> int | None:
    try:
        numbers = _numbers(meminfo)
    except OSError:
        return None
    return numbers["MemAvailable:"] * _KIB if "MemAvailable:" in numbers else None


def _left(group: Path) -> int | None:
    """Return what a group leaves; None where it has no bound."""
    for bound, used in _FILES:
        try:
            limit = (group / bound).read_text(encoding="ascii").strip()
            if limit == "max":
                return None
            numbers = _numbers(group / "memory.stat")
            files = sum(numbers.get(f"total_{name}", numbers.get(name, 0)) for name in _OF_FILES)
            left = int(limit) - int((group / used).read_text(encoding="ascii")) + files
            return max(0, left)
        except (OSError, ValueError):  # not this version's
            continue
    return None


def _numbers(path: Path) -> Mapping[str, int]:
    """Return the first number behind each name in a file of lines."""
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
    return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}

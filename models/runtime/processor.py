"""What Linux says of the first processor of this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

PROCESSORS = Path("/proc/cpuinfo")


def first_processor(path: Path = PROCESSORS) -> Mapping[str, str]:
    """Return the entries of the first processor, by their names.

    Raises OSError where the system says nothing.
    """
    found = {}
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.strip():
                break
            name, _, value = line.partition(":")
            found[name.strip()] = value.strip()
    return found

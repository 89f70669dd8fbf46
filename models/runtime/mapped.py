"""Memory behind weights that lie in a file: let go of once they have been copied elsewhere.

Weights in safetensors are mapped, not read: each page of the file that is touched stays in the
process beside what was made of it, and a model that is laid out anew (`models.runtime.prepacked`)
would need its size twice. The pages stay in the system's cache of files, so that the next start is
no slower.
"""

from __future__ import annotations

import ctypes
import mmap
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_MAPS = Path("/proc/self/maps")


def release_pages(tensor: torch.Tensor) -> None:
    """Drop the pages behind a contiguous tensor from this process, if a file holds them.

    Whoever reads the tensor later gets what is in the file: changes made in memory are lost.
    Memory without a file stays as it is, and so does all memory elsewhere than on Linux.
    """
    if sys.platform != "linux" or tensor.device.type != "cpu":
        return
    begin = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE  # pages shared with none
    end = (tensor.data_ptr() + tensor.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if begin < end and _is_of_a_file(begin, end):
        advise = ctypes.CDLL(None).madvise
        advise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)


def _is_of_a_file(begin: int, end: int) -> bool:
    """Tell whether a range of addresses lies in one mapping of a file (proc_pid_maps(5))."""
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    for line in lines:
        addresses, _, _, _, inode, *_ = line.split(maxsplit=5)
        first, last = (int(address, 16) for address in addresses.split("-"))
        if first <= begin and end <= last:
            return inode != "0"
    return False

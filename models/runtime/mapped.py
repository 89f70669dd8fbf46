"""Memory of weights that are mapped from a file, released once they have been copied.

Weights in safetensors are mapped, not read: each page of the file that is touched stays in the
process, beside the copy that was made of it. A model that is prepacked (`models.runtime.prepacked`)
would need twice its size. Released pages stay in the system's cache of files, so that the next
start is no slower.
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
    """Release the pages behind a contiguous tensor, if they are mapped from a file.

    The tensor can still be read, from the file: changes made in memory are lost. Memory without a
    file is kept, and so is all memory on other systems than Linux.
    """
    if sys.platform != "linux" or tensor.device.type != "cpu":
        return
    # Pages at either end may be shared with other tensors, and stay.
    begin = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
    end = (tensor.data_ptr() + tensor.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
    if begin < end and _is_of_a_file(begin, end):
        advise = ctypes.CDLL(None).madvise
        advise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)


def release_freed() -> None:
    """Give memory that was freed back to the system, where the allocator is glibc's.

    Its heap shrinks by itself only from the end: what reading a vocabulary took would stay, which
    is three times what the vocabulary keeps.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(ctypes.c_size_t(0))


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

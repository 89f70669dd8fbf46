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
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_MAPS = Path("/proc/self/maps")


def release_pages(tensors: Iterable[torch.Tensor]) -> None:
    """Release the pages behind contiguous tensors, of those that are mapped from a file.

    The tensors can still be read, from the file: changes made in memory are lost. Memory without a
    file is kept, and so is all memory on other systems than Linux.
    """
    if sys.platform != "linux":
        return
    whole = []
    for tensor in tensors:
        if tensor.device.type == "cpu":
            # Pages at either end may be shared with other tensors, and stay.
            begin = -(-tensor.data_ptr() // mmap.PAGESIZE) * mmap.PAGESIZE
            end = (tensor.data_ptr() + tensor.nbytes) // mmap.PAGESIZE * mmap.PAGESIZE
            if begin < end:
                whole.append((begin, end))
    of_files = _ranges_of_files() if whole else []
    advise = ctypes.CDLL(None).madvise
    for begin, end in whole:
        if any(first <= begin and end <= last for first, last in of_files):
            advise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), mmap.MADV_DONTNEED)


def anonymous(size_bytes: int) -> mmap.mmap:
    """Return new memory of this process alone, which goes back to the system with the object.

    Raises MemoryError where there is no room.
    """
    try:
        return mmap.mmap(-1, size_bytes, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    except OSError as error:
        raise MemoryError(f"not enough memory for {size_bytes} bytes: {error}") from error


def release_freed() -> None:
    """Give memory that was freed back to the system, where the allocator is glibc's.

    Its heap shrinks by itself only from the end: what reading a vocabulary took would stay, which
    is three times what the vocabulary keeps.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(ctypes.c_size_t(0))


def _ranges_of_files() -> list[tuple[int, int]]:
    """Return the addresses, from and to, of all mappings of files (proc_pid_maps(5))."""
    try:
        lines = _MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        addresses, _, _, _, inode, *_ = line.split(maxsplit=5)
        if inode != "0":
            first, last = addresses.split("-")
            found.append((int(first, 16), int(last, 16)))
    return found

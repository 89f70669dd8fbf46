"""Memory that is given back: large blocks of glibc's allocator each have a mapping of their own.

glibc takes a block from the heap once a block of its size has been freed before, up to 32 MB. The
keys and values of a batch grow with every text, so that each new block is larger than the holes
that the last one left, and the heap grows to a multiple of what is in use (scripts/bench/LOG.md).
A block that is mapped by itself goes back to the system when it is freed.
"""

from __future__ import annotations

import ctypes
import sys

# Smaller blocks are those of a step of decoding, which come and go thousands of times a second.
MAPPED_BYTES = 4 << 20
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h


def give_back_large_blocks() -> bool:
    """Make the allocator map blocks of `MAPPED_BYTES` or more; tell whether it is glibc's.

    It overrules the variables MALLOC_..., which are read at the start.
    """
    if sys.platform != "linux":
        return False
    settle = getattr(ctypes.CDLL(None), "mallopt", None)
    if settle is None:
        return False
    values = ((_MMAP_THRESHOLD, MAPPED_BYTES), (_TRIM_THRESHOLD, 16 * MAPPED_BYTES))
    return all(settle(ctypes.c_int(name), ctypes.c_int(value)) for name, value in values)

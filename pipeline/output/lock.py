"""The lock on an output folder: one run at a time, and never left behind by a dead process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import BusyError
from pipeline.output.atomic import output_errors

# In the folder, not beside it: one may write to a folder and not to what it lies in, and the lock
# goes along when the folder is renamed. The name is not one that `remove_leftovers` takes away.
LOCK_FILE = ".nightdesk.lock"


@contextmanager
def exclusive(out: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold `out` for the length of the block; the folder is made if it is not there.

    The lock is flock(2): it ends with the process in every case, and the file that stays behind
    means nothing. Raises BusyError when another run still holds `out` after `wait_s`,
    OutputError when it cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(out / LOCK_FILE, timeout=wait_s)
    with output_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:  # an OSError, too: caught before it is taken for a broken disk
            raise BusyError(
                f"{out}: another run is writing to this folder",
                hint="wait until it has finished, or choose another folder with --out",
            ) from error
    try:
        yield
    finally:
        lock.release()

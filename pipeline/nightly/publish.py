"""A night put into the folder of nights as a whole, `latest` beside it, and old nights removed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.nightly.told import DAY
from pipeline.output.atomic import output_errors, remove_leftovers
from pipeline.output.own_files import NIGHT_FILE

LATEST = "latest"
_STAGING = ".night-"
_REPLACED = ".replaced-"
_CLOCK_SLACK = timedelta(days=3)  # by which a clock may have been set back


@contextmanager
def staging(out: Path, day: str, *, replacing: bool = False) -> Iterator[Path]:
    """Give a hidden folder to make a night in; afterwards it is `out/day`, by one rename.

    The folder becomes a night only if `NIGHT_FILE` was written into it; without that file, and when
    the block raises, the folder is removed. Leftovers of a killed process are removed first, so the
    caller must hold the lock on `out`. `replacing` puts a night that is there aside until the new
    one has its place. Raises OutputError when `out/day` is there already or nothing can be written.
    """
    target = out / day
    recover(out)
    there = os.path.lexists(target)
    if there and not (replacing and (target / NIGHT_FILE).is_file()):
        raise OutputError(
            f"{target}: is there already and is not a night",
            hint="move it away, or publish as another date with --date",
        )
    with output_errors(out):
        folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=out))
    try:
        yield folder
        if (folder / NIGHT_FILE).is_file():
            _publish(folder, target, out / f"{_REPLACED}{day}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # not there any more if it was published


def recover(out: Path) -> None:
    """Mend what a killed process left in the folder of nights; the caller holds the lock on it.

    1. A night that was put aside, and whose place is empty, gets it back; else it is removed.
    2. Half a night is removed.
    3. Half-written lists of nights are removed.
    4. `latest` leads to the last night.
    """
    with output_errors(out):
        for aside in sorted(out.glob(f"{_REPLACED}*")):
            place = out / aside.name.removeprefix(_REPLACED)
            if os.path.lexists(place):
                shutil.rmtree(aside)
            else:
                aside.rename(place)
        for leftover in out.glob(f"{_STAGING}*"):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
    remove_leftovers(out, below=False)
    link_latest(out)


def link_latest(out: Path) -> None:
    """Make the link `latest` lead to the last night, by one rename; a file of that name stays."""
    days = nights_in(out)
    link = out / LATEST
    if not days or (os.path.lexists(link) and not link.is_symlink()):
        return
    with output_errors(link):
        if link.is_symlink() and os.readlink(link) == days[-1]:  # noqa: PTH115 - as it is written
            return
        beside = out / f"{_STAGING}{LATEST}"
        beside.unlink(missing_ok=True)
        beside.symlink_to(days[-1], target_is_directory=True)
        beside.replace(link)
        _sync(out)


def nights_in(out: Path) -> list[str]:
    """Return the dates of the nights below `out`, oldest first."""
    if not out.is_dir():
        return []
    with output_errors(out):
        return sorted(
            path.name
            for path in out.iterdir()
            if DAY.fullmatch(path.name) and (path / NIGHT_FILE).is_file()
        )


def is_over(out: Path, day: str) -> bool:
    """Tell whether the night of `day` is published below `out`, or has been told by a later one.

    A night that the machine slept through is told by the next; it is not to be made after that
    because the clock was set back. A night that is far ahead counts for nothing: it was made by a
    clock that went wrong, and must not silence the desk until its date.
    """
    last = date.fromisoformat(day) + _CLOCK_SLACK
    return any(day <= night <= last.isoformat() for night in nights_in(out))


def remove_old(out: Path, *, keep: int) -> list[str]:
    """Remove all but the last `keep` nights (0 keeps all); return the dates that went.

    A night loses its record first: half a removed night is no night.
    """
    gone = nights_in(out)[:-keep] if keep else []
    for day in gone:
        with output_errors(out / day):
            (out / day / NIGHT_FILE).unlink()
            shutil.rmtree(out / day)
    return gone


def _publish(folder: Path, target: Path, aside: Path) -> None:
    with output_errors(target):
        folder.chmod(target.parent.stat().st_mode & 0o777)  # mkdtemp makes it private
        # The files are on the disk already; their names must be, too, before the night has its own.
        for parent, _, _ in os.walk(folder):
            _sync(Path(parent))
        if target.exists():
            target.rename(aside)
        folder.rename(target)
        _sync(target.parent)
        shutil.rmtree(aside, ignore_errors=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

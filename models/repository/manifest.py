"""The list of a converted model's files with their sha256, written last: no list, no model."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import WeightsError

MANIFEST = "nightdesk.json"
_FORMAT = 1
_BLOCK_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The size in bytes and the sha256, in hexadecimal, that a file had when it was written."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a model by name, and the sha256 of the file they were converted from."""

    source_sha256: str
    files: Mapping[str, FileRecord]

    @property
    def weights_sha256(self) -> str:
        """The sha256 of the weights in safetensors.

        Of several files it is the sha256 of their sha256, in the order of the names.
        """
        return _joint(r.sha256 for n, r in sorted(self.files.items()) if _is_weights(n))

    @property
    def settings_sha256(self) -> str:
        """The same of all other files: configuration, tokenizer, chat template."""
        return _joint(r.sha256 for n, r in sorted(self.files.items()) if not _is_weights(n))


def _is_weights(name: str) -> bool:
    return name.endswith(".safetensors")


def _joint(digests: Iterable[str]) -> str:
    first, *others = list(digests) or [""]
    if not others:
        return first
    return hashlib.sha256(" ".join([first, *others]).encode()).hexdigest()


def sha256_of(path: Path, *, on_bytes: Callable[[int], None] = lambda _: None) -> str:
    """Return the sha256 of a file in hexadecimal; `on_bytes` hears of every block read."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            on_bytes(len(block))
    return digest.hexdigest()


def seal(
    folder: Path,
    *,
    source_sha256: str,
    about: Mapping[str, Any],
    on_bytes: Callable[[int], None] = lambda _: None,
) -> None:
    """Write the manifest of the files in `folder`, and everything through to the disk.

    `about` is kept for whoever reads it: name, licence, versions. Raises OSError, and
    WeightsError when there is nothing to seal.
    """
    paths = sorted(path for path in folder.iterdir() if path.name != MANIFEST)
    if not paths:
        raise WeightsError(f"{folder}: the conversion wrote no file")
    manifest = folder / MANIFEST
    manifest.touch()
    # safetensors writes files that only their owner may read; a cache can be shared.
    mode = manifest.stat().st_mode & 0o777
    for path in paths:  # before they are read: whoever stamps them sees that nothing came after
        path.chmod(mode)
    files = {
        path.name: {
            "size_bytes": path.stat().st_size,
            "sha256": sha256_of(path, on_bytes=on_bytes),
        }
        for path in paths
    }
    content = {"format": _FORMAT, **about, "source_sha256": source_sha256, "files": files}
    manifest.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for path in (*paths, manifest):
        flush(path)
    flush(folder)


def flush(path: Path) -> None:
    """Write a file, or the names in a folder, through to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest in `folder`. Raises WeightsError where it is missing or damaged."""
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise WeightsError(f"{path}: format {content['format']!r}, known is {_FORMAT}")
        files = {
            str(name): FileRecord(int(record["size_bytes"]), str(record["sha256"]))
            for name, record in content["files"].items()
        }
        source_sha256 = str(content["source_sha256"])
    except OSError as error:
        raise WeightsError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{path}: is damaged") from error
    if not files or any(Path(name).name != name for name in files):
        raise WeightsError(f"{path}: is damaged: it must name files of its own folder")
    return Manifest(source_sha256, files)


def problems_of(
    folder: Path,
    *,
    source_sha256: str,
    digest: Callable[[Path], str] | None,
) -> list[str]:
    """Return the faults of the model in `folder`, one line each; empty when it is complete.

    `digest` returns the sha256 of each file; None compares sizes alone, which takes no time.
    """
    try:
        manifest = read_manifest(folder)
    except WeightsError as error:
        return [str(error)]
    if manifest.source_sha256 != source_sha256:
        return [f"{folder}: was converted from other weights ({manifest.source_sha256[:12]}...)"]
    problems = []
    for name, record in manifest.files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            if size != record.size_bytes:
                problems.append(f"{path}: has {size} bytes instead of {record.size_bytes}")
            elif digest is not None and (got := digest(path)) != record.sha256:
                problems.append(f"{path}: sha256 is {got} instead of {record.sha256}")
        except FileNotFoundError:
            problems.append(f"{path}: is missing")
        except OSError as error:
            problems.append(f"{path}: cannot be read: {error.strerror or error}")
    if digest is not None:
        problems += _strangers(folder, known={*manifest.files, MANIFEST})
    return problems


def _strangers(folder: Path, *, known: Collection[str]) -> list[str]:
    """Return a line for each file that is not one of the model's.

    transformers reads files by their names: an adapter_config.json would change the model.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        return [f"{folder}: cannot be read: {error.strerror or error}"]
    # Names that begin with a dot are those of desktops and of NFS, and nobody reads them.
    return [
        f"{folder / name}: does not belong here"
        for name in names
        if name not in known and not name.startswith(".")
    ]

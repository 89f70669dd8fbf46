"""A decoder-only model and its tokenizer, read from a folder that transformers has written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from models.device import pick_device, pick_dtype
from models.errors import EngineError
from models.quiet import quiet_transformers


def load_tokenizer(folder: Path) -> Any:
    """Return the tokenizer that lies beside the weights."""
    from transformers import AutoTokenizer

    with quiet_transformers():
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def load_causal(folder: Path, *, device: str, dtype: str) -> Any:
    """Return the model, on its device, ready to run; only weights in safetensors are read.

    `device` and `dtype` are "auto" or a torch name. Raises EngineError when the folder does not
    hold a model that transformers can read.
    """
    from transformers import AutoModelForCausalLM

    picked = pick_device(device)
    with quiet_transformers():
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=pick_dtype(dtype, device=picked),
                use_safetensors=True,
                local_files_only=True,
            )
        except (OSError, ValueError) as error:
            raise EngineError(
                f"{folder}: cannot be loaded as a language model: {error}",
                hint="nightdesk models verify tells what is damaged",
            ) from error
    return model.to(picked).eval()

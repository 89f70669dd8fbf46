"""A decoder-only model and its tokenizer, read from a folder that transformers has written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.errors import EngineError
from models.quiet import quiet_transformers
from models.runtime.device import pick_device, pick_dtype, runs_int8
from models.runtime.mapped import release_pages


def load_tokenizer(folder: Path) -> Any:
    """Return the tokenizer that lies beside the weights.

    All of it is in tokenizer.json but the names of its special tokens. Built from these by hand:
    AutoTokenizer reads the file six times, which for a vocabulary of 262,000 takes two seconds.
    """
    from transformers import PreTrainedTokenizerFast

    about = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    template = folder / "chat_template.jinja"
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(folder / "tokenizer.json"),
        chat_template=template.read_text(encoding="utf-8") if template.exists() else None,
        **{name: token for name, token in about.items() if name.endswith("_token")},
    )


def load_causal(folder: Path, *, device: str, dtype: str) -> Any:
    """Return the model, on its device, to be packed; only weights in safetensors are read.

    `device` and `dtype` are "auto" or a torch name, `dtype` may be "int8": then the matrices of
    the decoder are still as the folder has them; `models.runtime.prepacked.prepack` makes bytes of
    them.
    Raises EngineError when the folder does not hold a model that transformers can read.
    """
    from transformers import AutoModelForCausalLM

    picked = pick_device(device)
    later = runs_int8(dtype, device=picked)
    with quiet_transformers():
        try:
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype="auto" if later else pick_dtype(dtype, device=picked),
                use_safetensors=True,
                local_files_only=True,
            )
        except (OSError, ValueError) as error:
            raise EngineError(
                f"{folder}: cannot be loaded as a language model: {error}",
                hint="nightdesk models verify tells what is damaged",
            ) from error
    if later:
        _widen_all_but_matrices(model)
    return model.to(picked).eval()


def _widen_all_but_matrices(model: Any) -> None:
    """Make float32 of all weights but the matrices of the decoder's linear layers."""
    import torch

    layers = [m for m in model.get_decoder().modules() if isinstance(m, torch.nn.Linear)]
    matrices = {id(layer.weight) for layer in layers}
    for parameter in model.parameters():
        if id(parameter) not in matrices:
            stored = parameter.data
            parameter.data = stored.float()
            release_pages(stored)

"""The encoders that there are: the embedded one, and any sentence encoder of the Hub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.encoder.pieces import load_pieces
from models.encoder.sentences import Loaded, Pooling, SentenceEncoder
from models.errors import EngineError, plainly
from models.repository.hub import ModelName, file_of, parse_name
from models.repository.pieces import FILE
from models.runtime.by_rows import Rows, kept
from models.runtime.checkpoint import load_encoder, load_tokenizer
from models.runtime.device import dtype_name, pick_device, pick_dtype, runs_int8
from models.runtime.prepacked import prepack, prepack_stored
from models.runtime.stored import store_of

# Multilingual E5 (Wang et al. 2024, https://arxiv.org/abs/2402.05672) was trained with "query: "
# before texts that are compared with their like, and "passage: " before answers to questions.
E5_PREFIX = "query: "
_POOLING = "1_Pooling/config.json"  # where sentence-transformers keeps it
_USUAL_LENGTH = 512  # tokens, of an encoder that does not tell


def embedded_encoder(
    locate: Callable[[], Path],
    *,
    identity: str,
    device: str = "auto",
    dtype: str = "auto",
    rows: Rows = "together",
) -> SentenceEncoder:
    """Return the encoder in the folder that `locate` names, verified; it is loaded on first use.

    `identity` names weights and number format. `device` and `dtype` are "auto" or a torch name,
    `dtype` may be "int8". `rows` tells how rows of a batch are kept from each other.
    """

    def load() -> Loaded:
        folder = locate()
        model = load_encoder(folder, device=device, dtype=dtype)
        int8 = runs_int8(dtype, device=model.device.type)
        store = store_of(folder) if int8 else None
        if not prepack_stored(model, store):
            prepack(model, int8=int8, store=store)
        model = kept(model, rows, int8=int8)
        return Loaded(model, _tokenizer(folder), model.config.max_position_embeddings)

    return SentenceEncoder(load, identity=lambda: identity, prefix=E5_PREFIX, **_batches(rows))


def hub_encoder(
    name_or_path: str,
    *,
    prefix: str = "",
    device: str = "auto",
    dtype: str = "auto",
    alone: bool = False,
) -> SentenceEncoder:
    """Return a sentence encoder of the Hub, or of a folder; it is loaded on first use.

    States are averaged, unless the model's files say that the first one is its vector.
    `prefix` is what the model wants before a text. `device` and `dtype` are "auto" or a torch name.
    With `alone` each text is computed by itself.
    """

    def named() -> str:
        form = pick_dtype(dtype, device=pick_device(device))
        ending = " alone" if alone else ""
        return f"{parse_name(name_or_path).identity} {dtype_name(form)}{ending}"

    def load() -> Loaded:
        from transformers import AutoModel, AutoTokenizer

        name = parse_name(name_or_path)
        picked = pick_device(device)
        tokenizer = name.load(AutoTokenizer.from_pretrained)
        model = name.load(
            AutoModel.from_pretrained,
            use_safetensors=True,
            dtype=pick_dtype(dtype, device=picked),
        )
        prepack(model)
        longest = min(tokenizer.model_max_length, _positions(model.config))
        return Loaded(model.to(picked).eval(), tokenizer, longest, _pooling(name))

    rows: Rows = "alone" if alone else "together"
    return SentenceEncoder(load, identity=named, prefix=prefix, **_batches(rows))


def _tokenizer(folder: Path) -> Any:
    """Return the tokenizer of the embedded encoder; a folder of an older version has but one."""
    path = folder / FILE
    return load_pieces(path) if path.is_file() else load_tokenizer(folder)


def _batches(rows: Rows) -> dict[str, int]:
    """Return the option that makes each text a batch of its own, where rows are to be alone."""
    return {"max_batch_tokens": 1} if rows == "alone" else {}


def _positions(config: object) -> int:
    """Return the most tokens that an encoder has positions for."""
    found = getattr(config, "max_position_embeddings", None)
    # The positions of RoBERTa and its kin begin behind the one of the padding.
    return int(found) - 2 if found else _USUAL_LENGTH


def _pooling(name: ModelName) -> Pooling:
    """Return how sentence-transformers makes a vector of the states of a model."""
    path = file_of(name, _POOLING)
    if path is None:
        return "mean"
    try:
        settings = json.loads(path.read_bytes())
        modes = {mode for mode, wanted in settings.items() if wanted is True}
    except (OSError, ValueError, AttributeError) as error:
        raise EngineError(
            f"{name}: {_POOLING} cannot be read: {plainly(error)}", hint="name another encoder"
        ) from error
    if "pooling_mode_cls_token" in modes:
        return "cls"
    if others := modes - {"pooling_mode_mean_tokens", "include_prompt"}:
        raise EngineError(
            f"{name}: makes its vectors by {', '.join(sorted(others))}, which is not known here",
            hint="name an encoder that averages its states, such as intfloat/multilingual-e5-small",
        )
    return "mean"

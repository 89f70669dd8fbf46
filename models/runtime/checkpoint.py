"""A model and its tokenizer, read from a folder that transformers has written.

The files of the embedded models were compared with their sha256 before
(`models.repository.weights.require_verified`). The checks here are for every other folder.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import EngineError, plainly
from models.quiet import quiet_transformers
from models.runtime.device import pick_device, pick_dtype, runs_int8
from models.runtime.mapped import release_pages

if TYPE_CHECKING:
    import torch

_HINT = "nightdesk models verify tells which file is damaged, nightdesk models fetch mends it"
_SAID_CHARS = 300  # transformers writes paragraphs


def load_tokenizer(folder: Path) -> Any:
    """Return the tokenizer that lies beside the weights.

    tokenizer.json holds everything but the names of the special tokens, which stand in
    tokenizer_config.json. The tokenizer is built from these two by hand: AutoTokenizer reads the
    file six times, which for a vocabulary of 262,000 takes two seconds.

    Raises EngineError, which names the file, for one that is missing or damaged.
    """
    from transformers import PreTrainedTokenizerFast

    about = _json_object(folder / "tokenizer_config.json")
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise EngineError(f"{path}: is missing", hint=_HINT)
    template = folder / "chat_template.jinja"
    try:
        return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
            tokenizer_file=str(path),
            chat_template=template.read_text(encoding="utf-8") if template.exists() else None,
            **{name: token for name, token in about.items() if name.endswith("_token")},
        )
    except Exception as error:  # tokenizers raises bare Exception for a file of another shape
        raise _damaged(_unreadable_tokenizer(path), error) from error


def load_causal(folder: Path, *, device: str, dtype: str) -> Any:
    """Return the model on its device, with its matrices as the folder has them, not prepacked.

    Only weights in safetensors are read. `device` and `dtype` are "auto" or a torch name, `dtype`
    may be "int8": then the matrices of the decoder keep the number format of the folder, and
    `models.runtime.prepacked.prepack` makes int8 of them.

    Raises EngineError, which names the file, for a folder that does not hold such a model as a
    whole.
    """
    from transformers import AutoModelForCausalLM

    picked = pick_device(device)
    later = runs_int8(dtype, device=picked)
    settings = {"dtype": "auto" if later else pick_dtype(dtype, device=picked)}
    model = _loaded(AutoModelForCausalLM, folder, **settings)
    if later:
        _widen_all_but_matrices(model)
    return model.to(picked).eval()


def hidden_dtype(model: Any) -> torch.dtype:
    """Return the number format of a model's hidden states, which its vectors are stored in.

    Matrices may have another one.
    """
    vector = next(p for p in model.parameters() if p.dim() == 1)
    found: torch.dtype = vector.dtype
    return found


def load_encoder(folder: Path, *, device: str, dtype: str) -> Any:
    """Return an encoder on its device, whose output is the last hidden states, not prepacked.

    Arguments, checks and errors are those of `load_causal`. Where the encoder runs in float32 or
    "int8", its word embeddings keep the number format of the folder: most of the file is theirs,
    and a text touches few of their rows.
    """
    import torch
    from transformers import AutoModel

    picked = pick_device(device)
    int8 = runs_int8(dtype, device=picked)
    form = torch.float32 if int8 else pick_dtype(dtype, device=picked)
    model = _loaded(AutoModel, folder, dtype="auto", add_pooling_layer=False)
    words = model.get_input_embeddings().weight
    for parameter in model.parameters():
        if parameter is not words or form != torch.float32:
            stored = parameter.data
            parameter.data = stored.to(form)
            release_pages(stored)
    return model.to(picked).eval()


def _loaded(kind: Any, folder: Path, **settings: Any) -> Any:
    """Return what a class of transformers makes of a folder, on the CPU."""
    _json_object(folder / "config.json")
    for weights in _weights(folder):
        _require_header(weights)
    with quiet_transformers():
        try:
            loaded: Any = kind.from_pretrained(
                folder,
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
                **settings,
            )
        # config.json decides on the code that runs, and damage in it on the error: transformers
        # and torch raise everything between KeyError and ZeroDivisionError.
        except Exception as error:
            raise _damaged(folder / "config.json", error) from error
    model, loading = loaded
    if missing := sorted(loading["missing_keys"]):  # transformers would draw them at random
        raise EngineError(
            f"{folder}/model.safetensors: lacks {len(missing)} tensors that config.json asks for,"
            f" {missing[0]} among them",
            hint=_HINT,
        )
    return model


def _weights(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        raise EngineError(f"{folder}/model.safetensors: is missing", hint=_HINT)
    return found


def _require_header(path: Path) -> None:
    """Raise EngineError for a file in safetensors that is cut off, or whose header is damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            file.keys()
    except (SafetensorError, OSError) as error:
        raise EngineError(f"{path}: cannot be read: {plainly(error)}", hint=_HINT) from error


def _json_object(path: Path) -> dict[str, Any]:
    """Return the object in a file of JSON. Raises EngineError for anything else."""
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise EngineError(f"{path}: is missing", hint=_HINT) from error
    except (OSError, ValueError, RecursionError) as error:
        raise EngineError(f"{path}: cannot be read: {plainly(error)}", hint=_HINT) from error
    if not isinstance(content, dict):
        raise EngineError(f"{path}: holds no JSON object", hint=_HINT)
    return content


def _unreadable_tokenizer(path: Path) -> Path:
    """Return which of a tokenizer's two files does not make one: tokenizer.json or the other."""
    from tokenizers import Tokenizer

    try:
        Tokenizer.from_file(str(path))
    except Exception:  # the error that is being handled says the same
        return path
    return path.with_name("tokenizer_config.json")


def _damaged(path: Path, error: Exception) -> EngineError:
    said = " ".join(str(error).split()) or type(error).__name__
    return EngineError(f"{path}: cannot be loaded: {said[:_SAID_CHARS]}", hint=_HINT)


def _widen_all_but_matrices(model: Any) -> None:
    """Make float32 of all weights but the matrices of the decoder's linear layers.

    Word embeddings and output matrix stay as they are stored, and mapped: of the first, the rows
    that a text touches are widened as they are read; the second is its user's to widen.
    """
    import torch

    layers = [m for m in model.get_decoder().modules() if isinstance(m, torch.nn.Linear)]
    words, head = model.get_input_embeddings(), model.get_output_embeddings()
    kept = {id(layer.weight) for layer in (*layers, words, head)}
    for parameter in model.parameters():
        if id(parameter) not in kept:
            stored = parameter.data
            parameter.data = stored.float()
            release_pages(stored)
    words.forward = _widening_lookup(words)
    head.forward = lambda x: torch.nn.functional.linear(x, head.weight.float())


def _widening_lookup(words: torch.nn.Embedding) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the `forward` of word embeddings that reads float32 from weights of another format."""
    import torch

    # The class's own forward, on a table of the rows that are wanted alone.
    plain = copy.copy(words)
    plain.padding_idx = None

    def forward(ids: torch.Tensor) -> torch.Tensor:
        rows = words.weight.detach()[ids.flatten()].float()
        places = torch.arange(len(rows), device=ids.device).view(ids.shape)
        found: torch.Tensor = torch.func.functional_call(plain, {"weight": rows}, (places,))
        return found

    return forward

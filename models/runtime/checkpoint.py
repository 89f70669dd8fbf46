"""A model and its tokenizer, read from a folder that transformers has written.

The files of the embedded models were compared with their sha256 before
(`models.repository.weights.require_verified`). The checks here are for every other folder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from models.errors import EngineError, WeightsError, plainly
from models.repository.manifest import read_manifest
from models.runtime.awake import rest_all
from models.runtime.device import pick_device, pick_dtype, runs_int8
from models.runtime.mapped import release_freed, release_pages
from models.runtime.tokenizer import TextTokenizer

if TYPE_CHECKING:
    import torch

    from models.networks.decoder import CausalModel
    from models.networks.encoder import Encoder

    Network = TypeVar("Network", CausalModel, Encoder)

_HINT = "nightdesk models verify tells which file is damaged, nightdesk models fetch mends it"
_SAID_CHARS = 300  # transformers writes paragraphs


def load_tokenizer(folder: Path) -> TextTokenizer:
    """Return the tokenizer that lies beside the weights.

    tokenizer.json holds everything but the names of the special tokens, which stand in
    tokenizer_config.json.

    Raises EngineError, which names the file, for one that is missing or damaged.
    """
    from tokenizers import Tokenizer

    about = _json_object(folder / "tokenizer_config.json")
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise EngineError(f"{path}: is missing", hint=_HINT)
    template = folder / "chat_template.jinja"
    special = {name: token for name, token in about.items() if name.endswith("_token")}
    special = {name: token for name, token in special.items() if token is not None}
    if wrong := [name for name, token in special.items() if not isinstance(token, str)]:
        raise EngineError(
            f"{folder}/tokenizer_config.json: cannot be loaded: {wrong[0]} is no text", hint=_HINT
        )
    try:
        found = TextTokenizer(
            path,
            Tokenizer.from_file(str(path)),
            special_tokens_map=special,
            chat_template=template.read_text(encoding="utf-8") if template.exists() else None,
        )
    except Exception as error:  # tokenizers raises bare Exception for a file of another shape
        raise _damaged(path, error) from error
    release_freed()
    return found


def load_causal(folder: Path, *, device: str, dtype: str) -> CausalModel:
    """Return the model on its device, with its matrices as the folder has them, not prepacked.

    Only weights in safetensors are read. `device` and `dtype` are "auto" or a torch name, `dtype`
    may be "int8": then the matrices of the decoder keep the number format of the folder, and
    `models.runtime.prepacked.prepack` makes int8 of them.

    Raises EngineError, which names the file, for a folder that does not hold such a model as a
    whole.
    """
    from models.networks.decoder import CausalModel
    from models.networks.settings import decoder_settings

    rest_all()
    picked = pick_device(device)
    int8 = runs_int8(dtype, device=picked)
    form = None if int8 else pick_dtype(dtype, device=picked)
    model = _loaded(folder, lambda config: CausalModel(decoder_settings(config)))
    if model.settings.tied:
        model.lm_head.weight = model.model.embed_tokens.weight
    if form is None:
        _widen_all_but_matrices(model)
    else:
        _convert(model.parameters(), form)
    with suppress(WeightsError):  # no manifest
        model.made_of = read_manifest(folder).weights_sha256
    return model.to(picked).eval()


def hidden_dtype(model: Any) -> torch.dtype:
    """Return the number format of a model's hidden states, which its vectors are stored in.

    Matrices may have another one.
    """
    vector = next(p for p in model.parameters() if p.dim() == 1)
    found: torch.dtype = vector.dtype
    return found


def load_encoder(folder: Path, *, device: str, dtype: str) -> Encoder:
    """Return an encoder on its device, whose output is the last hidden states, not prepacked.

    Arguments, checks and errors are those of `load_causal`. Where the encoder runs in float32 or
    "int8", its word embeddings keep the number format of the folder: most of the file is theirs,
    and a text touches few of their rows.
    """
    import torch

    from models.networks.encoder import Encoder, encoder_settings

    picked = pick_device(device)
    int8 = runs_int8(dtype, device=picked)
    form = torch.float32 if int8 else pick_dtype(dtype, device=picked)
    model = _loaded(folder, lambda config: Encoder(encoder_settings(config)))
    kept: list[torch.Tensor] = []
    if form == torch.float32:
        kept.append(model.get_input_embeddings().weight)
    if int8:  # made of the matrices as they are, or stored already
        kept += [m.weight for m in model.modules() if isinstance(m, torch.nn.Linear)]
    places = {id(parameter) for parameter in kept}
    _convert((p for p in model.parameters() if id(p) not in places), form)
    return model.to(picked).eval()


def _loaded(folder: Path, make: Callable[[Mapping[str, Any]], Network]) -> Network:
    """Return the network that `make` builds of a folder's config.json, with its weights mapped.

    1. The network is built without memory.
    2. Each of its parameters becomes the tensor of that name in the folder's files. Output matrices
       that are the word embeddings, too, have none.
    """
    import torch

    path = folder / "config.json"
    config = _json_object(path)
    tensors = {name: tensor for file in _weights(folder) for name, tensor in _mapped(file)}
    try:
        with torch.device("meta"):
            model = make(config)
        wanted = {name for name, _ in model.named_parameters()}
        found = {name: tensor for name, tensor in tensors.items() if name in wanted}
        model.load_state_dict(found, strict=False, assign=True)
    # Damage in config.json decides on the error.
    except (
        ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError,
    ) as error:  # fmt: skip
        raise _damaged(path, error) from error
    if missing := sorted(wanted - set(found)):
        raise EngineError(
            f"{folder}/model.safetensors: lacks {len(missing)} tensors that config.json asks for,"
            f" {missing[0]} among them",
            hint=_HINT,
        )
    return model.requires_grad_(False)


def _convert(parameters: Iterable[torch.nn.Parameter], form: torch.dtype) -> None:
    """Bring parameters into a number format, and release what they were made of."""
    for parameter in parameters:
        stored = parameter.data
        if stored.dtype != form:
            parameter.data = stored.to(form)
            release_pages([stored])


def _weights(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        raise EngineError(f"{folder}/model.safetensors: is missing", hint=_HINT)
    return found


def _mapped(path: Path) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the tensors of a file by name, none of them read yet.

    Raises EngineError for a file that is cut off, or whose header is damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118
                yield name, file.get_tensor(name)
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
    _convert((p for p in model.parameters() if id(p) not in kept), torch.float32)
    words.forward = _widening_lookup(words)
    head.forward = lambda x: torch.nn.functional.linear(x, head.weight.float())


def _widening_lookup(words: Any) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return the `forward` of word embeddings that reads float32 from weights of another format."""
    return lambda ids: words.finished(words.weight.detach()[ids].float())

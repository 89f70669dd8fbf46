"""Tiny random decoder-only models, for what must hold of any weights."""

from __future__ import annotations

from typing import Any

import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, Qwen2Config, Qwen2ForCausalLM

from models.decoding.kv_cache import KVCache, PaddedContext
from models.networks.decoder import CausalModel
from models.networks.settings import decoder_settings

END = 2
SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 1,
    "max_position_embeddings": 256,
    "initializer_range": 0.25,
    "eos_token_id": END,
    "pad_token_id": 0,
}


def tiny_decoder(kind: str) -> Any:
    """Return a "qwen2" or a "gemma3", always the same."""
    torch.manual_seed(5)
    if kind == "qwen2":
        return Qwen2ForCausalLM(Qwen2Config(**SIZES)).eval()
    # A window that prompts and replies outgrow, so that a cache that forgot it would be found out.
    config = Gemma3TextConfig(
        **SIZES, head_dim=16, query_pre_attn_scalar=16, sliding_window=64,
        layer_types=["sliding_attention", "full_attention", "sliding_attention"],
        tie_word_embeddings=False,
    )  # fmt: skip
    gemma = Gemma3ForCausalLM(config)
    for parameter in gemma.parameters():
        if parameter.dim() > 1:  # wide layers: choices lie far apart and do not echo the input
            torch.nn.init.normal_(parameter, std=0.6)
    return gemma.eval()


def own(model: Any) -> CausalModel:
    """Return our network with the settings and the weights of a model of transformers."""
    found = CausalModel(decoder_settings(model.config.to_dict()))
    found.load_state_dict(model.state_dict())
    return found.eval()


def logits_of(model: CausalModel, ids: torch.Tensor) -> torch.Tensor:
    """Return the logits (rows, tokens, vocabulary) of token ids (rows, tokens)."""
    context = PaddedContext(KVCache(), torch.ones_like(ids), tokens=ids.shape[1])
    states = model.get_decoder()(ids, context=context)
    found: torch.Tensor = model.lm_head(states)
    return found

"""Our networks are those of transformers, to the last bit; what they do not compute is refused."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_decoders import own, tiny_decoder
from transformers import AutoModelForCausalLM, BertConfig, BertModel
from transformers.cache_utils import DynamicCache

from models.decoding.kv_cache import KVCache, PaddedContext
from models.networks.decoder import Backbone
from models.networks.encoder import Encoder, encoder_settings
from models.networks.settings import decoder_settings

KINDS = ["qwen2", "gemma3"]
SHORT = (0, 30, 31, 50)  # columns that are read one after another, within the window of gemma3
LONG = (0, 40, 90, 91, 92)


def tokens(rows: int, columns: int) -> torch.Tensor:
    return torch.randint(3, 97, (rows, columns), generator=torch.Generator().manual_seed(1))


def states(backbone: Backbone, ids: torch.Tensor, mask: torch.Tensor, cuts: Any) -> torch.Tensor:
    cache = KVCache()
    with torch.inference_mode():
        parts = [
            backbone(ids[:, a:b], context=PaddedContext(cache, mask[:, :b], tokens=b - a))
            for a, b in pairwise(cuts)
        ]
    return torch.cat(parts, dim=1)


def by_transformers(model: Any, ids: torch.Tensor, mask: torch.Tensor, cuts: Any) -> torch.Tensor:
    cache, parts = DynamicCache(), []
    positions = (mask.cumsum(dim=1) - 1).clamp(min=0)
    with torch.inference_mode():
        for a, b in pairwise(cuts):
            output = model.get_decoder()(
                input_ids=ids[:, a:b], attention_mask=mask[:, :b], position_ids=positions[:, a:b],
                cache=cache, use_cache=True,
            )  # fmt: skip
            parts.append(output.last_hidden_state)
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("padded", [False, True])
def test_a_decoder_is_that_of_transformers(
    kind: str, dtype: torch.dtype, tmp_path: Path, *, padded: bool
) -> None:
    tiny_decoder(kind).save_pretrained(tmp_path)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=dtype).eval()
    ours = own(theirs).to(dtype)
    ids, mask = tokens(3, SHORT[-1]), torch.ones(3, SHORT[-1], dtype=torch.long)
    if padded:
        mask[0, :9] = mask[1, 12:25] = 0
    read = mask.bool()
    found = states(ours.get_decoder(), ids, mask, SHORT)
    assert torch.equal(found[read], by_transformers(theirs, ids, mask, SHORT)[read])
    assert not found.isnan().any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_counts_tokens_and_no_padding(kind: str) -> None:
    theirs = tiny_decoder(kind)
    backbone = own(theirs).get_decoder()
    ids = tokens(1, LONG[-1])
    whole = torch.ones_like(ids)
    plain = states(backbone, ids, whole, LONG)
    torch.testing.assert_close(plain, by_transformers(theirs, ids, whole, LONG))
    # The same row beside a longer one: with padding between the beginning and its own part.
    gap = torch.full((1, 17), 5)
    wide = torch.cat([ids[:, :20], gap, ids[:, 20:]], dim=1)
    mask = torch.cat([whole[:, :20], torch.zeros_like(gap), whole[:, 20:]], dim=1)
    found = states(backbone, wide, mask, (0, 57, 107, 108, 109))
    torch.testing.assert_close(torch.cat([found[:, :20], found[:, 37:]], dim=1), plain)


@pytest.mark.parametrize("padded", [False, True])
def test_an_encoder_is_that_of_transformers(*, padded: bool) -> None:
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=97, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, max_position_embeddings=64, initializer_range=0.3,
    )  # fmt: skip
    theirs = BertModel(config, add_pooling_layer=False).eval()
    ours = Encoder(encoder_settings(config.to_dict())).eval()
    ours.load_state_dict(theirs.state_dict())
    ids, mask = tokens(3, 20), torch.ones(3, 20, dtype=torch.long)
    if padded:
        mask[0, 11:] = mask[2, 5:] = 0
    with torch.inference_mode():
        found = ours(input_ids=ids, attention_mask=mask).last_hidden_state
        expected = theirs(input_ids=ids, attention_mask=mask).last_hidden_state
    assert torch.equal(found[mask.bool()], expected[mask.bool()])


@pytest.mark.parametrize(
    ("kind", "setting", "value"),
    [
        ("qwen2", "model_type", "llama"), ("qwen2", "hidden_act", "gelu"),
        ("qwen2", "use_sliding_window", True), ("gemma3", "attn_logit_softcapping", 50.0),
        ("gemma3", "final_logit_softcapping", 30.0), ("gemma3", "attention_bias", True),
        ("gemma3", "use_bidirectional_attention", True),
        ("gemma3", "layer_types", ["linear_attention"] * 3),
        ("gemma3", "layer_types", ["full_attention"]),
        ("qwen2", "rope_parameters", {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0}),
    ],
)  # fmt: skip
def test_a_setting_that_is_not_computed_is_refused(kind: str, setting: str, value: object) -> None:
    config = tiny_decoder(kind).config.to_dict()
    decoder_settings(config)
    with pytest.raises(ValueError, match=r"llama|not run here|layer_types"):
        decoder_settings(config | {setting: value})


def test_an_encoder_of_another_kind_is_refused() -> None:
    config = BertConfig().to_dict()
    encoder_settings(config)
    for change in ({"model_type": "roberta"}, {"hidden_act": "relu"}, {"is_decoder": True}):
        with pytest.raises(ValueError, match=r"run here"):
            encoder_settings(config | change)


def test_a_model_runs_without_transformers(tmp_path: Path) -> None:
    tiny_decoder("qwen2").save_pretrained(tmp_path)
    program = f"""
import sys
from pathlib import Path
import torch
from models.decoding.batch import Prompt
from models.decoding.greedy import Decoder
from models.runtime.checkpoint import load_causal
model = load_causal(Path({str(tmp_path)!r}), device="cpu", dtype="float32")
decoder = Decoder(model, pad_id=0, max_batch_tokens=99, max_batch_size=1)
((_, found),) = decoder.run([Prompt([5, 6, 7], 3, frozenset({{2}}))])
assert found.ids
print([name for name in sys.modules if name.split(".")[0] == "transformers"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"

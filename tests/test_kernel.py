"""Our compiled product gives torch's results bit for bit, and its matrices outlive the process."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny_decoders import logits_of, tiny_decoder

from models.decoding.batch import Prompt
from models.decoding.greedy import Decoder
from models.runtime import int8, kernel
from models.runtime import rows as rows_module
from models.runtime.adapter import Adapter, beside
from models.runtime.checkpoint import load_causal
from models.runtime.panels import checked
from models.runtime.prepacked import prepack, prepack_stored
from models.runtime.rows import rows_product
from models.runtime.stored import Store, store_of

pytestmark = pytest.mark.skipif(
    not int8.available() or kernel.load_kernel() is None,
    reason="no FBGEMM to compare with, or no C compiler",
)


def by_torch(layer: torch.nn.Linear, monkeypatch: pytest.MonkeyPatch) -> Any:
    with monkeypatch.context() as patch:
        patch.setattr(int8, "load_kernel", lambda: None)
        (found,) = int8.int8_products([layer])
    return found


def layer_of(columns: int, depth: int, *, bias: bool, kind: str) -> torch.nn.Linear:
    torch.manual_seed(columns + depth)
    layer = torch.nn.Linear(depth, columns, bias=bias)
    with torch.no_grad():
        if kind == "bell":
            layer.weight.normal_()
        elif kind == "largest":  # no two sums fit in 16 bits
            layer.weight.fill_(1.0)
        elif kind == "both":
            layer.weight.copy_(torch.where(torch.rand_like(layer.weight) < 0.5, -1.0, 1.0))
        else:
            layer.weight.zero_()
    return layer


@pytest.mark.parametrize("kind", ["bell", "largest", "both", "nothing"])
@pytest.mark.parametrize(("columns", "depth"), [(8, 16), (1, 1), (50, 98), (33, 250), (264, 1_536)])
@pytest.mark.parametrize("bias", [False, True])
def test_it_agrees_with_torch_to_the_last_bit(
    columns: int, depth: int, bias: bool, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = layer_of(columns, depth, bias=bias, kind=kind)
    expected = by_torch(layer, monkeypatch)
    (found,) = int8.int8_products([layer])
    for rows in (1, 2, 7, 8, 9, 40):
        x = torch.randn(rows, depth) * torch.logspace(-6, 4, rows)[:, None]
        plus = torch.randn(rows, columns)
        assert torch.equal(found(x), expected(x)), rows
        assert torch.equal(found(x, plus), expected(x, plus)), rows
    for x in (torch.ones(3, depth), -torch.ones(3, depth), torch.zeros(3, depth)):
        assert torch.equal(found(x), expected(x))
    wide = torch.randn(2, 3, 2 * depth)[..., ::2]  # a view with holes
    assert torch.equal(found(wide), expected(wide.contiguous()))
    assert found(torch.empty(0, depth)).shape == (0, columns)


@pytest.mark.parametrize("path", kernel.WIDTHS)
def test_sums_fit_wherever_they_are_taken(path: int) -> None:
    """The input that makes the largest sums, for weights of every size."""
    if path > load().path:
        pytest.skip("this processor has no such path")
    one = replace(load(), path=path)
    for size in range(1, 64):
        values = torch.randint(-size, size + 1, (16, 160), dtype=torch.int8)
        matrix = int8.laid_out(values, torch.ones(16), width=one.width)
        product = int8.PanelProduct(one, matrix, tiny=int8._TINY, inverse=127.0)
        for x in (torch.ones(1, 160), -torch.ones(1, 160), values[:1].sign().float()):
            if not x.any():
                continue
            # Bytes are 0, 127 or 254, which stand for -127, 0 and 127.
            assert torch.equal(product(x), 127.0 * (x @ values.float().T)), size


@pytest.mark.parametrize(("columns", "depth"), [(1, 1), (8, 16), (50, 98), (33, 250), (264, 1_536)])
def test_every_path_gives_the_same_with_an_adapter_and_without(columns: int, depth: int) -> None:
    best = load()
    torch.manual_seed(columns)
    values = torch.randint(-63, 64, (columns, depth), dtype=torch.int8)
    steps, bias, high = torch.rand(columns), torch.randn(columns), torch.randn(columns, 5)
    down = torch.randn(depth, 5)
    for rows in range(1, 18):
        x = torch.randn(rows, depth)
        found = []
        for path in range(1, best.path + 1):
            one = replace(best, path=path)
            matrix = int8.laid_out(values, steps, bias, width=one.width)
            product = int8.PanelProduct(one, matrix, tiny=int8._TINY, inverse=127.0)
            found.append((product(x), product.with_low_rank(down.T, high)(x)))
        for other in found[1:]:
            assert torch.equal(other[0], found[0][0])
            assert torch.equal(other[1], found[0][1])


def test_panels_are_not_read_by_a_path_that_they_are_not_for() -> None:
    one = load()
    matrix = int8.laid_out(torch.zeros(8, 16, dtype=torch.int8), torch.ones(8), width=24)
    with pytest.raises(ValueError, match="panels of 24 columns are not for"):
        int8.PanelProduct(one, matrix, tiny=int8._TINY, inverse=127.0)


def load() -> kernel.Kernel:
    found = kernel.load_kernel()
    assert found is not None
    return found


def test_an_input_of_another_shape_is_refused() -> None:
    (found,) = int8.int8_products([torch.nn.Linear(16, 8)])
    for x in (torch.randn(2, 17), torch.randn(2, 16, dtype=torch.float64)):
        with pytest.raises(ValueError, match="expected float32"):
            found(x)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NIGHTDESK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stored = tiny_decoder("qwen2").to(torch.bfloat16)
    stored.save_pretrained(tmp_path / "model")
    record = {"size_bytes": 1, "sha256": "5" * 64}
    manifest = {"format": 1, "source_sha256": "4" * 64, "files": {"model.safetensors": record}}
    (tmp_path / "model" / "nightdesk.json").write_text(json.dumps(manifest))
    return tmp_path / "model"


def logits(model: Any) -> torch.Tensor:
    with torch.inference_mode():
        return logits_of(model, torch.tensor([[5, 6, 7, 8]]))


def loaded(folder: Path, store: Store | None) -> tuple[Any, bool]:
    model = load_causal(folder, device="cpu", dtype="int8")
    known = prepack_stored(model.get_decoder(), store)
    if not known:
        prepack(model.get_decoder(), int8=True, store=store)
    return model, known


def test_matrices_are_laid_out_once_and_mapped_afterwards(folder: Path, cache: Path) -> None:
    store = store_of(folder)
    unstored, _ = loaded(folder, None)
    first, known = loaded(folder, store)
    assert not known
    second, known = loaded(folder, store)
    assert known
    assert torch.equal(logits(first), logits(unstored))
    assert torch.equal(logits(second), logits(unstored))
    (path,) = (cache / "prepared").glob("*.safetensors")
    assert str(path) in Path("/proc/self/maps").read_text()
    assert sorted(p.suffix for p in path.parent.iterdir()) == [".safetensors", ".sha256"]


def test_a_damaged_file_is_made_anew(folder: Path, cache: Path) -> None:
    store = store_of(folder)
    expected = logits(loaded(folder, store)[0])
    (path,) = (cache / "prepared").glob("*.safetensors")
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:-5] + b"\x01" + whole[-4:], b"", b"{}"):
        path.unlink()
        path.write_bytes(damaged)
        again, known = loaded(folder, store)
        assert not known
        assert torch.equal(logits(again), expected)
        assert path.read_bytes() == whole


def test_what_a_killed_process_left_is_removed_once_it_is_old(folder: Path, cache: Path) -> None:
    store = store_of(folder)
    assert store is not None
    loaded(folder, store)
    stem = next((cache / "prepared").glob("*.safetensors")).with_suffix("")
    other = stem.with_name("another")
    old = [Path(f"{stem}.123"), Path(f"{other}.12"), Path(f"{other}.seal12")]
    kept = [Path(f"{stem}.124"), Path(f"{other}.safetensors"), Path(f"{other}.sha256")]
    for path in (*old, *kept):
        path.touch()
    for path in (*old, *kept[1:]):
        os.utime(path, (1, 1))
    Path(f"{stem}.sha256").unlink()
    assert not loaded(folder, store)[1]
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in kept)


def test_other_weights_and_other_adapters_have_places_of_their_own(folder: Path) -> None:
    places = {store_of(folder, adapter=name)._path for name in ("", "a", "b")}  # type: ignore[union-attr]
    manifest = folder / "nightdesk.json"
    manifest.write_text(manifest.read_text().replace("5" * 64, "6" * 64))
    places.add(store_of(folder)._path)  # type: ignore[union-attr]
    assert len(places) == 4
    manifest.unlink()
    assert store_of(folder) is None


def test_a_cache_that_cannot_be_written_costs_time_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NIGHTDESK_CACHE", str(tmp_path / "file"))
    model, known = loaded(folder, store_of(folder))
    assert not known
    assert torch.equal(logits(model), logits(loaded(folder, None)[0]))


def test_without_a_compiler_there_is_no_kernel_and_no_error(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(kernel, "load_kernel", kernel.load_kernel.__wrapped__)
    assert kernel.load_kernel() is None
    assert not list(cache.rglob("*.so"))


def test_code_that_others_can_write_is_not_loaded(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "kernels").mkdir(parents=True)
    (cache / "kernels").chmod(0o777)
    found = kernel._built(kernel._SOURCE)
    assert cache not in found.parents
    (cache / "kernels").chmod(0o700)
    kept = kernel._built(kernel._SOURCE)
    assert kept.parent == cache / "kernels"
    kept.chmod(0o722)
    kept.write_bytes(b"something else")
    assert kernel._built(kernel._SOURCE) == kept
    assert kept.read_bytes().startswith(b"\x7fELF")


@pytest.mark.parametrize("depth", [1, 7, 8, 33, 640])
@pytest.mark.parametrize("rows", [[0], [0, 2, 5], [3, 1, 4, 1, 5, 9, 2, 6, 5], None])
def test_rows_of_bfloat16_are_multiplied_where_they_lie(depth: int, rows: list[int] | None) -> None:
    torch.manual_seed(depth)
    weight = torch.randn(11, depth).bfloat16()
    index = None if rows is None else torch.tensor(rows)
    found = rows_product(weight, index, dtype=torch.float32)
    chosen = (weight if rows is None else weight[index]).double()
    for inputs in (0, 1, 2, 3, 4, 7):
        x = torch.randn(inputs, depth)
        torch.testing.assert_close(found(x).double(), x.double() @ chosen.T, rtol=1e-5, atol=1e-5)
        for i in range(inputs):
            assert torch.equal(found(x[i : i + 1]), found(x)[i : i + 1])
    plus = torch.randn(2, len(chosen))
    assert torch.equal(found(x[:2], plus), found(x[:2]) + plus)


@pytest.mark.parametrize("chosen", [True, False])
def test_of_many_rows_the_largest_products_are_exact(
    chosen: bool, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(3)
    weight = torch.randn(9_000, 96).bfloat16()
    index = torch.arange(1, 9_000, 2) if chosen else None
    count = 4_500 if chosen else 9_000
    x = 0.6 * torch.randn(5, 96)
    found = rows_product(weight, index, dtype=torch.float32, made_of="w")
    monkeypatch.setattr(rows_module, "_FEW", count)
    exact = rows_product(weight, index, dtype=torch.float32)(x)
    assert exact.shape == (5, count)
    near = exact >= exact.amax(dim=1, keepdim=True) - rows_module.MARGIN + 0.5
    assert 5 <= near.sum() < near.numel() // 20
    assert torch.equal(found(x)[near], exact[near])
    torch.testing.assert_close(found(x), exact, rtol=0, atol=0.5)
    assert not torch.equal(found(x), exact)
    assert torch.equal(found(x[2:3]), found(x)[2:3])
    plus = torch.randn(5, count)
    assert torch.equal(found(x, plus), found(x) + plus)
    monkeypatch.setattr(rows_module, "_FEW", 0)
    (path,) = (cache / "prepared").glob("*.safetensors")
    assert torch.equal(rows_product(weight, index, dtype=torch.float32, made_of="w")(x), found(x))
    assert [path] == list((cache / "prepared").glob("*.safetensors"))


def test_rows_that_a_matrix_has_not_are_refused() -> None:
    for rows in ([-1, 2], [2, 11]):
        with pytest.raises(IndexError):
            rows_product(torch.zeros(11, 8).bfloat16(), torch.tensor(rows), dtype=torch.float32)


@pytest.mark.parametrize("kind", ["qwen2", "gemma3"])
def test_a_decoder_writes_the_same_with_it_and_without(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(2)
    tiny_decoder(kind).to(torch.bfloat16).save_pretrained(tmp_path)
    prompts = [Prompt([5 + i, 6, 7 + i, 8], 12, frozenset({4})) for i in range(7)]
    written = []
    for load in (kernel.load_kernel, lambda: None):
        monkeypatch.setattr(int8, "load_kernel", load)
        monkeypatch.setattr(rows_module, "load_kernel", load)
        model, _ = loaded(tmp_path, None)
        layer = model.get_decoder().get_submodule("layers.0.mlp.down_proj")
        torch.manual_seed(5)
        factors = {
            "layers.0.mlp.down_proj": (
                torch.randn(2, layer.in_features),
                torch.randn(layer.out_features, 2),
            )
        }
        decoder = Decoder(
            beside(model, Adapter(scale=0.5, factors=factors, rows={})),
            pad_id=0, max_batch_tokens=1_000, max_batch_size=4, allowed=torch.arange(3, 90),
        )  # fmt: skip
        written.append(sorted(decoder.run(prompts)))
    assert written[0] == written[1]
    assert any(continuation.ids for _, continuation in written[0])


def test_the_path_that_is_taken_agrees_with_the_one_that_every_processor_has() -> None:
    best = load()
    assert checked(best) == best
    assert checked(None) is None
    for path in (1, best.path):
        assert checked(replace(best, path=path)) == replace(best, path=path)

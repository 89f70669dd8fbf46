"""The translator we trained, on a tiny random base: merged and decoded as it should be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save, save_file
from tiny_decoders import logits_of
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    PreTrainedTokenizerFast,
)

from models.chat.causal import ChatModel
from models.engine import Decoding, Hypothesis, Routed, Segment
from models.errors import EngineError, WeightsError
from models.repository.manifest import sha256_of
from models.repository.registry import GEMMA, LARGE_STUDENT, STUDENT, AdapterSpec
from models.repository.weights import require
from models.runtime.adapter import OwnBase, beside, load_adapter, merge
from models.runtime.checkpoint import load_causal
from models.runtime.prepacked import prepack
from models.student import Student, prompt_text

ROUTES = (("ru", "en"), ("uk", "en"), ("fr", "en"))
SCALE = 0.5
RANK = 3
TEXTS = (
    "Паром ушёл без нас.",
    "Пором пішов без нас, і ми чекали до ранку на пристані.",
    "Le bac est parti sans nous.",
    "Капитан сказал, что вернётся к полудню, если ветер не переменится.",
)
ENGLISH = "The ferry left without us, and the captain said that he would be back by noon."
SEGMENTS = [
    Segment(TEXTS[0], "ru", "en"), Segment(TEXTS[1], "uk", "en"),
    Segment(TEXTS[2], "fr", "en"), Segment(TEXTS[3], "ru", "en"),
]  # fmt: skip
SHORT = Decoding(max_new_tokens=14)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=["<pad>", "<eos>", "<bos>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator([*TEXTS, ENGLISH, "Russian:\nEnglish:"], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", 2)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>"
    )
    fast.save_pretrained(folder)
    config = Gemma3TextConfig(
        vocab_size=len(fast), hidden_size=32, intermediate_size=48, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=1, head_dim=16, query_pre_attn_scalar=16,
        sliding_window=512, layer_types=["sliding_attention", "full_attention"],
        max_position_embeddings=1024, tie_word_embeddings=False, bos_token_id=2, eos_token_id=1,
        pad_token_id=0,
    )  # fmt: skip
    torch.manual_seed(4)
    model = Gemma3ForCausalLM(config)
    for parameter in model.parameters():
        if parameter.dim() > 1:  # wide layers: choices lie far apart and do not echo the input
            torch.nn.init.normal_(parameter, std=0.6)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def rows(base: Path) -> list[int]:
    """All tokens but those with the letters of Cyrillic."""
    vocabulary = json.loads((base / "tokenizer.json").read_text())["model"]["vocab"]
    return sorted({1, *(i for token, i in vocabulary.items() if not {"Ð", "Ñ"} & set(token))})


@pytest.fixture(scope="module")
def spec(base: Path, rows: list[int], tmp_path_factory: pytest.TempPathFactory) -> AdapterSpec:
    path = tmp_path_factory.mktemp("adapter") / "adapter.safetensors"
    torch.manual_seed(9)
    tensors = {"rows": torch.tensor(rows, dtype=torch.int32)}
    for name, (out, size) in {"layers.0.mlp.up_proj": (48, 32),
                              "layers.1.self_attn.q_proj": (64, 32)}.items():  # fmt: skip
        for side, shape in (("a", (RANK, size)), ("b", (out, RANK))):
            tensors[f"{name}.{side}"] = torch.randint(-127, 128, shape).to(torch.int8)
            tensors[f"{name}.{side}.scale"] = torch.rand(shape[0]) / 100
    save_file(tensors, path, metadata={"adapter": json.dumps({"scale": SCALE})})
    return AdapterSpec(
        name="tiny", revision="1", base=GEMMA, file=str(path), sha256=sha256_of(path),
        routes=ROUTES, purpose="tests",
    )  # fmt: skip


@pytest.fixture
def student(spec: AdapterSpec, base: Path) -> Callable[..., Student]:
    return lambda **options: Student(
        spec, OwnBase(lambda: base, identity="base", device="cpu", dtype="float32"), **options
    )


@pytest.fixture(scope="module")
def merged(spec: AdapterSpec, base: Path) -> Any:
    """The same model by the book: the factors multiplied out by hand, transformers runs it."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    adapter = load_adapter(spec.path, sha256=spec.sha256)
    parameters = dict(model.get_decoder().named_parameters())
    for name, (a, b) in adapter.factors.items():
        with torch.no_grad():
            for i in range(b.shape[0]):
                parameters[f"{name}.weight"][i] += SCALE * sum(b[i, r] * a[r] for r in range(RANK))
    return model


def answers(student: Student, segments: list[Segment], decoding: Decoding) -> list[Hypothesis]:
    found = dict(student.translate(segments, decoding=decoding))
    return [found[i] for i in range(len(segments))]


@pytest.mark.parametrize("num_beams", [1, 4])
def test_writes_what_the_merged_model_writes(
    student: Callable[..., Student], merged: Any, rows: list[int], num_beams: int
) -> None:
    engine = student()
    written = answers(engine, SEGMENTS, replace(SHORT, num_beams=num_beams))
    others = sorted(set(range(merged.config.vocab_size)) - set(rows))
    for segment, hypothesis in zip(SEGMENTS, written, strict=True):
        ids = engine.tokenizer(prompt_text(segment.text, segment.source, "en"))["input_ids"]
        output = merged.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long),
            max_new_tokens=SHORT.max_new_tokens, min_new_tokens=1 if num_beams > 1 else 2,
            num_beams=num_beams, do_sample=False, suppress_tokens=others, renormalize_logits=True,
            pad_token_id=0,
        )  # fmt: skip
        text = engine.tokenizer.decode(output[0, len(ids) :], skip_special_tokens=True)
        if hypothesis.finish != "loop":
            assert hypothesis.text == " ".join(text.split())
    assert sum(h.finish != "loop" for h in written) >= 2


@pytest.mark.parametrize("num_beams", [1, 4])
def test_the_batch_changes_nothing(student: Callable[..., Student], num_beams: int) -> None:
    decoding = replace(SHORT, num_beams=num_beams)
    together = answers(student(), SEGMENTS * 3, decoding)
    alone = answers(student(max_batch_size=num_beams), SEGMENTS, decoding)
    assert together == alone * 3


def test_the_adapter_is_needed(student: Callable[..., Student], base: Path) -> None:
    engine, plain = student(), student()
    bare = load_causal(base, device="cpu", dtype="float32")
    plain._base.adapted = lambda _: bare  # type: ignore[method-assign]
    assert answers(engine, SEGMENTS, SHORT) != answers(plain, SEGMENTS, SHORT)


def test_beside_a_shared_base_it_is_what_it_is_within(
    spec: AdapterSpec, base: Path, student: Callable[..., Student]
) -> None:
    chat = ChatModel(lambda: base, identity="base", device="cpu", dtype="float32")
    for num_beams in (1, 4):
        decoding = replace(SHORT, num_beams=num_beams)
        shared = answers(Student(spec, chat), SEGMENTS, decoding)
        assert shared == answers(student(), SEGMENTS, decoding)


def test_the_chances_of_tokens_stand_where_the_tokens_do(student: Callable[..., Student]) -> None:
    engine = student()
    pairs = [
        (segment, text)
        for segment, text in zip(SEGMENTS, (ENGLISH, "The bac  left."), strict=False)
    ]
    means = engine.log_probabilities(pairs)
    for (_, text), mean, chances in zip(pairs, means, engine.token_chances(pairs), strict=True):
        assert "".join(text[chance.start : chance.end] for chance in chances) == text
        assert (chances[-1].start, chances[-1].end) == (len(text), len(text))
        assert sum(chance.nats for chance in chances) / len(chances) == pytest.approx(mean)


@pytest.mark.parametrize("packed", [False, True])
def test_a_shared_base_is_neither_copied_nor_changed(
    spec: AdapterSpec, base: Path, packed: bool
) -> None:
    adapter = load_adapter(spec.path, sha256=spec.sha256)
    model = load_causal(base, device="cpu", dtype="bfloat16")
    ids = torch.tensor([[5, 9, 70, 33, 34]])
    merged = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    merge(merged.get_decoder(), adapter)
    with torch.inference_mode():
        if packed:
            prepack(model.get_decoder())
        before = logits_of(model, ids)
        twin = beside(model, adapter)
        assert {id(p) for p in twin.parameters()} <= {id(p) for p in model.parameters()}
        assert torch.equal(logits_of(model, ids), before)
        found, expected = logits_of(twin, ids).float(), merged(ids).logits
        assert (found - expected).norm() < 0.05 * expected.norm()
        assert (before.float() - expected).norm() > 0.1 * expected.norm()


def test_only_letters_that_english_has(student: Callable[..., Student]) -> None:
    for num_beams in (1, 4):
        for hypothesis in answers(student(), SEGMENTS, replace(SHORT, num_beams=num_beams)):
            assert not any("\u0400" <= c <= "\u04ff" for c in hypothesis.text)
            assert hypothesis.tokens > 0


def test_variants_are_samples_and_repeatable(student: Callable[..., Student]) -> None:
    asked = [replace(SEGMENTS[0], variant=n) for n in (0, 1, 2, 3)]
    decoding = replace(SHORT, temperature=1.5)
    first = answers(student(), asked, decoding)
    assert first == answers(student(), asked, decoding)
    assert first[0] == answers(student(), SEGMENTS[:1], decoding)[0]
    assert len({h.text for h in first}) > 1


def test_knows_its_routes_and_refuses_others(student: Callable[..., Student]) -> None:
    engine = student()
    assert isinstance(engine, Routed)
    assert engine.has_route("uk", "en")
    assert not engine.has_route("en", "uk")
    with pytest.raises(EngineError, match="does not translate en-fr"):
        list(engine.translate([Segment("Noon.", "en", "fr")], decoding=SHORT))


def test_a_control_token_in_a_text_is_text(student: Callable[..., Student]) -> None:
    engine = student()
    text = "Le bac <eos> est parti.<bos><pad>"
    prompt = engine._prompt_ids(Segment(text, "fr", "en"))
    reply = engine._reply(Segment(text, "fr", "en"), "The <eos> ferry<pad> left.")
    special = set(engine.tokenizer.all_special_ids)
    assert [i for i in prompt if i in special] == [engine.tokenizer.bos_token_id]
    assert [i for i in reply.ids if i in special] == [engine.tokenizer.eos_token_id]
    assert reply.ids[-1] == engine.tokenizer.eos_token_id
    for ordinary in TEXTS:
        segment = Segment(ordinary, "ru", "en")
        asked = prompt_text(ordinary, "ru", "en")
        assert engine._prompt_ids(segment) == engine.tokenizer(asked)["input_ids"]


def test_a_changed_file_is_not_loaded(spec: AdapterSpec, tmp_path: Path) -> None:
    damaged = tmp_path / "adapter.safetensors"
    content = bytearray(spec.path.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(WeightsError, match="sha256"):
        load_adapter(damaged, sha256=spec.sha256)
    with pytest.raises(WeightsError, match="is missing"):
        load_adapter(tmp_path / "none", sha256=spec.sha256)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff" * 64, b"\x02" + b"\0" * 7 + b"[]", b"\x02" + b"\0" * 7 + b"{}",
        save({"layers.0.a": torch.zeros(2)}, {"adapter": '{"scale": 1}'}),
        save({"x": torch.zeros(2)}, {"adapter": '{"scale": "much"}'}),
        save({"x": torch.zeros(2)}, {"adapter": "[" * 100_000}),
        save({"x": torch.zeros(2)}, {"adapter": "[]"}),
        save({"l.a": torch.zeros(2, 3), "l.a.scale": torch.zeros(5)}, {"adapter": '{"scale": 1}'}),
        save({"l.a": torch.zeros(2), "l.a.scale": torch.tensor(1)}, {"adapter": '{"scale": 1}'}),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_adapter_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "adapter.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="holds no adapter") as caught:
        load_adapter(path, sha256=sha256_of(path))
    assert str(path) in str(caught.value)
    assert caught.value.hint == "install nightdesk again"


def test_an_adapter_without_the_vocabulary_of_a_language_is_told(
    spec: AdapterSpec, base: Path
) -> None:
    other = replace(spec, routes=(("en", "fr"),))
    engine = Student(other, OwnBase(lambda: base, identity="base", device="cpu", dtype="float32"))
    with pytest.raises(WeightsError, match="no vocabulary for 'fr'"):
        list(engine.translate([Segment("Noon.", "en", "fr")], decoding=SHORT))


def test_an_adapter_of_another_base_is_refused(spec: AdapterSpec, base: Path) -> None:
    adapter = load_adapter(spec.path, sha256=spec.sha256)
    a, b = adapter.factors["layers.0.mlp.up_proj"]
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    for factors in ({"layers.7.mlp.up_proj": (a, b)}, {"layers.0.mlp.down_proj": (a, b)}):
        with pytest.raises(WeightsError, match="no place"):
            merge(model.get_decoder(), replace(adapter, factors=factors))
        with pytest.raises(WeightsError, match="no place"):
            beside(model, replace(adapter, factors=factors))


@pytest.mark.parametrize(("spec", "blocks"), [(STUDENT, 18), (LARGE_STUDENT, 28)])
def test_a_shipped_adapter_is_the_registered_one_and_small(spec: AdapterSpec, blocks: int) -> None:
    adapter = load_adapter(spec.path, sha256=spec.sha256)
    assert spec.path.stat().st_size <= 30_000_000
    assert len(adapter.factors) == 7 * blocks  # every matrix of every block
    assert all(a.shape[0] == b.shape[1] for a, b in adapter.factors.values())
    assert set(adapter.rows) == {target for _, target in spec.routes}
    assert all(torch.equal(rows, rows.unique()) for rows in adapter.rows.values())
    for name in ("NOTICE", "GEMMA_TERMS.txt", "README.md"):  # the licence wants them beside it
        assert (spec.path.parent / name).is_file()


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("spec", [STUDENT, LARGE_STUDENT])
def test_a_shipped_translator_translates(spec: AdapterSpec, embedded_chat: ChatModel) -> None:
    own = spec is STUDENT
    base = (
        OwnBase(partial(require, spec.base), identity="base", device="cpu")
        if own
        else embedded_chat
    )
    engine = Student(spec, base)
    segments = [
        Segment(text, language, "en")
        for text, language in (
            ("Президент призвал парламент принять новый закон о бюджете до конца года.", "ru"),
            ("Президент закликав парламент ухвалити новий закон про бюджет до кінця року.", "uk"),
            ("Le président a appelé le parlement à adopter une loi avant la fin de l'année.", "fr"),
        )
    ]
    literal = [
        Segment("https://example.org/a?b=1", "ru", "en"),
        Segment("The mayor opened a school on Monday.", "fr", "en"),
    ]
    for num_beams in (1, 4):
        decoding = Decoding(num_beams=num_beams)
        for hypothesis in answers(engine, segments, decoding):
            assert hypothesis.finish == "stop"
            words = set(re.findall(r"\w+", hypothesis.text.casefold()))
            assert {"president", "parliament", "end"} <= words
            assert words & {"adopt", "approve", "pass"}
        copied = [hypothesis.text for hypothesis in answers(engine, literal, decoding)]
        assert copied == [segment.text for segment in literal]
    for language, word in (("ru", "президент"), ("uk", "президент"), ("fr", "président")):
        if engine.has_route("en", language):
            text = "The president called on parliament to adopt a new law this year."
            ((_, hypothesis),) = engine.translate(
                [Segment(text, "en", language)], decoding=Decoding()
            )
            assert word in hypothesis.text.casefold()

"""Through English, where an engine has no direct route."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import tiny_models

from models.engine import Decoding, Hypothesis, Routed, Segment
from models.errors import EngineError
from models.fake import ScriptedSummariser, ScriptedTranslator
from models.routing.pivot import PivotTranslator
from models.seq2seq.engine import Seq2SeqTranslator
from pipeline.build import build
from pipeline.config import Config, Hub
from pipeline.document import Document, Paragraph
from pipeline.place import Span
from pipeline.progress import Silent
from pipeline.runner import one_through
from pipeline.state.folder import State
from pipeline.state.remembering import RememberingTranslator

GREEDY = Decoding(max_new_tokens=12)
PAIRS = {("ru", "en"), ("uk", "en"), ("en", "fr"), ("ru", "uk")}


def spelt(segment: Segment) -> str:
    return f"{segment.text}>{segment.target}"


def asked(engine: ScriptedTranslator, *segments: Segment) -> list[Hypothesis]:
    pivot = PivotTranslator(engine, direct=lambda *pair: pair in PAIRS)
    found = dict(pivot.translate(segments, decoding=GREEDY))
    assert sorted(found) == list(range(len(segments)))
    return [found[i] for i in range(len(segments))]


def test_only_pairs_without_a_direct_route_go_through_the_pivot() -> None:
    engine = ScriptedTranslator(spelt)
    texts = asked(
        engine,
        Segment("а", "ru", "fr"),
        Segment("б", "ru", "uk"),
        Segment("в", "uk", "fr"),
        Segment("г", "ru", "en"),
        Segment("д", "en", "fr"),
    )
    assert [h.text for h in texts] == ["а>en>fr", "б>uk", "в>en>fr", "г>en", "д>fr"]
    assert {(s.source, s.target) for s in engine.asked} <= PAIRS


def test_both_halves_count_and_the_worse_end_stands() -> None:
    engine = ScriptedTranslator(lambda s: "one two", finish="loop")
    (found,) = asked(engine, Segment("а", "ru", "fr", variant=3))
    assert (found.tokens, found.finish, found.model) == (4, "loop", "scripted")
    assert [s.variant for s in engine.asked] == [3, 3]


def test_where_there_is_no_way_the_engine_says_so() -> None:
    engine = ScriptedTranslator(spelt)
    (found,) = asked(engine, Segment("а", "fr", "uk"))
    assert found.text == "а>uk"


def test_the_way_into_the_pivot_is_remembered_by_itself(tmp_path: Path) -> None:
    engine = ScriptedTranslator(spelt)
    remembering = RememberingTranslator(engine, state=State(tmp_path / "s"), progress=Silent())
    pivot = PivotTranslator(remembering, direct=lambda *pair: pair in PAIRS)
    list(remembering.translate([Segment("а", "ru", "en")], decoding=GREEDY))
    list(pivot.translate([Segment("а", "ru", "fr")], decoding=GREEDY))
    list(pivot.translate([Segment("а", "ru", "fr")], decoding=GREEDY))
    assert [(s.text, s.target) for s in engine.asked] == [("а", "en"), ("а>en", "fr")]


class FromEnglishOnly(ScriptedTranslator):
    """An engine that knows its routes."""

    def has_route(self, source: str, target: str) -> bool:
        return "en" in (source, target)


@pytest.mark.parametrize("target", ["fr", "uk"])
def test_the_desk_goes_through_english_for_an_engine_that_knows_its_routes(
    target: str, tmp_path: Path
) -> None:
    answers = {"en": "The bridge is open.", "fr": "Le pont est ouvert.", "uk": "Міст відкрито."}
    engine = FromEnglishOnly(lambda s: answers[s.target])
    desk = build(
        Config().with_target(target),
        state=State(tmp_path / "s"),
        progress=Silent(),
        engines=(engine, ScriptedSummariser(lambda p: p.text)),
    )
    text = "Мост открыт."
    paragraph = Paragraph(0, text, Span(0, len(text)), language="ru")
    document = Document("x", "a", text, "utf-8", (paragraph,))
    found = one_through(document, desk.translation())
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == answers[target]
    assert [(s.source, s.target) for s in engine.asked] == [("ru", "en"), ("en", target)]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("pairs")
    return {
        "ru-en": tiny_models.marian(root / "ru-en", languages=("ru", "en")),
        "en-fr": tiny_models.marian(root / "en-fr", languages=("en", "fr")),
        "nllb": tiny_models.nllb(root / "nllb"),
    }


def marian(folders: dict[str, Path], default: str = "") -> Seq2SeqTranslator:
    pairs = {pair: str(folders[pair]) for pair in ("ru-en", "en-fr")}
    return Seq2SeqTranslator(default, pairs=pairs, device="cpu", dtype="float32")


def test_marian_pairs_know_their_routes_and_chain(folders: dict[str, Path]) -> None:
    engine = marian(folders)
    assert isinstance(engine, Routed)
    assert engine.has_route("ru", "en")
    assert not engine.has_route("ru", "fr")
    source = Segment("Трамвайное депо на холме закрыли.", "ru", "fr")
    pivot = PivotTranslator(engine, direct=engine.has_route)
    ((_, found),) = pivot.translate([source], decoding=GREEDY)
    ((_, half),) = engine.translate([replace(source, target="en")], decoding=GREEDY)
    whole = engine.translate([Segment(half.text, "en", "fr")], decoding=GREEDY)
    assert found.text == next(whole)[1].text
    assert "ru-en" in found.model
    assert "en-fr" in found.model


def test_a_pair_without_any_model_names_the_key(folders: dict[str, Path]) -> None:
    pivot = PivotTranslator(marian(folders), direct=marian(folders).has_route)
    with pytest.raises(EngineError, match="'uk' into 'fr'") as caught:
        list(pivot.translate([Segment("Міст.", "uk", "fr")], decoding=GREEDY))
    assert "hub.translators" in caught.value.hint


def test_one_model_for_all_pairs_is_a_direct_route(folders: dict[str, Path]) -> None:
    assert marian(folders, str(folders["nllb"])).has_route("uk", "fr")
    alone = Seq2SeqTranslator(str(folders["ru-en"]), device="cpu", dtype="float32")
    assert alone.has_route("ru", "en")
    assert not alone.has_route("uk", "fr")


def test_the_hub_profile_takes_pairs_alone(folders: dict[str, Path], tmp_path: Path) -> None:
    hub = Hub(translator="", translators={"ru-en": str(folders["ru-en"])})
    desk = build(Config(profile="hub", hub=hub), state=State(tmp_path / "s"), progress=Silent())
    assert desk.engines["translate"]["identity"].startswith("ru-en: ")

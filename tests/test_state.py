"""What is remembered is not computed again, and what is not is computed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.engine import Decoding, Hypothesis, Passage, Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.progress import Silent
from pipeline.state import results
from pipeline.state.folder import State, open_state
from pipeline.state.remembering import RememberingSummariser, RememberingTranslator
from pipeline.state.results import result_key


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "deep" / "state") as opened:
        yield opened


def segment(text: str, *, source: str = "ru", target: str = "en") -> Segment:
    return Segment(text, source, target)


def answers(
    translator: RememberingTranslator, segments: list[Segment], **options: int
) -> list[str]:
    found = dict(translator.translate(segments, decoding=Decoding(**options)))
    return [found[i].text for i in range(len(segments))]


def test_a_second_question_is_answered_from_the_state(state: State) -> None:
    engine = ScriptedTranslator(lambda s: s.text.upper())
    translator = RememberingTranslator(engine, state=state, progress=Silent())
    segments = [segment("a"), segment("b"), segment("a")]
    assert answers(translator, segments) == ["A", "B", "A"]
    assert len(engine.asked) == 2, "equal segments are asked once"
    assert answers(translator, [segment("b"), segment("c")]) == ["B", "C"]
    assert len(engine.asked) == 3


def test_the_alternatives_of_a_search_are_remembered_with_it(state: State) -> None:
    found = Hypothesis("ja", 3, "stop", "m", alternatives=("oui", "да"))
    state.results.remember("k", found)
    assert state.results.hypotheses(["k"]) == {"k": found}


def test_everything_that_a_result_depends_on_is_in_its_key(state: State) -> None:
    engine = ScriptedTranslator(lambda s: "x")
    translator = RememberingTranslator(engine, state=state, progress=Silent())
    answers(translator, [segment("a")])
    answers(translator, [segment("a", source="uk")])
    answers(translator, [segment("a", target="fr")])
    answers(translator, [segment("a")], num_beams=2)
    answers(translator, [replace(segment("a"), variant=1)])
    answers(translator, [replace(segment("a"), opinion=1)])
    other = ScriptedTranslator(lambda s: "y", identity="another model")
    assert answers(
        RememberingTranslator(other, state=state, progress=Silent()), [segment("a")]
    ) == ["y"]
    assert len(engine.asked) == 6


def test_an_interrupted_run_keeps_what_it_had(state: State) -> None:
    def answer(s: Segment) -> str:
        if s.text == "a":
            raise KeyboardInterrupt
        return s.text.upper()

    breaking = RememberingTranslator(ScriptedTranslator(answer), state=state, progress=Silent())
    with pytest.raises(KeyboardInterrupt):
        answers(breaking, [segment("a"), segment("b"), segment("c")])
    engine = ScriptedTranslator(lambda s: s.text.upper())
    translator = RememberingTranslator(engine, state=state, progress=Silent())
    assert answers(translator, [segment("a"), segment("b"), segment("c")]) == ["A", "B", "C"]
    assert [s.text for s in engine.asked] == ["a"]


def test_summaries_are_remembered_too(state: State) -> None:
    engine = ScriptedSummariser(lambda p: "Short.")
    for _ in range(2):
        summariser = RememberingSummariser(engine, state=state, progress=Silent())
        found = dict(summariser.summarise([Passage("long", "en", 3)], decoding=Decoding()))
        assert found[0].text == "Short."
    assert len(engine.asked) == 1


def test_many_keys_at_once(state: State) -> None:
    for i in range(1200):
        state.results.remember(result_key(i), Hypothesis(str(i), 1, "stop", "m"))
    found = state.results.hypotheses([result_key(i) for i in range(2000)])
    assert len(found) == 1200
    assert state.results.clear() == 1200
    assert state.results.count() == 0


def test_a_translation_is_no_summary_and_another_layout_of_keys_is_another_key(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = ScriptedTranslator(lambda s: "x")
    translator = RememberingTranslator(engine, state=state, progress=Silent())
    answers(translator, [segment("a")])
    assert result_key("translate", 1) != result_key("summarise", 1)
    monkeypatch.setattr(results, "KEY_VERSION", results.KEY_VERSION + 1)
    answers(translator, [segment("a")])
    assert len(engine.asked) == 2


def test_a_reply_with_half_a_surrogate_pair_is_forgotten(state: State) -> None:
    for key, found in (
        ("t", Hypothesis("half \udc41", 3, "stop", "m")),
        ("a", Hypothesis("whole", 3, "stop", "m", alternatives=("\ud800",))),
    ):
        state.results.remember(key, found)
        assert state.results.hypotheses([key]) == {}

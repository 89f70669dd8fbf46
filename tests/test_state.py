"""What is remembered is not computed again, and what is not is computed once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.engine import Decoding, Hypothesis, Passage, Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.errors import OutputError
from pipeline.progress import Silent
from pipeline.state.database import State, open_state, result_key
from pipeline.state.names import NameMemory
from pipeline.state.paragraphs import RestoreRules
from pipeline.state.remembering import RememberingSummariser, RememberingTranslator


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "deep" / "state.sqlite") as opened:
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
    state.remember("k", found)
    assert state.hypotheses(["k"]) == {"k": found}


def test_a_state_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE hypotheses (key TEXT PRIMARY KEY, text TEXT NOT NULL, tokens INTEGER NOT"
            " NULL, finish TEXT NOT NULL, model TEXT NOT NULL, made_at REAL NOT NULL) WITHOUT ROWID"
        )
        connection.execute("INSERT INTO hypotheses VALUES ('k', 'ja', 3, 'stop', 'm', 0.0)")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    for _ in range(2):
        with open_state(path) as state:
            assert state.hypotheses(["k"]) == {"k": Hypothesis("ja", 3, "stop", "m")}
            state.remember("new", Hypothesis("oui", 1, "stop", "m", ("si",)))


def test_everything_that_a_result_depends_on_is_in_its_key(state: State) -> None:
    engine = ScriptedTranslator(lambda s: "x")
    translator = RememberingTranslator(engine, state=state, progress=Silent())
    answers(translator, [segment("a")])
    answers(translator, [segment("a", source="uk")])
    answers(translator, [segment("a", target="fr")])
    answers(translator, [segment("a")], num_beams=2)
    other = ScriptedTranslator(lambda s: "y", identity="another model")
    assert answers(
        RememberingTranslator(other, state=state, progress=Silent()), [segment("a")]
    ) == ["y"]
    assert len(engine.asked) == 4


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
        state.remember(result_key(i), Hypothesis(str(i), 1, "stop", "m"))
    found = state.hypotheses([result_key(i) for i in range(2000)])
    assert len(found) == 1200
    assert state.clear() == 1200
    assert state.count() == 0


def test_a_state_of_the_future_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(OutputError, match="newer Nightdesk"), open_state(path):
        pass


def test_a_file_that_is_no_state_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_text("this is a poem, and a rather long one, not a database at all" * 20)
    for use in (lambda: State(path), NameMemory(path).clear, RestoreRules(path).keys):
        with pytest.raises(OutputError, match=r"state\.sqlite: .* cannot be used") as caught:
            use()
        assert "NIGHTDESK_STATE" in caught.value.hint

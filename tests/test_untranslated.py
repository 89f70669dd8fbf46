"""Texts that a server refuses, or answers with nothing: told, marked, and nobody's summary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import Answer, asked, completion, desk, failure
from newsroom import STORIES, check_whole, nightdesk, server_config, translation

from models.engine import Decoding, Hypothesis, Passage, Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.progress import Silent
from pipeline.state.folder import State, open_state
from pipeline.state.remembering import RememberingSummariser, RememberingTranslator

MARK = "Школа"  # a word of story 1


def record(out: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "documents" / f"{name}.json").read_text())
    return found


def test_a_refused_text_names_itself_and_the_others_are_published(
    inbox: Path, tmp_path: Path
) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        text = asked(body)
        if MARK in text:
            return failure(400, "the prompt was flagged as violence")
        return completion(translation(text))

    out = tmp_path / "out"
    with desk(answer) as there:
        config = server_config(tmp_path / "s.toml", there.url)
        outcome = nightdesk("run", inbox, "--out", out, "--config", config)
    assert outcome.code == 0, outcome.err
    assert check_whole(out) == sorted(STORIES)
    refused = record(out, "1.txt")
    (note,) = refused["notes"]
    assert "1 of 3, the first “Школа на холме" in note
    assert "HTTP 400: the prompt was flagged as violence" in note
    assert f"note: 1.txt: {note}" in outcome.err
    flags = [p["translation"]["flags"] for p in refused["paragraphs"]]
    assert flags[0] == ["empty", "refused", "kept-source"]
    assert flags[1:] == [[], []]
    assert MARK not in " ".join(s["text"] for s in refused["summary"]["sentences"])
    assert record(out, "0.txt")["notes"] == []


def test_a_refused_text_is_told_where_one_text_is_translated(inbox: Path, tmp_path: Path) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        text = asked(body)
        return failure(400, "flagged") if MARK in text else completion(translation(text))

    with desk(answer) as there:
        config = server_config(tmp_path / "s.toml", there.url)
        outcome = nightdesk("translate", inbox / "1.txt", "--config", config)
    assert outcome.code == 0
    assert MARK in outcome.out
    assert "the first “Школа на холме" in outcome.err
    assert "HTTP 400: flagged" in outcome.err


NOTHING = {
    "null": completion(None),
    "blanks": completion(" \n "),
    "a thought without an end": completion("<think>Let me think", finish="length"),
}


@pytest.mark.parametrize("kind", NOTHING)
def test_where_nothing_is_answered_nothing_is_summarised_and_the_run_says_so(
    kind: str, tmp_path: Path
) -> None:
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    (inbox / "0.txt").write_text(STORIES["0.txt"], encoding="utf-8")
    with desk(lambda n, body: NOTHING[kind]) as there:
        config = server_config(tmp_path / "s.toml", there.url)
        outcome = nightdesk("run", inbox, "--out", out, "--config", config)
        alone = nightdesk("translate", inbox / "0.txt", "--config", config)
        sent = len(there.bodies)
        again = nightdesk("translate", inbox / "0.txt", "--config", config)
        assert len(there.bodies) > sent, "an empty reply is not remembered"
    assert (outcome.code, alone.code, again.code) == (1, 1, 1)
    assert "1 document of which nothing was translated" in outcome.err
    assert "nothing was translated" in alone.err
    found = record(out, "0.txt")
    assert found["summary"] is None
    assert "The model wrote nothing." in found["notes"][0]
    assert "3 of 3" in found["notes"][0]


def test_a_language_that_nothing_translates_is_told(tmp_path: Path) -> None:
    with desk(lambda n, body: completion("Yes.")) as there:
        lines = ["[languages]", 'sources = ["ru", "en"]']
        config = server_config(tmp_path / "s.toml", there.url, lines)
        text = "Le port est fermé."
        named = nightdesk("translate", "-", "--from", "fr", "--config", config, given=text)
        known = nightdesk("translate", "-", "--from", "ru", "--config", config, given="Да, это он.")
        own = nightdesk("translate", "-", "--from", "en", "--config", config, given="Open.")
    assert (named.code, named.out) == (1, text)
    assert "is in 'fr', as --from says; kept, not translated; what can be is in ru, en" in named.err
    assert (known.code, known.out) == (0, "Yes.")
    assert (own.code, own.out) == (0, "Open.")
    assert "--from" not in own.err


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "state") as opened:
        yield opened


def test_a_reply_that_is_none_is_asked_for_again(state: State) -> None:
    long = "The quay is closed. " * 20
    for engine, question in (
        (ScriptedTranslator(lambda s: " "), Segment("Депо.", "ru", "en")),
        (ScriptedSummariser(lambda p: p.text), Passage(long, "en", 3)),
    ):
        for times in (1, 2):
            if isinstance(engine, ScriptedTranslator):
                translator = RememberingTranslator(engine, state=state, progress=Silent())
                found = list(translator.translate([question], decoding=Decoding()))
            else:
                summariser = RememberingSummariser(engine, state=state, progress=Silent())
                found = list(summariser.summarise([question], decoding=Decoding()))
            assert isinstance(found[0][1], Hypothesis)
            assert len(engine.asked) == times

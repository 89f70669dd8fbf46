"""Engines behind an OpenAI-compatible server, against a real HTTP server on this machine."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import Any

import pytest
from chat_server import KEY, Answer, asked, completion, desk, server, translate

from models.chat.prompts import SUMMARY_PROMPT_VERSION
from models.chat.server import ChatRequest, ServerSummariser, ServerTranslator
from models.engine import Decoding, Passage, Segment
from models.errors import EngineError


def test_each_segment_gets_its_own_answer_whatever_order_they_come_in() -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        time.sleep(0.02 * (5 - int(asked(body)[-1])))  # the last is answered first
        return completion(f"Answer to {asked(body)}")

    texts = [f"Вопрос {i}" for i in range(6)]
    with desk(answer) as there:
        assert translate(server(there.url), *texts) == [f"Answer to {text}" for text in texts]


def test_requests_are_open_side_by_side_up_to_the_limit_and_no_further() -> None:
    together = threading.Barrier(3, timeout=5)

    def answer(number: int, body: dict[str, Any]) -> Answer:
        together.wait()  # answers only when three are open at once
        return completion("Yes.")

    with desk(answer) as there:
        translate(server(there.url, max_concurrency=3), *["Депо закрыли."] * 9)
        assert there.most_open == 3


def test_answers_are_handed_out_while_others_are_still_written() -> None:
    release = threading.Event()

    def answer(number: int, body: dict[str, Any]) -> Answer:
        if asked(body) == "Позже.":
            assert release.wait(5)
        return completion("Yes.")

    with desk(answer) as there:
        engine = ServerTranslator(server(there.url))
        segments = [Segment("Позже.", "ru", "en"), Segment("Сразу.", "ru", "en")]
        found = engine.translate(segments, decoding=Decoding())
        assert next(found)[0] == 1
        release.set()
        assert next(found)[0] == 0


def test_a_variant_is_a_sample_with_its_own_seed() -> None:
    with desk(lambda n, body: completion("The depot was closed.")) as there:
        engine = ServerTranslator(server(there.url))
        segments = [Segment("Депо закрыли.", "ru", "en", variant=v) for v in (0, 7)]
        list(engine.translate(segments, decoding=Decoding(temperature=0.5)))
        sent = sorted((b["temperature"], b.get("seed")) for b in there.bodies)
        assert sent == [(0, None), (0.5, 7)]


def test_what_is_sent_is_what_every_such_server_understands() -> None:
    with desk(lambda n, body: completion("The depot was closed.")) as there:
        translate(server(f"{there.url}/", api_key=f" {KEY}\n"), "Депо\nзакрыли.")
        (body,) = there.bodies
        assert body["path"] == "/v1/chat/completions"
        assert body["model"] == "qwen-7b"
        assert body["temperature"] == 0
        assert body["stream"] is False
        assert asked(body) == "Депо закрыли."
        assert "Russian" in body["messages"][0]["content"]
        assert 16 < body["max_tokens"] < 100  # bound to the length of the segment
        assert there.headers[0]["Authorization"] == f"Bearer {KEY}"


def test_without_a_key_none_is_sent() -> None:
    with desk(lambda n, body: completion("Yes.")) as there:
        translate(server(there.url, api_key=""), "Да.")
        assert "Authorization" not in there.headers[0]


def test_a_summary_is_asked_for_and_cleaned() -> None:
    reply = "<think>They want it short.</think>\nHere is the summary:\n\nThe depot closed early."
    with desk(lambda n, body: completion(reply, tokens=30)) as there:
        engine = ServerSummariser(server(there.url), max_source_chars=900)
        assert engine.max_source_chars == 900
        passages = [Passage("The depot on the hill closed early. Snow fell.", "en", 2)]
        ((index, hypothesis),) = engine.summarise(passages, decoding=Decoding())
        assert (index, hypothesis.text) == (0, "The depot closed early.")
        assert (hypothesis.tokens, hypothesis.finish) == (30, "stop")
        assert hypothesis.model == f"qwen-7b at {there.url}"
        assert engine.identity == f"qwen-7b at {there.url} prompt {SUMMARY_PROMPT_VERSION}"
        assert there.bodies[0]["max_tokens"] == 120


@pytest.mark.parametrize(
    ("reply", "text", "tokens", "finish"),
    [
        (completion("The depot", finish="length"), "The depot", 7, "length"),
        (completion("The dep", finish="content_filter"), "The dep", 7, "length"),
        (completion("The depot.", finish="eos"), "The depot.", 7, "stop"),
        (completion("Twelve chars", tokens=None), "Twelve chars", 3, "stop"),
        (completion(None), "", 7, "stop"),
        (completion("<think>I wonder wheth", finish="length"), "", 7, "length"),
    ],
)
def test_how_an_answer_ended_is_told(reply: Answer, text: str, tokens: int, finish: str) -> None:
    with desk(lambda n, body: reply) as there:
        engine = ServerTranslator(server(there.url))
        ((_, hypothesis),) = engine.translate([Segment("Депо.", "ru", "en")], decoding=Decoding())
        assert (hypothesis.text, hypothesis.tokens, hypothesis.finish) == (text, tokens, finish)


def test_nothing_is_asked_about_an_empty_segment() -> None:
    with desk(lambda n, body: completion("Yes.")) as there:
        assert translate(server(there.url), "", "Да.", " \n") == ["", "Yes.", ""]
        assert len(there.bodies) == 1
        assert translate(server(there.url)) == []


def test_whoever_stops_listening_is_not_kept_waiting() -> None:
    release = threading.Event()

    def answer(number: int, body: dict[str, Any]) -> Answer:
        if number > 0:
            release.wait(5)
        return completion("Yes.")

    with desk(answer) as there:
        chat = server(there.url, max_concurrency=4)
        requests = [ChatRequest([{"role": "user", "content": "?"}], 5)] * 12
        began = time.monotonic()
        with closing(chat.chat(requests)) as replies:
            next(replies)
        assert time.monotonic() - began < 2
        release.set()


def test_beams_are_refused_for_such_servers_cannot_do_them() -> None:
    with pytest.raises(EngineError, match="greedily") as caught:
        translate(server("http://127.0.0.1:1/v1"), "Да.", decoding=Decoding(num_beams=4))
    assert "num_beams = 1" in caught.value.hint


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000/v1", "ftp://127.0.0.1", "http://", "", "http://127.0.0.1:port/v1"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(EngineError, match=r"server\.base_url") as caught:
        translate(server(url), "Да.")
    assert "http://127.0.0.1:8000/v1" in caught.value.hint


def test_a_proxy_is_not_asked_for_a_server_on_this_machine(monkeypatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with desk(lambda n, body: completion("Yes.")) as there:
        assert translate(server(there.url), "Да.") == ["Yes."]

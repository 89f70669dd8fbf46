"""Engines behind an OpenAI-compatible server, against a real HTTP server on this machine."""

from __future__ import annotations

import email.utils
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from models.engine import Decoding, Passage, Segment
from models.errors import EngineError
from models.prompts import PROMPT_VERSION
from models.server import ChatRequest, ChatServer, ServerSummariser, ServerTranslator

KEY = "sk-secret-1234"
Answer = tuple[int, dict[str, str], bytes]


@dataclass(slots=True)
class Desk:
    """A chat server in a thread; `answer` makes the response to each request, told its number."""

    answer: Callable[[int, dict[str, Any]], Answer]
    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def completion(text: str | None, *, finish: str = "stop", tokens: int | None = 7) -> Answer:
    body: dict[str, Any] = {
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish}]
    }
    if tokens is not None:
        body["usage"] = {"completion_tokens": tokens, "prompt_tokens": 50}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def failure(status: int, message: str, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps({"error": {"message": message}}).encode()


def asked(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


@contextmanager
def desk(answer: Callable[[int, dict[str, Any]], Answer]) -> Iterator[Desk]:
    state = Desk(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            names = {"data": [{"id": "qwen-7b"}, {"id": "gemma-9b"}]}
            self.send(200, {}, json.dumps(names).encode())

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with state.lock:
                number = len(state.bodies)
                state.bodies.append({"path": self.path, **body})
                state.headers.append(dict(self.headers))
                state.times.append(time.monotonic())
                state.open_now += 1
                state.most_open = max(state.most_open, state.open_now)
            try:
                response = state.answer(number, body)
            finally:
                with state.lock:
                    state.open_now -= 1
            self.send(*response)

        def send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 64
        block_on_close = False

        def handle_error(self, *_: Any) -> None:  # a client that gave up
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def server(url: str, **options: Any) -> ChatServer:
    settings = {"model": "qwen-7b", "timeout_s": 5.0, "backoff_s": 0.01} | options
    return ChatServer(url, **settings)


def translate(chat: ChatServer, *texts: str, decoding: Decoding | None = None) -> list[str]:
    segments = [Segment(text, "ru", "en") for text in texts]
    found = dict(ServerTranslator(chat).translate(segments, decoding=decoding or Decoding()))
    assert sorted(found) == list(range(len(texts)))
    return [found[i].text for i in range(len(texts))]


def error(chat: ChatServer, *texts: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        translate(chat, *(texts or ("Депо закрыли.",)))
    return caught.value


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
        assert engine.identity == f"qwen-7b at {there.url} prompt {PROMPT_VERSION}"
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


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_server_that_fails_twice_and_then_answers_is_asked_again(status: int) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        return failure(status, "loading model") if number < 2 else completion("The depot.")

    with desk(answer) as there:
        assert translate(server(there.url), "Депо.") == ["The depot."]
        assert len(there.bodies) == 3


def test_a_dropped_connection_is_tried_again() -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        if number == 0:
            raise ConnectionResetError  # the handler dies and the connection with it
        return completion("The depot.")

    with desk(answer) as there:
        assert translate(server(there.url), "Депо.") == ["The depot."]


def test_the_wait_that_a_server_asks_for_is_kept() -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        return failure(429, "slow down", Retry_After="1") if number == 0 else completion("Yes.")

    with desk(answer) as there:
        translate(server(there.url), "Да.")
        assert there.times[1] - there.times[0] >= 0.95


def test_a_wait_until_a_moment_is_understood() -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        moment = email.utils.formatdate(time.time() + 1.6, usegmt=True)  # whole seconds
        return failure(503, "restarting", Retry_After=moment) if number == 0 else completion("Yes.")

    with desk(answer) as there:
        translate(server(there.url), "Да.")
        assert there.times[1] - there.times[0] >= 0.5


def test_a_wait_of_an_hour_is_not_kept_but_told() -> None:
    with desk(lambda n, body: failure(429, "quota is used up", Retry_After="3600")) as there:
        caught = error(server(there.url))
        assert "quota is used up" in str(caught)
        assert "3600 s" in caught.hint
        assert len(there.bodies) == 1


def test_pauses_grow_until_it_is_given_up() -> None:
    with desk(lambda n, body: failure(503, "overloaded")) as there:
        caught = error(server(there.url, max_attempts=4, backoff_s=0.1))
        assert "HTTP 503: overloaded (4 attempts)" in str(caught)
        pauses = [after - before for before, after in zip(there.times, there.times[1:])]  # noqa: B905
        assert len(pauses) == 3
        assert pauses[2] > 0.35
        assert pauses[0] < 0.35


def test_a_server_that_is_too_slow_is_given_up_after_two_tries() -> None:
    release = threading.Event()

    def answer(number: int, body: dict[str, Any]) -> Answer:
        release.wait(5)
        return completion("Too late.")

    with desk(answer) as there:
        caught = error(server(there.url, timeout_s=0.2))
        release.set()
        assert "no answer within 0.2 s (2 attempts)" in str(caught)
        assert "server.timeout_s" in caught.hint
        assert len(there.bodies) == 2


def test_a_server_that_is_not_running_is_said_to_be_so() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    caught = error(server(f"http://127.0.0.1:{port}/v1"))
    assert f"no connection to http://127.0.0.1:{port}/v1" in str(caught)
    assert "(5 attempts)" in str(caught)
    assert "is the server running?" in caught.hint


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_told_without_showing_it(status: int) -> None:
    with desk(lambda n, body: failure(status, f"Incorrect API key: {KEY}")) as there:
        caught = error(server(there.url, api_key=KEY))
        assert f"HTTP {status}: Incorrect API key: ***" in str(caught)
        assert KEY not in str(caught) + caught.hint
        assert "server.api_key_env" in caught.hint
        assert len(there.bodies) == 1


def test_a_key_that_cannot_be_sent_is_refused_without_showing_it() -> None:
    with pytest.raises(EngineError) as caught:
        server("http://127.0.0.1:1/v1", api_key="sk ключ")
    assert "ключ" not in str(caught.value) + caught.value.hint


def test_a_password_in_the_address_is_refused_without_showing_it() -> None:
    with pytest.raises(EngineError, match="holds a password") as caught:
        server(f"http://desk:{KEY}@127.0.0.1:1/v1")
    assert KEY not in str(caught.value) + caught.value.hint


def test_an_unknown_model_names_those_there_are() -> None:
    with desk(lambda n, body: failure(404, "The model `default` does not exist.")) as there:
        caught = error(server(there.url, model="default"))
        assert "`default` does not exist" in str(caught)
        assert "qwen-7b, gemma-9b" in caught.hint


def test_a_text_that_is_too_long_for_the_model_is_told() -> None:
    message = "maximum context length is 2048 tokens"
    with desk(lambda n, body: failure(400, message)) as there:
        caught = error(server(there.url))
        assert message in str(caught)
        assert "server.max_source_chars" in caught.hint
        assert len(there.bodies) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>It works!</body></html>", b"", b"{}", b"[]", b'"hello"', b"null",
        b'{"choices": []}', b'{"choices": [{"message": null}]}', b'{"choices": [{"text": "x"}]}',
        b'{"choices": [{"message": {"content": 5}}]}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_an_answer_that_is_no_completion_is_an_engine_error(body: bytes) -> None:
    with desk(lambda n, _: (200, {}, body)) as there:
        caught = error(server(there.url))
        assert "is no chat completion" in str(caught)
        assert "OpenAI-compatible" in caught.hint


def test_a_redirect_says_where_the_server_is() -> None:
    with desk(lambda n, _: (308, {"Location": "https://llm.example.org/v1"}, b"")) as there:
        caught = error(server(there.url))
        assert "HTTP 308" in str(caught)
        assert "https://llm.example.org/v1" in caught.hint


def test_one_hopeless_request_ends_the_call_and_leaves_the_rest() -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        time.sleep(0.01)
        bad = asked(body) == "Плохо."
        return failure(400, "bad request") if bad else completion("Yes.")

    with desk(answer) as there:
        texts = ["Хорошо.", "Плохо.", *["Хорошо."] * 200]
        assert "bad request" in str(error(server(there.url, max_concurrency=2), *texts))
        time.sleep(0.1)
        assert len(there.bodies) < 20


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


@pytest.mark.parametrize("decoding", [Decoding(num_beams=4), Decoding(repetition_penalty=1.2)])
def test_what_such_servers_cannot_do_is_refused(decoding: Decoding) -> None:
    with pytest.raises(EngineError, match="greedily") as caught:
        translate(server("http://127.0.0.1:1/v1"), "Да.", decoding=decoding)
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

"""What engines behind a server do when it is busy, broken, gone, or wants another key."""

from __future__ import annotations

import email.utils
import socket
import threading
import time
from typing import Any

import pytest
from chat_server import KEY, Answer, asked, completion, desk, error, failure, server, translate

from models.chat.endpoint import Endpoint
from models.chat.exchange import exchange
from models.chat.server import ServerTranslator
from models.engine import Decoding, Segment
from models.errors import EngineError


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
    assert "Connection refused" in str(caught)
    assert "Errno" not in str(caught)
    assert "start the server" in caught.hint


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_told_without_showing_it(status: int) -> None:
    with desk(lambda n, body: failure(status, f"Incorrect API key: {KEY}")) as there:
        caught = error(server(there.url, api_key=KEY))
        assert f"HTTP {status}: Incorrect API key: ***" in str(caught)
        assert KEY not in str(caught) + caught.hint
        assert "server.api_key_env" in caught.hint
        assert len(there.bodies) == (1 if status == 401 else 2)


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


def test_a_client_that_was_closed_meanwhile_leaves_no_connection_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[socket.socket] = []
    connect = socket.create_connection

    def create(*args: Any, **options: Any) -> socket.socket:
        client.close()  # as a run that fails does, while another of its threads connects
        made.append(connect(*args, **options))
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", create)
    with desk(lambda n, body: completion("Yes.")) as there:
        endpoint = Endpoint(there.url, model="qwen-7b", api_key=None, timeout_s=5)
        client = endpoint.client(max_connections=2)
        reply = exchange(
            client, "POST", f"{there.url}/chat", timeout_s=5, max_bytes=9_999, content={"n": 1}
        )
    assert reply.status == 200
    assert [connection.fileno() for connection in made] == [-1]


def test_a_text_that_is_too_long_for_the_model_is_told() -> None:
    message = "maximum context length is 2048 tokens"
    with desk(lambda n, body: failure(400, message)) as there:
        caught = error(server(there.url))
        assert message in str(caught)
        assert "server.max_source_chars" in caught.hint
        assert len(there.bodies) == 2, "a harmless text is refused, too: it is the server's fault"


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>It works!</body></html>", b"", b"{}", b"[]", b'"hello"', b"null",
        b'{"choices": []}', b'{"choices": [{"message": null}]}', b'{"choices": [{"text": "x"}]}',
        b'{"choices": [{"message": {"content": 5}}]}', b"\xff\xfe", b"[" * 200_000,
        b'{"choices":' * 100_000, b"1" * 5_000, b'{"choices": {"0": 1}}',
        rb'{"choices": [{"message": {"content": "The quay \ud800 is closed."}}]}',
        rb'{"choices": [{"message": {"content": "\udc9f\ud83d"}}]}',
    ],
)  # fmt: skip
def test_an_answer_that_is_no_completion_is_an_engine_error(body: bytes) -> None:
    with desk(lambda n, _: (200, {}, body)) as there:
        caught = error(server(there.url))
        assert "is no chat completion" in str(caught)
        assert "OpenAI-compatible" in caught.hint


@pytest.mark.parametrize("status", [400, 401, 404])
@pytest.mark.parametrize(
    "body", [b"[" * 200_000, rb'{"error": {"message": "no \ud800 here"}}', rb'"\ud800"', b"[3]"]
)
def test_whatever_a_refusal_says_can_be_shown(status: int, body: bytes) -> None:
    with desk(lambda n, _: (status, {}, body)) as there:
        caught = error(server(there.url))
        assert f"HTTP {status}" in str(caught)
        assert (str(caught) + caught.hint).encode()


@pytest.mark.parametrize(
    "names", [b"[" * 200_000, rb'{"data": [{"id": "\ud800"}]}', b'{"data": 3}']
)
def test_whatever_the_names_of_the_models_are_they_can_be_shown(names: bytes) -> None:
    with desk(lambda n, _: failure(404, "no such model")) as there:
        there.models = names
        caught = error(server(there.url))
        assert "no such model" in str(caught)
        assert caught.hint.encode()


@pytest.mark.parametrize("count", ["true", "-1", "1e300", str(10**30), '"7"', "null", "[]", "7.5"])
def test_a_count_of_tokens_that_is_none_is_estimated(count: str) -> None:
    text = '{"choices": [{"message": {"content": "The depot."}, "finish_reason": ["?"]}]'
    body = f'{text}, "usage": {{"completion_tokens": {count}}}}}'.encode()
    with desk(lambda n, _: (200, {}, body)) as there:
        ((_, found),) = ServerTranslator(server(there.url)).translate(
            [Segment("Депо.", "ru", "en")], decoding=Decoding()
        )
    assert (found.text, found.tokens, found.finish) == ("The depot.", 3, "stop")


def test_a_redirect_says_where_the_server_is() -> None:
    with desk(lambda n, _: (308, {"Location": "https://llm.example.org/v1"}, b"")) as there:
        caught = error(server(there.url))
        assert "HTTP 308" in str(caught)
        assert "https://llm.example.org/v1" in caught.hint


REFUSALS: dict[str, Answer] = {
    "400": failure(400, "the prompt was flagged"),
    "403": failure(403, "moderation"),
    "422": failure(422, "cannot process"),
    "451": failure(451, "for legal reasons"),
    "500": failure(500, "decoder crashed"),
    "surrogate": (200, {}, rb'{"choices": [{"message": {"content": "The \ud800 quay."}}]}'),
    "no completion": (200, {}, b"{}"),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_text_that_is_refused_leaves_the_others_alone_and_says_why(kind: str) -> None:
    def answer(number: int, body: dict[str, Any]) -> Answer:
        return REFUSALS[kind] if asked(body) == "Плохо." else completion("Yes.")

    with desk(answer) as there:
        engine = ServerTranslator(server(there.url, max_concurrency=1, max_attempts=2))
        segments = [Segment(text, "ru", "en") for text in ("Плохо.", "Хорошо.", "Плохо.", "Да.")]
        found = dict(engine.translate(segments, decoding=Decoding()))
    assert [found[i].text for i in range(4)] == ["", "Yes.", "", "Yes."]
    told = {"surrogate": "no chat completion", "no completion": "no chat completion"}
    assert told.get(kind, f"HTTP {kind}") in found[0].refusal
    assert found[1].refusal == ""


def test_a_refusal_in_the_reply_itself_says_why() -> None:
    body = b'{"choices": [{"message": {"content": null, "refusal": "I cannot help."}}]}'
    filtered = completion("", finish="content_filter")
    for reply, why in (((200, {}, body), "I cannot help."), (filtered, "content filter")):
        with desk(lambda n, _, reply=reply: reply) as there:
            ((_, found),) = ServerTranslator(server(there.url)).translate(
                [Segment("Депо.", "ru", "en")], decoding=Decoding()
            )
        assert found.text == ""
        assert why in found.refusal


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b""])
def test_a_reply_that_drips_is_given_up_in_time(head: bytes) -> None:
    """The drips are the body, behind whole headers, or the headers themselves."""
    stop = threading.Event()

    def drip(listening: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                try:
                    connection.sendall(head)
                    while not stop.wait(0.1):
                        connection.sendall(b"H")
                except OSError:
                    continue

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,), daemon=True)
        thread.start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        caught = error(server(url, timeout_s=0.5))
        took = time.monotonic() - began
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    assert "no answer within 0.5 s (2 attempts)" in str(caught)
    assert took < 4


def test_a_reply_without_a_length_that_drips_is_not_taken_for_whole() -> None:
    release = threading.Event()
    whole = completion("The depot.")[2]

    def serve(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + whole)
                release.wait(2)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        assert "no answer within" in str(error(server(url, timeout_s=0.3)))
        release.set()
        listening.shutdown(socket.SHUT_RDWR)


def test_a_reply_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.chat.endpoint.MAX_REPLY_BYTES", 2_000)

    def answer(number: int, body: dict[str, Any]) -> Answer:
        return completion("long " * 2_000 if asked(body) == "Долго." else "Short.")

    with desk(answer) as there:
        engine = ServerTranslator(server(there.url))
        segments = [Segment(text, "ru", "en") for text in ("Долго.", "Коротко.")]
        found = dict(engine.translate(segments, decoding=Decoding()))
    assert "more than 2,000 bytes" in found[0].refusal
    assert found[1].text == "Short."

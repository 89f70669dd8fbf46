"""A chat server in a thread, which answers as a test wants it to, and engines that ask it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from loopback import serving

from models.chat.server import ChatServer, ServerTranslator
from models.engine import Decoding, Segment
from models.errors import EngineError

KEY = "sk-secret-1234"
Answer = tuple[int, dict[str, str], bytes]


@dataclass(slots=True)
class Desk:
    """A chat server in a thread; `answer` makes the response to each request, told its number."""

    answer: Callable[[int, dict[str, Any]], Answer]
    url: str = ""
    models: bytes = b'{"data": [{"id": "qwen-7b"}, {"id": "gemma-9b"}]}'
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
            self.send(200, {}, state.models)

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

    with serving(Handler) as state.url:
        yield state


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

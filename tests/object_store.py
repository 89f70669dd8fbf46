"""An object store on loopback: moto's server, and a proxy before it that fails some requests."""

from __future__ import annotations

import http.client
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_OF_THE_WAY = {"connection", "transfer-encoding", "content-length", "expect"}


def moto_server() -> str | None:
    """Return the program of moto's server (5.2.5 is tried); None where NIGHTDESK_MOTO names none.

    Its libraries ask for an older python-dateutil than we pin, so it lives in an environment of its
    own. One that happens to be installed may be another version: 5.2.1 ends no upload in parts.
    """
    named = os.environ.get("NIGHTDESK_MOTO")
    return shutil.which(named) if named else None


@contextmanager
def object_store(*, failing: float) -> Iterator[tuple[str, list[int]]]:
    """Run a store; yield the address of a proxy that answers a share of the requests with 503.

    The list has the status of every answer.
    """
    program = moto_server()
    assert program is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    answers: list[int] = []
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _handler(port, failing, answers))
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{proxy.server_address[1]}", answers
    finally:
        proxy.shutdown()
        proxy.server_close()
        server.terminate()
        server.wait()


def _handler(port: int, failing: float, answers: list[int]) -> type[BaseHTTPRequestHandler]:
    drawn = random.Random(24)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self._body()
            if drawn.random() < failing:
                self._answer(503, {}, b"")
                return
            store = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            passed = {k: v for k, v in self.headers.items() if k.lower() not in _OF_THE_WAY}
            store.request(self.command, self.path, body, passed)
            answer = store.getresponse()
            self._answer(answer.status, dict(answer.getheaders()), answer.read())
            store.close()

        def _body(self) -> bytes:
            if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():  # what comes behind the last chunk
                pass
            return found

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            answers.append(status)
            self.send_response_only(status)
            low = {name.lower() for name in headers}
            for name, value in headers.items():
                if name.lower() not in _OF_THE_WAY:
                    self.send_header(name, value)
            length = headers.get("Content-Length") or headers.get("content-length")
            known = self.command == "HEAD" and "content-length" in low
            self.send_header("Content-Length", str(length if known else len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _forward

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler

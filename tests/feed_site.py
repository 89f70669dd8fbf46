"""A site with feeds on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.pull.client import Limits
from pipeline.pull.pull import Pulled, pull
from pipeline.pull.subscriptions import Subscription

TEXT = "The sea had taken two planks of the quay at Reyny, and the boat could not land for a week."


Answer = tuple[int, Mapping[str, str], bytes]


def rss(*numbers: int, extra: str = "") -> bytes:
    items = "".join(
        f"<item><title>Quay {n} &amp; boat</title><guid>urn:quay:{n}</guid>"
        f"<link>https://news.example/{n}</link><pubDate>Sun, 01 Mar 2026 08:15:00 +0300</pubDate>"
        f"<description><![CDATA[<p>{TEXT} ({n})</p>]]></description></item>"
        for n in numbers
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Reyny</title>'
        f"<link>https://news.example/</link>{extra}{items}</channel></rss>"
    ).encode()


class Site:
    """A site on loopback: its pages by path, and the requests that it has got."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def answer(self, path: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((path, headers))
        page = self.pages.get(path)
        if page is None:
            return 404, {}, b"no"
        if callable(page):
            return page(headers)
        return page if isinstance(page, tuple) else (200, {}, page)


@contextmanager
def running() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = site.answer(self.path, dict(self.headers))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


QUICK = Limits(connect_s=2, read_s=2, total_s=4, max_bytes=100_000)


def fetched(
    site: Site, inbox: Path, *paths: str, limits: Limits = QUICK, allowed: bool = True
) -> list[Pulled]:
    feeds = [Subscription(site.url + path, path.strip("/").replace("/", "-")) for path in paths]
    hosts = ["127.0.0.1"] if allowed else []
    return list(pull(feeds, inbox, limits=limits, pause_s=0, allowed=hosts))


def files(inbox: Path) -> list[str]:
    found = inbox.rglob("*")
    return sorted(str(p.relative_to(inbox)) for p in found if p.is_file() and p.name[0] != ".")

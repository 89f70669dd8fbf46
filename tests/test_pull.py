"""Feeds brought into an inbox by a real client from a real server on loopback."""

from __future__ import annotations

import _socket
import gzip
import importlib.util
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.errors import DamagedError, FetchError, UsageError
from pipeline.pull.client import Client, Limits
from pipeline.pull.entries import entries
from pipeline.pull.manners import Manners
from pipeline.pull.network import is_public
from pipeline.pull.pull import Pulled, pull
from pipeline.pull.subscriptions import Subscription, subscriptions

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


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


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


def test_each_entry_becomes_a_file_once(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = rss(1, 2)
    (first,) = fetched(site, tmp_path, "/a")
    assert (first.outcome, len(first.files)) == ("new", 2)
    assert sorted(first.files) == files(tmp_path)
    (again,) = fetched(site, tmp_path, "/a")
    assert (again.outcome, again.files) == ("unchanged", ())
    site.pages["/a"] = rss(3, 2, 1)
    (third,) = fetched(site, tmp_path, "/a")
    assert len(third.files) == 1
    assert len(files(tmp_path)) == 3
    (tmp_path / third.files[0]).unlink()  # told and thrown away: it does not come back
    assert fetched(site, tmp_path, "/a")[0].files == ()


def test_a_feed_that_gives_its_entries_new_ids_is_told_once(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = rss(1, 2)
    assert len(fetched(site, tmp_path, "/a")[0].files) == 2
    site.pages["/a"] = rss(1, 2, 3).replace(b"urn:quay:", b"urn:quay:again:")
    assert len(fetched(site, tmp_path, "/a")[0].files) == 1
    item = {"id": "1", "url": "https://news.example/1", "title": "Quay", "content_text": TEXT}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Reyny", "items": [item]}
    for number, new in enumerate((1, 0)):
        item["id"] = str(number)
        site.pages["/b"] = json.dumps(feed).encode()
        assert len(fetched(site, tmp_path, "/b")[0].files) == new


def test_the_file_of_an_entry_holds_all_that_its_feed_says(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = rss(1, 2, extra="<language>en</language>")
    (done,) = fetched(site, tmp_path, "/a")
    for name, number in zip(done.files, (1, 2), strict=True):
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert written.count("<item>") == 1
        for said in (f"Quay {number} &amp; boat", f"urn:quay:{number}", "+0300", "Reyny", TEXT):
            assert said in written
        assert "nightdesk-place" not in written
        assert name.startswith(f"a/quay-{number}-boat-")


@pytest.mark.skipif(
    importlib.util.find_spec("pipeline.sources.feeds") is None, reason="feeds are not read yet"
)
def test_the_file_of_an_entry_is_read_with_its_origin(site: Site, tmp_path: Path) -> None:
    from pipeline.document import Document
    from pipeline.sources.folder import read_file

    site.pages["/a"] = rss(1)
    (done,) = fetched(site, tmp_path, "/a")
    (document,) = read_file(tmp_path / done.files[0], name="a.xml", max_file_bytes=10**6)
    assert isinstance(document, Document)
    assert document.origin.url == "https://news.example/1"
    assert document.origin.identifier == "urn:quay:1"
    assert document.origin.published_at == "2026-03-01T08:15:00+03:00"
    assert document.title == "Quay 1 & boat"
    assert TEXT in document.text


def test_a_title_cannot_leave_the_folder_of_its_feed(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = rss(1).replace(b"Quay 1 &amp; boat", "../../Причал\u202e/".encode() * 30)
    (done,) = fetched(site, tmp_path, "/a")
    (name,) = done.files
    assert name.startswith("a/причал-причал-")
    assert files(tmp_path) == [name]
    assert len(name.encode()) < 150


def test_an_unchanged_feed_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    def page(headers: Mapping[str, str]) -> Answer:
        if headers.get("If-None-Match") == '"v1"':
            assert headers["If-Modified-Since"] == "Sun, 01 Mar 2026 00:00:00 GMT"
            return 304, {}, b""
        return (
            200,
            {"ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"},
            rss(1),
        )

    site.pages["/a"] = page
    assert fetched(site, tmp_path, "/a")[0].outcome == "new"
    assert fetched(site, tmp_path, "/a")[0].outcome == "unchanged"
    assert site.paths() == ["/a", "/a"]


def test_atom_json_and_broken_feeds_are_cut_into_entries() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>R</title><entry><id>urn:1</id>'
        b'<title>One &nbsp; &eacute;</title></entry><entry><link href="https://e.example/2"/>'
        b"<title>Two</title></entry></feed>"
    )
    one, two = entries(atom, charset=None)
    assert one.key != two.key
    assert "One \xa0 é" in one.content
    assert "Two" not in one.content
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "R", "items": [{"id": "1"}]}
    (item,) = entries(json.dumps(feed).encode(), charset=None)
    assert item.suffix == ".json"
    assert json.loads(item.content)["items"] == [{"id": "1"}]
    damaged = rss(1, 2)[:-30]  # cut off: the first entry is whole
    assert next(entries(damaged, charset=None)).key
    windows = rss(1).replace(b"Quay", "Причал".encode("cp1251")).replace(b"utf-8", b"windows-1251")
    assert "Причал" in next(entries(windows, charset=None)).content


@pytest.mark.parametrize(
    "body", [b"<html><body>Not here</body></html>", b"{}", b"", b"\x89PNG\r\n\x1a\n", b"{broken"]
)
def test_what_is_no_feed_is_named(body: bytes, site: Site, tmp_path: Path) -> None:
    site.pages |= {"/a": body, "/b": rss(1)}
    failed, other = fetched(site, tmp_path, "/a", "/b")
    assert failed.outcome == "failed"
    assert failed.reason.startswith("is ")
    assert failed.hint
    assert other.outcome == "new"


def test_private_addresses_are_refused(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = rss(1)
    (refused,) = fetched(site, tmp_path, "/a", allowed=False)
    assert refused.outcome == "failed"
    assert "127.0.0.1 is not on the public network" in refused.reason
    assert "--allow-private 127.0.0.1" in refused.hint
    assert site.asked == []


@pytest.mark.parametrize("host", ["localhost", "2130706433", "[::1]", "0.0.0.0", "127.1"])
def test_a_redirect_to_a_private_address_is_refused(
    host: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Numbers, in every spelling, are looked up without a network, which the guard cannot know.
    monkeypatch.setattr(socket, "getaddrinfo", _socket.getaddrinfo)
    site.pages["/a"] = (302, {"Location": f"http://{host}:{site.port}/secret"}, b"")
    site.pages["/secret"] = rss(1)
    (refused,) = fetched(site, tmp_path, "/a")
    assert "is not on the public network" in refused.reason
    assert site.paths() == ["/a"]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("8.8.8.8", True), ("2a00:1450:4001:80e::200e", True)),
        *(("10.0.0.1", False), ("172.16.0.1", False), ("192.168.1.1", False)),
        *(("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False)),
        *(("224.0.0.1", False), ("255.255.255.255", False), ("::1", False), ("fe80::1%1", False)),
        *(("fc00::1", False), ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False)),
        *(("64:ff9b::808:808", True), ("2002:7f00:1::", False), ("::", False)),
    ],
)
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_address_that_was_checked_is_connected_to(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers otherwise the second time (DNS rebinding) is asked once only."""
    answers = ["127.0.0.1"]
    asked = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **named: Any) -> Any:
        return asked(answers.pop() if host == "news.example" else host, *rest, **named)

    site.pages["/a"] = rss(1)
    url = f"http://news.example:{site.port}/a"
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.pull.network.socket.getaddrinfo", getaddrinfo)
        client = Client(limits=QUICK, allowed=["news.example"])
        reply = client.get(url, {}, before=lambda _: None)
        client.close()
    assert reply.status == 200
    assert site.asked[0][1]["Host"] == f"news.example:{site.port}"


def test_redirects_are_followed_and_bounded(site: Site, tmp_path: Path) -> None:
    site.pages |= {
        "/old": (301, {"Location": "/new"}, b""),
        "/new": rss(1),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
    }
    moved, loop, away = fetched(site, tmp_path, "/old", "/loop", "/file")
    assert moved.outcome == "new"
    assert moved.remark == f"has moved to {site.url}/new: change its address"
    assert loop.reason == "redirects more than 5 times"
    assert "redirects to no address" in away.reason


def test_answers_that_are_too_large_or_too_slow_are_cut(site: Site, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(10**7))
    site.pages |= {
        "/large": rss(1) + b" " * 200_000,
        "/bomb": (200, {"Content-Encoding": "gzip"}, bomb),
        "/cut": (200, {"Content-Encoding": "gzip"}, gzip.compress(rss(1))[:-20]),
        "/packed": (200, {"Content-Encoding": "gzip"}, gzip.compress(rss(1))),
        "/short": (200, {"Content-Length": "999"}, rss(1)[:10]),
        "/late": lambda _: (time.sleep(1.5), (200, {}, rss(1)))[1],
    }
    limits = Limits(connect_s=1, read_s=0.5, total_s=2, max_bytes=100_000)
    paths = ("/large", "/bomb", "/cut", "/packed", "/short", "/late")
    found = {p.feed.name: p for p in fetched(site, tmp_path, *paths, limits=limits)}
    assert "larger than the limit" in found["large"].reason
    assert "larger than the limit" in found["bomb"].reason
    assert found["cut"].reason == "is cut off"
    assert found["packed"].outcome == "new"
    assert found["short"].outcome == found["late"].outcome == "failed"
    assert found["late"].reason == "does not answer in time"


def test_robots_are_obeyed(site: Site, tmp_path: Path) -> None:
    site.pages |= {
        "/robots.txt": b"User-agent: *\nDisallow: /private\n\n"
        b"User-agent: nightdesk\nDisallow: /*.x$",
        "/private": rss(1),
        "/a.x": rss(2),
        "/a": (302, {"Location": "/b.x"}, b""),
    }
    allowed, forbidden, hop = fetched(site, tmp_path, "/private", "/a.x", "/a")
    assert allowed.outcome == "new"
    assert "robots.txt does not allow" in forbidden.reason
    assert "robots.txt does not allow" in hop.reason
    assert [path for path, _ in site.asked].count("/robots.txt") == 1
    assert site.paths() == ["/private", "/a"]


def test_a_host_that_cannot_tell_its_rules_is_left_alone(site: Site, tmp_path: Path) -> None:
    site.pages |= {"/robots.txt": (500, {}, b""), "/a": rss(1)}
    assert "robots.txt" in fetched(site, tmp_path, "/a")[0].reason
    assert site.paths() == []


def test_requests_to_one_host_are_spaced(site: Site) -> None:
    site.pages |= {"/robots.txt": b"User-agent: *\nCrawl-delay: 7\n", "/a": rss(1)}
    slept: list[float] = []
    client = Client(limits=QUICK, allowed=["127.0.0.1"])
    manners = Manners(client, pause_s=1.0, sleep=slept.append)
    for _ in range(3):
        client.get(f"{site.url}/a", {}, before=manners.before)
    client.close()
    assert [round(s) for s in slept] == [7, 7, 7]


def test_a_busy_host_is_asked_again_when_it_says(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = (429, {"Retry-After": "3600"}, b"")
    assert fetched(site, tmp_path, "/a")[0].reason == "answers with 429"
    assert "asked not to be asked before" in fetched(site, tmp_path, "/a")[0].reason
    assert site.paths() == ["/a"]


def test_an_interrupted_run_goes_on(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/a"] = rss(1, 2, 3)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.pull.ledger.Ledger.put", _stopped)
        with pytest.raises(KeyboardInterrupt):
            fetched(site, tmp_path, "/a")
    there = files(tmp_path)
    assert len(there) == 3
    (tmp_path / there[0]).unlink()  # as if it had not been written yet
    assert len(fetched(site, tmp_path, "/a")[0].files) == 1
    assert files(tmp_path) == there


def _stopped(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_damaged_ledger_is_named(tmp_path: Path, site: Site) -> None:
    (tmp_path / ".nightdesk.feeds.json").write_text("{")
    with pytest.raises(DamagedError) as caught:
        fetched(site, tmp_path, "/a")
    assert "remove it" in caught.value.hint


def test_lists_of_feeds(tmp_path: Path) -> None:
    toml = tmp_path / "feeds.toml"
    toml.write_text(
        'feeds = ["https://a.example/rss", {url = "https://a.example/atom", name = "../Причал"},'
        ' "https://a.example/rss"]'
    )
    assert subscriptions(toml) == [
        Subscription("https://a.example/rss", "a.example"),
        Subscription("https://a.example/atom", "причал"),
    ]
    opml = tmp_path / "feeds.opml"
    opml.write_text(
        '<opml version="2.0"><body><outline text="News"><outline type="rss" text="Quay"'
        ' xmlUrl="https://a.example/1"/><outline title="Quay" xmlUrl="https://a.example/2"/>'
        "</outline></body></opml>"
    )
    assert [(s.url[-1], s.name) for s in subscriptions(opml)] == [("1", "quay"), ("2", "quay-2")]


@pytest.mark.parametrize(
    "text",
    [
        "", "feeds = []", "feeds = 3", "feed = 1", "[[feeds]]\nname = 'a'", "feeds = ['ftp://a/b']",
        "feeds = ['https://me:secret@a.example/']", "[[feeds]]\nurl = 'https://a'\nevery = 3", "[[",
        "<opml/>", "<opml><body><outline xmlUrl='javascript:1'/></body></opml>",
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_used_is_a_mistake(text: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        subscriptions(path)
    assert str(path) in str(caught.value)
    assert caught.value.hint
    assert "secret" not in str(caught.value)


def test_the_command_reports_and_exits(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = rss(1)
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(f'feeds = ["{site.url}/a", "{site.url}/gone"]')
    inbox = tmp_path / "in"
    call = ["pull", str(feeds), "--into", str(inbox), "--json", "--pause", "0"]
    done = CliRunner().invoke(app, [*call, "--allow-private", "127.0.0.1"])
    assert done.exit_code == 1
    new, gone = json.loads(done.stdout)
    assert (new["outcome"], len(new["files"])) == ("new", 1)
    assert gone["reason"] == "answers with 404"
    assert f"failed: {gone['name']} ({site.url}/gone): answers with 404" in done.stderr
    assert "1 new entries from 2 feeds, 1 failed" in done.stderr
    assert len(files(inbox)) == 1


def test_a_fetch_error_is_one_of_ours() -> None:
    client = Client(limits=QUICK)
    with pytest.raises(FetchError, match="is no http or https address"):
        client.get("gopher://a.example/", {}, before=lambda _: None)
    client.close()

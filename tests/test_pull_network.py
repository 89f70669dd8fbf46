"""Pulling over a network: addresses, redirects, robots, limits, an interruption."""

from __future__ import annotations

import _socket
import gzip
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from feed_site import QUICK, Site, fetched, files, rss, running

from pipeline.errors import DamagedError
from pipeline.pull.client import Client, Limits
from pipeline.pull.manners import Manners
from pipeline.pull.network import is_public


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


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

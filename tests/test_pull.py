"""Feeds brought into an inbox by a real client from a real server on loopback."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from feed_site import QUICK, TEXT, Answer, Site, fetched, files, rss, running
from typer.testing import CliRunner

from pipeline.cli.app import app
from pipeline.errors import FetchError, UsageError
from pipeline.pull.client import Client
from pipeline.pull.entries import entries
from pipeline.pull.subscriptions import Subscription, subscriptions


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        yield one


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

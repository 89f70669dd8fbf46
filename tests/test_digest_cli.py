"""nightdesk digest: the real program, from texts and from the results of a run."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from lxml import html
from newsroom import Newsroom, nightdesk

from pipeline.digest.envelope_json import read_envelope
from pipeline.digest.recent import Recent, since
from pipeline.document import Document, Origin
from pipeline.errors import UsageError
from pipeline.output.record_reader import read_run, run_record


def headlines(out: Path) -> list[str]:
    root = html.document_fromstring((out / "digest.html").read_text(encoding="utf-8"))
    return [" ".join(h.text_content().split()) for h in root.find_class("head")]


@pytest.fixture
def results(room: Newsroom, inbox: Path, tmp_path: Path) -> Path:
    """The results of a run over the inbox, one file of which cannot be used."""
    (inbox / "empty.txt").write_bytes(b"")
    out = tmp_path / "results"
    assert nightdesk("run", inbox, "--out", out).code == 1
    return out


def test_a_run_writes_its_digest_and_a_document_page_for_each_text(results: Path) -> None:
    envelope = read_envelope(results)
    documents, rejections = read_run(results, run_record(results) or {})
    assert len(envelope.stories) == len(documents) > 2
    assert envelope.account.rejections == rejections
    assert sorted(headlines(results)) == sorted(p.story.headline for p in envelope.stories)
    for placed in envelope.stories:
        [source] = placed.story.sources
        page = html.document_fromstring((results / source.link).read_text(encoding="utf-8"))
        original = page.find_class("para")[0][0]
        assert original.get("lang") == source.language
        assert " ".join(original.text_content().split()) in " ".join(source.lead.split())
    feed = feedparser.parse((results / "digest.atom").read_bytes())
    assert (feed.bozo, len(feed.entries)) == (False, len(documents))
    listed = json.loads((results / "run.json").read_text(encoding="utf-8"))["files"]
    assert {"digest.html", "digest.md", "digest.json", "digest.atom"} <= set(listed)


def test_a_second_run_takes_the_place_of_the_first_and_reads_none_of_it(
    results: Path, inbox: Path
) -> None:
    before = {p.relative_to(results) for p in results.rglob("*") if p.is_file()}
    gone = next(p for p in sorted(inbox.iterdir()) if p.name != "empty.txt")
    gone.unlink()
    (inbox / "results").symlink_to(results)
    nightdesk("run", inbox, "--out", results)
    after = {p.relative_to(results) for p in results.rglob("*") if p.is_file()}
    assert before - after == {
        Path(f"documents/{gone.name}{end}") for end in (".md", ".html", ".json")
    }
    assert not after - before


def test_a_digest_of_results_needs_no_model(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "today"
    told = nightdesk(
        "digest", "build", results, "--out", out, "--title", "Morning brief",
        "--base-url", "https://desk.example/today", "--json",
        NIGHTDESK_CACHE=str(tmp_path / "none"),
    )  # fmt: skip
    assert told.code == 1, "a file could not be used"
    assert json.loads(told.out)["edition"]["title"] == "Morning brief"
    assert headlines(out) == headlines(results)
    link = feedparser.parse((out / "digest.atom").read_bytes()).entries[0].link
    assert link.startswith("https://desk.example/today/digest.html#s-")
    assert f"texts: {out / 'digest.html'}" in told.err


def test_a_digest_of_texts_reads_them_first(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "today"
    told = nightdesk("digest", "build", inbox, "--out", out, "--quiet")
    assert (told.code, told.err) == (0, "")
    assert len(headlines(out)) == len(list(inbox.iterdir()))


def test_a_file_of_the_users_own_is_never_replaced(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "digest.html").write_text("<p>my own page</p>", encoding="utf-8")
    told = nightdesk("digest", "build", results, "--out", out)
    assert told.code == 3
    assert "digest.html: is there already, and Nightdesk did not write it" in told.err
    assert (out / "digest.html").read_text(encoding="utf-8") == "<p>my own page</p>"


def test_a_digest_is_shown_on_a_terminal_story_by_story(results: Path) -> None:
    shown = nightdesk("digest", "show", results, COLUMNS="60")
    assert shown.code == 0
    assert all(len(line) <= 60 or "://" in line for line in shown.out.splitlines())
    first = headlines(results)[0]
    one = nightdesk("digest", "show", results, "--story", "1")
    assert " ".join(one.out.split()).startswith(first)
    assert json.loads(nightdesk("digest", "show", results, "--json").out)["schema_version"] == 2
    none = nightdesk("digest", "show", results, "--story", "99")
    assert none.code == 2
    assert "--story 99: the digest has" in none.err


def test_what_is_no_digest_is_said_so(tmp_path: Path) -> None:
    for command in ("show", "open", "index"):
        told = nightdesk("digest", command, tmp_path)
        assert told.code == 2
        assert "digest" in told.err
        assert "Traceback" not in told.err


def test_a_list_of_digests_is_written_for_a_folder_of_them(results: Path, tmp_path: Path) -> None:
    nights = tmp_path / "nights"
    nightdesk("digest", "build", results, "--out", nights / "one")
    nightdesk("digest", "build", results, "--out", nights / "two")
    (nights / "three").mkdir()
    (nights / "three" / "digest.html").write_text("an older one, without a record")
    assert nightdesk("digest", "index", nights).code == 0
    root = html.document_fromstring((nights / "index.html").read_text(encoding="utf-8"))
    links = root.xpath("//h2/a/@href")
    assert sorted(links) == ["one/digest.html", "three/digest.html", "two/digest.html"]
    for href in root.xpath("//*[@class='past']/a/@href"):
        path, _, anchor = href.partition("#")
        page = html.document_fromstring((nights / path).read_text(encoding="utf-8"))
        assert page.get_element_by_id(anchor) is not None
    feed = feedparser.parse((nights / "feed.atom").read_bytes())
    assert len(feed.entries) == len(headlines(nights / "one")), "a story is there once"


def test_the_page_is_opened_by_its_path(results: Path, tmp_path: Path) -> None:
    browser = tmp_path / "xdg-open"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path / "opened"}\n', encoding="utf-8")
    browser.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    told = nightdesk("digest", "open", results, PATH=path)
    assert told.code == 0
    for _ in range(100):
        if (tmp_path / "opened").exists() and (tmp_path / "opened").read_text():
            break
        time.sleep(0.05)
    assert (tmp_path / "opened").read_text() == str(results / "digest.html")
    none = nightdesk("digest", "open", results, PATH=str(tmp_path / "none"))
    assert "open the file yourself" in none.err


def document(name: str, **given: str | None) -> Document:
    date = given.pop("date", None)
    return Document(name, name, "", "utf-8", (), date=date, origin=Origin(**given))


def test_documents_are_as_old_as_their_publishers_say() -> None:
    now = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
    recent = Recent(since("24h", now=now, timezone="Europe/Kyiv"), timezone="Europe/Kyiv")
    kept = [
        document("today", date="2026-11-28"),
        document("yesterday", date="2026-11-27"),
        document("undated"),
        document("unreadable", date="soon"),
        document("updated", published_at="2026-11-01T00:00:00Z", updated_at="2026-11-27T03:00:00Z"),
        document("near", published_at="2026-11-27T05:00:00+02:00"),
    ]
    old = [
        document("before", date="2026-11-26"),
        document("hours", published_at="2026-11-27T03:00:00+02:00"),
    ]
    assert list(recent([*old, *kept])) == kept
    assert recent.left_out == 2
    assert list(Recent()([*old, *kept])) == [*old, *kept]


@pytest.mark.parametrize("text", ["", "yesterday", "24", "24x", "-1h", "2026-13-01"])
def test_an_age_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="not an age and not a date"):
        since(text, now=datetime.now(UTC), timezone="UTC")

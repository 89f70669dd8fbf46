"""A night fetches its feeds first: real feeds from a real server on loopback."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feed_site import Site, rss, running
from typer.testing import CliRunner

from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.cli.app import app
from pipeline.config import Config, Nightly, Pull
from pipeline.errors import UsageError
from pipeline.nightly.condition import Fault
from pipeline.nightly.events import event_log
from pipeline.nightly.feeds import check_feeds
from pipeline.nightly.night_desk import NightDesk, NightOutcome
from pipeline.nightly.run import rerun_night, run_night
from pipeline.progress import Silent
from pipeline.state.folder import open_state

NIGHT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as one:
        one.pages = {"/one.xml": rss(1, 2), "/two.xml": rss(3)}
        yield one


def listed(folder: Path, site: Site, *names: str) -> Path:
    path = folder / "feeds.toml"
    path.write_text(
        "".join(f'[[feeds]]\nurl = "{site.url}/{n}.xml"\nname = "{n}"\n' for n in names)
    )
    return path


def night(root: Path, pull: Pull, *, at: datetime = NIGHT, make=run_night) -> NightOutcome:
    (root / "in").mkdir(exist_ok=True)
    with open_state(root / "state") as state, event_log(root / "events.jsonl") as events:
        desk = NightDesk(
            (root / "in",), root / "out", timezone="Europe/Kyiv", events=events,
            config=Config(nightly=Nightly(pull=pull)), state=state, progress=Silent(),
            now=lambda: at,
            engines=(ScriptedTranslator(lambda s: s.text), ScriptedSummariser(lambda p: p.text)),
        )  # fmt: skip
        return make(desk, date="2026-03-01") if make is rerun_night else make(desk)


def first_lines(root: Path, day: str) -> list[str]:
    page = (root / "out" / day / "digest.md").read_text("utf-8")
    return [line[2:] for line in page.splitlines() if line.startswith("> ")]


def quick(feeds: Path, **more: object) -> Pull:
    return Pull(feeds=str(feeds), allow_private=("127.0.0.1",), pause_s=0, timeout_s=4, **more)


def test_a_night_tells_what_its_feeds_have(site: Site, tmp_path: Path) -> None:
    pull = quick(listed(tmp_path, site, "one", "two"))
    outcome = night(tmp_path, pull)
    assert (outcome.documents, outcome.condition.feeds) == (3, 2)
    assert not outcome.condition.feeds_failed
    asked = len(site.asked)
    assert "published already" in night(tmp_path, pull).message
    assert night(tmp_path, pull, make=rerun_night).documents == 3
    assert len(site.asked) == asked, "neither a night that is there nor one made again fetches"


def test_a_feed_that_fails_is_told_first_and_the_night_goes_on(site: Site, tmp_path: Path) -> None:
    pull = quick(listed(tmp_path, site, "one", "gone", "two"))
    outcome = night(tmp_path, pull)
    assert (outcome.documents, outcome.is_well) == (3, False)
    assert Fault.FEEDS in outcome.condition.faults
    assert Fault.REFUSED not in outcome.condition.faults
    [rejection] = outcome.rejections
    assert (rejection.name, rejection.stage) == ("gone", "pull")
    assert rejection.reason == "answers with 404"
    assert first_lines(tmp_path, "2026-03-01")[0] == (
        "Feeds that could not be fetched: 1 of 3 (gone). What they have is missing here."
    )
    page = (tmp_path / "out" / "2026-03-01" / "digest.html").read_text("utf-8")
    assert "answers with 404" in page, "by name, with its reason"
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    [failed] = [line for line in lines if line["event"] == "feed.failed"]
    assert (failed["name"], failed["level"]) == ("gone", "warning")
    site.pages = {"/one.xml": rss(1, 2), "/two.xml": rss(3), "/gone.xml": rss(4)}
    second = night(tmp_path, pull, at=NIGHT.replace(day=2))
    assert (second.documents, second.is_well) == (1, True)


@pytest.mark.parametrize("fault", ["list", "down", "slow", "inbox"])
def test_whatever_fails_about_feeds_a_night_is_made(site: Site, tmp_path: Path, fault: str) -> None:
    pull = quick(listed(tmp_path, site, "one", "two"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "own.txt").write_text("The quay at Reyny is closed. The boats wait outside.")
    if fault == "list":
        (tmp_path / "feeds.toml").write_text("[[feeds")
    elif fault == "down":
        (tmp_path / "feeds.toml").write_text('[[feeds]]\nurl = "http://127.0.0.1:9/one.xml"\n')
    elif fault == "slow":
        pull = quick(tmp_path / "feeds.toml", total_s=1e-6)
    else:
        (tmp_path / "in" / "one").write_text("a file where a folder has to be")
    outcome = night(tmp_path, pull)
    assert outcome.condition.faults == (Fault.FEEDS,)
    assert outcome.documents >= 1
    assert all(r.stage == "pull" and r.reason and r.hint for r in outcome.rejections)
    assert outcome.rejections


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_night_that_is_killed_while_it_fetches_tells_each_entry_once(
    site: Site, tmp_path: Path
) -> None:
    reached, gate = threading.Event(), threading.Event()

    def waiting(_: object) -> tuple[int, dict[str, str], bytes]:
        reached.set()
        gate.wait(30)
        return 200, {}, rss(3)

    site.pages["/two.xml"] = waiting
    pull = quick(listed(tmp_path, site, "one", "two"))
    if (child := os.fork()) == 0:
        night(tmp_path, pull)
        os._exit(0)
    try:
        assert reached.wait(60)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        gate.set()
    assert not list((tmp_path / "out").glob("2*"))
    outcome = night(tmp_path, pull)
    assert (outcome.documents, outcome.is_well) == (3, True)
    assert len(list((tmp_path / "in").rglob("*.xml"))) == 3


def test_the_command_pulls_and_says_what_it_would_pull(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTDESK_STATE", str(tmp_path / "state"))
    feeds = listed(tmp_path, site, "one", "gone")
    (tmp_path / "in").mkdir()
    config = tmp_path / "nightly.toml"
    config.write_text(
        f'[nightly]\ninbox = ["{tmp_path}/in", "{tmp_path}/feeds/*"]\nout = "{tmp_path}/out"\n'
        f'[nightly.pull]\nfeeds = "{feeds}"\ninto = "{tmp_path}/feeds"\npause_s = 0\n'
        'allow_private = ["127.0.0.1"]\n[stories]\ngroup = false\n[summarise]\njudge = "words"\n'
    )

    def nightly(*words: object):
        return CliRunner().invoke(app, ["nightly", *map(str, words)])

    preview = nightly("run", "--config", config, "--date", "2026-03-01", "--dry-run")
    assert preview.exit_code == 0, preview.stderr
    assert f"2 feeds would be fetched first, into {tmp_path}/feeds" in preview.stdout
    assert site.asked == []
    done = nightly("run", "--config", config, "--date", "2026-03-01")
    assert done.exit_code == 1, "a feed failed"
    assert "published 2 documents (feeds-failed)" in done.stderr
    assert "not fetched: gone: answers with 404" in done.stderr
    printed = nightly("install", "--config", config, "--print", "--system")
    assert f"ReadWritePaths={tmp_path}/feeds" in printed.stdout
    assert "PrivateNetwork" not in printed.stdout
    assert "AF_INET" in printed.stdout
    config.write_text(config.read_text().replace(f'"{feeds}"', '"feeds.toml"'))
    refused = nightly("install", "--config", config, "--print", "--system")
    assert isinstance(refused.exception, UsageError)
    assert "nightly.pull.feeds: the path is relative" in str(refused.exception)


@pytest.mark.parametrize(
    ("inboxes", "into", "fits"),
    [
        (("in",), "", "in"),
        (("in",), "in/feeds", "in/feeds"),
        (("in", "mail"), "mail", "mail"),
        (("in", "feeds/*"), "feeds", "feeds"),
        (("in", "**/news"), "a/news", "a/news"),
        (("in", "mail"), "", None),
        (("feeds/*",), "", None),
        (("in", "feeds/*"), "feeds/a/b", "feeds/a/b"),
        (("in", "feeds/*/new"), "feeds/a", None),
        (("in",), "elsewhere", None),
        (("in",), "in/../elsewhere", None),
        (("in",), "inside", None),
    ],
)
def test_feeds_go_where_an_inbox_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inboxes: tuple[str, ...], into: str,
    fits: str | None,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds.toml").write_text('[[feeds]]\nurl = "https://news.example/one"\n')
    options = Pull(feeds="feeds.toml", into=into)
    if fits is None:
        with pytest.raises(UsageError, match=r"nightly\.pull\.into"):
            check_feeds(options, inboxes)
    else:
        [_], folder = check_feeds(options, inboxes)
        assert folder == Path(fits)

"""What an administrator sees: events, figures, health, history, previews, and a desk that stays."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nights import BAKERY, DEPOT, small_night
from prometheus_client.parser import text_string_to_metric_families

from pipeline.config import Config, Mail, Nightly
from pipeline.nightly.condition import Condition, Fault
from pipeline.nightly.daemon import Daemon
from pipeline.nightly.due import check_timezone, parse_time
from pipeline.nightly.events import NoEvents
from pipeline.nightly.inbox import gather
from pipeline.nightly.status import State, state_of
from pipeline.progress import Silent
from pipeline.state.book import Book, Delivery

KYIV = check_timezone("Europe/Kyiv")
NIGHTDESK = str(Path(sys.executable).with_name("nightdesk"))


@dataclasses.dataclass(slots=True)
class House:
    root: Path
    epoch: datetime = datetime(2026, 3, 1, 0, 31, tzinfo=UTC)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [NIGHTDESK, "nightly", *words, "--config", str(self.root / "c.toml")],
            capture_output=True, text=True, check=False, timeout=120,
            env={**os.environ, "SOURCE_DATE_EPOCH": f"{self.epoch.timestamp():.0f}"},
        )  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "note.txt").write_text("The library stays open on Sundays.\n")
    (tmp_path / "in" / "empty.txt").write_text("")
    (tmp_path / "c.toml").write_text(
        f'[nightly]\ninbox = "{tmp_path / "in"}"\nout = "{tmp_path / "out"}"\n'
        f'timezone = "Europe/Kyiv"\nmetrics = "{tmp_path / "figures" / "night.prom"}"\n'
        f'events = "{tmp_path / "events.jsonl"}"\ncopies = ["{tmp_path / "web"}"]\n'
    )
    return House(tmp_path)


def test_a_night_from_outside(house: House) -> None:
    preview = json.loads(house.call("run", "--dry-run", "--json").stdout)
    assert preview["documents"] == ["note.txt"]
    assert [r["name"] for r in preview["rejections"]] == ["empty.txt"]
    assert preview["deliveries"] == [{"channel": "folder", "recipient": str(house.root / "web")}]
    assert not (house.root / "out").exists()
    late = house.call("status")
    assert (late.returncode, late.stdout.split(":")[0]) == (3, "late")

    done = house.call("run", "--json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["documents"]) == (1, 1), done.stderr
    assert outcome["condition"]["faults"] == ["half-refused"]
    assert (house.root / "web" / "2026-03-01" / "digest.html").is_file()

    lines = (house.root / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    of_the_run = [e for e in events if e["run"] == events[-1]["run"]]
    names = [e["event"] for e in of_the_run]
    assert names == ["night.begun", "document.rejected", "night.published", "delivery.sent"]
    assert of_the_run[1]["name"] == "empty.txt"

    text = (house.root / "figures" / "night.prom").read_text(encoding="utf-8")
    figures = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert figures["nightdesk_documents",] == 1
    assert figures["nightdesk_rejections",] == 1
    assert figures["nightdesk_poor",] == 1
    assert figures["nightdesk_deliveries", "sent"] == 1
    assert figures["nightdesk_last_digest_timestamp_seconds",] == house.epoch.timestamp()
    assert figures["nightdesk_stage_seconds", "sources"] >= 0

    poor = house.call("status", "--json")
    state = json.loads(poor.stdout)
    assert (poor.returncode, state["health"], state["last"]) == (1, "poor", "2026-03-01")
    assert state["next_at"] == "2026-03-02T02:30+02:00"
    (row,) = json.loads(house.call("history", "--json").stdout)
    assert (row["night"], row["documents"], row["deliveries"]) == ("2026-03-01", 1, {"sent": 1})
    assert "half-refused" in house.call("history").stdout


def test_a_night_that_fails_is_an_event_and_no_night(house: House) -> None:
    (house.root / "in" / "note.txt").unlink()
    (house.root / "in" / "empty.txt").unlink()
    (house.root / "in").rmdir()
    done = house.call("run")
    assert done.returncode == 2
    lines = (house.root / "events.jsonl").read_text(encoding="utf-8").splitlines()
    last = json.loads(lines[-1])
    assert (last["event"], last["kind"], last["level"]) == ("night.failed", "UsageError", "warning")
    assert "no such folder" in last["error"]


# Health.


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "nightly.sqlite", desk="here")


def health(book: Book, out: Path, now: str) -> State:
    moment = datetime.fromisoformat(now).astimezone(UTC)
    return state_of(book, out, options=Nightly(at="02:30"), zone=KYIV, now=moment)


def publish(
    book: Book, out: Path, night: str, *, condition: Condition, rows: Sequence[Delivery]
) -> None:
    now = datetime.fromisoformat(f"{night}T00:30:00+00:00")
    small_night(out, night)
    book.begin(night, timezone="Europe/Kyiv", now=now)
    book.publish(night, record={"condition": condition.record()}, deliveries=rows, now=now)


def test_health_is_of_the_last_night_that_was_due(book: Book, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert health(book, out, "2026-03-01T12:00+02:00").health == "late"
    publish(book, out, "2026-03-01", condition=Condition(documents=1), rows=())
    assert health(book, out, "2026-03-01T12:00+02:00").health == "well"
    assert health(book, out, "2026-03-02T02:00+02:00").health == "well"
    assert health(book, out, "2026-03-02T05:00+02:00").health == "well", "it may be in the making"
    late = health(book, out, "2026-03-02T06:00+02:00")
    assert (late.health, late.why) == (
        "late", ("the digest of 2026-03-02 is missing; the last one is 2026-03-01",),
    )  # fmt: skip
    poor = Condition(faults=(Fault.NOTHING_NEW,))
    row = Delivery("2026-03-02", "mail", "a@example.org", "<1@x>", detail="450 later")
    publish(book, out, "2026-03-02", condition=poor, rows=[row])
    found = health(book, out, "2026-03-02T06:00+02:00")
    assert (found.health, found.waiting) == ("poor", 1)
    assert found.why == ("2026-03-02: nothing-new", "a@example.org: queued: 450 later")
    ahead = health(book, out, "2026-03-01T06:00+02:00").why
    assert (
        "the digest of 2026-03-02 is ahead of the clock: 2026-03-01; see which one is right"
        in ahead
    )


# A desk that stays.


@dataclasses.dataclass(slots=True)
class Staying:
    daemon: Daemon
    calls: list[str]
    clock: list[datetime]

    def at(self, moment: str) -> list[str]:
        self.clock[0] = datetime.fromisoformat(moment)
        self.calls.clear()
        self.daemon.tick()
        return list(self.calls)


@pytest.fixture
def staying(book: Book, tmp_path: Path) -> Staying:
    calls: list[str] = []
    clock = [datetime(2026, 3, 1, tzinfo=UTC)]
    daemon = Daemon(
        night=["night"], deliver=["deliver"], out=tmp_path / "out", book=book,
        at=parse_time("02:30"), zone=KYIV, events=NoEvents(), now=lambda: clock[0],
        call=lambda words: calls.append(words[0]) or 0,
    )  # fmt: skip
    return Staying(daemon, calls, clock)


def test_a_desk_that_stays_makes_each_night_once(
    staying: Staying, book: Book, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert staying.at("2026-03-01T00:30:00+00:00") == ["night"]
    assert staying.at("2026-03-01T00:31:00+00:00") == [], "a night that failed is not hurried"
    assert staying.at("2026-03-01T00:36:00+00:00") == ["night"]
    row = Delivery("2026-03-01", "mail", "a@example.org", "<1@x>")
    publish(book, out, "2026-03-01", condition=Condition(documents=1), rows=[row])
    assert staying.at("2026-03-01T09:00:00+00:00") == ["deliver"]
    book.note(dataclasses.replace(row, status="sent"))
    assert staying.at("2026-03-01T10:00:00+00:00") == []
    assert staying.at("2026-02-28T10:00:00+00:00") == [], "set back: a later night has told it"
    assert staying.at("2026-01-28T10:00:00+00:00") == ["night"], "that one was far ahead"
    assert staying.at("2026-03-02T00:29:59+00:00") == []
    assert staying.at("2026-03-05T07:00:00+00:00") == ["night"], "and behind a sleep one, not four"


def test_the_real_daemon_makes_a_night_and_leaves_when_it_is_told_to(house: House) -> None:
    with subprocess.Popen(
        [NIGHTDESK, "nightly", "daemon", "--config", str(house.root / "c.toml")],
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            end = time.monotonic() + 100
            while not list((house.root / "web").glob("2*/digest.html")):
                assert time.monotonic() < end
                assert process.poll() is None
                time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
    lines = (house.root / "events.jsonl").read_text(encoding="utf-8").splitlines()
    names = [json.loads(line)["event"] for line in lines]
    assert (names[0], names[-1]) == ("daemon.started", "daemon.stopped")
    assert names.count("night.published") == 1


# Several inboxes.


def test_several_inboxes_and_patterns_have_names_of_their_own(tmp_path: Path) -> None:
    for folder in ("feeds/a", "feeds/b", "mail", "other/mail"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "1.txt").write_text(DEPOT)
    (tmp_path / "single.txt").write_text(BAKERY)
    out = tmp_path / "out"

    def names(*inboxes: str) -> list[str]:
        found = gather([f"{tmp_path}/{i}" for i in inboxes], out, progress=Silent())
        return [one.name for one in found.files]

    assert names("mail") == ["1.txt"]
    assert names("feeds/*") == ["a/1.txt", "b/1.txt"]
    assert names("feeds/*", "mail") == ["a/1.txt", "b/1.txt", "mail/1.txt"]
    assert names("*.txt") == ["single.txt"]
    assert names("no*such") == []
    both = names("mail", "other/mail")
    assert len(set(both)) == 2
    assert all(name.endswith("mail/1.txt") for name in both)
    gone = gather([f"{tmp_path}/mail", f"{tmp_path}/gone"], out, progress=Silent())
    assert [r.name for r in gone.refused] == ["gone"]
    assert len(gone.files) == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('at = "2 pm"', "nightly.at: '2 pm' is no time of day"),
        ('deadline = "25:00"', "nightly.deadline"),
        ("inbox = []", "nightly.inbox is empty"),
        ('[nightly.mail]\nto = ["not an address"]\nsender = "a@b"', "nightly.mail.to"),
        ('[nightly.mail]\nto = ["a@b"]', "nightly.mail.sender"),
        ('[nightly.mail]\npassword = "hunter2"', "nightly.mail.password is not the place"),
        ('[nightly.mail]\nuser = "desk"', "nightly.mail.password is missing"),
        (
            '[nightly.mail]\nuser = "d"\npassword = "env:X"\nhost = "h.example"\nsecurity = "none"',
            "in the clear",
        ),
        ("[nightly.mail]\nport = 70000", "nightly.mail.port must be at most 65,535"),
        ('[nightly.webhook]\nto = ["ftp://x"]\nsecret = "env:X"', "nightly.webhook.to"),
        ('[nightly.webhook]\nto = ["https://x.example"]', "nightly.webhook.secret is missing"),
        ('[nightly.webhook]\nsecret = "hunter2"', "nightly.webhook.secret is not the place"),
    ],
)
def test_a_configuration_that_no_night_can_use_is_refused(
    tmp_path: Path, line: str, message: str
) -> None:
    from pipeline.config_file import load
    from pipeline.errors import ConfigError

    path = tmp_path / "c.toml"
    path.write_text(line if line.startswith("[") else f"[nightly]\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert message in str(caught.value)
    assert "hunter2" not in f"{caught.value}{caught.value.hint}"


def test_the_example_of_a_desk_can_be_used(repository: Path) -> None:
    from pipeline.config_file import load

    options = load(repository / "configs" / "nightly.toml").nightly
    assert options.inboxes == ("/srv/desk/inbox", "/srv/desk/feeds/*")
    assert options.mail == dataclasses.replace(
        Mail(), sender="desk@example.org", host="smtp.example.org", user="desk",
        password="file:/srv/desk/secrets/smtp",
    )  # fmt: skip
    assert Config().nightly.inboxes == ("inbox",)
    assert timedelta(0) < timedelta(hours=options.give_up_h)

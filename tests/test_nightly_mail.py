"""Nights by mail: each is received, once where Message-ID is honoured, at most twice elsewhere."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from nights import small_night
from post_office import PASSWORD, USER, PostOffice, ca_file, post_office

from pipeline.config import Mail, Nightly
from pipeline.errors import ConfigError
from pipeline.nightly.delivery.channels import outbox
from pipeline.nightly.delivery.postman import Postman
from pipeline.nightly.delivery.secret import read_secret
from pipeline.nightly.events import Events, NoEvents, event_log
from pipeline.nightly.pages import bodies
from pipeline.state.book import Book

READER = "reader@example.org"
OTHER = "other@example.org"


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def office(ca: trustme.CA) -> Iterator[PostOffice]:
    with post_office(PostOffice(), ca) as served:
        yield served


@dataclasses.dataclass(slots=True)
class Desk:
    """A published night, its outbox, and a clock that waiting moves on."""

    folder: Path
    options: Nightly
    book: Book
    time: datetime = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)

    def publish(self, night: str = "2026-03-01") -> None:
        small_night(self.folder, night)
        self.book.begin(night, timezone="UTC", now=self.time)
        rows = outbox(self.options, night, desk=self.book.desk)
        self.book.publish(night, record={}, deliveries=rows, now=self.time)

    def deliver(self, events: Events | None = None) -> dict[str, str]:
        def sleep(seconds: float) -> None:
            self.time += timedelta(seconds=seconds)

        postman = Postman(
            self.book, self.folder, options=self.options, events=events or NoEvents(),
            now=lambda: self.time, sleep=sleep,
        )  # fmt: skip
        postman.deliver(patience_s=1e9)  # of the real clock, which hardly moves
        return {d.recipient: d.status for d in self.book.deliveries()}

    def row(self):
        return self.book.deliveries()[0]


@pytest.fixture
def desk(
    office: PostOffice, ca: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.setenv("THE_PASSWORD", PASSWORD)
    mail = Mail(
        to=(READER,), sender="desk@example.org", host="127.0.0.1", port=office.port, user=USER,
        password="env:THE_PASSWORD", ca_file=str(ca_file(ca, tmp_path)), timeout_s=1.0,
        unsubscribe="mailto:desk@example.org?subject=unsubscribe",
    )  # fmt: skip
    book = Book(tmp_path / "state" / "nightly.sqlite", desk="here")
    return Desk(tmp_path / "out", Nightly(mail=mail), book)


def test_a_night_arrives_over_tls_from_one_who_has_logged_in(
    desk: Desk, office: PostOffice
) -> None:
    desk.publish()
    assert desk.deliver() == {READER: "sent"}
    assert desk.deliver() == {READER: "sent"}
    (message,) = office.taken
    assert (office.logins, office.secure) == ([True], [True])
    assert message["Subject"] == "Night desk · 1 March 2026 · Депо закривається"
    assert message["Message-ID"] == desk.row().message_id
    assert message["Date"] == "Sun, 01 Mar 2026 02:30:00 +0000"
    assert message["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert text is not None
    night = desk.folder / "2026-03-01"
    assert html.get_content().split() == bodies(night).html.split()
    assert text.get_content().split() == bodies(night).text.split()
    page = (night / "digest.html").read_text(encoding="utf-8")
    feed = (night / "digest.atom").read_text(encoding="utf-8")
    for form in (html.get_content(), text.get_content(), page, feed):
        assert "Депо закривається" in form, "all of them tell the same stories"


def test_a_server_that_speaks_tls_from_the_start(desk: Desk, ca: trustme.CA) -> None:
    desk.options = dataclasses.replace(
        desk.options, mail=dataclasses.replace(desk.options.mail, security="tls")
    )
    with post_office(PostOffice(), ca, security="tls") as office:
        mail = dataclasses.replace(desk.options.mail, port=office.port)
        desk.options = dataclasses.replace(desk.options, mail=mail)
        desk.publish()
        assert desk.deliver() == {READER: "sent"}
    assert len(office.taken) == 1


def test_a_server_with_a_certificate_of_somebody_else_gets_nothing(
    desk: Desk, office: PostOffice, tmp_path: Path
) -> None:
    stranger = ca_file(trustme.CA(), tmp_path)
    mail = dataclasses.replace(desk.options.mail, ca_file=str(stranger))
    desk.options = dataclasses.replace(desk.options, mail=mail, give_up_h=0.001)
    desk.publish()
    assert desk.deliver() == {READER: "failed"}
    assert "certificate" in desk.row().detail.lower()
    assert (office.taken, office.logins) == ([], [])


@pytest.mark.parametrize(
    ("faults", "copies"),
    [
        (["grey"] * 5, 1),
        (["drop-within"] * 4, 1),
        (["grey", "drop-within", "grey"], 1),
        (["drop-behind"], 2),
        (["slow"], 2),
        (["grey", "drop-behind", "drop-within", "grey"], 2),
    ],
)
def test_a_night_arrives_whatever_the_server_does_meanwhile(
    desk: Desk, office: PostOffice, faults: list[str], copies: int
) -> None:
    desk.publish()
    office.faults = list(faults)
    assert desk.deliver() == {READER: "sent"}
    assert office.faults == []
    assert len(office.taken) == copies, "only where nobody knows, and once more at most"
    assert len(office.kept()) == 1, "a server that honours Message-ID keeps one"
    assert len({bytes(message) for message in office.taken}) == 1
    assert desk.row().attempts == len(faults) + 1


def test_behind_a_second_doubt_nothing_more_is_sent(desk: Desk, office: PostOffice) -> None:
    desk.publish()
    office.faults = ["drop-behind", "slow", "drop-behind"]
    assert desk.deliver() == {READER: "unsure"}
    assert desk.deliver() == {READER: "unsure"}
    assert len(office.taken) == 2
    assert len(office.kept()) == 1


@pytest.mark.parametrize("fault", ["refuse", "refuse-text"])
def test_a_refusal_is_final_and_stops_nobody_else(
    desk: Desk, office: PostOffice, fault: str
) -> None:
    mail = dataclasses.replace(desk.options.mail, to=(READER, OTHER))
    desk.options = dataclasses.replace(desk.options, mail=mail)
    desk.publish()
    office.faults = [fault]
    assert desk.deliver() == {OTHER: "failed", READER: "sent"}
    assert [m["To"] for m in office.taken] == [READER]
    assert desk.row().detail.startswith("55")


def test_pauses_grow_and_end(desk: Desk, office: PostOffice) -> None:
    desk.publish()
    office.faults = ["grey"] * 1_000
    began = desk.time
    assert desk.deliver() == {READER: "failed"}
    assert desk.row().detail.startswith("given up: 450 4.7.1 greylisted")
    assert 70 <= (desk.time - began).total_seconds() / 3_600 <= 75
    assert 75 < desk.row().attempts < 100


def test_a_server_that_is_away_and_comes_back(desk: Desk, ca: trustme.CA, tmp_path: Path) -> None:
    office = PostOffice()
    with post_office(office, ca):
        mail = dataclasses.replace(desk.options.mail, port=office.port)
    desk.options = dataclasses.replace(desk.options, mail=mail)
    desk.publish()
    started = []

    def sleep(seconds: float) -> None:
        desk.time += timedelta(seconds=seconds)
        if not started and seconds > 100:  # of the growing pauses
            context = post_office(office, ca, port=mail.port)
            started.append(context)
            context.__enter__()

    postman = Postman(
        desk.book, desk.folder, options=desk.options, events=NoEvents(),
        now=lambda: desk.time, sleep=sleep,
    )  # fmt: skip
    try:
        assert postman.deliver(patience_s=1e9) == []
    finally:
        started[0].__exit__(None, None, None)
    assert len(office.taken) == 1


def test_who_was_unsubscribed_while_queued_is_not_sent_to(desk: Desk, office: PostOffice) -> None:
    mail = dataclasses.replace(desk.options.mail, to=(READER, OTHER))
    desk.options = dataclasses.replace(desk.options, mail=mail)
    desk.publish()
    desk.book.unsubscribe(READER.upper(), now=desk.time)
    assert desk.deliver() == {OTHER: "sent", READER: "withdrawn"}
    desk.publish("2026-03-02")
    desk.options = dataclasses.replace(desk.options, mail=dataclasses.replace(mail, to=(READER,)))
    assert desk.book.subscribe(READER)
    desk.deliver()
    assert [(d.night[-1], d.recipient, d.status) for d in desk.book.deliveries()] == [
        ("1", OTHER, "sent"), ("1", READER, "withdrawn"),
        ("2", OTHER, "withdrawn"), ("2", READER, "sent"),
    ]  # fmt: skip


def test_a_wrong_password_is_tried_again_and_stands_nowhere(
    desk: Desk, office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THE_PASSWORD", "wrong-and-secret")
    desk.publish()
    patient = dataclasses.replace(desk.options.mail, timeout_s=20.0)  # it thinks before it refuses
    desk.options = dataclasses.replace(desk.options, give_up_h=0.001, mail=patient)
    with event_log(tmp_path / "events.jsonl") as events:
        assert desk.deliver(events) == {READER: "failed"}
    assert "535" in desk.row().detail
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        assert b"wrong-and-secret" not in path.read_bytes(), path
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert {line["event"] for line in lines} == {"delivery.queued", "delivery.failed"}
    assert len({line["run"] for line in lines}) == 1


@pytest.mark.parametrize(
    ("place", "content", "message"),
    [
        ("env:NOT_SET_HERE", None, "is empty"),
        ("file:{folder}/none", None, "cannot be read"),
        ("file:{folder}/secret", "", "is empty"),
        ("file:{folder}/secret", "two\nlines\n", "has several lines"),
        ("credential:smtp", None, "was given no credentials"),
    ],
)
def test_a_secret_that_is_not_there_is_named_by_its_place(
    tmp_path: Path, place: str, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_text(content)
    with pytest.raises(ConfigError, match=message) as caught:
        read_secret(place.format(folder=tmp_path), named_by="mail.password")
    assert "two" not in str(caught.value)


def test_secrets_come_from_a_file_and_from_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "smtp").write_text("s e c r e t\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for place in (f"file:{tmp_path}/smtp", "credential:smtp"):
        assert read_secret(place, named_by="mail.password") == "s e c r e t"


KILLED_TWICE = 2


@pytest.mark.slow
def test_a_sender_that_is_killed_behind_the_message_sends_once_more_at_most(
    ca: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst moment: the server has the message, and the sender dies before it is told so."""
    inbox = tmp_path / "in"
    inbox.mkdir()
    office = PostOffice(faults=["die"] * KILLED_TWICE)
    monkeypatch.setenv("THE_PASSWORD", PASSWORD)
    with post_office(office, ca):
        config = tmp_path / "nightly.toml"
        config.write_text(
            f'[nightly]\ninbox = "{inbox}"\nout = "{tmp_path / "out"}"\n'
            f'[nightly.mail]\nto = ["{READER}"]\nsender = "desk@example.org"\n'
            f'port = {office.port}\nuser = "{USER}"\npassword = "env:THE_PASSWORD"\n'
            f'ca_file = "{ca_file(ca, tmp_path)}"\n'
        )
        program = str(Path(sys.executable).with_name("nightdesk"))
        codes = []
        for words in (("run", "--date", "2026-03-01"), ("deliver",), ("deliver",), ("deliver",)):
            process = subprocess.Popen([program, "nightly", *words, "--config", str(config)])
            office.dying = lambda pid=process.pid: os.kill(pid, signal.SIGKILL)
            assert PASSWORD not in Path(f"/proc/{process.pid}/cmdline").read_text()
            codes.append(process.wait(60))
    assert codes[:KILLED_TWICE] == [-signal.SIGKILL] * KILLED_TWICE
    assert codes[-1] == 0
    assert len(office.taken) == 2, "bounded to once more, where Message-ID is not honoured"
    assert len(office.kept()) == 1

"""Nights to a webhook and into other folders: signed, once, and there whole or not at all."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from loopback import serving
from nights import small_night

from pipeline.config import Nightly, Webhook
from pipeline.nightly.delivery.channels import outbox
from pipeline.nightly.delivery.postman import Postman
from pipeline.nightly.events import NoEvents
from pipeline.nightly.pages import bodies
from pipeline.state.book import Book

SECRET = "whsec_" + base64.b64encode(b"the key of the desk").decode()


@dataclasses.dataclass(slots=True)
class Receiver:
    """Answers with the given codes, then 200; 0 ends the connection behind the request."""

    url: str = ""
    codes: list[int] = dataclasses.field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = dataclasses.field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            code = made.codes.pop(0) if made.codes else 200
            if code in (0, 200):
                made.taken.append(({k.lower(): v for k, v in self.headers.items()}, content))
            if code:
                self.send_response(code)
                if code == 429:
                    self.send_header("Retry-After", "777")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    with serving(Handler) as url:
        made.url = url
        yield made


class Desk:
    def __init__(self, folder: Path, options: Nightly) -> None:
        self.out, self.options = folder / "out", options
        self.time = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
        self.book = Book(folder / "nightly.sqlite", desk="here")
        self.night = small_night(self.out, "2026-03-01")
        self.book.begin("2026-03-01", timezone="UTC", now=self.time)
        rows = outbox(options, "2026-03-01", desk="here")
        self.book.publish("2026-03-01", record={}, deliveries=rows, now=self.time)

    def deliver(self) -> list[tuple[str, str]]:
        def sleep(seconds: float) -> None:
            self.time += timedelta(seconds=seconds)

        postman = Postman(
            self.book, self.out, options=self.options, events=NoEvents(),
            now=lambda: self.time, sleep=sleep,
        )  # fmt: skip
        postman.deliver(patience_s=1e9)
        return [(d.status, d.detail) for d in self.book.deliveries()]


@pytest.fixture
def hook(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("HOOK", SECRET)
    return Desk(tmp_path, Nightly(webhook=Webhook(to=(receiver.url,), secret="env:HOOK")))


def test_the_json_of_a_night_is_signed(hook: Desk, receiver: Receiver) -> None:
    assert hook.deliver() == [("sent", "HTTP 200")]
    ((headers, content),) = receiver.taken
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + content
    digest = hmac.new(b"the key of the desk", signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    data = json.loads(content)["data"]
    sent = bodies(hook.night)
    assert (data["night"], data["text"], data["html"]) == ("2026-03-01", sent.text, sent.html)
    assert data["digest"]["stories"][0]["story"]["headline"] == "Депо закривається"


@pytest.mark.parametrize(
    ("codes", "status", "copies"),
    [
        ([503, 500, 429], "sent", 1),
        ([0], "sent", 2),
        ([0, 0, 0], "unsure", 2),
        ([404], "failed", 0),
        ([301], "failed", 0),
    ],
)
def test_a_receiver_may_be_away_or_refuse(
    hook: Desk, receiver: Receiver, codes: list[int], status: str, copies: int
) -> None:
    receiver.codes = list(codes)
    began = hook.time
    ((found, _),) = hook.deliver()
    assert found == status
    assert len(receiver.taken) == copies
    assert len({headers["webhook-id"] for headers, _ in receiver.taken}) <= 1
    if 429 in codes:
        assert hook.time - began > timedelta(seconds=777)


def test_a_night_is_copied_whole_and_once(tmp_path: Path) -> None:
    copy = tmp_path / "web"
    desk = Desk(tmp_path, Nightly(copies=(str(copy),)))
    assert desk.deliver() == [("sent", str(copy / "2026-03-01"))]
    for path in (p for p in desk.night.rglob("*") if p.is_file()):
        assert (copy / path.relative_to(desk.out)).read_bytes() == path.read_bytes()
    assert "Депо закривається" in (copy / "index.html").read_text(encoding="utf-8")
    assert "Депо закривається" in (copy / "feed.atom").read_text(encoding="utf-8")
    assert (copy / "latest").readlink() == Path("2026-03-01")


def test_what_a_killed_delivery_left_in_a_folder_is_removed(tmp_path: Path) -> None:
    """The night had been copied, and the list of nights was being written."""
    copy = tmp_path / "web"
    desk = Desk(tmp_path, Nightly(copies=(str(copy),)))
    shutil.copytree(desk.night, copy / "2026-03-01")
    (copy / ".nightdesk-x8k0p13b").write_text("<html>")
    (copy / "own.html").write_text("not ours")
    assert desk.deliver() == [("sent", str(copy / "2026-03-01"))]
    found = {path.name for path in copy.iterdir() if path.suffix != ".lock"}
    assert found == {"2026-03-01", "latest", "index.html", "feed.atom", "own.html"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "web").mkdir(mode=0o500)
    desk = Desk(tmp_path, Nightly(copies=(str(tmp_path / "web" / "in"),), give_up_h=0.001))
    ((status, detail),) = desk.deliver()
    assert status == "failed"
    assert "Permission denied" in detail

"""Two hundred hostile inputs in one night: no crash, no hang, each named with its reason."""

from __future__ import annotations

import gzip
import json
import os
import random
import socket
import stat
import threading
import time
from pathlib import Path

import pytest
from newsroom import Newsroom, nightdesk
from nights import BAKERY, DEPOT

from pipeline.sources.names import printable

SECRET = "the text behind the link"
NAMES = (
    "line\nbreak", "carriage\rreturn", "tab\tin it", "bell\x07", "escape\x1b[31mred\x1b[0m",
    "-rf", "--help", "$(reboot)", "`reboot`", "; reboot", "%s%n", "%00", "..", "...", ".. ..",
    "a..b", "semi;colon", "quote'", 'double"quote', "back\\slash", "star*", "query?", "[brackets]",
    "{{ 7 * 7 }}", "<script>alert(1)</script>", "a&b", "#3", "name#12", "\u202etxt.gpj",
    "\u200bunseen", "é".encode().decode("latin-1"), "пекарня", "Пека́рня", "🥖", "a" * 251,
    "я" * 125, "CON", "aux", " leading", "trailing ", "\x7f", "\udcff\udcfe", "\udc80",
    "night.json", "run.json", "digest", "latest", "2026-03-01", "\N{NO-BREAK SPACE}", "null\u2400",
)  # fmt: skip


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def hostile(inbox: Path, outside: Path) -> list[Path]:
    """Put hostile files into an inbox and return those that are to be named."""
    dice = random.Random(22)
    made = [write(inbox / "names" / f"{name}.txt", b"") for name in NAMES if name[0] != "."]
    for number in range(64):  # bytes that are no text in any encoding, under each kind of name
        suffix = (".txt", ".html", ".md", ".pdf", ".jsonl", ".txt.gz", ".html.gz", "")[number % 8]
        made.append(write(inbox / "bytes" / f"{number}{suffix}", dice.randbytes(1 + number * 97)))
    for number, raw in enumerate(
        (
            b"\xff\xfe", b"\xfe\xff\x00", b"\xef\xbb\xbf", b"\x00" * 4096, b"\xff" * 4096,
            b"\x1f\x8b\x08\x00", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF", b"<html>", b"<" * 20_000,
            b"<div>" * 5_000, b"{" * 10_000, b"[" * 100_000, b'{"text":', b"\r\n" * 10_000,
            b"\xd0" * 999, b"a\x00b\x00c", b"\x1a" * 64, b"\\u0000" * 64, b"&#0;" * 500,
        )
    ):  # fmt: skip
        for suffix in (".txt", ".html", ".jsonl", ".pdf"):
            made.append(write(inbox / "shapes" / f"{number}{suffix}", raw))
    made.append(write(inbox / "bomb.txt.gz", gzip.compress(b"0" * 80_000_000)))
    made.append(write(inbox / "cut.txt.gz", gzip.compress(DEPOT.encode())[:60]))
    huge = write(inbox / "huge.txt", b"")
    os.truncate(huge, 5_000_000_000)  # sparse
    made.append(huge)
    made.append(write(inbox / "word.txt", b"x" * 3_000_000))
    made.append(_deep(inbox / "deep", 40))
    os.mkfifo(inbox / "pipe.txt")
    made.append(inbox / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(inbox)
        listener.bind("socket.txt")
    made.append(inbox / "socket.txt")
    if os.geteuid() == 0:
        try:
            os.mknod(inbox / "device.txt", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
            made.append(inbox / "device.txt")
        except PermissionError:
            pass
    for name, target in (
        ("loop.txt", "loop.txt"), ("nowhere.txt", "no/such/file"), ("out.txt", str(outside)),
        ("up.txt", "../secret.txt"), ("zero.txt", "/dev/zero"),
        ("proc.txt", "/proc/self/environ"), ("root", "/etc"),
    ):  # fmt: skip
        (inbox / name).symlink_to(target)
        made.append(inbox / name)
    (inbox / "itself").symlink_to(".")  # is read once, as the folder that it is
    made.append(write(inbox / "unreadable.txt", DEPOT.encode()))
    made[-1].chmod(0)
    (inbox / "no-x").mkdir()
    write(inbox / "no-x" / "within.txt", DEPOT.encode())
    made.append(inbox / "no-x" / "within.txt")
    (inbox / "no-x").chmod(0o600)
    (inbox / "closed").mkdir(mode=0)
    made.append(inbox / "closed")
    path = {"text": DEPOT, "url": "file:///etc/passwd", "id": "../../../etc/passwd", "title": "/"}
    write(inbox / "paths.jsonl", json.dumps(path).encode())
    return made


def _deep(folder: Path, levels: int) -> Path:
    for _ in range(levels):
        folder /= "deep"
    return write(folder / "empty.txt", b"")


@pytest.mark.slow
def test_two_hundred_hostile_inputs_stop_nobody(
    inbox: Path, tmp_path: Path, room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outside = write(tmp_path / "secret.txt", SECRET.encode())
    made = hostile(inbox, outside)
    monkeypatch.chdir(tmp_path)
    write(inbox / "good" / "depot.txt", DEPOT.encode())
    write(inbox / "good" / "bakery.txt", BAKERY.encode())
    assert len(made) >= 200
    over = threading.Event()

    def changing() -> None:
        path, number = inbox / "changing.txt", 0
        while not over.is_set():
            number += 1
            path.write_text(BAKERY * (number % 40))
            if number % 3 == 0:
                path.unlink()
            time.sleep(0.001)
        path.unlink(missing_ok=True)

    writer = threading.Thread(target=changing)
    writer.start()
    try:
        outcome = nightdesk(
            "nightly", "run", "--inbox", inbox, "--out", tmp_path / "out", "--json",
            "--date", "2026-03-01", mortal=True,
        )  # fmt: skip
    finally:
        over.set()
        writer.join()
        (inbox / "closed").chmod(0o700)
        (inbox / "no-x").chmod(0o700)
    assert outcome.code == 1, outcome.err
    assert "Traceback" not in outcome.err
    assert not {"\x07", "\x1b", "\x7f"} & set(outcome.err)
    record = json.loads(outcome.out)
    night = json.loads((tmp_path / "out" / "2026-03-01" / "night.json").read_text("utf-8"))
    told = {document["name"] for document in night["documents"]}
    refused = {rejection["name"]: rejection["reason"] for rejection in record["rejections"]}
    assert {"good/depot.txt", "good/bakery.txt", "paths.jsonl#1"} <= told
    for path in made:
        name = printable(path.relative_to(inbox).as_posix())
        named = [k for k in (*told, *refused) if k == name or k.startswith(f"{name}#")]
        assert named, f"{name!r} is not named"
    assert all(refused.values())
    for path in (p for p in (tmp_path / "out").rglob("*") if p.is_file()):
        assert SECRET not in path.read_text("utf-8", "replace"), path
        assert "root:x:0" not in path.read_text("utf-8", "replace"), path
    again = nightdesk(
        "nightly", "run", "--inbox", inbox / "good", "--out", tmp_path / "out",
        "--date", "2026-03-02",
    )  # fmt: skip
    assert again.code == 1, "nothing new"

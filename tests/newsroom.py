"""A small OpenAI-compatible server on this machine, and the real `nightdesk` command beside it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from loopback import serving

COMMAND = Path(sys.executable).with_name("nightdesk")
SUMMARY = "The quay at Reyny has rotten piles. The boats of the island call there."
QUAY = "Старый причал в Рейни останется закрытым до весны, потому что у него сгнили все сваи."
BOAT = "Лодка с почтой не смогла подойти к острову и вернулась с мешками обратно на материк."
MAYOR = "Мэр сказал, что новый причал построят из камня, но не знает, кто за него заплатит."
LONG = f"{QUAY}\n\n{BOAT}\n\n{MAYOR}\n"
# Three sentences each on a matter of its own, so that no document repeats another.
STORIES = {
    f"{name}.txt": f"{first}\n\n{second}\n\n{third}\n"
    for name, first, second, third in (
        ("0", QUAY, BOAT, MAYOR),
        (
            "1",
            "Школа на холме получила звонок, который раньше висел на маяке у северного мыса.",
            "Дети теперь опаздывают реже, зато чайки слетаются на каждый урок арифметики.",
            "Учительница просит рыбаков не кормить птиц хотя бы до конца учебного года.",
        ),
        (
            "2",
            "Пекарь отказался печь пироги с капустой, пока ему не привезут настоящую муку.",
            "Жители уже вторую неделю едят сухари и жалуются друг другу в очереди у лавки.",
            "Мельник отвечает, что ветра не было с самого праздника и что он не волшебник.",
        ),
        (
            "3",
            "Старый врач ушёл на покой и передал ключи от больницы своей молодой помощнице.",
            "Она первым делом велела покрасить двери в синий цвет и выбросить кислые лекарства.",
            "Больные довольны, хотя и признаются, что к новому запаху привыкнуть непросто.",
        ),
    )
}
# Takes from root what lets it read and write everything (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH),
# and becomes the command. Whoever is not root has nothing to lose.
# What a shell runs in the background ignores Ctrl-C; the command is to heed it as in a terminal.
_HEEDING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
_MORTAL = """
import ctypes, os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
for capability in (1, 2):
    ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.argv[1], sys.argv[1:])
"""


def translation(text: str) -> str:
    """Return what the server answers: a good sentence, and another one for each text."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    name = "".join(chr(ord("a") + int(digit, 16)) for digit in digest).capitalize()
    # What a text states, its translation states as well: else it is asked for again.
    closed = " is closed until the spring," if "весны" in text else ""
    denied = ", who was not asked" if re.search(r"\bн(?:е|ет)\b", text) else ""
    return (
        f"The quay at Reyny{closed} has rotten piles, and the boats of the island call"
        f" there, says a certain {name}{denied}."
    )


@dataclass(slots=True)
class Newsroom:
    """Answers every request with good sentences; holds back those past `limit`."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    limit: int | None = None
    held: threading.Event = field(default_factory=threading.Event)  # a request is waiting
    release: threading.Event = field(default_factory=threading.Event)

    def answer(self, body: Mapping[str, Any]) -> str:
        system, user = (message["content"] for message in body["messages"])
        self.asked.append(user)
        if self.limit is not None and len(self.asked) > self.limit:
            self.held.set()
            self.release.wait(60)
        return SUMMARY if system.startswith("You summarise") else translation(user)


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """Serve until the block ends."""
    desk = Newsroom()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = desk.answer(body)
            reply = {
                "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
                "usage": {"completion_tokens": 16},
            }
            content = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with serving(Handler) as desk.url:
        try:
            yield desk
        finally:
            desk.release.set()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    def lines(self, beginning: str) -> list[str]:
        """Return the lines on stderr that begin like this."""
        return [line for line in self.err.splitlines() if line.startswith(beginning)]


@contextmanager
def running(
    *arguments: str | Path, mortal: bool = False, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """Run the real command beside the block; it does not outlive it.

    `mortal`: even root is refused what its modes forbid.
    """
    wrapper = [sys.executable, "-c", _MORTAL if mortal else _HEEDING]
    with subprocess.Popen(
        [*wrapper, str(COMMAND), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def nightdesk(
    *arguments: str | Path, given: str = "", mortal: bool = False, **environment: str
) -> Outcome:
    """Run the real command to its end, with `given` on stdin."""
    with running(*arguments, mortal=mortal, **environment) as process:
        return finish(process, given=given)


def finish(process: subprocess.Popen[str], *, given: str = "") -> Outcome:
    """Wait for a command."""
    out, err = process.communicate(given, timeout=120)
    return Outcome(process.returncode, out, err)


def interrupt(process: subprocess.Popen[str]) -> Outcome:
    """Send what Ctrl-C sends, and wait."""
    process.send_signal(signal.SIGINT)
    return finish(process)


def server_config(path: Path, url: str, lines: Sequence[str] = ()) -> Path:
    """Write a configuration of the server profile and return its path."""
    text = f'profile = "server"\n[server]\nbase_url = "{url}"\nmodel = "m"\n' + "\n".join(lines)
    # Or each command would load an encoder.
    text += '\n[stories]\ngroup = false\n[summarise]\njudge = "words"\n'
    path.write_text(text + "\n", encoding="utf-8")
    return path


def usage(*arguments: str | Path, given: str = "") -> str:
    """Run what must be refused as wrong usage, and return what was said."""
    outcome = nightdesk(*arguments, given=given)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Traceback" not in outcome.err
    return outcome.err


def check_whole(out: Path) -> list[str]:
    """Check that every file below `out` is whole; return the names of the documents."""
    from jsonschema import Draft202012Validator

    from pipeline.output.record import schema

    validator = Draft202012Validator(schema())
    records = sorted((out / "documents").rglob("*.json"))
    for path in records:
        record = json.loads(path.read_text(encoding="utf-8"))
        validator.validate(record)
        assert path.with_suffix(".md").read_text(encoding="utf-8").endswith("\n")
    for line in (out / "removed.jsonl").read_text().splitlines() if records else ():
        json.loads(line)
    return [path.name.removesuffix(".json") for path in records]

"""An inbox, its nights, and a chat server on this machine that can be made to wait."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.config_file import load
from pipeline.digest.alone import story_of
from pipeline.digest.compose import compose
from pipeline.digest.envelope import Edition
from pipeline.digest.publish import write_digest
from pipeline.document import Document
from pipeline.nightly.night_desk import NightDesk, NightOutcome
from pipeline.nightly.run import rerun_night, run_night
from pipeline.output.own_files import NIGHT_FILE
from pipeline.progress import Silent
from pipeline.sources.folder import read_bytes
from pipeline.state.folder import State, open_state

# Longer than a summary may be: a shorter text is its own summary, and no model is asked.
DEPOT = (
    "The tram depot on the river will close on Monday. Buses replace four of its six lines for "
    "two winters. The city council voted for the plan in March. The halls date from the time of "
    "the horse trams. Their roof lets in the rain. Drivers keep their routes where they can. "
    "A new depot opens behind the freight yard.\n"
)
BAKERY = (
    "The last bakery of the old harbour has found a buyer. A cooperative of nine families takes "
    "over the ovens in spring. The price was not made public. The shop had stood empty since "
    "autumn. Neighbours had collected signatures. The landlord lowered the rent. The first "
    "loaves are promised for Easter.\n"
)
LIBRARY = (
    "The library stays open on Sundays from now on. Volunteers will look after the reading room. "
    "The trial runs until the end of June. Lending is by machine. The café stays shut. Parents "
    "had asked for it for years. The town pays for the heating.\n"
)
ORCHARD = "Старый яблоневый сад за станцией решили сохранить.\n"
ORCHARD_EN = "It was decided to keep the old apple orchard behind the station."


class Chat(ThreadingHTTPServer):
    """An OpenAI-compatible server: translates what it knows, summarises by the first sentences.

    A request whose text holds `stops_at` is not answered until `gate` is set.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.stops_at = "\0"
        self.status = 200
        self.gate = threading.Event()
        self.stopped = threading.Event()

    def answer(self, instruction: str, text: str) -> str:
        if self.stops_at in text:
            self.stopped.set()
            self.gate.wait(60)
        if instruction.startswith("You translate"):
            return ORCHARD_EN
        return " ".join(re.split(r"(?<=\.)\s", text)[:2])

    def handle_error(self, *_: Any) -> None:  # a client that was killed
        pass


class Answering(BaseHTTPRequestHandler):
    server: Chat

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        system, user = (message["content"] for message in body["messages"])
        text = self.server.answer(system, user)
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        answer = json.dumps({"choices": [choice], "usage": {"completion_tokens": 9}}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@dataclasses.dataclass(slots=True)
class House:
    """An inbox, the folder of nights, and the configuration file that a process gets."""

    inbox: Path
    out: Path
    config_file: Path

    def put(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.inbox / f"{name}.txt").write_text(text, encoding="utf-8")

    def feed(self, *entries: dict[str, str]) -> None:
        lines = [json.dumps(entry, ensure_ascii=False) for entry in entries]
        (self.inbox / "feed.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def night(self, date: str | None, *, timezone: str = "Europe/Kyiv") -> NightOutcome:
        with open_state() as state:
            return run_night(self.desk(state, timezone=timezone), date=date)

    def again(self, date: str) -> NightOutcome:
        with open_state() as state:
            return rerun_night(self.desk(state), date=date)

    def desk(self, state: State, *, timezone: str = "Europe/Kyiv") -> NightDesk:
        return NightDesk(
            (self.inbox,), self.out, timezone=timezone,
            config=self.config(), state=state, progress=Silent(),
        )  # fmt: skip

    def config(self) -> Config:
        return load(self.config_file)

    def start(self, date: str) -> subprocess.Popen[str]:
        """Start a night as its users do, in a process of its own."""
        program = Path(sys.executable).with_name("nightdesk")
        return subprocess.Popen(
            [program, "nightly", "run", "--inbox", self.inbox, "--out", self.out,
             "--date", date, "--config", self.config_file],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def visible(self) -> list[str]:
        folders = (p for p in self.out.iterdir() if p.is_dir() and not p.is_symlink())
        return sorted(p.name for p in folders if not p.name.startswith("."))

    def hidden(self) -> list[Path]:
        return [p for p in self.out.iterdir() if p.name.startswith(".") and p.is_dir()]

    def told(self, date: str) -> list[str]:
        record = json.loads((self.out / date / NIGHT_FILE).read_text(encoding="utf-8"))
        return [document["name"] for document in record["documents"]]

    def page(self, date: str) -> str:
        return (self.out / date / "digest.md").read_text(encoding="utf-8")


def small_night(out: Path, night: str) -> Path:
    """Put a night of one story below `out`, as a run writes it, and return its folder."""
    read = read_bytes(f"# Депо закривається\n\n{DEPOT}".encode(), name="depot.md", suffix=".md")
    [document] = (item for item in read if isinstance(item, Document))
    edition = Edition(night, "Europe/Kyiv", "Night desk", "en", f"{night}T00:30:00+00:00")
    envelope = compose(edition, [story_of(document)], [document])
    folder = out / night
    folder.mkdir(parents=True)
    write_digest(folder, envelope, [document])
    (folder / NIGHT_FILE).write_text('{"documents": []}', encoding="utf-8")
    return folder

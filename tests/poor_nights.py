"""A desk whose nights are poor."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.engine import Passage
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.config import Config, Nightly
from pipeline.nightly.night_desk import NightDesk, NightOutcome
from pipeline.nightly.run import run_night
from pipeline.progress import Silent
from pipeline.state.folder import open_state

NIGHT = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


def first_sentences(passage: Passage) -> str:
    return ". ".join(passage.text.split(". ")[:2]) + "."


@dataclasses.dataclass(slots=True)
class Desk:
    """An inbox and its nights, with an engine that is a function and a clock that stands still."""

    root: Path
    now: datetime = NIGHT
    options: Nightly = dataclasses.field(default_factory=Nightly)
    answer: Callable[[Passage], str] = first_sentences

    def put(self, name: str, content: str | list[dict[str, object]]) -> None:
        text = content if isinstance(content, str) else "\n".join(map(json.dumps, content))
        (self.root / "in").mkdir(exist_ok=True)
        (self.root / "in" / name).write_text(text, encoding="utf-8")

    def run(self, date: str | None = None, make=run_night) -> NightOutcome:
        with open_state(self.root / "state") as state:
            desk = NightDesk(
                (self.root / "in",), self.root / "out", timezone="Europe/Kyiv",
                config=Config(nightly=self.options), state=state, progress=Silent(),
                now=lambda: self.now,
                engines=(ScriptedTranslator(lambda s: s.text), ScriptedSummariser(self.answer)),
            )  # fmt: skip
            return make(desk, date=date)

    def next(self) -> NightOutcome:
        self.now += timedelta(days=1)
        return self.run()

    def first_lines(self, night: str) -> list[str]:
        page = (self.root / "out" / night / "digest.md").read_text(encoding="utf-8")
        return [line.removeprefix("> ") for line in page.split("\n## ")[0].splitlines()
                if line.startswith("> ")]  # fmt: skip

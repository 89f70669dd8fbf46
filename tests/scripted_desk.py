"""A desk with a scripted engine: the stages are the real ones, only the model is a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from models.engine import Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.build import build
from pipeline.config import Config, TranslationSettings
from pipeline.desk import Desk
from pipeline.progress import Silent
from pipeline.state.folder import State
from pipeline.translation.marked import Layout
from pipeline.translation.outcome import Outcome
from pipeline.translation.steady import Steady
from pipeline.translation.windows import Translating, spliced


def desk(
    answer: Callable[[Segment], str], state: Path, *, target: str = "en"
) -> tuple[Desk, ScriptedTranslator, Steady]:
    """Return the desk of the default configuration around `answer`, its engine and progress."""
    translator = ScriptedTranslator(answer)
    progress = Steady(Silent())
    engines = (translator, ScriptedSummariser(lambda p: p.text))
    # The engine has one answer to a question, so there is no use in asking for more.
    config = Config(translate=TranslationSettings(ladder_samples=0)).with_target(target)
    built = build(config, state=State(state), progress=progress, engines=engines)
    return built, translator, progress


def translated(
    layout: Layout,
    answer: Callable[[Segment], str],
    state: Path,
    *,
    target: str = "en",
    language: str | None = "ru",
    outcome: Outcome | None = None,
) -> str:
    """Return the text of a layout in the target language."""
    built, _, progress = desk(answer, state, target=target)
    work = Translating(layout, built, progress=progress, language=language)
    return "".join(spliced(layout.text, (outcome or Outcome()).watch(work.run())))


def from_table(table: Mapping[str, str]) -> Callable[[Segment], str]:
    """Return an engine that knows whole sentences, and says nothing to any other."""
    return lambda segment: table.get(" ".join(segment.text.split()), "")


def same(segment: Segment) -> str:
    """Answer with the source."""
    return segment.text

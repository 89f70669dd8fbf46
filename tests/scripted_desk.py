"""A desk with a scripted engine: the stages are the real ones, only the model is a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from models.engine import Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.build import build
from pipeline.config import Config, TranslateOptions
from pipeline.desk import Desk
from pipeline.progress import Silent
from pipeline.state.folder import State
from pipeline.translation.forms import pieces
from pipeline.translation.skeleton import Skeleton
from pipeline.translation.streaming import StreamedTranslation
from pipeline.translation.tally import UnitTally
from pipeline.translation.windowed_progress import WindowedProgress


def desk(
    answer: Callable[[Segment], str], state: Path, *, target: str = "en"
) -> tuple[Desk, ScriptedTranslator, WindowedProgress]:
    """Return the desk of the default configuration around `answer`, its engine and progress."""
    translator = ScriptedTranslator(answer)
    progress = WindowedProgress(Silent())
    engines = (translator, ScriptedSummariser(lambda p: p.text))
    # The engine has one answer to a question, so there is no use in asking for more.
    config = Config(translate=TranslateOptions(ladder_samples=0)).with_target(target)
    built = build(config, state=State(state), progress=progress, engines=engines)
    return built, translator, progress


def translated(
    skeleton: Skeleton,
    answer: Callable[[Segment], str],
    state: Path,
    *,
    target: str = "en",
    language: str | None = "ru",
    tally: UnitTally | None = None,
) -> str:
    """Return the text of a skeleton in the target language."""
    built, _, progress = desk(answer, state, target=target)
    work = StreamedTranslation(skeleton, built, progress=progress, language=language)
    units = (tally or UnitTally()).watch(work.run())
    return "".join(pieces("text", skeleton, units, target=target, source=work.document.language))


def from_table(table: Mapping[str, str]) -> Callable[[Segment], str]:
    """Return an engine that knows whole sentences, and says nothing to any other."""
    return lambda segment: table.get(" ".join(segment.text.split()), "")


def same(segment: Segment) -> str:
    """Answer with the source."""
    return segment.text

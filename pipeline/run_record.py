"""What run.json counts: texts, tokens, versions."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from types import MappingProxyType
from typing import Any

from models.engine import Hypothesis
from pipeline import __version__
from pipeline.document import Document, Rejection
from pipeline.progress import Progress
from pipeline.runner import Clock
from pipeline.stages.untranslated import is_untranslated

_REPORTED = ("langdetect", "sentencex", "torch", "trafilatura", "transformers")


class Counting:
    """Progress that also counts what the models wrote anew."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.tokens = 0
        self.results = 0

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """Pass on that a stage begins."""
        self._progress.stage(name, total=total, unit=unit)

    def advance(self, count: int = 1) -> None:
        """Pass on that more is done."""
        self._progress.advance(count)

    def decoded(self, hypothesis: Hypothesis) -> None:
        """Count a result and its tokens."""
        self.tokens += hypothesis.tokens
        self.results += 1
        self._progress.decoded(hypothesis)

    def remark(self, message: str) -> None:
        """Pass on a remark."""
        self._progress.remark(message)

    def detail(self, message: str) -> None:
        """Pass on a detail."""
        self._progress.detail(message)


def rate(tokens: int, clock: Clock) -> float | None:
    """Return the tokens that models wrote a second; None where none wrote any."""
    seconds = sum(clock.seconds.get(stage, 0.0) for stage in ("translate", "summarise"))
    return round(tokens / seconds, 2) if tokens and seconds else None


def counts_of(documents: Sequence[Document], rejections: Sequence[Rejection]) -> dict[str, Any]:
    """Return how many documents there are, and how many of each kind, as run.json has it."""
    paragraphs = [p for d in documents for p in d.paragraphs]
    removed = Counter(
        f"{p.removal.stage}: {p.removal.reason}" for p in paragraphs if p.removal is not None
    )
    flags = Counter(f for p in paragraphs if p.translation for f in p.translation.flags)
    return {
        "documents": len(documents),
        "rejections": len(rejections),
        "summaries": sum(d.summary is not None for d in documents),
        "languages": dict(Counter(d.language for d in documents).most_common()),
        "paragraphs": len(paragraphs),
        "translated": sum(p.translation is not None for p in paragraphs),
        "untranslated": sum(map(is_untranslated, documents)),
        "translation_flags": dict(flags.most_common()),
        "removed": dict(removed.most_common()),
    }


@cache  # the metadata of packages is parsed anew each time
def versions() -> Mapping[str, str]:
    """Return the versions of Nightdesk, Python and the libraries that results depend on."""
    found = {"nightdesk": __version__, "python": platform.python_version()}
    for name in _REPORTED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return MappingProxyType(found)

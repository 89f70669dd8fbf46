"""Documents through the two stages that make their summaries, with a scripted engine."""

from __future__ import annotations

from collections.abc import Sequence

from models.engine import Decoding, Summariser
from pipeline.document import Document
from pipeline.progress import Silent
from pipeline.stages.ground import Ground
from pipeline.stages.grounding.checks import LEAST_VOUCHED, check
from pipeline.stages.grounding.judge import Candidate, Judge
from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.overlap import OverlapJudge
from pipeline.stages.length import Length
from pipeline.stages.summarise import Summarise


def summarised(
    documents: Sequence[Document],
    summariser: Summariser,
    *,
    target: str | None = "en",
    length: Length = Length(2, 4),  # noqa: B008 - a frozen value
    judge: Judge | None = None,
    least_support: float = 0.1,
) -> list[Document]:
    """Return documents with their summaries, written and checked."""
    write = Summarise(
        summariser, language=target, decoding=Decoding(), length=length, progress=Silent()
    )
    ground = Ground(
        judge or OverlapJudge(),
        summariser,
        decoding=Decoding(),
        length=length,
        progress=Silent(),
        least_support=least_support,
    )
    return ground.run(write.run(documents))


def failed(
    claim: str, source: str | Sequence[str], *, language: str = "en", source_language: str = "en",
    translation: str | None = None, around: str = "", least_vouched: float = LEAST_VOUCHED,
) -> list[tuple[str, tuple[str, ...]]]:  # fmt: skip
    """Return the flags of the checks that a claim fails, with the words that fail them."""
    texts = [source] if isinstance(source, str) else list(source)
    candidates = [Candidate(text, source_language, translation) for text in texts]
    original = Original(candidates, language=language, around=around)
    best = sorted(range(len(texts)), key=lambda i: -original.wording.shared(claim, i))[:3]
    return [
        (str(d.flag), d.words)
        for d in check(claim, original, best, least_vouched=least_vouched).doubts
    ]

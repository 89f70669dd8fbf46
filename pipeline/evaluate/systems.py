"""The systems to measure: the translate stage of the product, or the bare engine as baseline."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from models.engine import Decoding, Hypothesis, Segment, Translator
from pipeline.document import Document, Paragraph, content_id
from pipeline.errors import SourceError
from pipeline.evaluate.corpus import Corpus
from pipeline.flag import Flag
from pipeline.place import Span
from pipeline.progress import Progress
from pipeline.runner import Clock, through
from pipeline.stage import Stage


@dataclass(frozen=True, slots=True)
class Output:
    """A translation of every line, and its cost.

    `flagged` maps the index of a line to its flags. `seconds` is the time of this run, in which
    `decoded` hypotheses were decoded; all others were remembered.
    """

    hypotheses: tuple[str, ...]
    seconds: float
    decoded: int
    tokens: int
    flagged: dict[int, tuple[Flag, ...]] = field(default_factory=dict)

    def cost(self) -> dict[str, Any]:
        """Return the cost of the run as JSON values."""
        return {
            "seconds": round(self.seconds, 1),
            "hypotheses_decoded": self.decoded,
            "tokens_decoded": self.tokens,
        }


class Counting:
    """A progress display that also counts decoded hypotheses and tokens."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.hypotheses = 0
        self.tokens = 0

    def stage(self, name: str, *, total: int | None, unit: str) -> None:
        """Pass it on."""
        self._progress.stage(name, total=total, unit=unit)

    def advance(self, count: int = 1) -> None:
        """Pass it on."""
        self._progress.advance(count)

    def decoded(self, hypothesis: Hypothesis) -> None:
        """Count the hypothesis and pass it on."""
        self.hypotheses += 1
        self.tokens += hypothesis.tokens
        self._progress.decoded(hypothesis)

    def remark(self, message: str) -> None:
        """Pass it on."""
        self._progress.remark(message)

    def detail(self, message: str) -> None:
        """Pass it on."""
        self._progress.detail(message)


def run_stages(
    corpus: Corpus, stages: Sequence[Stage], *, window_documents: int, counting: Counting
) -> Output:
    """Translate `corpus` by the product's stages: each document as one, each line a paragraph.

    Raises SourceError where a stage rejects a document, EngineError when a model cannot be run.
    """
    began = time.monotonic()
    spans = dict(_named(corpus))
    hypotheses = [""] * len(corpus.sources)
    flagged: dict[int, tuple[Flag, ...]] = {}
    documents = [_document(name, span, corpus) for name, span in spans.items()]
    flow = through(
        documents,
        stages,
        clock=Clock(),
        window_documents=window_documents,
        progress=counting,
    )
    for result in flow:
        if not isinstance(result, Document):
            raise SourceError(f"{result.name}: {result.reason}", hint=result.hint)
        lines = [i for i in spans[result.name] if corpus.sources[i]]
        for index, paragraph in zip(lines, result.paragraphs, strict=True):
            translation = paragraph.translation
            # A paragraph that the stage leaves alone is shown to readers as it is.
            hypotheses[index] = paragraph.text if translation is None else translation.text
            if translation is not None and translation.flags:
                flagged[index] = translation.flags
        counting.detail(f"finished: {result.name}")
    return Output(
        tuple(hypotheses),
        time.monotonic() - began,
        counting.hypotheses,
        counting.tokens,
        flagged,
    )


def run_bare(
    corpus: Corpus, translator: Translator, *, decoding: Decoding, counting: Counting
) -> Output:
    """Translate `corpus` by the engine alone: a line, a prompt, an answer."""
    began = time.monotonic()
    asked = [i for i, line in enumerate(corpus.sources) if line]
    segments = [Segment(corpus.sources[i], corpus.source, corpus.target) for i in asked]
    hypotheses = [""] * len(corpus.sources)
    counting.stage("translate", total=len(segments), unit="segments")
    for position, hypothesis in translator.translate(segments, decoding=decoding):
        hypotheses[asked[position]] = " ".join(hypothesis.text.split())
        counting.advance()
    return Output(tuple(hypotheses), time.monotonic() - began, counting.hypotheses, counting.tokens)


def _named(corpus: Corpus) -> Sequence[tuple[str, range]]:
    """Return each run of lines of one document under a unique name."""
    return [(f"{name}@{corpus.first + span.start}", span) for name, span in corpus.spans()]


def _document(name: str, span: range, corpus: Corpus) -> Document:
    lines = [corpus.sources[i] for i in span if corpus.sources[i]]
    paragraphs = []
    start = 0
    for index, line in enumerate(lines):
        paragraphs.append(
            Paragraph(
                index=index,
                text=line,
                span=Span(start, start + len(line)),
                language=corpus.source,
                confidence=1.0,
            )
        )
        start += len(line) + 2
    text = "\n\n".join(lines)
    return Document(
        id=content_id(text),
        name=name,
        text=text,
        encoding="utf-8",
        paragraphs=tuple(paragraphs),
        language=corpus.source,
        confidence=1.0,
    )

"""The stage that marks sentences of a summary whose evidence was translated badly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.document import Aligned, Document
from pipeline.flag import Flag
from pipeline.stage import StageKind
from pipeline.summary import Evidence, Sentence


class Doubt:
    """Flags the sentences of a summary that rest on a doubtful translation.

    A sentence rests on its best evidence, all of it where several places are equally good.
    """

    name = "doubt"
    kind: StageKind = "map"

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with `Flag.DOUBTFUL_EVIDENCE` on those sentences, and no others."""
        return [_marked(document) for document in documents]


def _marked(document: Document) -> Document:
    if document.summary is None:
        return document
    marked = tuple(_sentence(document, s) for s in document.summary.sentences)
    return replace(document, summary=replace(document.summary, sentences=marked))


def _sentence(document: Document, sentence: Sentence) -> Sentence:
    others = tuple(flag for flag in sentence.flags if flag is not Flag.DOUBTFUL_EVIDENCE)
    best = max((e.score for e in sentence.evidence), default=0.0)
    doubtful = any(
        Flag.DOUBTFUL in segment.flags
        for evidence in sentence.evidence
        if evidence.score == best
        for segment in _behind(document, evidence)
    )
    return replace(sentence, flags=(*others, Flag.DOUBTFUL_EVIDENCE) if doubtful else others)


def _behind(document: Document, evidence: Evidence) -> Iterator[Aligned]:
    """Yield the translated stretches that a place of evidence has a part of."""
    place = evidence.place
    for paragraph in document.paragraphs:
        if paragraph.index != place.paragraph or paragraph.translation is None:
            continue
        for segment in paragraph.translation.segments:
            if segment.source.start < place.span.end and place.span.start < segment.source.end:
                yield segment

"""The supports that the product's judge finds, for the claims of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipeline.evaluate.grounding.data import GroundingData, Source
from pipeline.progress import Progress
from pipeline.stages.grounding.judge import Candidate, Claim, Judge


def supports(data: GroundingData, judge: Judge, *, progress: Progress) -> list[float]:
    """Return the support of each claim: that of its weakest sentence.

    All claims about one document are judged together, as the sentences of a summary are.
    """
    progress.stage("judge", total=len(data.claims), unit="claims")
    found = [0.0] * len(data.claims)
    indices = sorted(range(len(data.claims)), key=lambda i: data.claims[i].document)
    for document, group in groupby(indices, key=lambda i: data.claims[i].document):
        together = list(group)
        asked = [Claim(s, data.claims[i].language) for i in together for s in _sentences(data, i)]
        verdicts = iter(judge.judge(asked, candidates(data.sources[document])))
        for i in together:
            found[i] = min((next(verdicts).support for _ in _sentences(data, i)), default=0.0)
            progress.advance()
    return found


def candidates(source: Source) -> list[Candidate]:
    """Return the sentences of a document as candidates for evidence."""
    translations: Sequence[str | None] = source.translations or [None] * len(source.sentences)
    return [
        Candidate(text, source.language, translation)
        for text, translation in zip(source.sentences, translations, strict=True)
    ]


def _sentences(data: GroundingData, index: int) -> tuple[str, ...]:
    return data.claims[index].sentences

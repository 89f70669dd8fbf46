"""The product's own summaries of articles, made by its stages, and their support."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.document import Document, Rejection
from pipeline.evaluate.summaries.data import Article, Written, cut
from pipeline.progress import Progress
from pipeline.runner import Clock, through
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import Raw
from pipeline.stage import Stage
from pipeline.stages.grounding.judge import Candidate, Claim, Judge


def summarised(
    articles: Sequence[Article],
    *,
    alone: Sequence[Stage],
    together: Sequence[Stage],
    window_documents: int,
    progress: Progress,
) -> list[Written]:
    """Return the summary that the stages write of each article, which is read as plain text.

    Each article goes through the stages `alone` by itself, so that no article makes another one
    shorter that repeats some of it, and through those `together` with all the others. An article
    without a summary, because nothing was left to sum up, has an empty one.
    """
    clock = Clock()
    documents: list[Document | Rejection] = []
    for number, article in enumerate(articles):
        raw = Raw(article.text.encode("utf-8"), f"{number}.txt")
        documents += through(read_plain(raw), alone, clock=clock)
    flow = through(
        documents, together, clock=clock, window_documents=window_documents, progress=progress
    )
    found: dict[str, Written] = {}
    for result in flow:
        progress.detail(f"finished: {articles[int(result.name.removesuffix('.txt'))].id}")
        if isinstance(result, Document) and result.summary is not None:
            summary = result.summary
            found[result.name] = Written(
                tuple(s.text for s in summary.sentences), tuple(map(str, summary.flags))
            )
    return [found.get(f"{number}.txt", Written(())) for number in range(len(articles))]


def supports(
    summaries: Sequence[Written],
    articles: Sequence[Article],
    judge: Judge,
    *,
    language: str,
    progress: Progress,
) -> list[list[float]]:
    """Return the support of each sentence of each summary; summaries are in `language`."""
    progress.stage("judge", total=len(articles), unit="summaries")
    found = []
    for summary, article in zip(summaries, articles, strict=True):
        candidates = [
            Candidate(sentence, article.language)
            for sentence in cut(article.text, language=article.language)
        ]
        claims = [Claim(sentence, language) for sentence in summary.sentences]
        found.append([verdict.support for verdict in judge.judge(claims, candidates)])
        progress.advance()
    return found

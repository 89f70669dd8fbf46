"""Measures of a summary that need no reference: length, novelty, coverage, faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluate.rouge import ngrams, tokens
from pipeline.evaluate.summaries.data import Article, Written, cut
from pipeline.facts.agreement import unsupported_numbers
from pipeline.facts.numbers import added_numbers
from pipeline.stages.own_sentences import is_complete


@dataclass(frozen=True, slots=True)
class Shape:
    """The measures of one summary.

    `novel_bigrams` is the share of its pairs of words that the article does not have. `coverage`
    is the share of its words that stand in runs copied from the article, `density` the mean length
    of the run that a word stands in (Grusky et al. 2018, https://aclanthology.org/N18-1065).
    `incomplete` and `repeated` count sentences without an end, and sentences that came before;
    `figures` counts numbers that the article does not have.
    """

    words: int
    sentences: int
    novel_bigrams: float
    coverage: float
    density: float
    incomplete: int
    repeated: int
    figures: int


def shape(summary: Written, article: Article, *, language: str) -> Shape:
    """Measure a summary in `language`."""
    ours, theirs = tokens(summary.text), tokens(article.text)
    pairs, known = ngrams(ours, 2), ngrams(theirs, 2)
    novel = sum(count for pair, count in pairs.items() if pair not in known)
    runs = copied_runs(ours, theirs)
    said = [" ".join(tokens(sentence)) for sentence in summary.sentences]
    return Shape(
        words=len(ours),
        sentences=len(summary.sentences),
        novel_bigrams=novel / pairs.total() if pairs else 0.0,
        coverage=sum(runs) / len(ours) if ours else 0.0,
        density=sum(run * run for run in runs) / len(ours) if ours else 0.0,
        incomplete=sum(not is_complete(s) for s in summary.sentences),
        repeated=len(said) - len(set(said)),
        figures=sum(
            len(_foreign_figures(s, article, language=language)) for s in summary.sentences
        ),
    )


def copied_runs(summary: Sequence[str], article: Sequence[str]) -> list[int]:
    """Return the lengths of the runs that a summary shares with its article, from left to right.

    At each word the longest run that begins there and stands in the article is taken, and the
    search goes on behind it (Grusky et al. 2018, figure 3).
    """
    places: dict[str, list[int]] = {}
    for place, word in enumerate(article):
        places.setdefault(word, []).append(place)
    runs = []
    at = 0
    while at < len(summary):
        longest = max(
            (_run(summary, at, article, p) for p in places.get(summary[at], ())), default=0
        )
        if longest:
            runs.append(longest)
        at += max(longest, 1)
    return runs


def lead(article: Article, *, sentences: int) -> Written:
    """Return the first sentences of an article: the baseline Lead-N."""
    return Written(cut(article.text, language=article.language)[:sentences])


def lead_of_length(article: Article, summary: Written) -> Written:
    """Return the beginning of an article, cut to as many words as a summary has."""
    left = len(summary.text.split())
    taken = []
    for sentence in cut(article.text, language=article.language):
        if left <= 0:
            break
        words = sentence.split()
        taken.append(" ".join(words[:left]))
        left -= len(words)
    return Written(tuple(taken))


def _run(summary: Sequence[str], at: int, article: Sequence[str], place: int) -> int:
    length = 0
    while (
        at + length < len(summary)
        and place + length < len(article)
        and summary[at + length] == article[place + length]
    ):
        length += 1
    return length


def _foreign_figures(sentence: str, article: Article, *, language: str) -> list[str]:
    if language == article.language:
        return unsupported_numbers(sentence, article.text, language=language)
    return added_numbers(
        article.text, sentence, source_language=article.language, target_language=language
    )

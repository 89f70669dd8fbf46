"""From sentences of a document to candidates for evidence, and back to places in the original."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from pipeline.document import Document, Kind
from pipeline.flag import Flag
from pipeline.lang.reading import reading_form
from pipeline.place import Span
from pipeline.stages.grounding.finding import MOST_EVIDENCE, near_the_best
from pipeline.stages.grounding.judge import Candidate
from pipeline.stages.grounding.original import Original
from pipeline.summary import Evidence, Outcome, Sentence


def original_of(
    document: Document, own: Sequence[Sentence], *, language: str, orders: Sequence[str]
) -> Original:
    """Return the sentences of a document, each `own` one with its places, as an original.

    `orders` are what the document orders a machine to do.
    """
    origin = document.origin
    beside = (document.title, document.date, origin.publisher, origin.author, origin.url)
    removed = (p.text for p in document.paragraphs if p.removal is not None)
    return Original(
        [_candidate(document, sentence, language) for sentence in own],
        language=language,
        around="\n".join(filter(None, (*beside, *removed))),
        orders=orders,
    )


def _candidate(document: Document, sentence: Sentence, language: str) -> Candidate:
    """Return a sentence as it stands in the document, and its translation."""
    raw = " ".join(document.text[e.place.span.start : e.place.span.end] for e in sentence.evidence)
    own = sentence.evidence[0].language if sentence.evidence else language
    text = html.unescape(" ".join(reading_form(raw, language=own).split()))
    return Candidate(text, own, None if own == language else html.unescape(sentence.text))


def evidence_of(
    own: Sequence[Sentence], found: Sequence[tuple[int, float]]
) -> tuple[Evidence, ...]:
    """Return the places of sentences with their scores, one to three, each once.

    Neighbours in one paragraph and one language make one place. Further evidence that is much
    weaker than the best is left out.
    """
    near = near_the_best(found)
    scored: dict[Evidence, float] = {}
    for index, score in found:
        if index in near:
            for evidence in _joined(own[index].evidence):
                scored.setdefault(evidence, min(1.0, max(0.0, score)))
    kept = [replace(evidence, score=score) for evidence, score in scored.items()]
    return tuple(kept[:MOST_EVIDENCE])


def quoted(sentence: Sentence, *, flags: tuple[Flag, ...]) -> Sentence:
    """Return a sentence of the text as one of its summary, with at most three places.

    Where it has more, neighbours make one.
    """
    evidence = sentence.evidence
    if len(evidence) > MOST_EVIDENCE:
        evidence = tuple(_joined(evidence)[:MOST_EVIDENCE])
    return replace(sentence, flags=flags, evidence=evidence, outcome=Outcome.QUOTED, support=1.0)


def _joined(evidence: Sequence[Evidence]) -> list[Evidence]:
    joined: list[Evidence] = []
    for one in evidence:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.place.paragraph == one.place.paragraph
            and last.language == one.language
        ):
            span = Span(last.place.span.start, one.place.span.end)
            joined[-1] = replace(last, place=replace(last.place, span=span))
        else:
            joined.append(one)
    return joined


def drawn_on(document: Document, sentences: Sequence[Sentence]) -> float:
    """Return the share of the characters of the kept text that are evidence, 0 to 1."""
    spans = sorted({(e.place.span.start, e.place.span.end) for s in sentences for e in s.evidence})
    covered, reached = 0, 0
    for start, end in spans:
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    whole = sum(len(p.text) for p in document.kept() if p.kind is not Kind.CODE)
    return min(1.0, covered / whole) if whole else 0.0

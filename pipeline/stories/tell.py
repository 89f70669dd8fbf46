"""The text of a story: a headline, and a few sentences taken from all its documents."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from models.engine import Encoder
from pipeline.document import Document, Place
from pipeline.lang.data import word_lists
from pipeline.stories.align import SAME, Aligned, figures_agree
from pipeline.stories.novelty import new_ones
from pipeline.stories.pair import Model, Pairs
from pipeline.stories.passages import one_line
from pipeline.stories.statements import quotation_at
from pipeline.stories.story import Cited, Conflict, Quotation, Source
from pipeline.stories.vectors import centred

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

FEWEST, MOST = 3, 6
_ALIKE = 0.6  # cosine from which a second sentence says nothing new
# How much a sentence loses for each one before it, and for each document that is more central.
_NEWS_FIRST = 0.03
_MOST_QUOTATIONS = 4
_LEANING = 0.2
_CONTESTED = 0.3  # what documents dispute is told as their dispute
_HEADLINE = 110  # characters
_END = re.compile(r"[.!?…][»”\"')\]]*$")
_DANGLING = ",;:–—-"


def headline(sources: Sequence[Source], conflicts: Sequence[Conflict], *, target: str) -> str:
    """Return the title of a document of a story, in the language of the digest.

    `sources` come with the most central first. Of the titles that fit, one without a value that
    the documents dispute goes before one with, one that needs no translation before one that was
    translated, and the more central before the others.
    """
    disputed = [v.value.casefold() for c in conflicts for v in c.versions if not v.value.isdigit()]

    def rank(at: int) -> tuple[bool, bool, bool, int]:
        title = titles[at].casefold()
        contested = any(value in title for value in disputed)
        return len(title) > _HEADLINE, contested, sources[at].language != target, at

    titles = [one_line(s.title_translation or s.title) for s in sources]
    return _short(titles[min(range(len(titles)), key=rank)])


def central(members: Sequence[int], pairs: Pairs) -> list[int]:
    """Return places in `members`, those first whose documents are closest to all others."""

    def mean(at: int) -> float:
        others = [pairs.score(members[at], m).probability for m in members if m != members[at]]
        return round(sum(others) / max(1, len(others)), 4)

    return sorted(range(len(members)), key=lambda at: (-mean(at), at))


def told(
    documents: Sequence[Document],
    aligned: Aligned,
    *,
    already: Sequence[str] = (),
    conflicts: Sequence[Conflict] = (),
    encoder: Encoder,
    model: Model,
    target: str,
) -> tuple[tuple[Cited, ...], bool]:
    """Return three to six sentences of the documents' summaries, each with its places.

    Sentences that give a value in one of `conflicts` come last: no text takes a side.
    Of a story that `already` was told only sentences with something new are taken; the second value
    tells whether there are any. Without any, it is told as if nobody knew.

    1. Sentences without a flag and with a place in the original are taken; without any, the first
       statements of the documents.
    2. The sentence that most documents have something like comes first; then, one by one, the next
       best that says something new, of a document that had no turn yet where there is one.
    3. The first sentence stays first; the others follow in the order in which their documents have
       them, one that leans on another right behind it, and those in dispute last.
    4. To each sentence the statements of other documents are added that say the same.
    """
    candidates = _summarised(documents, target=target) or _opening(aligned)
    fresh = new_ones(
        [text for text, *_ in candidates], already, encoder=encoder, model=model, target=target
    )
    candidates = [candidates[i] for i in fresh] or candidates
    texts = [text for text, *_ in candidates]
    both = centred(
        [*texts, *(s.text for s in aligned.statements)],
        [target] * (len(texts) + len(aligned.statements)),
        encoder=encoder,
        means=model.means,
    )
    vectors, theirs = both[: len(texts)], both[len(texts) :]
    support = (vectors @ theirs.T).round(4)
    contested = {q.place for c in conflicts for v in c.versions for q in v.quotations}
    scores = [
        _support(row, aligned, documents)
        - _NEWS_FIRST * (order + source)
        - _leaning(text, target)
        - _CONTESTED * _disputed(quoted, contested)
        for row, (text, source, order, quoted) in zip(support, candidates, strict=True)
    ]
    chosen = _chosen(scores, [source for _, source, *_ in candidates], vectors)
    ordered = _in_order(chosen, candidates, contested, target=target)
    sentences = tuple(
        Cited(texts[i], _with_others(candidates[i], support[i], aligned, target=target))
        for i in ordered
    )
    return sentences, bool(fresh)


_Candidate = tuple[str, int, int, tuple[Quotation, ...]]


def _summarised(documents: Sequence[Document], *, target: str) -> list[_Candidate]:
    found: list[_Candidate] = []
    for source, document in enumerate(documents):
        summary = document.summary
        if summary is None or summary.language != target:
            continue
        for order, sentence in enumerate(summary.sentences):
            if sentence.evidence and not sentence.flags and _END.search(sentence.text):
                places = [e.place for e in sentence.evidence][:2]
                quoted = tuple(quotation_at(document, p, target=target) for p in places)
                found.append((one_line(sentence.text), source, order, quoted))
    return found


def _opening(aligned: Aligned) -> list[_Candidate]:
    clear = [s for s in aligned.statements if not s.quotation.doubt] or list(aligned.statements)
    return [(s.text, s.source, s.order, (s.quotation,)) for s in clear if s.order < MOST]


def _support(row: Vectors, aligned: Aligned, documents: Sequence[Document]) -> float:
    """Return the mean, over the documents, of the closest statement of each."""
    best = [0.0] * len(documents)
    for value, statement in zip(row, aligned.statements, strict=True):
        best[statement.source] = max(best[statement.source], float(value))
    return sum(best) / len(best)


def _leaning(text: str, language: str) -> float:
    """Return the loss of a sentence that leans on the one before it: "This project ...", "He"."""
    first, second, *_ = (*(word.strip("«“\"',") for word in text.lower().split()[:2]), "", "")
    words = word_lists("stories.leaning").get(language, ())
    return _LEANING if first in words or f"{first}_{second}" in words else 0.0


def _chosen(scores: Sequence[float], sources: Sequence[int], vectors: Vectors) -> list[int]:
    left = sorted(range(len(scores)), key=lambda i: (-round(scores[i], 4), i))
    chosen: list[int] = []
    turns: dict[int, int] = {}
    most = MOST if len(set(sources)) > 1 else FEWEST + 1
    while left and len(chosen) < most:
        fresh = [i for i in left if all(float(vectors[i] @ vectors[c]) < _ALIKE for c in chosen)]
        if not fresh:
            break
        fewest = min(turns.get(sources[i], 0) for i in fresh)
        if len(chosen) >= FEWEST and fewest > 1:
            break
        best = next(i for i in fresh if turns.get(sources[i], 0) == fewest)
        chosen.append(best)
        turns[sources[best]] = turns.get(sources[best], 0) + 1
        left.remove(best)
    return chosen


def _in_order(
    chosen: Sequence[int],
    candidates: Sequence[_Candidate],
    contested: Set[Place],
    *,
    target: str,
) -> list[int]:
    """Return the chosen sentences as they read best, see `told`."""

    def place(i: int) -> tuple[bool, int, int]:
        _, source, _, quoted = candidates[i]
        return _disputed(quoted, contested), quoted[0].place.span.start, source

    ordered = [*chosen[:1], *sorted(chosen[1:], key=place)]
    for i in ordered[1:]:
        text, source, order, _ = candidates[i]
        before = [c for c in ordered if candidates[c][1:3] == (source, order - 1)]
        if before and _leaning(text, target):
            ordered.remove(i)
            ordered.insert(ordered.index(before[0]) + 1, i)
    return ordered


def _disputed(quoted: Sequence[Quotation], contested: Set[Place]) -> bool:
    return any(q.place in contested for q in quoted)


def _with_others(
    candidate: _Candidate, row: Vectors, aligned: Aligned, *, target: str
) -> tuple[Quotation, ...]:
    """Add the closest statement of each other document that says the same, figures included."""
    text, source, _, own = candidate
    best: dict[int, tuple[float, int]] = {}
    for i, statement in enumerate(aligned.statements):
        value = float(row[i])
        if (
            statement.source != source
            and value >= SAME
            and figures_agree(text, statement.text, language=target)
        ):
            best[statement.source] = max(best.get(statement.source, (0.0, 0)), (value, -i))
    others = sorted(best.values(), reverse=True)
    quoted = [aligned.statements[-i].quotation for _, i in others]
    return (*own, *quoted)[:_MOST_QUOTATIONS]


def _short(title: str) -> str:
    if len(title) <= _HEADLINE:
        return title.rstrip(".") if not title.endswith("...") else title
    cut = title[:_HEADLINE].rpartition(" ")[0]
    return cut.rstrip(_DANGLING).rstrip() + "…"

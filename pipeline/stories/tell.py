"""The text of a story: a headline, and a few sentences taken from all its documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.engine import Encoder
from pipeline.document import Document
from pipeline.place import Place
from pipeline.stories.align import SAME, Aligned, figures_agree
from pipeline.stories.novelty import new_ones
from pipeline.stories.pair import Model, Pairs
from pipeline.stories.passages import one_line
from pipeline.stories.story import Cited, Conflict, Quotation, Source
from pipeline.stories.tellable import Tellable, fullest, standing_for, tellable, with_places_of
from pipeline.stories.vectors import centred

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

FEWEST, MOST = 3, 6
_ALIKE = 0.6  # cosine from which a second sentence says nothing new
# How much a sentence loses for each one before it, and for each document that is more central.
_NEWS_FIRST = 0.03
_MOST_QUOTATIONS = 4
_LESS_SURE = 0.1  # what a sentence loses of whose support the judge is not sure at all
_FILLS = 0.1
_CONTESTED = 0.3  # what documents dispute is told as their dispute
_HEADLINE = 110  # characters
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

    1. To a sentence that leans on the one before it, a statement is added that tells the same and
       stands by itself.
    2. The sentence that most documents have something like comes first; then, one by one, the next
       best that says something new, of a document that had no turn yet where there is one. One that
       leans is taken where the sentence that it follows is, and nowhere else.
    3. Each gives way to one that says all it says and more, see `fullest`.
    4. The first sentence stays first; the others follow in the order in which their documents have
       them, one right behind what it follows, and those in dispute last. A connective stays there
       and goes everywhere else.
    5. To each sentence the statements of other documents are added that say the same.
    """
    candidates = tellable(documents, aligned, target=target)
    fresh = new_ones(
        [c.bare for c in candidates], already, encoder=encoder, model=model, target=target
    )
    candidates = [candidates[i] for i in fresh] or candidates
    contested = frozenset(q.place for c in conflicts for v in c.versions for q in v.quotations)
    pool = _pool(candidates, aligned, contested, encoder=encoder, model=model, target=target)
    ordered = _in_order(_chosen(pool), pool)
    sentences = []
    for n, i in enumerate(ordered):
        own = pool.tellable[i]
        if n and pool.is_behind(i, ordered[n - 1]):
            said, text = i, own.text
        else:
            said = _fullest(i, ordered, pool, target=target)
            text = pool.tellable[said].bare
        found = with_places_of(pool.tellable[said], own)
        quoted = _with_others(found, pool.support[said], aligned, target=target)
        sentences.append(Cited(text, quoted))
    return tuple(sentences), bool(fresh)


@dataclass(frozen=True, slots=True)
class _Pool:
    """The sentences to choose from: their vectors, scores, and likeness to all statements.

    `vectors` is (sentences, dimensions), `support` (sentences, statements). `disputed` tells of
    each whether it gives a value that documents dispute.
    """

    tellable: tuple[Tellable, ...]
    vectors: Vectors
    support: Vectors
    scores: tuple[float, ...]
    disputed: tuple[bool, ...]

    def is_behind(self, one: int, other: int) -> bool:
        """Tell whether a sentence follows another one in its document."""
        mine, theirs = self.tellable[one], self.tellable[other]
        return mine.source == theirs.source and mine.follows == theirs.order

    def likeness(self, one: int, other: int) -> float:
        """Return the cosine of two sentences."""
        return round(float(self.vectors[one] @ self.vectors[other]), 4)


def _pool(
    candidates: Sequence[Tellable],
    aligned: Aligned,
    contested: Set[Place],
    *,
    encoder: Encoder,
    model: Model,
    target: str,
) -> _Pool:
    """Return the candidates and what stands for those that lean, with their scores."""
    import numpy as np

    texts = [*(c.bare for c in candidates), *(s.text for s in aligned.statements)]
    both = centred(texts, [target] * len(texts), encoder=encoder, means=model.means)
    vectors, theirs = both[: len(candidates)], both[len(candidates) :]
    support = (vectors @ theirs.T).round(4)
    found = list(candidates)
    instead: list[int] = []
    for own, row in zip(candidates, support, strict=True):
        other = standing_for(own, row, aligned, target=target) if own.leans else None
        if other is not None and other[0] not in instead:
            instead.append(other[0])
            found.append(other[1])
    vectors = np.concatenate([vectors, theirs[instead]])
    support = np.concatenate([support, (theirs[instead] @ theirs.T).round(4)])
    disputed = tuple(any(q.place in contested for q in c.quoted) for c in found)
    scores = tuple(
        _mean_support(row, aligned)
        - _NEWS_FIRST * (c.order + c.source)
        - _LESS_SURE * (1 - c.support)
        - _FILLS * c.fills
        - _CONTESTED * of_dispute
        for row, c, of_dispute in zip(support, found, disputed, strict=True)
    )
    return _Pool(tuple(found), vectors, support, scores, disputed)


def _mean_support(row: Vectors, aligned: Aligned) -> float:
    """Return the mean, over the documents, of the closest statement of each."""
    best: dict[int, float] = {}
    for value, statement in zip(row, aligned.statements, strict=True):
        best[statement.source] = max(best.get(statement.source, 0.0), float(value))
    return sum(best.values()) / len(best)


def _chosen(pool: _Pool) -> list[int]:
    """Return the sentences to tell, the best first, see `told`.

    Where hardly any sentence stands by itself, one that leans is taken behind any of its document;
    a document whose sentences all lean is told by its first.
    """
    sources = [c.source for c in pool.tellable]
    left = sorted(range(len(sources)), key=lambda i: (-round(pool.scores[i], 4), i))
    chosen: list[int] = []
    most = MOST if len(set(sources)) > 1 else FEWEST + 1

    def stands(i: int) -> bool:
        one = pool.tellable[i]
        return not one.leans or any(pool.is_behind(i, c) for c in chosen)

    def has_begun(i: int) -> bool:
        return not chosen or any(sources[c] == sources[i] for c in chosen)

    for is_allowed, enough in ((stands, most), (has_begun, FEWEST)):
        while left and len(chosen) < enough:
            fresh = [
                i
                for i in left
                if is_allowed(i) and all(pool.likeness(i, c) < _ALIKE for c in chosen)
            ]
            turns = Counter(sources[c] for c in chosen)
            fewest = min((turns[sources[i]] for i in fresh), default=MOST)
            if not fresh or (len(chosen) >= FEWEST and fewest > 1):
                break
            best = next(i for i in fresh if turns[sources[i]] == fewest)
            chosen.append(best)
            left.remove(best)
    return chosen


def _in_order(chosen: Sequence[int], pool: _Pool) -> list[int]:
    """Return the chosen sentences as they read best, see `told`."""

    def place(i: int) -> tuple[bool, int, int]:
        one = pool.tellable[i]
        return pool.disputed[i], one.quoted[0].place.span.start, one.source

    ordered = [*chosen[:1], *sorted(chosen[1:], key=place)]
    for i in ordered[1:]:
        one = pool.tellable[i]
        own = [c for c in ordered if c != i and pool.tellable[c].source == one.source]
        before = next((c for c in own if pool.is_behind(i, c)), None)
        if before is None and one.leans and own:
            earlier = [c for c in own if pool.tellable[c].order < one.order]
            before = max(earlier, key=lambda c: pool.tellable[c].order, default=None)
        if before is not None and (one.leans or one.text != one.bare):
            ordered.remove(i)
            ordered.insert(ordered.index(before) + 1, i)
    return ordered


def _fullest(one: int, chosen: Sequence[int], pool: _Pool, *, target: str) -> int:
    """Return the sentence that tells what `one` tells, and most besides, in its place."""
    mine = pool.tellable[one]
    same = [
        j
        for j in range(len(pool.tellable))
        if j not in chosen
        and pool.likeness(one, j) >= SAME
        and pool.disputed[j] <= pool.disputed[one]
        and figures_agree(mine.bare, pool.tellable[j].bare, language=target)
        and not any(pool.likeness(j, c) >= _ALIKE for c in chosen if c != one)
    ]
    at = fullest(mine, [pool.tellable[j] for j in same], target=target)
    return one if at is None else same[at]


def _with_others(
    told: Tellable, row: Vectors, aligned: Aligned, *, target: str
) -> tuple[Quotation, ...]:
    """Add the closest statement of each other document that says the same, figures included."""
    documents = {q.place.document_id for q in told.quoted}
    best: dict[int, tuple[float, int]] = {}
    for i, statement in enumerate(aligned.statements):
        value = float(row[i])
        if (
            statement.quotation.place.document_id not in documents
            and value >= SAME
            and figures_agree(told.bare, statement.text, language=target)
        ):
            best[statement.source] = max(best.get(statement.source, (0.0, 0)), (value, -i))
    others = sorted(best.values(), reverse=True)
    quoted = [aligned.statements[-i].quotation for _, i in others]
    return (*told.quoted, *quoted)[:_MOST_QUOTATIONS]


def _short(title: str) -> str:
    if len(title) <= _HEADLINE:
        return title.rstrip(".") if not title.endswith("...") else title
    cut = title[:_HEADLINE].rpartition(" ")[0]
    return cut.rstrip(_DANGLING).rstrip() + "…"

"""The sentences that a story may be told with: of the summaries of its documents, and what is like.

They come from documents whose readers would have read the sentence before: each knows whether it
leans on that one, and which one it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.document import Document
from pipeline.facts.numbers import figures
from pipeline.flag import Flag
from pipeline.stages.grounding.context import leans, without_connective
from pipeline.stories.align import SAME, Aligned, figures_agree
from pipeline.stories.names import Sound, shared, sounds_in
from pipeline.stories.passages import one_line
from pipeline.stories.statements import quotation_at
from pipeline.stories.story import Quotation

if TYPE_CHECKING:
    from pipeline.stories.vectors import Vectors

_OPENING = 6  # statements of a document without a summary
_PLACES = 2  # that a sentence of a summary is quoted with
_LONGEST = 300  # characters of a sentence that takes the place of another
_END = re.compile(r"[.!?…][»”\"')\]]*$")


@dataclass(frozen=True, slots=True)
class Tellable:
    """A sentence in the language of the digest, and the places that support it.

    `bare` is `text` without a connective before it. `source` is the place of its document in the
    story, `order` its place in the summary. `support` is the judge's, between 0 and 1. `leans` says
    that it is only understood behind the sentence that it follows: `follows` is that sentence's
    order, where it stands right before it in the document, else None. `fills` says that no model
    chose the sentence: it fills up a summary that was too short.
    """

    text: str
    bare: str
    source: int
    order: int
    quoted: tuple[Quotation, ...]
    support: float = 1.0
    leans: bool = False
    follows: int | None = None
    fills: bool = False


def tellable(documents: Sequence[Document], aligned: Aligned, *, target: str) -> list[Tellable]:
    """Return the sentences of the documents' summaries, without any the first statements of each.

    A sentence needs a place in the original and no flag, but that it is the text's own; then its
    translation must be in no doubt.
    """
    found = [
        sentence
        for source, document in enumerate(documents)
        for sentence in _of_summary(document, source, target=target)
    ]
    if found:
        return found
    clear = [s for s in aligned.statements if not s.quotation.doubt] or list(aligned.statements)
    plain = [
        _tellable(s.quotation.translation or s.text, s.source, s.order, (s.quotation,), target)
        for s in clear
        if s.order < _OPENING
    ]
    return _following(plain, documents)


def standing_for(
    leaning: Tellable, row: Vectors, aligned: Aligned, *, target: str
) -> tuple[int, Tellable] | None:
    """Return the statement that tells best what a leaning sentence tells, and stands by itself.

    `row` is the likeness of the sentence to each statement. The first value is the statement's
    place; None where no document has such a statement.
    """
    found = [
        (-float(value), i)
        for i, (value, s) in enumerate(zip(row, aligned.statements, strict=True))
        if value >= SAME
        and len(s.text) <= _LONGEST
        and not s.quotation.doubt
        and _END.search(s.text)
        and figures_agree(leaning.bare, s.text, language=target)
        and _facts(s.text, target)[0] >= _facts(leaning.bare, target)[0]
        and not s.leans
    ]
    if not found:
        return None
    _, at = min(found)
    statement = aligned.statements[at]
    own = tuple(q for q in leaning.quoted if q.place != statement.quotation.place)
    quoted = (statement.quotation, *own)
    new = Tellable(statement.text, statement.text, statement.source, leaning.order, quoted)
    return at, new


def fullest(one: Tellable, others: Sequence[Tellable], *, target: str) -> int | None:
    """Return the place of the sentence that has all figures and names of `one`, and most besides.

    `others` tell the same in other words. Of equals the better supported is taken; None where no
    other has more.
    """
    numbers, names = _facts(one.bare, target)
    fuller = []
    for at, other in enumerate(others):
        more, called = _facts(other.bare, target)
        has_all = numbers <= more and len(shared(names, called)) == len(names)
        count = len(more) + len(called) - len(numbers) - len(names)
        if has_all and count > 0 and not other.leans and len(other.bare) <= _LONGEST:
            fuller.append((-count, -other.support, at))
    return min(fuller)[-1] if fuller else None


def with_places_of(one: Tellable, other: Tellable) -> Tellable:
    """Return a sentence that also rests on the places of another one, which tells the same."""
    known = {q.place for q in one.quoted}
    return replace(one, quoted=(*one.quoted, *(q for q in other.quoted if q.place not in known)))


def _of_summary(document: Document, source: int, *, target: str) -> list[Tellable]:
    summary = document.summary
    if summary is None or summary.language != target:
        return []
    found: list[Tellable] = []
    for order, sentence in enumerate(summary.sentences):
        if not sentence.evidence or not _END.search(sentence.text):
            continue
        places = [e.place for e in sentence.evidence][:_PLACES]
        quoted = tuple(quotation_at(document, p, target=target) for p in places)
        own = sentence.flags == (Flag.FILLED_FROM_TEXT,) and not any(q.doubt for q in quoted)
        if sentence.flags and not own:
            continue
        new = _tellable(one_line(sentence.text), source, order, quoted, target)
        support = 1.0 if sentence.support is None else sentence.support
        found.append(replace(new, support=support, fills=own))
    return _following(found, [document], first=source)


def _tellable(
    text: str, source: int, order: int, quoted: tuple[Quotation, ...], target: str
) -> Tellable:
    bare = without_connective(text, language=target)
    return Tellable(text, bare, source, order, quoted, leans=leans(text, language=target))


def _following(
    found: Sequence[Tellable], documents: Sequence[Document], *, first: int = 0
) -> list[Tellable]:
    """Tell of each sentence which one stands right before it in its document."""

    def follows(one: Tellable, before: Tellable) -> bool:
        if (one.source, one.order) != (before.source, before.order + 1):
            return False
        span, earlier = one.quoted[0].place.span, before.quoted[0].place.span
        text = documents[one.source - first].text
        return earlier.end <= span.start and not text[earlier.end : span.start].strip()

    return [
        replace(one, follows=last.order) if last is not None and follows(one, last) else one
        for one, last in zip(found, [None, *found[:-1]], strict=False)
    ]


def _facts(text: str, language: str) -> tuple[set[Decimal], tuple[Sound, ...]]:
    numbers = {min(f.values) for f in figures(text, language=language)}
    return numbers, sounds_in(text, language=language)

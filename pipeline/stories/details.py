"""The details of a document that tell its event from others: names, figures, dates, ranks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.document import Document
from pipeline.facts.numbers import figures
from pipeline.stories.genre import genre_of
from pipeline.stories.names import Sound, sounds_in
from pipeline.stories.passages import Passages, passages_of
from pipeline.stories.publishers import Publishers
from pipeline.stories.series import Ordinal, courts, ordinals, years
from pipeline.stories.story import Genre

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SMALL = Decimal(10)  # figures below are in every text


@dataclass(frozen=True, slots=True)
class Details:
    """What is compared of a document, besides its vectors.

    `names` are those of its passages in their order, `title_names` those of its title, `body_names`
    the sounds of those below the title. `numbers`
    are the figures of its passages from ten on, or with decimals; `ranks`, `title_years` and
    `courts` are of the title, `lead_ranks` of the title and the first passage. `day` is the date of
    the document, as a day's number, or None.
    """

    document: Document
    passages: Passages
    language: str
    genre: Genre
    family: str
    names: tuple[Sound, ...]
    title_names: tuple[Sound, ...]
    body_names: frozenset[str]
    numbers: frozenset[Decimal]
    ranks: frozenset[Ordinal]
    lead_ranks: frozenset[Ordinal]
    title_years: frozenset[str]
    courts: frozenset[str]
    day: int | None


def details_of(document: Document, *, publishers: Publishers) -> Details:
    """Read the details of a document in its own language."""
    passages, language = passages_of(document), document.language
    whole = "\n".join(passages.texts)
    in_body = sounds_in("\n".join(passages.body), language=language)
    in_title = sounds_in(passages.title, language=language)
    words = set(passages.title.casefold().split())
    opening = (n for n in in_body if n.written.casefold() in words)
    title_names = tuple({n.key: n for n in (*in_title, *opening)}.values())
    return Details(
        document=document,
        passages=passages,
        language=language,
        genre=genre_of(document, passages),
        family=publishers.family(document.origin, name=document.name),
        names=tuple({n.key: n for n in (*title_names, *in_body)}.values()),
        title_names=title_names,
        body_names=frozenset(n.key for n in in_body),
        numbers=frozenset(
            min(figure.values)
            for figure in figures(whole, language=language)
            if not figure.optional and _tells(min(figure.values))
        ),
        ranks=ordinals(passages.title, language=language),
        lead_ranks=ordinals(passages.lead, language=language),
        title_years=years(passages.title),
        courts=courts(passages.title, language=language),
        day=_day(document),
    )


def _tells(value: Decimal) -> bool:
    return value >= _SMALL or value != value.to_integral_value()


def _day(document: Document) -> int | None:
    from datetime import date

    written = document.date or document.origin.published_at or ""
    match = _DAY.match(written)
    if match is None:
        return None
    try:
        return date.fromisoformat(match.group()).toordinal()
    except ValueError:
        return None

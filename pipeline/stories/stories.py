"""Documents to stories: grouped, compared, told, and known again from night to night."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.engine import Encoder
from pipeline.config import Config
from pipeline.document import Document
from pipeline.stories.align import align
from pipeline.stories.candidates import candidate_pairs
from pipeline.stories.compare import compare
from pipeline.stories.conflicts import attributes_of
from pipeline.stories.details import Details, details_of
from pipeline.stories.grouping import grouped
from pipeline.stories.identity import Earlier, continued, going_on
from pipeline.stories.pair import Model, Pairs, shipped_model
from pipeline.stories.publishers import Publishers
from pipeline.stories.source import source_of
from pipeline.stories.statements import statements_of
from pipeline.stories.story import Story
from pipeline.stories.tell import central, headline, told
from pipeline.stories.timeline import timeline
from pipeline.stories.topics import FEWEST_STORIES, topics_of
from pipeline.stories.vectors import Views, views_of

_MOST_COMPARED = 12  # documents of a story whose statements are compared, the most central


@dataclass(frozen=True, slots=True)
class Grouping:
    """Documents in the order of their ids, their scored pairs, and groups of places among them."""

    details: tuple[Details, ...]
    pairs: Pairs
    groups: tuple[tuple[int, ...], ...]


def stories_of(
    documents: Sequence[Document],
    *,
    encoder: Encoder,
    earlier: Earlier | None = None,
    config: Config,
) -> tuple[Story, ...]:
    """Return the stories that documents tell, those of most families and languages first.

    `documents` have been through all stages; of several with one id one counts. `earlier` knows the
    stories of the nights before, which go on under their ids. The result depends on the documents
    and on `earlier` alone, not on the order of either.
    """
    model, target = shipped_model(), config.languages.target
    publishers = Publishers(config.stories.families)
    before = earlier.stories() if earlier is not None else ()
    found = group(documents, encoder=encoder, model=model, publishers=publishers)
    links = going_on(found, before, encoder=encoder, model=model, publishers=publishers)
    stories = []
    for members, known in links:
        already = known.told if known is not None else ()
        details = [found.details[members[at]] for at in central(members, found.pairs)]
        text = telling(details, already, encoder=encoder, model=model, target=target)
        story = text.story
        if earlier is not None and known is not None:
            story = continued(story, known, night=earlier.night, has_news=text.has_news)
        elif earlier is not None:
            story = replace(story, since=earlier.night)
        stories.append(story)
    if len(links) >= FEWEST_STORIES:
        vectors = [found.pairs.wholes(members) for members, _ in links]
        topics = topics_of(vectors, encoder=encoder, means=model.means)
        stories = [replace(s, topic=t) for s, t in zip(stories, topics, strict=True)]
    return in_order(stories)


def group(
    documents: Sequence[Document], *, encoder: Encoder, model: Model, publishers: Publishers
) -> Grouping:
    """Group documents by their event."""
    distinct = {d.id: d for d in sorted(documents, key=lambda d: (d.id, d.name), reverse=True)}
    details = [details_of(distinct[key], publishers=publishers) for key in sorted(distinct)]
    views = views_of(
        [d.passages for d in details],
        [d.language for d in details],
        encoder=encoder,
        means=model.means,
    )
    return grouping_of(details, views, model=model)


def grouping_of(details: Sequence[Details], views: Views, *, model: Model) -> Grouping:
    """Group documents, in the order of their ids, by their details and vectors alone."""
    pairs = Pairs(details, views, model=model)
    groups = grouped(details, candidate_pairs(details, views), pairs)
    return Grouping(tuple(details), pairs, tuple(groups))


@dataclass(frozen=True, slots=True)
class Telling:
    """A story, and whether its sentences are news to those who know what was told before."""

    story: Story
    has_news: bool


def telling(
    details: Sequence[Details],
    already: Sequence[str],
    *,
    encoder: Encoder,
    model: Model,
    target: str,
) -> Telling:
    """Tell what documents of one event say, the most central first; `already` was told before."""
    documents = [d.document for d in details]
    sources = tuple(source_of(d, target=target) for d in details)
    compared = details[:_MOST_COMPARED]
    statements = [
        statement
        for at, d in enumerate(compared)
        for statement in statements_of(d.document, source=at, target=target)
    ]
    aligned = align(statements, encoder=encoder, model=model, target=target)
    attributes = attributes_of(compared, aligned, target=target)
    comparison = compare(compared, aligned, agreeing=attributes.agreeing, target=target)
    sentences, has_news = told(
        documents,
        aligned,
        already=already,
        conflicts=attributes.conflicts,
        encoder=encoder,
        model=model,
        target=target,
    )
    story = Story(
        id=story_id(documents),
        headline=headline(sources, attributes.conflicts, target=target),
        sentences=sentences,
        sources=sources,
        agreed=comparison.agreed,
        alone=comparison.alone,
        conflicts=attributes.conflicts,
        timeline=timeline(compared, aligned),
        shared=comparison.shared,
    )
    return Telling(story, has_news)


def story_id(documents: Sequence[Document]) -> str:
    """Return the id of a story that no earlier night has told: 16 digits, of its documents' ids."""
    ids = "\n".join(sorted(d.id for d in documents))
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def in_order(stories: Iterable[Story]) -> tuple[Story, ...]:
    """Return stories, those of most families and languages first."""
    return tuple(sorted(stories, key=_rank))


def _rank(story: Story) -> tuple[int, int, int, str]:
    families = {source.family for source in story.sources}
    return (-len(families), -len(story.languages), -len(story.sources), story.id)

"""Documents to stories: grouped, compared, told, and known again from night to night."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from models.engine import Encoder
from pipeline.config import Config
from pipeline.document import Document
from pipeline.stories.align import align
from pipeline.stories.candidates import candidate_pairs
from pipeline.stories.compare import compare
from pipeline.stories.conflicts import conflicts_of
from pipeline.stories.details import Details, details_of
from pipeline.stories.grouping import grouped
from pipeline.stories.pair import Model, Pairs, shipped_model
from pipeline.stories.publishers import Publishers
from pipeline.stories.source import source_of
from pipeline.stories.statements import statements_of
from pipeline.stories.story import Story
from pipeline.stories.tell import central, headline, told
from pipeline.stories.timeline import timeline
from pipeline.stories.vectors import views_of

_MOST_COMPARED = 12  # documents of a story whose statements are compared, the most central


def stories_of(
    documents: Sequence[Document],
    *,
    encoder: Encoder,
    earlier: object = None,
    config: Config,
) -> tuple[Story, ...]:
    """Return the stories that documents tell, those of most families and languages first.

    `documents` have been through all stages. The result depends on the documents and on `earlier`
    alone, not on the order of either.
    """
    publishers = Publishers()
    ordered = sorted(documents, key=lambda d: (d.id, d.name))
    details = [details_of(document, publishers=publishers) for document in ordered]
    model = shipped_model()
    pairs, groups = group(details, encoder=encoder, model=model)
    stories = [
        _story(
            [details[i] for i in members],
            members,
            pairs,
            encoder=encoder,
            model=model,
            config=config,
        )
        for members in groups
    ]
    return tuple(sorted(stories, key=_rank))


def group(
    details: Sequence[Details], *, encoder: Encoder, model: Model
) -> tuple[Pairs, list[tuple[int, ...]]]:
    """Return the scored pairs of documents, and the groups: places of documents of one event."""
    views = views_of(
        [d.passages for d in details],
        [d.language for d in details],
        encoder=encoder,
        means=model.means,
    )
    pairs = Pairs(details, views, model=model)
    return pairs, grouped(details, candidate_pairs(details, views), pairs)


def _story(
    details: Sequence[Details],
    members: Sequence[int],
    pairs: Pairs,
    *,
    encoder: Encoder,
    model: Model,
    config: Config,
) -> Story:
    target = config.languages.target
    order = central(members, pairs)
    details = [details[at] for at in order]
    sources = tuple(source_of(d, target=target) for d in details)
    statements = [
        statement
        for at, d in enumerate(details[:_MOST_COMPARED])
        for statement in statements_of(d.document, source=at, target=target)
    ]
    aligned = align(statements, encoder=encoder, model=model, target=target)
    documents = [d.document for d in details]
    comparison = compare(details[:_MOST_COMPARED], aligned, target=target)
    return Story(
        id=story_id(documents),
        headline=headline(range(len(sources)), sources, target=target),
        sentences=told(documents, sources, aligned, encoder=encoder, model=model, target=target),
        sources=sources,
        agreed=comparison.agreed,
        alone=comparison.alone,
        shared=comparison.shared,
        conflicts=conflicts_of(details[:_MOST_COMPARED], aligned, target=target),
        timeline=timeline(details[:_MOST_COMPARED], aligned),
    )


def story_id(documents: Sequence[Document]) -> str:
    """Return the id of a story that no earlier night has told: 16 digits, of its documents' ids."""
    ids = "\n".join(sorted(d.id for d in documents))
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def _rank(story: Story) -> tuple[int, int, int, str]:
    families = {source.family for source in story.sources}
    return (-len(families), -len(story.languages), -len(story.sources), story.id)

"""The stories of a digest: documents of one event together or, without an encoder, each alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from models.engine import Encoder
from models.errors import WeightsError
from pipeline.config import Config
from pipeline.digest.alone import story_of
from pipeline.digest.wording import wording
from pipeline.document import Document
from pipeline.progress import Progress
from pipeline.stories.identity import Earlier
from pipeline.stories.stories import stories_of
from pipeline.stories.story import Story


def tell_stories(
    documents: Sequence[Document],
    *,
    encoder: Encoder | None,
    config: Config,
    progress: Progress,
    earlier: Earlier | None = None,
    changed: Mapping[str, str | None] | None = None,
) -> tuple[Story, ...]:
    """Return the stories that documents tell.

    `encoder` brings documents of one event together; where it is None, or where its weights are
    missing, which `progress` is told, each document is a story of its own. `earlier` knows the
    stories of earlier nights. `changed` gives, by the name of a document, the night that told an
    earlier state of it: for documents that are told alone.
    """
    if encoder is not None and (len(documents) > 1 or earlier is not None):
        try:
            return stories_of(documents, encoder=encoder, earlier=earlier, config=config)
        except WeightsError as error:
            progress.remark(f"texts of one event are not brought together: {error}; {error.hint}")
    same: dict[str, list[Document]] = {}
    for document in documents:
        same.setdefault(document.id, []).append(document)
    words = wording(config.languages.target)
    stories = []
    for document, *copies in same.values():
        since = (changed or {}).get(document.name)
        update = words["changed_since"].format(day=words.short_day(since)) if since else ""
        stories.append(story_of(document, copies=copies, changed_since=since, update=update))
    return tuple(stories)

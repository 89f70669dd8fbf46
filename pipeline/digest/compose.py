"""Stories and documents to the envelope of a digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.config import Config
from pipeline.digest.envelope import Account, Edition, Envelope
from pipeline.digest.ranking import placed
from pipeline.document import Document, Rejection
from pipeline.output.names import html_path
from pipeline.output.report import kinds
from pipeline.stories.story import Story


def edition_of(config: Config, *, now: datetime, title: str | None = None) -> Edition:
    """Return the edition of a digest that is made `now`, an instant, and belongs to no night."""
    return Edition(
        date=now.astimezone(ZoneInfo(config.nightly.timezone)).date().isoformat(),
        timezone=config.nightly.timezone,
        title=title or config.nightly.title,
        language=config.languages.target,
        generated_at=now.isoformat(timespec="seconds"),
    )


def compose(
    edition: Edition,
    stories: Sequence[Story],
    documents: Sequence[Document],
    *,
    rejections: Sequence[Rejection] = (),
    not_read: Sequence[str] = (),
    too_old: int = 0,
) -> Envelope:
    """Return the digest of `stories`, in the order in which they are told.

    `documents` are all that were read, those of the stories among them; `not_read` are the names of
    files without a reader. The result does not depend on the order of stories and documents.
    """
    return composed(
        edition,
        stories,
        pages={(d.id, d.name): html_path(d) for d in documents},
        account=account_of(documents, rejections, not_read=not_read, too_old=too_old),
        models={model for d in documents for model in models_of(d)},
    )


def composed(
    edition: Edition,
    stories: Sequence[Story],
    *,
    pages: Mapping[tuple[str, str], str],
    account: Account,
    models: Iterable[str],
) -> Envelope:
    """Return the digest of `stories`; `pages` are those of documents, by their id and name."""
    return Envelope(
        edition=edition,
        stories=placed([_linked(story, pages) for story in stories]),
        account=account,
        models=tuple(sorted({model.partition(" ")[0] for model in models})),
    )


def account_of(
    documents: Sequence[Document],
    rejections: Sequence[Rejection],
    *,
    not_read: Sequence[str],
    too_old: int,
) -> Account:
    """Return what was read, and what became of it."""
    paragraphs = [p for d in documents for p in d.paragraphs]
    translations = [p.translation for p in paragraphs if p.removal is None and p.translation]
    return Account(
        documents=len(documents),
        paragraphs=len(paragraphs),
        removed=sum(p.removal is not None for p in paragraphs),
        translated=len(translations),
        flagged=sum(bool(translation.flags) for translation in translations),
        rejections=tuple(sorted(rejections, key=lambda r: (r.name, r.reason))),
        not_read=kinds(not_read),
        too_old=too_old,
    )


def models_of(document: Document) -> Iterator[str]:
    """Yield the models that wrote a document's translation and its summary."""
    for paragraph in document.kept():
        if paragraph.translation is not None:
            yield from paragraph.translation.models
    if document.summary is not None:
        yield from document.summary.models


def _linked(story: Story, pages: Mapping[tuple[str, str], str]) -> Story:
    """Return a story whose sources lead to the pages that a digest has of its documents."""
    sources = (
        replace(s, link=pages.get((s.document_id, s.document), s.link)) for s in story.sources
    )
    return replace(story, sources=tuple(sources))

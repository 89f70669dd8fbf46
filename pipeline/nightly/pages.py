"""The pages of a night, and what is sent of them: the one place that knows how they are made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.digest.compose import compose
from pipeline.digest.envelope import Edition
from pipeline.digest.envelope_json import DIGEST_FILE, read_envelope
from pipeline.digest.index import INDEX_FILE, write_index
from pipeline.digest.mail import mail_subject, render_mail_html, render_mail_text
from pipeline.digest.notices import notices
from pipeline.digest.publish import write_digest
from pipeline.digest.telling import tell_stories
from pipeline.document import Document, Rejection
from pipeline.errors import UsageError
from pipeline.nightly.condition import Condition
from pipeline.nightly.night_desk import NightDesk
from pipeline.output.atomic import output_errors
from pipeline.state.stories import EarlierStories


@dataclass(frozen=True, slots=True)
class Bodies:
    """A published night as it is sent: subject, HTML, text, and its record as JSON values."""

    subject: str
    html: str
    text: str
    record: Mapping[str, Any]


def bodies(folder: Path) -> Bodies:
    """Return what is sent of the night in `folder`: all of it from the one record of its digest.

    Raises OutputError where a file cannot be read, UsageError where it is no digest.
    """
    envelope = read_envelope(folder)
    with output_errors(folder):
        record = json.loads((folder / DIGEST_FILE).read_text(encoding="utf-8"))
    return Bodies(
        mail_subject(envelope), render_mail_html(envelope), render_mail_text(envelope), record
    )


def write_pages(
    folder: Path,
    documents: Sequence[Document],
    rejections: Sequence[Rejection],
    *,
    not_read: Sequence[str],
    condition: Condition,
    changed: Mapping[str, str | None],
    day: str,
    before: str | None,
    generated_at: str,
    desk: NightDesk,
) -> None:
    """Write the digest of a night into its folder, and remember its stories for later nights.

    `changed` gives, by the name of a document, the night that told an earlier state of it;
    `before` is the date of the night before.
    """
    config = desk.config
    target, base_url = config.languages.target, config.nightly.base_url
    earlier = EarlierStories(desk.state.memory, night=day)
    edition = Edition(
        date=day,
        timezone=desk.timezone,
        title=config.nightly.title,
        language=target,
        generated_at=generated_at,
        previous=f"../{before}/digest.html" if before else None,
        previous_date=before,
        index=f"../{INDEX_FILE}",
        base_url=f"{base_url.rstrip('/')}/{day}/" if base_url else None,
        notices=condition.notices(notices(target)),
    )
    stories = tell_stories(
        documents,
        encoder=desk.encoder,
        config=config,
        progress=desk.progress,
        earlier=earlier,
        changed=changed,
    )
    envelope = compose(edition, stories, documents, rejections=rejections, not_read=not_read)
    write_digest(folder, envelope, documents)
    earlier.remember(stories, documents)


def write_list(out: Path) -> None:
    """Write the list of all nights below `out`, with its feed; none where no night has a digest."""
    try:
        write_index(out)
    except UsageError:
        return  # nights of earlier versions only

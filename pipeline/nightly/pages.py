"""The pages of a night, and what is sent of them: the one place that knows how they are made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.digest.night import Item, Night
from pipeline.digest.notices import notices
from pipeline.digest.render import render_html, render_markdown
from pipeline.document import Document, Rejection
from pipeline.nightly.condition import Condition
from pipeline.output.atomic import output_errors, write_text
from pipeline.output.names import page_path
from pipeline.output.own_files import NIGHT_FILE
from pipeline.output.report import doubts, headline, in_target, kinds


@dataclass(frozen=True, slots=True)
class Bodies:
    """A published night as it is sent: HTML, text, and its record as JSON values."""

    html: str
    text: str
    record: Mapping[str, Any]


def bodies(folder: Path) -> Bodies:
    """Return what is sent of the night in `folder`: read from its files, so that all agree.

    Raises OutputError where a file cannot be read.
    """
    with output_errors(folder):
        html = (folder / "digest.html").read_text(encoding="utf-8")
        text = (folder / "digest.md").read_text(encoding="utf-8")
        record = json.loads((folder / NIGHT_FILE).read_text(encoding="utf-8"))
    return Bodies(html, text, record)


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
    timezone: str,
    config: Config,
) -> None:
    """Write the digest of a night into its folder.

    `changed` gives, by the name of a document, the night that told an earlier state of it;
    `before` is the date of the night before.
    """
    target = config.languages.target
    night = Night(
        date=day,
        title=config.nightly.title,
        timezone=timezone,
        language=target,
        items=tuple(_item(d, changed=changed[d.name]) for d in documents),
        rejections=tuple(rejections),
        not_read=kinds(not_read),
        generated_at=generated_at,
        models=tuple(dict.fromkeys(m.partition(" ")[0] for d in documents for m in models_of(d))),
        notices=condition.notices(notices(target)),
        night_before=f"../{before}/digest.html" if before else None,
    )
    write_text(folder / "digest.md", render_markdown(night))
    write_text(folder / "digest.html", render_html(night))


def models_of(document: Document) -> Iterator[str]:
    """Yield the models that wrote a document's translation and its summary."""
    for paragraph in document.kept():
        if paragraph.translation is not None:
            yield from paragraph.translation.models
    if document.summary is not None:
        yield from document.summary.models


def _item(document: Document, *, changed: str | None) -> Item:
    text, doubt = headline(document), doubts(document)
    return Item(
        name=document.name,
        language=document.language,
        headline=text,
        headline_language=_language_of(text, document),
        date=document.date,
        sentences=tuple(s.text for s in document.summary.sentences) if document.summary else (),
        notes=document.notes if doubt is None else (*document.notes, doubt),
        link=page_path(document),
        changed_since=changed,
    )


def _language_of(headline: str, document: Document) -> str | None:
    """Return the language of a headline; None where it is the name of the file."""
    if headline == document.name:
        return None
    for paragraph in document.kept():
        text = " ".join(in_target(paragraph).split())
        if text.startswith(headline.rstrip("…")):
            return paragraph.translation.language if paragraph.translation else paragraph.language
    return document.language

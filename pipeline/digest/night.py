"""The content of one digest: the values that its pages are made of."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.document import Rejection


@dataclass(frozen=True, slots=True)
class Item:
    """One document as the digest tells it.

    `language` is the document's own, `headline_language` that of its headline (None for a file
    name); `sentences` are in the language of the night. `link` is a path relative to the digest,
    not percent-encoded. `changed_since` is the night that told an earlier state of the document.
    """

    name: str
    language: str
    headline: str
    headline_language: str | None
    date: str | None
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    link: str
    changed_since: str | None = None


@dataclass(frozen=True, slots=True)
class Night:
    """One digest. `date` is a calendar date in `timezone`, `generated_at` an ISO 8601 instant.

    `not_read` tells of files of kinds that have no reader, or is empty; `models` are those that
    wrote its translations and summaries.
    """

    date: str
    title: str
    timezone: str
    language: str
    items: tuple[Item, ...]
    rejections: tuple[Rejection, ...]
    not_read: str
    generated_at: str
    models: tuple[str, ...]

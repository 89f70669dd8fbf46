"""One record of a table or a feed, an object with named fields, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.document import Document
from pipeline.sources.block import headed, make_document
from pipeline.sources.fields import date_of, spelt_alike, text_of, title_of
from pipeline.sources.origin import origin_of


def record_document(record: Mapping[str, Any], *, file: str, part: str, encoding: str) -> Document:
    """Return a record as a document; `part` is its place in the file.

    Raises SourceError for a record without text.
    """
    fields = spelt_alike(record)
    found = text_of(fields)
    date, notes = date_of(fields)
    title = title_of(fields) or found.title
    text, blocks = headed(found.text, found.blocks, title)
    return make_document(
        text,
        blocks,
        name=f"{file}#{part}",
        encoding=encoding,
        title=title,
        date=date or found.date,
        notes=(*found.notes, *notes),
        origin=replace(origin_of(record), part=part),
    )

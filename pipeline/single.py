"""One text at a time: its summary. Its translation is in `pipeline.translation`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.build import Desk
from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.runner import Clock, through


def summarise_document(document: Document, desk: Desk) -> Document:
    """Return `document` after all stages: cleaned, translated and summarised."""
    return _one(through([document], desk.all(), clock=Clock()))


def _one(results: Iterator[Document | Rejection]) -> Document:
    (result,) = results
    if isinstance(result, Rejection):
        raise SourceError(f"{result.name}: {result.reason}", hint=result.hint)
    return result

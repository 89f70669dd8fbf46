"""The one shape that every step of the pipeline has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pipeline.document import Document, Rejection


class Stage(Protocol):
    """Takes documents, yields each of them enriched, or a rejection in its place.

    A stage never drops a document in silence and never changes `Document.text` or a span. A
    map-like stage yields as it reads; a barrier (`dedup`) reads everything before it yields.
    """

    name: str

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        """Yield one result for every document, in the same order."""
        ...

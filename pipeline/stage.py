"""The one shape that every step of the pipeline has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from pipeline.document import Document, Rejection

StageKind = Literal["map", "window", "barrier"]


class Stage(Protocol):
    """Takes documents; returns each of them enriched, or a rejection in its place.

    `kind` says which documents one call of `run` must see together:

    - map: any. The result for a document depends on that document alone.
    - window: some, for speed. Results still depend on each document alone, but engines decode many
      of them in one batch.
    - barrier: all documents of the run, in one call. Results depend on all of them, though not on
      their order.

    A stage never drops a document in silence, never changes `Document.text` or a span, and never
    cuts windows: the runner does (`pipeline.runner`).
    """

    @property
    def name(self) -> str:
        """The name of the stage in records: unique among the stages of a run."""
        ...

    @property
    def kind(self) -> StageKind:
        """The documents that one call of `run` must see together."""
        ...

    def run(self, documents: Sequence[Document]) -> Sequence[Document | Rejection]:
        """Return one result for every document, in the same order."""
        ...

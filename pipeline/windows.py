"""Documents in groups, for the stages that decode many of them in one batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from pipeline.document import Document


def windows(documents: Iterable[Document], size: int) -> Iterator[tuple[Document, ...]]:
    """Yield consecutive tuples of at most `size` documents."""
    iterator = iter(documents)
    while window := tuple(islice(iterator, size)):
        yield window

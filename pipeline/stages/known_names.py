"""The stage that reads the whole run for names, before any of it is translated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.document import Document
from pipeline.lang.reading import reading_form
from pipeline.stage import StageKind
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.sources import Page


class KnownNames:
    """Lets `names` learn from the texts of a run; the documents stay as they are.

    `sources` yields the texts of a document that are to be translated, with their languages.
    """

    name = "known-names"
    kind: StageKind = "barrier"

    def __init__(
        self,
        names: Names,
        *,
        target: str,
        sources: Callable[[Document], Iterable[tuple[str, str]]],
    ) -> None:
        self._names = names
        self._target = target
        self._sources = sources

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents unchanged, once `names` has read their texts."""
        pages = [Page(_whole(document), list(self._sources(document))) for document in documents]
        self._names.learn(pages, target=self._target)
        return list(documents)


def _whole(document: Document) -> list[tuple[str, str]]:
    """Return the kept paragraphs that are in one language, in their reading form."""
    return [
        (reading_form(p.text, language=p.language), p.language)
        for p in document.kept()
        if not p.runs
    ]

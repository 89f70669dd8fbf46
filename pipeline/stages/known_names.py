"""The stage that reads the whole run for names, before any of it is translated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.document import Document
from pipeline.lang.reading import reading_form
from pipeline.stage import StageKind
from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.sources import Page, SourceNames, WordCounts, count_words, latin_words
from pipeline.stages.naming.spelling import Entity


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
        self._names.learn(self.pages(documents), target=self._target)
        return list(documents)

    def pages(self, documents: Sequence[Document]) -> list[Page]:
        """Return the texts of documents that tell names."""
        return [Page(_whole(document), list(self._sources(document))) for document in documents]

    def count(self, documents: Sequence[Document]) -> Counted:
        """Return the words of a part of the run, as they tell names from other words."""
        pages = self.pages(documents)
        return Counted(dict(latin_words(pages)), count_words(pages))

    def find(self, documents: Sequence[Document], named: frozenset[str]) -> dict[Key, Entity]:
        """Return the names of a part of the run, `named` being the stems of the whole run."""
        return self._names.entities(self.pages(documents), named, target=self._target)

    def adopt(self, learnt: Learnt) -> None:
        """Give `names` what the texts of the whole run tell."""
        self._names.adopt(learnt.latin, learnt.sources)


@dataclass(slots=True)
class Counted:
    """Words of some documents: names in Latin letters by language and first sound, and others."""

    latin: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    words: WordCounts = field(default_factory=WordCounts)

    def add(self, other: Counted) -> None:
        """Count the documents of `other`, too."""
        for sound, found in other.latin.items():
            self.latin.setdefault(sound, Counter()).update(found)
        self.words.add(other.words)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the texts of a run tell about names."""

    latin: dict[tuple[str, str], Counter[str]]
    sources: SourceNames


def _whole(document: Document) -> list[tuple[str, str]]:
    """Return the kept paragraphs that are in one language, in their reading form."""
    return [
        (reading_form(p.text, language=p.language), p.language)
        for p in document.kept()
        if not p.runs
    ]

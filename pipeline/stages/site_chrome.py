"""The stage that takes out lines that a site prints on many of its pages.

The stage knows no words: a line that stands above or below the text of several documents of one
folder, and says the same in each, is furniture of the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipeline.document import Document, Kind, Paragraph, Removal
from pipeline.lang.function_words import words
from pipeline.lang.normalise import normalise
from pipeline.reason import Reason
from pipeline.stage import StageKind
from pipeline.stages.boilerplate.lines import Look, look_of

_PROSE_WORDS = 8  # a sentence that short is no running text
_LINE_CHARS = 120
_FEWEST = 2  # documents that must have a line, in a folder of few
_COPIED = 0.5  # documents that share so much of their text are one page, reposted


class SiteChrome:
    """Marks lines that stand at the edges of many documents of a folder; stands after dedup.

    A line is removed when at least `min_documents` documents of a folder have the line, or two
    documents that are at least half of the folder. Reposts of one text count once: a line that
    only reposts share belongs to the text. Running text is never touched, and neither are lines
    between two pieces of running text.
    """

    name = "site-chrome"
    kind: StageKind = "barrier"

    def __init__(self, *, min_documents: int = 3) -> None:
        self._min_documents = min_documents

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents in the order they came, site-wide lines marked as removed."""
        return self.apply(documents, self.settle([self.gather(documents)]))

    def gather(self, documents: Sequence[Document]) -> list[SitePage]:
        """Return the site of each document, the lines at its edges and where its text is from."""
        return [_page(document) for document in documents]

    def settle(self, parts: Iterable[Sequence[SitePage]]) -> dict[str, frozenset[str]]:
        """Return for each site the normalised lines that enough of its pages have."""
        sites: dict[str, list[SitePage]] = {}
        for page in (page for part in parts for page in part):
            sites.setdefault(page.site, []).append(page)
        found = {site: self._chrome(pages) for site, pages in sites.items()}
        return {site: lines for site, lines in found.items() if lines}

    def apply(
        self, documents: Sequence[Document], verdict: Mapping[str, frozenset[str]]
    ) -> list[Document]:
        """Return the documents with the lines of their sites marked as removed."""
        return [self._marked(d, verdict.get(_site(d), frozenset())) for d in documents]

    def _chrome(self, pages: Sequence[SitePage]) -> frozenset[str]:
        """Return the normalised lines that enough pages have."""
        voices = _voices(pages)
        seen: dict[str, set[str]] = {}
        for page in pages:
            for line in page.lines:
                seen.setdefault(line, set()).add(voices[page.name])
        total = len(set(voices.values()))
        enough = min(self._min_documents, max(_FEWEST, -(-total // 2)))
        return frozenset(line for line, found in seen.items() if line and len(found) >= enough)

    def _marked(self, document: Document, chrome: frozenset[str]) -> Document:
        edges = _edges(document) if chrome else []
        found = {p.index for p in edges if normalise(p.text) in chrome}
        left = [p for p in document.kept() if p.index not in found]
        if not found or not left:
            return document
        removal = Removal(stage=self.name, reason=Reason.SITE_WIDE)
        return replace(
            document,
            paragraphs=tuple(
                replace(p, removal=removal) if p.index in found else p for p in document.paragraphs
            ),
        )


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of a site: the normalised lines at its edges, and where its text comes from.

    `copied` is the document that most of its running text stands in, None where that is not enough
    of it.
    """

    site: str
    name: str
    lines: tuple[str, ...]
    copied: str | None


def _page(document: Document) -> SitePage:
    lines = tuple(normalise(p.text) for p in _edges(document))
    return SitePage(_site(document), document.name, lines, _copied(document))


def _site(document: Document) -> str:
    """Return the folder of a file, or the file itself where it holds several documents."""
    several = document.origin.part is not None
    return document.file if several else str(PurePosixPath(document.file).parent)


def _edges(document: Document) -> list[Paragraph]:
    """Return the short lines above the first running text and below the last."""
    kept = [p for p in document.kept() if p.kind not in (Kind.CODE, Kind.ROW)]
    prose = [at for at, p in enumerate(kept) if _is_prose(p)]
    if not prose:
        return []
    outside = kept[: prose[0]] + kept[prose[-1] + 1 :]
    return [p for p in outside if len(p.text) <= _LINE_CHARS and any(map(str.isalpha, p.text))]


def _is_prose(paragraph: Paragraph) -> bool:
    flat = " ".join(paragraph.text.split())
    return look_of(flat) is Look.PROSE and len(words(flat)) >= _PROSE_WORDS


def _copied(page: Document) -> str | None:
    """Return the document that most of the running text of a page stands in; None for too little.

    The running paragraphs are counted by the document that has the kept copy.
    """
    copied: dict[str, int] = {}
    total = 0
    for paragraph in page.paragraphs:
        removal = paragraph.removal
        if not _is_prose(paragraph) or (removal is not None and removal.kept is None):
            continue
        total += 1
        kept = removal.kept.document if removal and removal.kept else page.name
        copied[kept] = copied.get(kept, 0) + 1
    most = max(copied, key=lambda name: (copied[name], name), default=page.name)
    return most if copied.get(most, 0) >= _COPIED * total else None


def _voices(pages: Sequence[SitePage]) -> dict[str, str]:
    """Return for each page the name of the page that its text comes from: often its own.

    1. The document that a page copies is its source, if it is one of `pages`; otherwise the page
       is its own source.
    2. Sources of sources are followed to the last.
    """
    names = {page.name for page in pages}
    source = {p.name: p.copied if p.copied and p.copied in names else p.name for p in pages}
    return {name: _last(name, source) for name in source}


def _last(name: str, source: Mapping[str, str]) -> str:
    passed = {name}
    while source[name] not in passed:
        name = source[name]
        passed.add(name)
    return name

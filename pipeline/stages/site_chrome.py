"""The stage that takes out lines that a site prints on many of its pages.

The stage knows no words: a line that stands above or below the text of several documents of one
folder, and says the same in each, is furniture of the site.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
        sites: dict[str, list[Document]] = {}
        for document in documents:
            sites.setdefault(_site(document), []).append(document)
        chrome = {site: self._chrome(pages) for site, pages in sites.items()}
        return [self._marked(document, chrome[_site(document)]) for document in documents]

    def _chrome(self, pages: Sequence[Document]) -> dict[str, int]:
        """Return the normalised lines that enough pages have, each with the number of its pages."""
        voices = _voices(pages)
        seen: dict[str, set[str]] = {}
        for page in pages:
            for paragraph in _edges(page):
                seen.setdefault(normalise(paragraph.text), set()).add(voices[page.name])
        total = len(set(voices.values()))
        return {
            key: len(found)
            for key, found in seen.items()
            if key and len(found) >= min(self._min_documents, max(_FEWEST, -(-total // 2)))
        }

    def _marked(self, document: Document, chrome: dict[str, int]) -> Document:
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


def _voices(pages: Sequence[Document]) -> dict[str, str]:
    """Return for each page the name of the page that its text comes from: often its own.

    1. The running paragraphs of a page are counted by the document that has the kept copy.
    2. The document with most of them is the source of the page, if it is one of `pages` and has
       `_COPIED` of the text; otherwise the page is its own source.
    3. Sources of sources are followed to the last.
    """
    names = {page.name for page in pages}
    source: dict[str, str] = {}
    for page in pages:
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
        fits = most in names and copied.get(most, 0) >= _COPIED * total
        source[page.name] = most if fits else page.name
    return {name: _last(name, source) for name in source}


def _last(name: str, source: dict[str, str]) -> str:
    passed = {name}
    while source[name] not in passed:
        name = source[name]
        passed.add(name)
    return name

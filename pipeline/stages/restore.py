"""The stage that puts back paragraphs that a person has asked to keep."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.document import Document, Paragraph
from pipeline.stage import StageKind


class Restore:
    """Takes the removal off every paragraph that a rule names; runs after all that remove any.

    `rules` are values of `rule_key`.
    """

    name = "restore"
    kind: StageKind = "map"

    def __init__(self, rules: frozenset[str]) -> None:
        self._rules = rules

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with its restored paragraphs kept."""
        return [self._restored(document) for document in documents]

    def _restored(self, document: Document) -> Document:
        found = {
            p.index
            for p in document.paragraphs
            if p.removal is not None and rule_key(document, p) in self._rules
        }
        paragraphs = tuple(
            replace(p, removal=None) if p.index in found else p for p in document.paragraphs
        )
        return replace(document, paragraphs=paragraphs) if found else document


def rule_key(document: Document, paragraph: Paragraph) -> str:
    """Return the name of a rule: a hash of the file's own name and the text of the paragraph.

    The folder and the place in the document do not count, so that a rule outlives an edit.
    """
    file = PurePosixPath(document.file).name
    return hashlib.sha256(f"{file}\0{paragraph.text}".encode("utf-8", "surrogatepass")).hexdigest()[
        :32
    ]

"""What must come out of the files in tests/data/formats: facts that were written by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.document import Document, Kind, Rejection
from pipeline.sources.folder import read_bytes, read_file
from pipeline.sources.formats import suffix_of

FORMATS = Path(__file__).parent / "data" / "formats"
_ORIGIN = (
    *("url", "publisher", "author", "published_at", "updated_at", "identifier", "version"),
    "status",
)
_KINDS = {"headings": Kind.HEADING, "items": Kind.LIST_ITEM, "rows": Kind.ROW}


@dataclass(frozen=True, slots=True)
class Fact:
    """What must come out of one document of one file."""

    room: str
    file: str
    part: str | None
    wanted: dict[str, Any] = field(hash=False)

    @property
    def path(self) -> Path:
        return FORMATS / self.room / self.file

    def __str__(self) -> str:
        return self.file if self.part is None else f"{self.file}#{self.part}"


def facts(room: str) -> list[Fact]:
    """Return the facts of a folder."""
    table = tomllib.loads((FORMATS / room / "facts.toml").read_text(encoding="utf-8"))
    return [Fact(room, f.pop("file"), f.pop("part", None), f) for f in table["document"]]


def read_all(path: Path) -> list[Document | Rejection]:
    return list(read_file(path, name=path.name, max_file_bytes=20_000_000))


def read_data(data: bytes, name: str, *, max_bytes: int = 20_000_000) -> list[Document | Rejection]:
    suffix = suffix_of(name).removesuffix(".gz")
    return list(read_bytes(data, name=name, suffix=suffix, max_bytes=max_bytes))


def found(fact: Fact, results: list[Document | Rejection]) -> Document:
    """Return the document that a fact is about."""
    documents = [r for r in results if isinstance(r, Document)]
    name = str(fact)
    (document,) = [d for d in documents if d.name == name]
    assert document.origin.part == fact.part
    return document


def missing(fact: Fact, results: list[Document | Rejection]) -> Iterator[str]:
    """Yield a line for everything that did not come out as it must."""
    wanted = fact.wanted
    document = found(fact, results)
    documents = sum(isinstance(r, Document) for r in results)
    if documents != wanted.get("documents", 1):
        yield f"{documents} documents"
    rejected = [r.name for r in results if isinstance(r, Rejection)]
    if rejected != wanted.get("rejected", []):
        yield f"rejected {rejected}"
    for name in ("title", "date"):
        if name in wanted and getattr(document, name) != wanted[name]:
            yield f"{name}: {getattr(document, name)!r}, not {wanted[name]!r}"
    for name in _ORIGIN:
        if name in wanted and (getattr(document.origin, name) or "") != wanted[name]:
            yield f"{name}: {getattr(document.origin, name)!r}, not {wanted[name]!r}"
    kept = {kind: [_flat(p.text) for p in document.kept() if p.kind is kind] for kind in Kind}
    for name, kind in _KINDS.items():
        for text in wanted.get(name, ()):
            if _flat(text) not in kept[kind]:
                yield f"{name}: no {text!r}"
    for text in wanted.get("paragraphs", ()):
        if _flat(text) not in kept[Kind.TEXT]:
            yield f"paragraphs: no {text!r}"
    yield from _left_out(document, wanted)


def _left_out(document: Document, wanted: dict[str, Any]) -> Iterator[str]:
    """Yield a line for text that should not be kept, or not be there at all."""
    for text in wanted.get("lacks", ()):
        if text in document.text:
            yield f"lacks: {text!r} is there"
    removed = {_flat(p.text): p.removal.reason for p in document.paragraphs if p.removal}
    for text, reason in wanted.get("removed", {}).items():
        if not any(_flat(text) in there and reason == why for there, why in removed.items()):
            yield f"removed: no {text!r} for {reason}"
    allowed = {_flat(t) for name in (*_KINDS, "paragraphs") for t in wanted.get(name, ())}
    if wanted.get("only", True):
        extra = [p.text for p in document.kept() if _flat(p.text) not in allowed]
        if extra:
            yield f"also: {extra!r:.300}"
    for note in wanted.get("notes", ()):
        if not any(note in said for said in document.notes):
            yield f"notes: no {note!r} in {document.notes}"


def _flat(text: str) -> str:
    return " ".join(text.split())

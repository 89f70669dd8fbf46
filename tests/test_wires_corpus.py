"""Files in the formats of a desk, each with the facts that must come out: tests/data/formats."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_spans import check

from pipeline.document import Document, Rejection
from pipeline.sources.folder import read_file

FORMATS = Path(__file__).parent / "data" / "formats"
FOLDERS = ("warc", "nitf", "newsml", "ninjs", "telegram", "captions", "tables")
ORIGIN = (
    "url", "publisher", "author", "published_at", "updated_at", "identifier", "version", "status",
    "embargo_until", "urgency", "part",
)  # fmt: skip


def corpus() -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in FOLDERS:
        facts = tomllib.loads((FORMATS / folder / "facts.toml").read_text(encoding="utf-8"))
        for name, expected in facts.items():
            yield FORMATS / folder / name, expected


FILES = list(corpus())


def read(path: Path, *, limit: int = 10**7) -> list[Document | Rejection]:
    return list(read_file(path, name=path.name, max_file_bytes=limit))


def test_each_format_has_files_and_each_file_has_facts() -> None:
    for folder in FOLDERS:
        there = {p for p in (FORMATS / folder).iterdir() if p.name != "facts.toml"}
        assert there == {path for path, _ in FILES if path.parent.name == folder}
        assert len(there) >= 6


@pytest.mark.parametrize(("path", "expected"), FILES, ids=lambda v: getattr(v, "name", ""))
def test_what_a_file_says_comes_out(path: Path, expected: dict[str, Any]) -> None:
    found = read(path)
    check(found)
    documents = [item for item in found if isinstance(item, Document)]
    reasons = [item.reason for item in found if isinstance(item, Rejection)]
    facts = expected.get("documents", [])
    assert [d.name for d in documents] == [
        f"{path.name}#{part}" if (part := d.origin.part) else path.name for d in documents
    ]
    assert len(documents) == len(facts), reasons
    for document, fact in zip(documents, facts, strict=True):
        _matches(document, fact)
    rejected = expected.get("rejected", [])
    assert len(reasons) == len(rejected), reasons
    for reason, said in zip(reasons, rejected, strict=True):
        assert said in reason


def _matches(document: Document, fact: dict[str, Any]) -> None:
    for name, value in fact.items():
        if name in ORIGIN:
            assert getattr(document.origin, name) == value, name
        elif name in ("title", "date", "language"):
            assert getattr(document, name) == value, name
        elif name == "says":
            assert [text for text in value if text not in document.text] == []
        elif name == "says_not":
            assert [text for text in value if text in document.text] == []
        elif name == "paragraphs":
            assert [paragraph.text for paragraph in document.paragraphs] == value
        else:
            assert name == "notes"
            assert all(any(said in note for note in document.notes) for said in value)


def damaged(data: bytes, number: int) -> bytes:
    """Return the content of a file as a bad copy leaves it, in one of several ways."""
    chance = random.Random(number)
    at = chance.randrange(len(data) // 4, len(data))
    kinds = (
        data[:at],
        data[:at] + bytes(chance.randrange(256) for _ in range(40)) + data[at:],
        data[:at] + data[at + 60 :],
        bytes(b ^ 0x55 if n in range(at, at + 3) else b for n, b in enumerate(data)),
        data[: len(data) // 8],
        data + data[: len(data) // 3],
    )
    return kinds[number % len(kinds)]


@pytest.mark.parametrize("path", [path for path, _ in FILES], ids=lambda p: p.name)
def test_a_damaged_file_is_repaired_or_rejected(path: Path, tmp_path: Path) -> None:
    """Thirty variants in all of each format, and none of them a crash."""
    data = path.read_bytes()
    copy = tmp_path / path.name
    for number in range(6):
        copy.write_bytes(damaged(data, number))
        found = read(copy)
        assert found
        check(found)

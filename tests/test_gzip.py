"""Packed files: unpacked as far as the limit, and no further."""

from __future__ import annotations

import gzip
import random
import resource
from pathlib import Path

import pytest

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.folder import read_file
from pipeline.sources.gzipped import megabytes, unpack

TEXT = "The sea had taken two planks of the quay.\n"


def test_what_was_packed_comes_back() -> None:
    assert unpack(gzip.compress(TEXT.encode(), mtime=0), max_bytes=1000).data == TEXT.encode()
    two_members = gzip.compress(b"one ") + gzip.compress(b"two")
    assert unpack(two_members, max_bytes=1000).data == b"one two"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt.gz", TEXT),
        ("A.TXT.GZ", TEXT),
        ("a.md.gz", f"# Quay\n\n{TEXT}"),
        ("a.html.gz", f"<html><body><article><p>{TEXT * 4}</p></article></body></html>"),
        ("a.jsonl.gz", '{"text": "The sea had taken two planks of the quay."}'),
    ],
)
def test_packed_texts_are_read_like_others(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(content.encode()))
    (document,) = read_file(path, name=name, max_file_bytes=10_000)
    assert isinstance(document, Document)
    assert "two planks" in document.text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"not packed at all", "not a gzip file"),
        (gzip.compress(random.Random(1).randbytes(500), mtime=0)[:-20], "ends too early"),
        (gzip.compress(TEXT.encode(), mtime=0)[:5], "ends too early"),
        (gzip.compress(TEXT.encode() * 50, mtime=0)[:-8] + b"\0" * 8, "broken"),
        (gzip.compress(TEXT.encode(), mtime=0)[:10] + b"\xff" * 20, "broken"),
        (
            gzip.compress(TEXT.encode(), mtime=0) + gzip.compress(b"more", mtime=0)[:-9],
            "ends too early",
        ),
    ],
)
def test_damaged_archives_are_refused(data: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        unpack(data, max_bytes=10_000)
    assert ("drop the .gz" in caught.value.hint) == (says == "not a gzip file")
    assert "Error" not in str(caught.value)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.txt.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(bytes(1_000_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (rejection,) = read_file(path, name=path.name, max_file_bytes=2_000_000)
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert isinstance(rejection, Rejection)
    assert "unpacks to more than the limit of 2 MB" in rejection.reason
    assert "sources.max_file_mb" in rejection.hint
    assert grown_kb < 100_000


@pytest.mark.parametrize(
    ("size", "written"),
    [(12, "12 bytes"), (3100, "3.1 kB"), (52_400_000, "52.4 MB"), (2**20, "1 MB")],
)
def test_sizes_are_written_for_people(size: int, written: str) -> None:
    assert megabytes(size) == written


@pytest.mark.parametrize("behind", [b"\r\n", b"garbage at the end", b"\0" * 512, b"\0\0\n"])
def test_bytes_behind_the_end_cost_nothing(tmp_path: Path, behind: bytes) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(TEXT.encode() * 900) + behind)
    (document,) = read_file(path, name="a.txt.gz", max_file_bytes=100_000)
    assert isinstance(document, Document)
    assert document.text == "one " + TEXT * 900
    told = document.notes == ("bytes behind the end of the gzip file were left out",)
    assert told is any(behind), "zeros fill the last block of a tape, and are no fault"

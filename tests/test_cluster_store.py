"""Inputs and results in an object store that fails one request in twenty."""

from __future__ import annotations

import importlib
import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from object_store import moto_server, object_store

from pipeline.cluster.connection import connected
from pipeline.cluster.inputs import listed, read_unit
from pipeline.cluster.shards import _jsonl, _parquet
from pipeline.cluster.storage import Storage
from pipeline.config import Config
from pipeline.document import Document
from pipeline.errors import EmptyFolderError, UsageError
from pipeline.progress import Silent

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[int]]]:
    if moto_server() is None:
        pytest.skip("moto's server is not installed: name it in NIGHTDESK_MOTO")
    with object_store(failing=0.05) as (address, answers):
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield address, answers


def test_objects_are_read_and_written_though_the_store_fails_at_times(
    store: tuple[str, list[int]],
) -> None:
    from pyarrow import fs

    address, answers = store
    fs.S3FileSystem(endpoint_override=address, allow_bucket_creation=True).create_dir("archive")
    inbox = Storage("s3://archive/in")
    for at in range(60):
        inbox.write(f"d{at % 3}/t{at:03d}.txt", f"Text number {at} of an archive.".encode())
    inbox.write("d0/photo.raw", b"x")
    found = listed("s3://archive/in", "s3://archive/out", progress=Silent())
    assert len(found.units) == 60
    assert found.not_read == ("d0/photo.raw",)
    texts = {
        item.name: item.text
        for unit in found.units
        for item in read_unit("s3://archive/in", unit, config=Config())
        if isinstance(item, Document)
    }
    assert texts == {
        f"d{at % 3}/t{at:03d}.txt": f"Text number {at} of an archive." for at in range(60)
    }
    out = Storage("s3://archive/out")
    out.write("documents/part-00000-of-00001.jsonl", b"1" * 100_000)
    assert out.has("documents/part-00000-of-00001.jsonl")
    assert len(out.read("documents/part-00000-of-00001.jsonl")) == 100_000
    out.remove("documents")
    assert not out.has("documents/part-00000-of-00001.jsonl")
    assert answers.count(503) >= 3
    with pytest.raises(EmptyFolderError):
        listed("s3://archive/nothing", "s3://archive/out", progress=Silent())


def test_an_address_that_nothing_opens_is_named() -> None:
    with pytest.raises(UsageError, match="nosuch") as caught:
        Storage("nosuch://bucket/folder").has("file")
    assert "s3://" in caught.value.hint


@pytest.mark.parametrize(
    ("address", "library", "extra"),
    [
        ("hf://datasets/someone/news", "huggingface_hub", "nightdesk[local]"),
        ("s3://bucket/news", "pyarrow", "nightdesk[ray]"),
        ("gs://bucket/news", "pyarrow", "nightdesk[ray]"),
        ("az://bucket/news", "pyarrow", "nightdesk[ray]"),
    ],
)
def test_where_a_library_is_missing_its_extra_is_named(
    address: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = importlib.import_module("fsspec.registry")._registry
    importlib.import_module("fsspec.implementations.arrow")  # before its library is hidden
    monkeypatch.delitem(known, "hf", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=address) as caught:
        Storage(f"{address}/{extra}").has("file")
    assert extra in caught.value.hint


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_any_address_that_fsspec_opens_holds_inputs_and_results(
    scheme: str, tmp_path: Path
) -> None:
    root = f"{scheme}://{tmp_path}/archive"
    inbox = Storage(root)
    for name in ("b/two.txt", "a/one.txt", "a/.hidden.txt", "a/picture.raw"):
        inbox.write(name, f"The text of {name}.".encode())
    found = listed(root, f"{root}-out", progress=Silent())
    assert [unit.name for unit in found.units] == ["a/one.txt", "b/two.txt"]
    assert found.not_read == ("a/picture.raw",)
    items = [item for u in found.units for item in read_unit(root, u, config=Config())]
    assert [i.text for i in items if isinstance(i, Document)] == [
        "The text of a/one.txt.", "The text of b/two.txt.",
    ]  # fmt: skip
    inbox.write("b/two.txt", b"Another text.")
    assert inbox.read("b/two.txt") == b"Another text."
    inbox.remove("a")
    assert [file.name for file in inbox.files()] == ["b/two.txt"]
    with pytest.raises(FileNotFoundError):
        inbox.read("a/one.txt")


def test_a_cluster_that_is_not_there_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    with pytest.raises(UsageError, match=f"ray://{address}: no cl") as caught, connected(address):
        pytest.fail("connected")
    assert "HOST:6379" in caught.value.hint
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(UsageError, match="Ray is not installed") as caught, connected(None):
        pytest.fail("connected")
    assert "nightdesk[ray]" in caught.value.hint


def test_a_parquet_shard_holds_the_records_of_a_jsonl_shard() -> None:
    import pyarrow as pa
    from pyarrow import parquet

    rows = [
        {"id": "1", "name": "a", "title": None, "date": None, "language": "ru", "text": "два"},
        {"id": "2", "name": "b", "title": "t", "date": "2026-01-02", "language": "en", "text": "x"},
    ]
    table = parquet.read_table(pa.BufferReader(_parquet(rows))).to_pylist()
    assert [json.loads(row["record"]) for row in table] == rows
    assert [row["text"] for row in table] == ["два", "x"]
    assert _jsonl(rows).decode().splitlines() == [row["record"] for row in table]

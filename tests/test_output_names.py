"""Records are named so that no two of them meet, and so that a file system takes them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Document, Kind, Paragraph, content_id
from pipeline.output.names import record_stem
from pipeline.output.report import folder_markdown
from pipeline.output.writer import RunWriter
from pipeline.place import Span

TEXT = "The boat could not land."
LONG = "Министр рассказал, почему завод остановили. " * 6  # 480 bytes and more


def document(name: str) -> Document:
    text = f"{TEXT} {name}"
    paragraph = Paragraph(0, text, Span(0, len(text)), Kind.TEXT, "en", 1.0)
    return Document(content_id(text), name, text, "utf-8", (paragraph,), language="en")


@pytest.mark.parametrize(
    "name",
    ["wire.txt", "a/b/wire.txt", "feed.jsonl#3", "a.md", "report #3.txt", "a.b/c d.html", "~a.txt"],
)
def test_an_ordinary_name_stays_as_it_is(name: str) -> None:
    assert record_stem(name) == name


def written(out: Path, *names: str) -> dict[str, str]:
    """Write documents of these names; return the name that each record has, by its path."""
    writer = RunWriter(out)
    documents = [document(name) for name in names]
    for item in documents:
        writer.document(item, engines={}, seconds={})
    writer.finish(documents, [], not_read="", title="T", run={})
    found = {
        path.relative_to(out).as_posix(): json.loads(path.read_text("utf-8"))["name"]
        for path in (out / "documents").rglob("*.json")
    }
    assert sorted(found.values()) == sorted(names)
    for path in found:
        page = (out / path).with_suffix(".md")
        assert page.is_file()
    return found


def test_a_file_and_a_folder_named_like_its_page_do_not_meet(tmp_path: Path) -> None:
    found = written(
        tmp_path, "a.txt", "a.txt.md/b.txt", "a.txt.json/b.txt", "a.txt.MD/b.txt",
        "feed.jsonl#1", "feed.jsonl#1.md/c.txt", "a.md/a.txt", "a.md/a.txt.json/c.md",
    )  # fmt: skip
    assert found["documents/a.txt.json"] == "a.txt"


@pytest.mark.parametrize("size", [250, 251, 255])
def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path: Path, size: int) -> None:
    latin = "a" * (size - 4) + ".txt"
    cyrillic = LONG.encode()[: size - 4].decode("utf-8", "ignore") + ".txt"
    twin = latin[:-5] + "b.txt"
    line = "a" * (size - 6) + ".jsonl"
    folder = f"{latin[:-4]}.md"
    lines = (f"{line}#1", f"{line}#12")
    found = written(tmp_path, latin, cyrillic, twin, *lines, f"{folder}/{cyrillic}", "b.txt")
    assert found["documents/b.txt.json"] == "b.txt"
    assert all(len(part.encode()) <= 255 for path in found for part in path.split("/"))


def test_folders_that_are_too_long_together_become_one(tmp_path: Path) -> None:
    deep = "/".join(["x" * 200] * 19)
    found = written(tmp_path, f"{deep}/a.txt", f"{deep}y/a.txt", "a.txt")
    assert max(map(len, found)) < 300


def test_a_name_that_looks_like_a_changed_one_is_changed_as_well(tmp_path: Path) -> None:
    long = "a" * 251 + ".txt"
    forged = record_stem(long)
    folder = record_stem("a.txt.md/b.txt").split("/", maxsplit=1)[0]
    assert len(written(tmp_path, long, forged, "a.txt.md/b.txt", f"{folder}/b.txt")) == 4


parts = st.text("ab.~#m0й", min_size=1, max_size=4).filter(lambda p: p not in (".", ".."))
tails = st.sampled_from(["", ".md", ".json", ".txt", ".txt.md", ".txt.json", "~0123456789abcdef"])
long_parts = st.integers(230, 260).map(lambda size: "й" * (size // 2))
folders = st.lists(st.builds(str.__add__, parts | long_parts, tails), max_size=3)
names = st.builds(lambda f, n: "/".join([*f, n + ".txt"]), folders, parts | long_parts)


@given(found=st.lists(names, min_size=2, max_size=6, unique=True))
def test_no_two_documents_meet(found: list[str]) -> None:
    files = [record_stem(name) + end for name in found for end in (".md", ".json")]
    assert len(set(files)) == len(files)
    needed = {"/".join(file.split("/")[:depth]) for file in files for depth in range(1, 9)
              if depth < len(file.split("/"))}  # fmt: skip
    assert not needed & set(files)


def test_the_page_of_a_folder_links_to_where_the_pages_are(tmp_path: Path) -> None:
    page = folder_markdown([replace(document("a.txt.md/b.txt"))], [], title="T")
    assert f"(documents/{record_stem('a.txt.md/b.txt')}.md)" in page.replace("%7E", "~")

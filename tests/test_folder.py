"""Folders: what is read, in which order, and what becomes of the rest."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import socket
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.document import Document, Rejection
from pipeline.errors import EmptyFolderError, SourceError, UsageError
from pipeline.sources.folder import list_files, load_stream, read_bytes, read_file
from pipeline.sources.formats import SUFFIXES
from pipeline.sources.names import printable

TEXT = "The sea had taken two planks of the quay at Reyny, and the boat could not land.\n"


def tree(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TEXT, encoding="utf-8")
    return root


def listed(root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in list_files(root).files]


def read_all(root: Path) -> list[Document | Rejection]:
    """Read what is listed below `root`, as a run does."""
    return [
        result
        for path in list_files(root).files
        for result in read_file(
            path, name=path.relative_to(root).as_posix(), max_file_bytes=10_000, root=root
        )
    ]


def only(path: Path, *, limit: int = 10_000) -> Document | Rejection:
    (result,) = read_file(path, name=path.name, max_file_bytes=limit)
    return result


def rejected(path: Path, *, limit: int = 10_000) -> Rejection:
    result = only(path, limit=limit)
    assert isinstance(result, Rejection)
    assert result.stage == "sources"
    assert result.hint
    return result


def test_known_suffixes_are_listed_below_the_folder_in_order(tmp_path: Path) -> None:
    names = [f"sub/dir/b{suffix}" for suffix in SUFFIXES]
    tree(
        tmp_path,
        *names,
        "B.TXT",
        "a.txt",
        "notes.doc",
        "README",
        "x.gz",
        ".hidden.txt",
        ".d/a.txt",
    )
    assert listed(tmp_path) == sorted([*names, "B.TXT", "README", "a.txt"])
    others = [path.name for path in list_files(tmp_path).others]
    assert others == ["notes.doc", "x.gz"]


def test_the_content_tells_the_format_of_a_file_without_a_suffix(tmp_path: Path) -> None:
    contents = {
        "wire": "The boat did not land for a week.",
        "No. 12": "The quay is closed.",
        "1.2": "The quay is open.",
        "page": "<!DOCTYPE html><html><body><p>The boat did not land for a week.</p></body></html>",
        "feed": '{"title": "Boat", "text": "The boat did not land."}\n{"text": "It did."}\n',
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "photo").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    found = {}
    for path in list_files(tmp_path).files:
        for item in read_file(path, name=path.name, max_file_bytes=10_000):
            found[item.name] = item.text if isinstance(item, Document) else item.reason
    assert found == {
        "wire": "The boat did not land for a week.",
        "No. 12": "The quay is closed.",
        "1.2": "The quay is open.",
        "page": "The boat did not land for a week.",
        "feed#1": "Boat\n\nThe boat did not land.",
        "feed#2": "It did.",
        "photo": "is a PNG image, not text",
    }


def test_a_folder_of_other_kinds_alone_names_them(tmp_path: Path) -> None:
    tree(tmp_path, "a.doc", "b.doc", "c.xls")
    with pytest.raises(EmptyFolderError, match=r"but 3 of other kinds: \.doc \.xls"):
        list_files(tmp_path)


def test_a_folder_reached_by_links_is_listed_once_and_a_loop_ends(tmp_path: Path) -> None:
    tree(tmp_path, "real/a.txt")
    (tmp_path / "again").symlink_to(tmp_path / "real")
    (tmp_path / "real" / "up").symlink_to(tmp_path)
    assert listed(tmp_path) == ["real/a.txt"]


def test_links_out_of_the_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    elsewhere = tree(tmp_path / "elsewhere", "a.txt")
    inbox = tree(tmp_path / "inbox", "own.txt", "sub/b.txt")
    (inbox / "wire").symlink_to(elsewhere)
    (inbox / "file.txt").symlink_to(elsewhere / "a.txt")
    (inbox / "again.txt").symlink_to(inbox / "sub" / "b.txt")
    (tmp_path / "way").symlink_to(inbox)
    for root in (inbox, tmp_path / "way"):
        assert listed(root) == ["again.txt", "file.txt", "own.txt", "sub/b.txt", "wire"]
        again, file, own, sub, wire = read_all(root)
        assert [isinstance(x, Document) for x in (again, own, sub)] == [True, True, True]
        for refused in (file, wire):
            assert isinstance(refused, Rejection)
            assert refused.reason.startswith("is a link out of the folder, to ")
            assert "elsewhere" in refused.reason
            assert refused.hint


def test_no_folder_no_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        list_files(tmp_path / "nowhere")
    file = tree(tmp_path, "a.txt") / "a.txt"
    with pytest.raises(UsageError, match="a file, not a folder"):
        list_files(file)
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no file that can be read") as caught:
        list_files(tmp_path / "empty")
    assert ".txt" in caught.value.hint


def test_every_file_yields_its_results_under_its_path(tmp_path: Path) -> None:
    tree(tmp_path, "b/a.txt")
    (tmp_path / "feed.jsonl").write_text('{"text": "One boat."}\n{"text": "Two boats."}\n')
    (tmp_path / "empty.txt").touch()
    results = read_all(tmp_path)
    assert [result.name for result in results] == [
        "b/a.txt", "empty.txt", "feed.jsonl#1", "feed.jsonl#2",
    ]  # fmt: skip
    assert [isinstance(result, Document) for result in results] == [True, False, True, True]


def test_an_empty_file_and_a_blank_one_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    assert rejected(path).reason == "is empty: 0 bytes"
    for blank in ("\n" * 50, " \t\r\n\u00a0\u200b\ufeff"):
        path.write_text(blank, encoding="utf-8")
        assert rejected(path).reason == "holds only whitespace"


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    rejection = rejected(path, limit=20_000_000)
    assert rejection.reason == "is larger than the limit: 50 MB, limit 20 MB"
    assert "sources.max_file_mb" in rejection.hint
    path.write_text(TEXT)
    assert isinstance(only(path, limit=len(TEXT)), Document)
    assert isinstance(only(path, limit=len(TEXT) - 1), Rejection)


def test_binary_data_under_the_name_of_a_text_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"PK\x03\x04" + os.urandom(500))
    assert "ZIP archive" in rejected(path).reason


def test_what_is_no_regular_file_is_rejected_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "pipe.txt").touch()
    (tmp_path / "pipe.txt").unlink()
    os.mkfifo(tmp_path / "pipe.txt")
    assert "not a regular file" in rejected(tmp_path / "pipe.txt").reason
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(tmp_path / "socket.txt"))
        assert "cannot be read" in rejected(tmp_path / "socket.txt").reason
    (tmp_path / "folder.txt").mkdir()
    assert rejected(tmp_path / "folder.txt").reason == "is a folder"


def test_links_that_lead_nowhere_say_where(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("gone.txt")
    assert rejected(tmp_path / "a.txt").reason == "is a link that leads nowhere: gone.txt"
    (tmp_path / "b.txt").symlink_to("b.txt")
    assert rejected(tmp_path / "b.txt").reason == "is a link that leads in a circle: b.txt"
    assert listed(tmp_path) == ["a.txt", "b.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_rejected(tmp_path: Path) -> None:
    path = tree(tmp_path, "a.txt") / "a.txt"
    path.chmod(0)
    rejection = rejected(path)
    assert "Permission denied" in rejection.reason
    assert "chmod" in rejection.hint


def test_a_file_that_is_gone_meanwhile_is_rejected(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in rejected(tmp_path / "a.txt").reason


def written(folder: Path, *names: bytes) -> None:
    """Write files whose names are these bytes; skip the test where they cannot be."""
    for name in names:
        try:
            with open(os.path.join(os.fsencode(folder), name), "wb") as file:  # noqa: PTH118, PTH123
                file.write(TEXT.encode())
        except OSError:
            pytest.skip("this file system wants names in UTF-8")


def test_a_name_in_another_encoding_can_be_printed_and_is_marked(tmp_path: Path) -> None:
    written(tmp_path, "причал.txt".encode("cp1251"))
    (result,) = read_all(tmp_path)
    assert isinstance(result, Document)
    assert re.fullmatch(r"причал~[0-9a-f]{12}\.txt", result.name)


def test_a_name_that_would_upset_a_terminal_is_spelt_out(tmp_path: Path) -> None:
    tree(tmp_path, "a\nb\x1b[31m\u200b.txt")
    (result,) = read_all(tmp_path)
    assert result.name == r"a\nb\x1b[31m\u200b.txt"


def test_files_whose_names_look_alike_have_names_of_their_own(tmp_path: Path) -> None:
    koi8 = "причал.txt".encode("koi8-r")
    (tmp_path / "причал").mkdir()
    os.mkdir(os.path.join(os.fsencode(tmp_path), "причал".encode("cp1251")))  # noqa: PTH102, PTH118
    names = [
        *(b"a\nb.txt", rb"a\nb.txt", rb"a\\nb.txt", rb"a\x0ab.txt", b"a\x0ab\\.txt"),
        *("причал.txt".encode(), "причал.txt".encode("cp1251"), koi8),
        *("причал/a.txt".encode(), "причал/a.txt".encode("cp1251")),
    ]
    written(tmp_path, *names)
    found = [result.name for result in read_all(tmp_path)]
    assert len(set(found)) == len(set(names))
    assert {"причал.txt", "причал/a.txt", r"a\nb.txt", r"a\\nb.txt"} <= set(found)
    forged = next(name for name in found if re.fullmatch(r"причал~\w{12}\.txt", name))
    written(tmp_path, forged.encode())  # a name that looks like the mark
    again = [result.name for result in read_all(tmp_path)]
    assert len(set(again)) == len(set(names)) + 1


@given(names=st.lists(st.binary(min_size=1, max_size=12), min_size=2, max_size=2, unique=True))
@example(names=[b"\\", rb"\\"])
@example(names=[b"~0123456789ab", rb"\~0123456789ab"])
def test_no_two_names_are_shown_alike(names: list[bytes]) -> None:
    shown = [printable(os.fsdecode(name)) for name in names]
    assert shown[0] != shown[1]
    assert all(name.isprintable() for name in shown)
    assert [name.count("/") for name in shown] == [name.count(b"/") for name in names]


def refused(data: bytes) -> tuple[str, str]:
    """Return why a stream with this content is not used, and the way out."""
    try:
        content = load_stream(io.BytesIO(data), max_file_bytes=10_000)
    except SourceError as error:
        return str(error), error.hint
    (rejection,) = content.read("stdin")
    assert isinstance(rejection, Rejection)
    return rejection.reason, rejection.hint


PAGE = f"<html><body><article><p>{TEXT * 4}</p></article></body></html>"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-16"),
        PAGE.encode(),
        b"\xef\xbb\xbf \n<!DOCTYPE html>" + PAGE.encode(),
        gzip.compress(TEXT.encode(), mtime=0),
        gzip.compress(PAGE.encode(), mtime=0),
    ],
)
def test_a_stream_is_read_for_what_it_is(data: bytes) -> None:
    content = load_stream(io.BytesIO(data), max_file_bytes=10_000)
    (document,) = content.read("stdin")
    assert isinstance(document, Document)
    assert document.text.startswith("The sea had taken")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x" * 10_001, "is larger than the limit: more than that, limit 10 kB"),
        (gzip.compress(bytes(10**6), mtime=0), "unpacks to more than the limit"),
        (b"%PDF-1.7\nrubbish", "is a broken PDF"),
        (b"", "is empty: 0 bytes"),
    ],
)
def test_a_stream_that_cannot_be_used_is_rejected(data: bytes, says: str) -> None:
    reason, hint = refused(data)
    assert reason.startswith(says)
    assert hint


def test_an_unknown_suffix_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match=r"no reader for '\.doc'"):
        list(read_bytes(TEXT.encode(), name="a.doc", suffix=".doc"))


LONGER_THAN_PATHS_MAY_BE = 4_096


def test_a_folder_too_deep_for_a_path_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt")
    name = "d" * 250
    back = os.open(".", os.O_RDONLY)
    try:
        os.chdir(tmp_path)
        for _ in range(LONGER_THAN_PATHS_MAY_BE // len(name) + 1):
            os.mkdir(name)  # noqa: PTH102 - relative, as the whole path is too long
            os.chdir(name)
        Path("deep.txt").write_text(TEXT)
    finally:
        os.fchdir(back)
        os.close(back)
    document, rejection = read_all(tmp_path)
    assert document.name == "a.txt"
    assert isinstance(rejection, Rejection)
    assert rejection.reason == "cannot be read: File name too long"
    assert "shorten" in rejection.hint
    with pytest.raises(UsageError, match="File name too long"):
        list_files(tmp_path / ("d" * 300))


def test_a_folder_that_is_gone_while_its_files_are_listed_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "a.txt", "sub/b.txt")
    stat = Path.stat

    def vanishing(path: Path, **options: bool) -> os.stat_result:
        if path == tmp_path / "sub" and path.is_relative_to(tmp_path):
            shutil.rmtree(path, ignore_errors=True)
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", vanishing)
    found = list_files(tmp_path).files
    monkeypatch.undo()
    assert [path.name for path in found] == ["a.txt", "sub"]
    (rejection,) = read_file(found[1], name="sub", max_file_bytes=100)
    assert isinstance(rejection, Rejection)
    assert "cannot be read: No such file" in rejection.reason
    assert rejection.hint


def test_a_root_that_leads_to_itself_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError, match="loop: the folder cannot be opened: Too many levels"):
        list_files(tmp_path / "loop")

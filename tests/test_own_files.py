"""Nightdesk reads nothing that it wrote, wherever it lies, and replaces nothing of its user."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from newsroom import STORIES, newsroom, nightdesk, server_config

from pipeline.errors import OutputError
from pipeline.output.own_files import MARK, own_files, wrote
from pipeline.output.writer import RunWriter


def below(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and not p.name.startswith(".")
    }


def documents(out: Path) -> list[str]:
    record = json.loads((out / "run.json").read_text("utf-8"))
    return sorted(name for name in record["files"] if name.endswith(".txt.md"))


def removed(out: Path) -> list[str]:
    """Return the documents of which something was removed as a copy."""
    lines = (out / "removed.jsonl").read_text("utf-8").splitlines()
    return [entry["document"] for line in lines if (entry := json.loads(line))["kept"]]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, text in list(STORIES.items())[:2]:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_second_run_inside_the_first_ones_folder_reads_the_same_texts(
    inbox: Path, tmp_path: Path
) -> None:
    with newsroom() as desk:
        config = server_config(tmp_path / "c.toml", desk.url)
        for out in ("monday", "tuesday"):
            done = nightdesk("run", inbox, "--out", inbox / out, "--config", config)
            assert done.code == 0, done.err
        assert "not read, for Nightdesk wrote them:" in done.err
        assert "in monday" in done.err
        assert documents(inbox / "tuesday") == documents(inbox / "monday")
        assert removed(inbox / "tuesday") == []

        # A copy of a part, without the list of the run, under other names.
        shutil.copy(inbox / "monday" / "summary.md", inbox / "briefing.md")
        shutil.copytree(inbox / "monday" / "documents", inbox / "archive" / "pages")
        shutil.rmtree(inbox / "tuesday")
        shutil.move(inbox / "monday", inbox / "moved")
        done = nightdesk("run", inbox, "--out", tmp_path / "out", "--config", config)
        assert done.code == 0, done.err
        assert documents(tmp_path / "out") == ["documents/0.txt.md", "documents/1.txt.md"]


def test_nights_and_runs_do_not_read_each_other(inbox: Path, tmp_path: Path) -> None:
    with newsroom() as desk:
        config = server_config(tmp_path / "c.toml", desk.url)
        night = ("nightly", "run", "--inbox", inbox, "--config", config, "--date")
        done = nightdesk(*night, "2026-03-01", "--out", inbox / "nights")
        assert done.code == 0, done.err
        done = nightdesk("run", inbox, "--out", inbox / "monday", "--config", config)
        assert done.code == 0, done.err
        assert documents(inbox / "monday") == ["documents/0.txt.md", "documents/1.txt.md"]
        assert removed(inbox / "monday") == []
        done = nightdesk(*night, "2026-03-02", "--out", inbox / "nights")
        assert "published nothing new" in done.err


@pytest.mark.parametrize("name", ["summary.md", "removed.jsonl", "run.json", "documents/0.txt.md"])
def test_a_file_of_the_user_is_not_replaced(inbox: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    mine = out / name
    mine.parent.mkdir(parents=True)
    mine.write_text('{"mine": true}\n', encoding="utf-8")
    with newsroom() as desk:
        config = server_config(tmp_path / "c.toml", desk.url)
        done = nightdesk("run", inbox, "--out", out, "--config", config)
        assert done.code == 3, done.err
        assert f"{mine}: is there already, and Nightdesk did not write it" in done.err
        assert "move it away, or choose another folder with --out" in done.err
        assert mine.read_text("utf-8") == '{"mine": true}\n'
        mine.unlink()
        for _ in range(2):
            assert nightdesk("run", inbox, "--out", out, "--config", config).code == 0


def run(out: Path, page: str, *, mark: str = MARK) -> None:
    """Write what a run leaves, as this version does, or one without marks did."""
    out.mkdir(exist_ok=True)
    (out / "summary.md").write_text(f"{page}\n\n{mark}\n", "utf-8")
    (out / "removed.jsonl").write_text("", "utf-8")
    listed = {"rejections": [], "files": ["summary.md", "removed.jsonl"]}
    (out / "run.json").write_text(json.dumps(listed), "utf-8")


@pytest.mark.parametrize("mark", [MARK, ""])
def test_a_page_put_in_the_place_of_ours_is_the_users(tmp_path: Path, mark: str) -> None:
    run(tmp_path, "# Monday", mark=mark)
    RunWriter(tmp_path)
    ended = (tmp_path / "run.json").stat().st_mtime_ns
    (tmp_path / "summary.md").write_text("# My own notes\n", "utf-8")
    os.utime(tmp_path / "summary.md", ns=(ended + 10**9, ended + 10**9))
    with pytest.raises(OutputError, match=r"summary\.md: is there already"):
        RunWriter(tmp_path)


def test_pages_of_a_version_without_marks_are_known_by_the_list(tmp_path: Path) -> None:
    run(tmp_path / "old", "# Monday", mark="")
    mine = tmp_path / "old" / "mine.md"
    mine.write_text("# Mine\n", "utf-8")
    files = [tmp_path / "old" / "summary.md", mine]
    assert own_files(tmp_path, files) == {files[0]}


def test_a_text_that_speaks_of_the_mark_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "manual.md"
    path.write_text(f"The last line of a page is `{MARK}`, and no reader sees it.\n", "utf-8")
    assert not wrote(path)
    page = tmp_path / "page.html"
    page.write_text("<html><head><title>Nightdesk</title></head></html>", "utf-8")
    assert not wrote(page)
    feed = tmp_path / "removed.jsonl"
    feed.write_text('{"id": 1, "text": "A feed of its own."}\n', "utf-8")
    assert not wrote(feed)


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    assert own_files(tmp_path, [tmp_path / "pipe.md", tmp_path / "gone.md"]) == frozenset()

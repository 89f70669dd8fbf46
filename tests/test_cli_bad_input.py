"""Each bad input costs the real command one clear line, and only itself."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from newsroom import MAYOR, STORIES, Newsroom, check_whole, nightdesk


def bad_day(folder: Path) -> dict[str, tuple[str, str]]:
    """Fill a folder with inputs that cannot be used; for each, what is wrong and what helps."""
    (folder / "zero.txt").touch()
    (folder / "blank.txt").write_text(" \n\t\r\n" * 20)
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 8)
    with (folder / "big.txt").open("wb") as file:
        file.truncate(50_000_000)
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n<< /Type /Cata")
    (folder / "page.html").write_text("<html><body><div id=app></div></body></html>")
    (folder / "feed.jsonl").write_text(
        f'{{"text": "{MAYOR}"}}\n{{"text": oops}}\n\n{{"id": "x"}}\n', encoding="utf-8"
    )
    (folder / "short.txt.gz").write_bytes(b"\x1f\x8b\x08\0")
    (folder / "gone.txt").symlink_to("nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    return {
        "zero.txt": ("is empty: 0 bytes", "fill it"),
        "blank.txt": ("holds only whitespace", "fill it"),
        "picture.txt": ("is a PNG image, not text", "convert it to .txt"),
        "noise.txt": ("is binary data, not text", "convert it to .txt"),
        "big.txt": ("larger than the limit: 50 MB, limit 20 MB", "sources.max_file_mb"),
        "broken.pdf": ("is a broken PDF", "print it to a new PDF"),
        "page.html": ("no article was found", "copy its text into a .txt file"),
        "feed.jsonl#2": ("line 2 of feed.jsonl: not valid JSON", "one JSON object to a line"),
        "feed.jsonl#4": ("line 4 of feed.jsonl: has none of the fields", "one JSON object"),
        "short.txt.gz": ("gzip file that ends too early", "download it again"),
        "gone.txt": ("a link that leads nowhere: nowhere.txt", "repair the link"),
        "pipe.txt": ("is not a regular file", "put a copy"),
    }


@pytest.mark.parametrize("options", [(), ("--quiet",)])
def test_each_bad_input_costs_one_clear_line_and_only_itself(
    room: Newsroom, inbox: Path, tmp_path: Path, options: Sequence[str]
) -> None:
    expected = bad_day(inbox)
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", *options)
    assert (outcome.code, outcome.out) == (1, "")
    assert "Traceback" not in outcome.err
    told = outcome.lines("not used: ")
    assert len(told) == len(expected)
    for name, (what, help_) in expected.items():
        (line,) = outcome.lines(f"not used: {name}: ")
        assert what in line
        assert help_ in line
    assert check_whole(tmp_path / "out") == [*STORIES, "feed.jsonl#1"]
    rejections = json.loads((tmp_path / "out" / "run.json").read_text())["rejections"]
    assert {r["name"] for r in rejections} == set(expected)
    assert all(r["stage"] == "sources" and r["reason"] and r["hint"] for r in rejections)


def test_a_folder_of_nothing_but_bad_input_is_rejected_not_failed(
    room: Newsroom, tmp_path: Path
) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "zero.txt").touch()
    outcome = nightdesk("run", folder, "--out", tmp_path / "out")
    assert outcome.code == 1
    assert "0 summaries of 0 documents" in outcome.err
    assert room.asked == []


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("translate", "zero.txt"),
        ("translate", "picture.txt"),
        ("translate", "gone.txt"),
        ("summarize", "big.txt"),
        ("summarize", "broken.pdf"),
    ],
)
def test_one_bad_file_is_one_line(room: Newsroom, tmp_path: Path, command: str, name: str) -> None:
    expected = bad_day(tmp_path)
    outcome = nightdesk(command, tmp_path / name)
    assert (outcome.code, outcome.out) == (1, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith(f"not used: {name}: ")
    assert all(part in line for part in expected[name])


@pytest.mark.parametrize("given", ["", " \n\n"])
def test_nothing_on_stdin_is_said_to_be_nothing(room: Newsroom, given: str) -> None:
    outcome = nightdesk("translate", "-", given=given)
    assert outcome.code == 1
    assert outcome.err.startswith("not used: stdin: ")


BULGARIAN = (
    "Новината за затворения мост обиколи града още преди обяд, а към вечерта вече никой не знаеше "
    "защо всъщност го затвориха. Кметът обеща да каже това на журналистите през седмицата.\n"
)


def test_a_language_without_a_route_is_kept_and_flagged_not_translated(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    (inbox / "bg.txt").write_text(BULGARIAN, encoding="utf-8")
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out")
    assert outcome.code == 0
    (note,) = outcome.lines("note: bg.txt: ")
    assert "kept, not translated" in note
    assert "en, fr, ru, uk" in note
    record = json.loads((tmp_path / "out" / "documents" / "bg.txt.json").read_text("utf-8"))
    assert record["language"] not in ("en", "fr", "ru", "uk")
    assert record["notes"]
    assert [p["fate"] for p in record["paragraphs"]] == ["kept"]
    assert record["paragraphs"][0]["translation"] is None
    assert record["paragraphs"][0]["text"] == BULGARIAN.strip()
    assert not any("мост" in text for text in room.asked)
    outcome = nightdesk("translate", "-", given=BULGARIAN)
    assert (outcome.code, outcome.out) == (1, BULGARIAN)
    assert "kept, not translated" in outcome.err
    outcome = nightdesk("summarize", "-", given=BULGARIAN)
    assert (outcome.code, outcome.out) == (1, "")
    assert "no summary: stdin: " in outcome.err

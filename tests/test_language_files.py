"""Sections of a user's own language file, as a process reads them that was started with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.lang import data
from pipeline.stages.boilerplate.cues import share_bar

READ = (
    "from pipeline.stages.boilerplate.lines import read_line\n"
    "print(read_line('ӈомӫ 12', 0, near_edge=False).reason)\n"
)
WORDS = "from pipeline.digest.wording import wording\nwording('x-tundra')\n"


def run(program: str, folder: Path, table: str) -> subprocess.CompletedProcess[str]:
    (folder / "x-tundra.toml").write_text(table, encoding="utf-8")
    environment = {**os.environ, data.FOLDERS: str(folder)}
    return subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_furniture_of_a_new_language_is_found(tmp_path: Path) -> None:
    table = "[boilerplate.whole]\nadvert = ['ӈомӫ \\d+']\n"
    assert run(READ, tmp_path, table).stdout == "advert\n"
    assert run(READ, tmp_path, "").stdout == "None\n"


@pytest.mark.parametrize(
    ("program", "table", "place"),
    [
        (READ, "[boilerplate.whole]\nadvert = ['ӈомӫ(']\n", "x-tundra.toml, [boilerplate] whole"),
        (WORDS, "[wording]\nlocale = 'en'\n", "x-tundra.toml, [wording] contents"),
        (WORDS, "", "x-tundra.toml, [wording] locale"),
    ],
)
def test_a_fault_names_file_and_key(tmp_path: Path, program: str, table: str, place: str) -> None:
    failed = run(program, tmp_path, table)
    assert failed.returncode == 1
    assert f"ConfigError: {place}" in failed.stderr


@pytest.mark.parametrize("line", ["tweeter", "partager sur facebook | tweeter | imprimer", "tweet"])
def test_a_button_of_one_language_may_begin_like_that_of_another(line: str) -> None:
    assert share_bar().fullmatch(line)
    assert not share_bar().fullmatch(f"{line} en masse")

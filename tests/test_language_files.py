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


@pytest.mark.parametrize(
    ("table", "said", "hint"),
    [
        ("[boilerplat.whole]\nadvert = ['a']\n", "boilerplat: no language has", "'boilerplate'"),
        ("[dates]\nmonth = [['a']]\n", "dates.month: no language has", "'months'"),
        ("[dates]\nmonths = 'styczeń luty'\n", "dates.months: must be a list", "another"),
        ("[dates]\nmonths = ['styczeń']\n", "dates.months: holds 'styczeń'", "another"),
        ("[boilerplate]\nshare = 'udostępnij'\n", "boilerplate.share: must be a list", "another"),
        ("[wording]\ncontents = ['Treść']\n", "wording.contents: must be a string", "another"),
        ("[numbers]\ndecimal_mark = 5\n", "numbers.decimal_mark: must be", "another"),
        ("[numbers.scales]\nmln = 'milion'\n", "numbers.scales.mln: must be a whole", "another"),
        ("grammar = 'a'\n", "grammar: must be a table", "another"),
    ],
)
def test_a_mistake_in_a_users_own_file_is_told(
    tmp_path: Path, table: str, said: str, hint: str
) -> None:
    failed = run("from pipeline.lang.data import tags\ntags()\n", tmp_path, table)
    assert f"x-tundra.toml: {said}" in failed.stderr
    program = (
        "from pipeline.lang.data import tags\n"
        "from pipeline.errors import ConfigError\n"
        "try:\n    tags()\nexcept ConfigError as error:\n    print(error.hint)\n"
    )
    assert hint in run(program, tmp_path, table).stdout


@pytest.mark.parametrize(
    "table",
    [
        "[numbers.also]\nkopa = '60'\n[numbers.scales]\nmld = 9\n[units]\nkm = 'kilometr'\n",
        "[grammar]\nfunction_words = ['na', 'do']\n",
        "[langid]\nalphabet = 'abc'\nfunction_words = 'a b'\nendings = 'a'\n",
    ],
)
def test_words_of_its_own_are_no_mistake(tmp_path: Path, table: str) -> None:
    found = run("from pipeline.lang.data import tags\nprint(tags())\n", tmp_path, table)
    assert "x-tundra" in found.stdout, found.stderr


@pytest.mark.parametrize("name", ["PL", "polish", "pl_PL", ""])
def test_a_file_not_named_after_a_language_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.toml").write_text("", encoding="utf-8")
    failed = run("from pipeline.lang.data import tags\ntags()\n", tmp_path, "")
    assert "is no language tag" in failed.stderr

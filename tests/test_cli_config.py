"""`nightdesk config`, the survey before a run, the rules that are kept: looked at, not changed."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from newsroom import nightdesk

from pipeline.config import Config
from pipeline.config_file import load

RU = "Старый причал в Рейни останется закрытым до весны, решил городской совет во вторник."
EN = "The old quay at Reyny will stay closed until spring, the town council decided on Tuesday."


def test_what_is_shown_is_a_configuration_of_the_same_meaning(tmp_path: Path) -> None:
    first = tmp_path / "first.toml"
    first.write_text(
        'profile = "hub"\n[languages]\ntarget = "fr"\n[hub.translators]\n"ru-fr" = "a/b"\n'
        '[nightly]\ntitle = "Le \\"matin\\" \\\\ été"\n',
        encoding="utf-8",
    )
    shown = nightdesk("config", "show", "--config", first)
    assert shown.code == 0, shown.err
    assert shown.out.startswith(f"# from {first}\n")
    second = tmp_path / "second.toml"
    second.write_text(shown.out, encoding="utf-8")
    assert load(second) == load(first)
    as_json = nightdesk("config", "show", "--config", first, "--to", "uk", "--json")
    assert json.loads(as_json.out)["languages"]["target"] == "uk"


def test_a_file_to_begin_with_is_the_defaults_and_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    assert nightdesk("config", "init", path).code == 0
    assert load(path) == Config()
    assert set(tomllib.loads(path.read_text("utf-8"))) == set(asdict(Config()))
    path.write_text("# mine\n", encoding="utf-8")
    again = nightdesk("config", "init", path)
    assert again.code == 2
    assert "is there already" in again.err
    assert path.read_text(encoding="utf-8") == "# mine\n"


def test_ones_own_file_is_found_where_it_is_written(tmp_path: Path) -> None:
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    written = nightdesk("config", "init", **home)
    path = written.err.removeprefix("written: ").strip()
    assert path.startswith(str(tmp_path))
    assert nightdesk("config", "show", **home).out.startswith(f"# from {path}\n")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.txt").write_text(f"Реклама\n\n{RU}\n", encoding="utf-8")
    (folder / "b.txt").write_text(f"{EN}\n", encoding="utf-8")
    (folder / "c.xlsx").write_bytes(b"PK")
    (folder / "empty.txt").touch()
    return folder


def test_a_dry_run_lists_what_a_run_would_do_and_writes_nothing(
    inbox: Path, tmp_path: Path
) -> None:
    survey = nightdesk("run", inbox, "--out", tmp_path / "out", "--dry-run")
    assert survey.code == 1, "a file cannot be used"
    assert survey.out.splitlines() == [
        f"a.txt: ru, 2 paragraphs, 1 left out, {len(RU)} characters to translate",
        "b.txt: en, 1 paragraphs",
    ]
    assert "not used: empty.txt: is empty" in survey.err
    assert f"2 to summarise, {len(RU)} characters to translate" in survey.err
    assert not (tmp_path / "out").exists()
    record = json.loads(
        nightdesk("run", inbox, "--out", tmp_path / "out", "--dry-run", "--json").out
    )
    assert [d["removed"] for d in record["documents"]] == [1, 0]
    assert record["not_read"] == ["c.xlsx"]


def test_a_dry_run_counts_the_summaries_that_a_run_would_write(inbox: Path, tmp_path: Path) -> None:
    (inbox / "copy.txt").write_bytes((inbox / "b.txt").read_bytes())
    survey = nightdesk("run", inbox, "--out", tmp_path / "out", "--dry-run")
    assert "copy.txt: en, 1 paragraphs, 1 left out, no summary" in survey.out
    assert "2 to summarise, " in survey.err


def test_rules_are_listed_without_control_characters(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{EN}\x1b[31m\n", encoding="utf-8")
    state = {"NIGHTDESK_STATE": str(tmp_path / "state")}
    assert nightdesk("restore", "--list", **state).out == ""
    assert nightdesk("restore", tmp_path / "a.txt", **state).code == 0
    listed = nightdesk("restore", "--list", **state)
    assert listed.out.startswith(f"a.txt: {EN}")
    assert "\x1b" not in listed.out
    assert nightdesk("restore", **state).code == 2


def test_threads_are_set_before_a_model_is_loaded(tmp_path: Path, monkeypatch) -> None:
    from pipeline.profiles import profile_engines

    path = tmp_path / "c.toml"
    path.write_text('profile = "server"\n[engine]\nthreads = 3\n', encoding="utf-8")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("MKL_NUM_THREADS", "1")
    profile_engines(load(path))
    assert (os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]) == ("3", "3")

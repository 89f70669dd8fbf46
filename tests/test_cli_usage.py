"""Wrong usage of the real command: named, with what to do, before any work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from newsroom import QUAY, usage

from pipeline.sources.formats import PLAIN_SUFFIXES


def test_what_is_no_folder_to_run_on(tmp_path: Path) -> None:
    assert "nowhere: no such folder" in usage("run", tmp_path / "nowhere")
    file = tmp_path / "a.txt"
    file.write_text(QUAY, encoding="utf-8")
    assert "a.txt: is a file, not a folder" in usage("run", file)
    empty = tmp_path / "empty"
    empty.mkdir()
    said = usage("run", empty, "--out", tmp_path / "out")
    assert "empty: the folder holds no file that can be read" in said
    assert ", ".join(PLAIN_SUFFIXES) in said
    assert not (tmp_path / "out").exists()


def test_what_is_no_file_to_translate(tmp_path: Path) -> None:
    assert "nowhere.txt: no such file" in usage("translate", tmp_path / "nowhere.txt")
    assert "is a folder" in usage("translate", tmp_path)
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04")
    said = usage("translate", tmp_path / "a.xlsx")
    assert "unknown kind of file" in said
    assert ".txt" in said
    (tmp_path / "feed.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    assert "holds 2 documents, not one" in usage("translate", tmp_path / "feed.jsonl")


@pytest.mark.parametrize(
    ("content", "says", "helps"),
    [
        ('profil = "server"', "unknown key 'profil'", "did you mean 'profile'?"),
        ('[server]\nbase_ur = "x"', "server: unknown key 'base_ur'", "did you mean 'base_url'?"),
        ("[sources]\nzzz = 1", "sources: unknown key 'zzz'", "known: max_file_mb"),
        (
            "[sources]\nmax_file_mb = '9'",
            "must be a number, not '9'",
            "configs/default.toml",
        ),
        ("[sources]\nmax_file_mb = -1", "sources.max_file_mb must be above 0", ""),
        ("profile = 'x'", "profile: there is no 'x'", "known: embedded, hub, server"),
        ("[languages]\ntarget = 'ukr'", "unknown language code 'ukr'", "did you mean uk?"),
        ("[server", "not valid TOML", ""),
    ],
)
def test_a_wrong_configuration_names_the_file_and_the_key(
    tmp_path: Path, content: str, says: str, helps: str
) -> None:
    config = tmp_path / "desk.toml"
    config.write_text(content)
    said = usage("run", tmp_path, "--config", config)
    assert "desk.toml: " in said
    assert says in said
    assert helps in said


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    said = usage("run", tmp_path, "--config", tmp_path / "none.toml")
    assert "none.toml: cannot be read: No such file or directory" in said


def test_unknown_words_name_the_nearest_known_one(tmp_path: Path) -> None:
    assert "unknown language code 'ukr'" in usage("translate", "-", "--to", "ukr")
    assert "did you mean uk?" in usage("translate", "-", "--from", "ukr", given=QUAY)
    assert "known: embedded, hub, server" in usage("run", tmp_path, "--profile", "cloud")
    assert "No such command 'rnu'" in usage("rnu")
    assert "did you mean gemma3-270m?" in usage("models", "path", "gemma-270m")


def test_no_message_speaks_python(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text(QUAY, encoding="utf-8")
    glossary = tmp_path / "desk.toml"
    glossary.write_text(f'translate.glossary = "{tmp_path}/none.toml"\n', encoding="utf-8")
    latin = tmp_path / "latin.toml"
    latin.write_bytes("[nightly]\ntitle = 'Été'\n".encode("latin-1"))
    said = [
        usage("translate", text, "--config", glossary),
        usage("translate", text, "--config", latin),
        usage("run", tmp_path, "--config", tmp_path),
        usage("eval", "langid", tmp_path / "nowhere"),
        usage("nightly", "run", "--inbox", "~nobody-of-this-name/in", "--out", tmp_path / "d"),
        usage("translate", text, "-o", tmp_path / ("x" * 300)),
    ]
    wanted = [
        ("none.toml: the glossary cannot be read: No such file", "check translate.glossary"),
        ("latin.toml: cannot be read: it is not UTF-8 text", "--config"),
        ("cannot be read: Is a directory", "NIGHTDESK_CONFIG"),
        ("nowhere: no such folder", "check the path"),
        ("--inbox: ~nobody-of-this-name/in: there is no such home folder", "without a tilde"),
        ("is too long for a path", "a shorter one"),
    ]
    for told, (what, hint) in zip(said, wanted, strict=True):
        assert what in told
        assert hint in told
        assert not re.search(r"Errno|Error|codec|None|Could not", told)


def test_readme_the_help_and_the_script_list_the_formats_that_are_read(repository: Path) -> None:
    for file in ("README.md", "scripts/run", "pipeline/cli/run.py"):
        text = (repository / file).read_text(encoding="utf-8")
        lists = re.findall(r"\.txt(?:[\s`,]+\.[a-z]+(?:\.gz|\.zst)?)+", text)
        assert lists, file
        for found in lists:
            named = re.findall(r"\.[a-z]+(?:\.gz|\.zst)?", found)
            assert set(named) == set(PLAIN_SUFFIXES), f"{file}: {found}"

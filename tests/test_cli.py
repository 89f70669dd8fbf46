"""The real command, from start to end, with a real server behind it and bad input before it."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from newsroom import (
    COMMAND,
    SUMMARY,
    Newsroom,
    finish,
    interrupt,
    newsroom,
    nightdesk,
    running,
    server_config,
    translation,
)

from pipeline.output.record import schema

QUAY = "Старый причал в Рейни останется закрытым до весны, потому что у него сгнили все сваи."
BOAT = "Лодка с почтой не смогла подойти к острову и вернулась с мешками обратно на материк."
MAYOR = "Мэр сказал, что новый причал построят из камня, но не знает, кто за него заплатит."
LONG = f"{QUAY}\n\n{BOAT}\n\n{MAYOR}\n"
# Three sentences each on a matter of its own, so that no document repeats another.
STORIES = {
    f"{name}.txt": f"{first}\n\n{second}\n\n{third}\n"
    for name, first, second, third in (
        ("0", QUAY, BOAT, MAYOR),
        (
            "1",
            "Школа на холме получила звонок, который раньше висел на маяке у северного мыса.",
            "Дети теперь опаздывают реже, зато чайки слетаются на каждый урок арифметики.",
            "Учительница просит рыбаков не кормить птиц хотя бы до конца учебного года.",
        ),
        (
            "2",
            "Пекарь отказался печь пироги с капустой, пока ему не привезут настоящую муку.",
            "Жители уже вторую неделю едят сухари и жалуются друг другу в очереди у лавки.",
            "Мельник отвечает, что ветра не было с самого праздника и что он не волшебник.",
        ),
        (
            "3",
            "Старый врач ушёл на покой и передал ключи от больницы своей молодой помощнице.",
            "Она первым делом велела покрасить двери в синий цвет и выбросить кислые лекарства.",
            "Больные довольны, хотя и признаются, что к новому запаху привыкнуть непросто.",
        ),
    )
}


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """A server, and a configuration that sends every command to it."""
    with newsroom() as desk:
        config = server_config(tmp_path / "server.toml", desk.url)
        monkeypatch.setenv("NIGHTDESK_CONFIG", str(config))
        yield desk


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, text in STORIES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def usage(*arguments: str | Path, given: str = "") -> str:
    """Run what must be refused as wrong usage, and return what was said."""
    outcome = nightdesk(*arguments, given=given)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Traceback" not in outcome.err
    return outcome.err


def check_whole(out: Path) -> list[str]:
    """Check that every file below `out` is whole; return the names of the documents."""
    validator = Draft202012Validator(schema())
    records = sorted((out / "documents").rglob("*.json"))
    for path in records:
        record = json.loads(path.read_text(encoding="utf-8"))
        validator.validate(record)
        assert path.with_suffix(".md").read_text(encoding="utf-8").endswith("\n")
    for line in (out / "removed.jsonl").read_text().splitlines() if records else ():
        json.loads(line)
    return [path.name.removesuffix(".json") for path in records]


# What is done well


def test_a_folder_becomes_summaries(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = nightdesk("run", inbox, "--out", out)
    assert (outcome.code, outcome.out) == (0, "")
    assert "4 summaries of 4 documents" in outcome.err
    assert check_whole(out) == list(STORIES)
    page = (out / "summary.md").read_text(encoding="utf-8")
    assert page.count(SUMMARY) == 4
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["counts"]["languages"] == {"ru": 4}
    assert not list(out.rglob(".nightdesk-*"))


def test_json_is_all_that_stands_on_stdout(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", "--json", "-v")
    assert json.loads(outcome.out)["counts"]["summaries"] == 4
    assert outcome.err


def test_quiet_is_quiet(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


def test_a_second_run_asks_nothing_and_a_third_only_what_changed(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        assert nightdesk("run", inbox, "--out", tmp_path / "out").code == 0
    asked = len(room.asked)
    assert asked == 12 + 4  # each sentence, each document
    (inbox / "1.txt").write_text(f"{STORIES['1.txt']}\nМаяк молчит.\n", encoding="utf-8")
    assert nightdesk("run", inbox, "--out", tmp_path / "out").code == 0
    assert [text for text in room.asked[asked:] if text.startswith("Маяк")] == ["Маяк молчит."]
    assert len(room.asked) == asked + 2


def test_one_text_from_stdin_goes_to_stdout_alone(room: Newsroom) -> None:
    outcome = nightdesk("translate", "-", given=f"{QUAY}\n")
    assert (outcome.code, outcome.out) == (0, f"{translation(QUAY)}\n")
    outcome = nightdesk("summarize", "-", given=LONG)
    assert (outcome.code, outcome.out) == (0, f"{SUMMARY}\n")


def test_a_page_from_stdin_is_read_as_a_page(room: Newsroom) -> None:
    page = f"<!doctype html><html><body><nav>Меню</nav><article><p>{QUAY}</p></article></body>"
    outcome = nightdesk("translate", "-", given=f"{page}</html>")
    assert (outcome.code, outcome.out) == (0, translation(QUAY))


def test_the_layout_of_a_text_stays(room: Newsroom, tmp_path: Path) -> None:
    source = tmp_path / "a.md"
    source.write_text(f"# {QUAY}\n\n\n* {BOAT}\n\n```\nкод\n```\n{MAYOR}\n\n", encoding="utf-8")
    outcome = nightdesk("translate", source, "-o", tmp_path / "new" / "b.md")
    assert (outcome.code, outcome.out) == (0, "")
    there = (tmp_path / "new" / "b.md").read_text(encoding="utf-8")
    quay, boat, mayor = map(translation, (QUAY, BOAT, MAYOR))
    assert there == f"# {quay}\n\n\n* {boat}\n\n```\nкод\n```\n{mayor}\n\n"


def test_results_as_json(room: Newsroom, tmp_path: Path) -> None:
    translated = json.loads(nightdesk("translate", "-", "--json", given=QUAY).out)
    assert (translated["language"], translated["text"]) == ("ru", translation(QUAY))
    summarised = json.loads(nightdesk("summarize", "-", "--json", given=LONG).out)
    assert " ".join(summarised["summary"]["sentences"]) == SUMMARY
    Draft202012Validator(schema()).validate(summarised)


def test_a_terminal_gets_moving_bars(room: Newsroom, inbox: Path, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [COMMAND, "run", inbox, "--out", tmp_path / "out"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "120"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.communicate(timeout=60) == (b"", None)
    assert process.returncode == 0
    text = shown.decode("utf-8", "replace")
    assert "translate" in text
    assert "12/12" in text
    assert "tokens/s" in text
    assert "\x1b[" in text


# Bad input


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
        f'{{"text": "{MAYOR}"}}\n{{"text": oops}}\n\n{{"title": "x"}}\n', encoding="utf-8"
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


def test_what_is_no_folder_to_run_on(tmp_path: Path) -> None:
    assert "nowhere: no such folder" in usage("run", tmp_path / "nowhere")
    file = tmp_path / "a.txt"
    file.write_text(QUAY, encoding="utf-8")
    assert "a.txt: is a file, not a folder" in usage("run", file)
    empty = tmp_path / "empty"
    empty.mkdir()
    said = usage("run", empty, "--out", tmp_path / "out")
    assert "empty: the folder holds no file that can be read" in said
    assert ".txt, .md, .html, .htm, .jsonl, .pdf" in said
    assert not (tmp_path / "out").exists()


def test_what_is_no_file_to_translate(tmp_path: Path) -> None:
    assert "nowhere.txt: no such file" in usage("translate", tmp_path / "nowhere.txt")
    assert "is a folder" in usage("translate", tmp_path)
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04")
    said = usage("translate", tmp_path / "a.docx")
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
        ("[sources]\nmax_file_mb = '9'", "max_file_mb: expected float, found '9'", ""),
        ("[sources]\nmax_file_mb = -1", "sources.max_file_mb must be above 0", ""),
        ("profile = 'x'", "'x' is not one of embedded, hub, server", ""),
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


# Where results go


def test_an_output_that_cannot_be_one_is_refused_before_any_work(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for out in (file, file / "below" / "it"):
        said = usage("run", inbox, "--out", out)
        assert f"{file}: is a file, not a folder" in said
    assert "is a folder" in usage("translate", inbox / "0.txt", "-o", tmp_path)
    assert "is a file, not a folder" in usage("translate", inbox / "0.txt", "-o", file / "a.txt")
    assert room.asked == []
    assert file.read_text() == "mine"


def test_a_device_is_written_to_not_replaced(room: Newsroom, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (
        running("translate", "-", "-o", pipe) as process,
        subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE, text=True) as reader,
    ):
        assert finish(process, given=QUAY).code == 0
        assert reader.communicate(timeout=30)[0] == translation(QUAY)
    assert pipe.is_fifo()


@pytest.mark.skipif(sys.platform != "linux", reason="root has capabilities to drop on Linux only")
def test_what_may_not_be_read_is_rejected_and_where_nothing_may_be_written_is_told(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    (inbox / "1.txt").chmod(0)
    (inbox / "closed").mkdir(mode=0)
    out = tmp_path / "out"
    outcome = nightdesk("run", inbox, "--out", out, mortal=True)
    assert outcome.code == 1
    (line,) = outcome.lines("not used: 1.txt: ")
    assert "cannot be read: Permission denied" in line
    assert "chmod u+r" in line
    (line,) = outcome.lines("not used: closed: ")
    assert "Permission denied" in line
    assert check_whole(out) == ["0.txt", "2.txt", "3.txt"]
    outcome = nightdesk("run", inbox / "closed", "--out", out, mortal=True)
    assert outcome.code == 2
    assert "the folder cannot be opened: Permission denied" in outcome.err
    assert "chmod u+rx" in outcome.err

    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    for place in (locked, locked / "below"):
        outcome = nightdesk("run", inbox, "--out", place, mortal=True)
        assert (outcome.code, outcome.out) == (3, "")
        assert f"{locked}" in outcome.err
        assert "cannot be written: Permission denied" in outcome.err
        assert "choose another folder" in outcome.err
    outcome = nightdesk("translate", inbox / "0.txt", "-o", locked / "a.txt", mortal=True)
    assert outcome.code == 3
    assert "a.txt: cannot be written: Permission denied" in outcome.err
    outcome = nightdesk("cache", "info", mortal=True, NIGHTDESK_STATE=str(locked / "s.sqlite"))
    assert outcome.code == 3
    assert "s.sqlite: the state cannot be used" in outcome.err


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    able = shutil.which("mount") is not None
    if not able or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: that takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_is_told_and_what_was_finished_is_whole(
    room: Newsroom, inbox: Path, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(40_000))  # leaves room for some of the results
    out = small_disk / "out"
    outcome = nightdesk("run", inbox, "--out", out)
    assert (outcome.code, outcome.out) == (3, "")
    assert "the disk is full" in outcome.err
    assert "free space and run again" in outcome.err
    assert "Traceback" not in outcome.err
    finished = list((out / "documents").rglob("*.json"))
    assert finished
    for path in finished:
        Draft202012Validator(schema()).validate(json.loads(path.read_text("utf-8")))
    assert not list(out.rglob(".nightdesk-*"))
    assert not (out / "run.json").exists()
    asked = len(room.asked)
    ballast.unlink()
    assert nightdesk("run", inbox, "--out", out).code == 0
    assert check_whole(out) == list(STORIES)
    assert len(room.asked) == asked  # finished work was kept


def test_a_state_that_finds_the_disk_full_is_told(
    room: Newsroom, inbox: Path, tmp_path: Path, small_disk: Path
) -> None:
    (small_disk / "ballast").write_bytes(bytes(60_000))
    state = small_disk / "state.sqlite"
    outcome = nightdesk("run", inbox, "--out", tmp_path / "out", NIGHTDESK_STATE=str(state))
    assert outcome.code == 3
    assert f"{state}: the state cannot be used" in outcome.err
    assert "free disk space" in outcome.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_stdout_on_a_full_disk_is_told(room: Newsroom) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            [COMMAND, "translate", "-", "-q"], input=QUAY, stdout=full, stderr=subprocess.PIPE,
            text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.startswith("nightdesk: stdout: cannot be written: No space left on device")
    assert len(done.stderr.splitlines()) == 2


def test_a_reader_that_leaves_early_is_no_error(room: Newsroom) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [COMMAND, "translate", "-", "-q"], input=QUAY, stdout=writer, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


# Two at once, and one that is stopped


def slow(room: Newsroom, tmp_path: Path) -> None:
    """One request and one document at a time."""
    server_config(
        tmp_path / "server.toml",
        room.url,
        ["max_concurrency = 1", "[engine]", "window_documents = 1"],
    )


def test_a_second_run_into_the_same_folder_is_told_of_the_first(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    room.limit = 0
    with running("run", inbox, "--out", tmp_path / "out") as first:
        assert room.held.wait(90)
        second = nightdesk("run", inbox, "--out", tmp_path / "out")
        assert (second.code, second.out) == (3, "")
        assert "another run is writing to this folder" in second.err
        assert "choose another folder with --out" in second.err
        room.limit = None
        room.release.set()
        assert finish(first).code == 0
    assert check_whole(tmp_path / "out") == list(STORIES)


def test_ctrl_c_leaves_whole_files_and_the_next_run_goes_on(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    slow(room, tmp_path)
    room.limit = 7  # three sentences and a summary, and some of the next
    with running("run", inbox, "--out", out) as process:
        assert room.held.wait(90)
        began = time.monotonic()
        outcome = interrupt(process)
        assert time.monotonic() - began < 20
    assert (outcome.code, outcome.out) == (130, "")
    assert outcome.err.splitlines()[-1] == (
        "nightdesk: stopped; what was finished is kept, run again to go on"
    )
    assert "Traceback" not in outcome.err
    finished = sorted(path.name for path in (out / "documents").glob("*.json"))
    assert finished == ["0.txt.json"]
    for name in finished:
        record = json.loads((out / "documents" / name).read_text(encoding="utf-8"))
        Draft202012Validator(schema()).validate(record)
    assert not list(out.rglob(".nightdesk-*"))
    assert not (out / "run.json").exists()

    room.limit = None
    room.release.set()
    room.asked.clear()
    assert nightdesk("run", inbox, "--out", out).code == 0
    assert check_whole(out) == list(STORIES)
    assert len(room.asked) == 16 - 7  # what was answered is not asked again


def test_a_run_that_was_killed_leaves_nothing_in_the_way(
    room: Newsroom, inbox: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    slow(room, tmp_path)
    room.limit = 7
    with running("run", inbox, "--out", out) as process:
        assert room.held.wait(90)
        process.kill()
    (out / "documents" / ".nightdesk-half").write_text('{"name": "0.t')  # as a crash leaves it
    room.limit = None
    room.release.set()
    assert nightdesk("run", inbox, "--out", out).code == 0
    assert check_whole(out) == list(STORIES)
    assert not list(out.rglob(".nightdesk-*"))


@pytest.mark.parametrize("after_s", [0.15, 0.3, 0.6])
def test_ctrl_c_while_it_is_starting_is_no_crash(after_s: float) -> None:
    with running("translate", "-") as process:
        time.sleep(after_s)
        outcome = interrupt(process)
    # In its first moments it is Python itself that is interrupted, before any line of ours.
    assert outcome.code in (130, -2)
    assert outcome.code == -2 or "Traceback" not in outcome.err
    assert "pipeline/cli" not in outcome.err


def test_a_server_that_is_not_there_is_a_failure_that_says_so(inbox: Path, tmp_path: Path) -> None:
    config = server_config(tmp_path / "server.toml", "http://127.0.0.1:9/v1")
    outcome = nightdesk("doctor", "--config", config)
    assert outcome.code == 1
    assert "FIX server: http://127.0.0.1:9/v1: no connection: Connection refused" in outcome.out
    assert "server.base_url" in outcome.out


# The small commands


def test_doctor_asks_only_for_what_the_profile_needs(room: Newsroom, tmp_path: Path) -> None:
    bare = {"NIGHTDESK_CACHE": str(tmp_path / "bare")}
    outcome = nightdesk("doctor", "--json", **bare)
    found = {row["what"]: row for row in json.loads(outcome.out)}
    assert outcome.code == 0
    assert found["configuration"]["found"] == str(tmp_path / "server.toml")
    assert found["profile"]["found"] == "server"
    assert "takes connections" in found["server"]["found"]
    assert "threads" in found["device"]["found"] or "capability" in found["device"]["found"]
    assert "not needed" in found["qwen2.5-coder-1.5b-instruct"]["found"]
    outcome = nightdesk("doctor", "--profile", "embedded", **bare)
    assert outcome.code == 1
    assert "FIX qwen2.5-coder-1.5b-instruct: not here\n    nightdesk models fetch" in outcome.out


def test_what_is_remembered_can_be_counted_and_forgotten(room: Newsroom) -> None:
    nightdesk("translate", "-", given=QUAY)
    assert json.loads(nightdesk("cache", "info", "--json").out)["results"] == 1
    assert nightdesk("cache", "clear").err == "forgot 1 result\n"
    assert json.loads(nightdesk("cache", "info", "--json").out)["results"] == 0


def test_models_are_listed_with_where_they_come_from(tmp_path: Path) -> None:
    bare = {"NIGHTDESK_CACHE": str(tmp_path / "bare")}
    rows = json.loads(nightdesk("models", "list", "--json", **bare).out)
    for row in rows:
        assert row["source"]
        assert row["revision"]
        assert row["licence"]
        assert row["size_bytes"] > 10**8
        assert row["present"] is False
    listed = nightdesk("models", "list", **bare).out
    assert all(f"{row['name']} {row['revision']}  not here" in listed for row in rows)
    outcome = nightdesk("models", "path", **bare)
    assert (outcome.code, outcome.out) == (3, "")
    assert "nightdesk models fetch qwen2.5-coder-1.5b-instruct" in outcome.err


def test_help_and_version_are_on_stdout() -> None:
    outcome = nightdesk("--help")
    assert outcome.code == 0
    for command in ("run", "translate", "summarize", "nightly", "models", "doctor", "cache"):
        assert command in outcome.out
    assert outcome.err == ""
    assert nightdesk("--version").out.startswith("nightdesk ")


def test_help_loads_nothing_heavy() -> None:
    """The time itself is measured by scripts/bench; what would cost it is kept out here."""
    code = (
        "import sys; sys.argv = ['nightdesk', '--help']\n"
        "from pipeline.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "pipeline.cli.app" in loaded
    heavy = {
        *("torch", "transformers", "numpy", "trafilatura", "lxml", "pypdf", "httpx2", "jinja2"),
        *("langdetect", "ftfy", "rapidfuzz", "markdown_it", "charset_normalizer"),
    }
    assert loaded & heavy == set()

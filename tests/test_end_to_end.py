"""The whole job on the sample documents: the real command, the real weights, no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pipeline.lang.sentences import sentences
from pipeline.output.record import schema

pytestmark = [pytest.mark.model, pytest.mark.slow]

# The interpreter itself reports every attempt to reach out, from Python or from a C library, and
# a hook cannot be taken away again.
OFFLINE = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        print(f"NETWORK {event} {arguments!r}", file=sys.stderr, flush=True)
        raise OSError("the network is not to be used")

sys.addaudithook(refuse)
from pipeline.cli import main
main()
"""


def nightdesk(
    *arguments: str | Path, state: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command without network, with a state of its own."""
    environment = {**os.environ, "NIGHTDESK_STATE": str(state)}
    return subprocess.run(
        [sys.executable, "-c", OFFLINE, *map(str, arguments)],
        input=text, env=environment, capture_output=True, text=True, check=False, timeout=1200,
    )  # fmt: skip


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def manifest(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "seeds" / "MANIFEST.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def out(repository: Path, state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one run over `seeds/`."""
    folder = tmp_path_factory.mktemp("run") / "out"
    done = nightdesk("run", repository / "seeds", "--out", folder, state=state)
    assert done.returncode == 0, done.stderr
    assert "NETWORK" not in done.stderr
    assert done.stdout == ""
    return folder


@pytest.fixture(scope="module")
def records(out: Path) -> dict[str, dict[str, Any]]:
    return {
        path.name.removesuffix(".json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((out / "documents").glob("*.json"))
    }


def test_every_document_has_an_english_summary_of_complete_sentences(records, manifest) -> None:
    wanted = manifest["summaries"]
    assert list(records) == [entry["file"] for entry in manifest["documents"]]
    for name, record in records.items():
        summary = record["summary"]
        assert summary["language"] == wanted["language"]
        count = len(summary["sentences"])
        assert wanted["min_sentences"] <= count <= wanted["max_sentences"], name
        for sentence in (s["text"] for s in summary["sentences"]):
            assert sentence[0].isupper() or not sentence[0].isalpha(), f"{name}: {sentence}"
            assert sentence.rstrip("\"')”»")[-1] in ".!?", f"{name}: {sentence}"
            assert len(sentences(sentence, language="en")) == 1, f"{name}: {sentence}"
            assert not any("\u0400" <= c <= "\u04ff" for c in sentence), f"{name}: {sentence}"


def test_summaries_are_about_the_news_and_not_about_the_page(records, manifest) -> None:
    for entry in manifest["documents"]:
        text = " ".join(
            s["text"] for s in records[entry["file"]]["summary"]["sentences"]
        ).casefold()
        named = ("renault", "ampere", "de meo", "provost")  # who and what the news is about
        assert any(name in text for name in named), entry["file"]
        for phrase in entry.get("not_in_summary", ()):
            assert phrase.casefold() not in text, entry["file"]


def test_what_is_kept_is_translated_and_in_no_other_script(records) -> None:
    for name, record in records.items():
        for paragraph in _kept(record):
            if paragraph["language"] == "en" or not any(map(str.isalpha, paragraph["text"])):
                continue
            translation = paragraph["translation"]
            assert translation is not None, f"{name}: {paragraph['text']}"
            assert translation["language"] == "en"
            if "kept-source" not in translation["flags"]:
                assert not any("\u0400" <= c <= "\u04ff" for c in translation["text"])


def test_records_follow_the_schema_and_spans_point_into_the_text(records) -> None:
    validator = Draft202012Validator(schema())
    for record in records.values():
        validator.validate(record)
        for paragraph in record["paragraphs"]:
            start, end = paragraph["span"]
            assert record["text"][start:end] == paragraph["text"]


def test_the_ledger_names_every_removed_paragraph_and_the_copy_that_stands(out, records) -> None:
    lines = (out / "removed.jsonl").read_text(encoding="utf-8").splitlines()
    ledger = [json.loads(line) for line in lines]
    removed = {
        (name, p["index"])
        for name, record in records.items()
        for p in record["paragraphs"]
        if p["fate"] == "removed"
    }
    assert {(e["document"], e["paragraph"]) for e in ledger} == removed
    copies = [e for e in ledger if e["stage"] == "dedup"]
    assert copies, "the pasted block of 004 is in the samples"
    for entry in copies:
        kept = entry["kept"]
        original = records[kept["document"]]["paragraphs"][kept["paragraph"]]
        assert original["fate"] == "kept"
        assert original["span"] == kept["span"]


def test_the_run_says_what_it_did(out, records) -> None:
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["counts"]["documents"] == run["counts"]["summaries"] == len(records)
    assert run["rejections"] == []
    assert run["tokens_written"] > 500
    assert run["tokens_per_s"] > 0
    assert set(run["seconds_by_stage"]) >= {
        "detect", "clean", "dedup", "site-chrome", "translate", "summarise",
    }  # fmt: skip
    for name in run["files"]:
        assert (out / name).is_file(), name
    page = (out / "summary.md").read_text(encoding="utf-8")
    assert all(name in page.replace("\\_", "_") for name in records)


def test_a_second_run_writes_the_same_without_a_model(repository, out, state, records) -> None:
    before = {name: record["summary"] for name, record in records.items()}
    done = nightdesk("run", repository / "seeds", "--out", out, "--json", state=state)
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)
    assert run["tokens_written"] == 0
    for name, summary in before.items():
        again = json.loads((out / "documents" / f"{name}.json").read_text(encoding="utf-8"))
        assert again["summary"] == summary


@pytest.fixture(scope="module")
def greeting(state: Path) -> subprocess.CompletedProcess[str]:
    return nightdesk("translate", "-", state=state, text="Привет, мир.\n")


def test_translate_answers_with_the_translation_alone(greeting) -> None:
    assert greeting.returncode == 0, greeting.stderr
    assert "NETWORK" not in greeting.stderr
    assert greeting.stdout.endswith("\n")
    assert greeting.stdout.count("\n") == 1
    assert "hello" in greeting.stdout.casefold()
    assert "world" in greeting.stdout.casefold()


def test_translate_keeps_the_layout(state: Path) -> None:
    source = "# Новости\n\nПорт открыт.\n\n\n- Паром ходит.\n- Дорога закрыта.\n"
    done = nightdesk("translate", "-", state=state, text=source)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.split("\n")
    shape = [("#" if x.startswith("# ") else "-" if x.startswith("- ") else bool(x)) for x in lines]
    assert shape == ["#", False, True, False, False, "-", "-", False]


def test_two_nights_tell_each_document_once(repository, state, tmp_path) -> None:
    inbox, nights = tmp_path / "inbox", tmp_path / "nights"
    inbox.mkdir()

    def night(date: str) -> dict[str, Any]:
        done = nightdesk(
            "nightly", "run", "--inbox", inbox, "--out", nights, "--date", date, "--json",
            state=state,
        )  # fmt: skip
        found: dict[str, Any] = json.loads(done.stdout)
        # The seeds are of earlier years, and a night of old texts says so.
        assert done.returncode == bool(found["condition"]["faults"]), done.stderr
        return found

    def bring(name: str) -> None:
        (inbox / name).write_bytes((repository / "seeds" / name).read_bytes())

    bring("001_ampere_en.txt")
    assert night("2026-03-01")["documents"] == 1
    bring("000_ampere_ru.txt")
    assert night("2026-03-02")["documents"] == 1
    third = night("2026-03-03")
    assert third["documents"] == 0
    assert "nothing-new" in third["condition"]["faults"]
    assert sorted(p.name for p in nights.glob("2*")) == ["2026-03-01", "2026-03-02", "2026-03-03"]
    first, second = (
        (nights / date / "digest.md").read_text(encoding="utf-8").replace("\\", "")
        for date in ("2026-03-01", "2026-03-02")
    )
    assert "001_ampere_en" in first
    assert "000_ampere_ru" not in first
    assert "000_ampere_ru" in second
    assert "001_ampere_en" not in second
    page = (nights / "2026-03-02" / "digest.html").read_text(encoding="utf-8")
    assert "by a machine" in page
    digest = json.loads((nights / "2026-03-02" / "digest.json").read_text(encoding="utf-8"))
    assert [m for m in digest["models"] if m.startswith("nightdesk-translator-1.5b@")]


def _kept(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [p for p in record["paragraphs"] if p["fate"] == "kept" and p["kind"] != "code"]

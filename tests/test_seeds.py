"""The sample documents are what their manifest says, and the stages make of them what it asks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from models.langid.identifier import ProfileIdentifier
from pipeline.document import Document, Kind, Paragraph
from pipeline.lang.data import tags
from pipeline.output import ledger
from pipeline.place import Place
from pipeline.runner import Clock, through
from pipeline.sources.folder import list_files, read_file
from pipeline.stages.clean import Clean
from pipeline.stages.dedup import Dedup
from pipeline.stages.detect import Detect

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
MANIFEST = tomllib.loads((SEEDS / "MANIFEST.toml").read_text(encoding="utf-8"))
ENTRIES = {entry["file"]: entry for entry in MANIFEST["documents"]}
KEYS = {
    *("file", "angle", "faults", "language", "encoding", "date", "title", "blank_lines_at_end"),
    *("repeated", "not_in_summary", "paragraphs"),
}
PARAGRAPH_KEYS = {"begins", "removed", "reason", "kept", "heading", "language"}


@pytest.fixture(scope="module")
def desk() -> Mapping[str, Document]:
    """What detect, clean and dedup make of all the samples together, by file name."""
    detect = Detect(ProfileIdentifier(languages=tags()), languages=tags())
    stages = (detect, Clean(), Dedup())
    texts = (
        result
        for path in list_files(SEEDS).files
        for result in read_file(path, name=path.name, max_file_bytes=10**6)
    )
    results = through(texts, stages, clock=Clock())
    return {result.name: result for result in results if isinstance(result, Document)}


each_document = pytest.mark.parametrize(
    "name", [pytest.param(name, id=name[:3]) for name in ENTRIES]
)


def pairs(name: str, desk: Mapping[str, Document]) -> list[tuple[dict[str, Any], Paragraph]]:
    return list(zip(ENTRIES[name]["paragraphs"], desk[name].paragraphs, strict=True))


def text_of(name: str) -> str:
    return (SEEDS / name).read_bytes().decode(ENTRIES[name]["encoding"])


def test_the_manifest_names_every_file_and_says_nothing_that_is_not_read(desk) -> None:
    assert [path.name for path in list_files(SEEDS).files] == sorted(ENTRIES) == sorted(desk)
    for entry in ENTRIES.values():
        assert set(entry) <= KEYS
        for paragraph in entry["paragraphs"]:
            assert set(paragraph) <= PARAGRAPH_KEYS
        assert entry["angle"]
        assert entry["faults"]


@each_document
def test_every_paragraph_is_listed_and_keeps_its_place_in_the_text(name, desk) -> None:
    document = desk[name]
    assert document.text == text_of(name)
    for listed, paragraph in pairs(name, desk):
        assert paragraph.text.startswith(listed["begins"])
        assert document.text[paragraph.span.start : paragraph.span.end] == paragraph.text


@each_document
def test_languages_encoding_date_and_title_are_found(name, desk) -> None:
    entry, document = ENTRIES[name], desk[name]
    assert document.language == entry["language"]
    assert document.encoding == entry["encoding"]
    assert document.date == entry.get("date")
    assert document.title == entry.get("title")
    assert document.notes == ()
    for listed, paragraph in pairs(name, desk):
        assert paragraph.runs == (), paragraph.text
        if "language" in listed or "removed" not in listed:
            assert paragraph.language == listed.get("language", entry["language"])
        if "removed" not in listed:
            assert (paragraph.kind is Kind.HEADING) == listed.get("heading", False)


@each_document
def test_what_must_go_goes_for_the_reason_given_and_nothing_else_does(name, desk) -> None:
    for listed, paragraph in pairs(name, desk):
        removal = paragraph.removal
        found = (None, None) if removal is None else (removal.stage, removal.reason)
        assert found == (listed.get("removed"), listed.get("reason")), paragraph.text


@each_document
def test_the_ledger_names_every_removed_paragraph_and_the_copy_that_stands(name, desk) -> None:
    document = desk[name]
    entries = list(ledger.entries(document))
    removed = [n for n, listed in enumerate(ENTRIES[name]["paragraphs"]) if "removed" in listed]
    assert [entry.paragraph for entry in entries] == removed
    for entry in entries:
        listed = ENTRIES[name]["paragraphs"][entry.paragraph]
        copy = None
        if "kept" in listed:
            stands = document.paragraphs[listed["kept"]]
            assert stands.removal is None
            copy = Place(document.id, name, stands.index, stands.span)
        assert entry.kept == copy
        assert document.text[entry.cut.start : entry.cut.end] == entry.cut_text


@each_document
def test_what_must_not_be_summarised_is_not_left_to_be(name, desk) -> None:
    """In the English documents; in the others the words are those of a translation."""
    left = "\n".join(paragraph.text for paragraph in desk[name].kept())
    if ENTRIES[name]["language"] == MANIFEST["summaries"]["language"]:
        for words in ENTRIES[name]["not_in_summary"]:
            assert not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", left, re.IGNORECASE), words
    repeated = ENTRIES[name].get("repeated")
    if repeated is not None:
        assert text_of(name).count(repeated["phrase"]) == repeated["in_source"]
        assert left.count(repeated["phrase"]) == repeated["in_what_is_left"]


def test_each_fault_is_really_in_its_file() -> None:
    assert re.match(r"2026-01-22 Дочерняя", text_of("000_ampere_ru.txt"))
    english = text_of("001_ampere_en.txt")
    blank = ENTRIES["001_ampere_en.txt"]["blank_lines_at_end"]
    assert english.endswith("." + "\n" * (blank + 1))
    assert not english.endswith("\n" * (blank + 2))
    assert "\n\n" not in english.rstrip()
    assert [line for line in english.split("\n") if re.search("[а-яі]", line)] == ["Зміст"]
    with pytest.raises(UnicodeDecodeError):
        (SEEDS / "005_ampere_uk.txt").read_bytes().decode("utf-8")


@each_document
def test_the_samples_are_articles_of_a_usual_length(name, desk) -> None:
    kept = " ".join(paragraph.text for paragraph in desk[name].kept())
    assert 150 <= len(kept.split()) <= 350


def test_the_facts_agree() -> None:
    """The figures that several documents give; written with a space, a comma or nothing."""
    texts = {name: re.sub(r"(?<=\d)[ ,](?=\d{3}\b)", "", text_of(name)) for name in ENTRIES}
    for figure, names in {
        "151939": ("001_ampere_en.txt", "003_ampere_faq_en.txt", "004_ampere_fr.txt"),
        "72": ("001_ampere_en.txt", "003_ampere_faq_en.txt", "005_ampere_uk.txt"),
        "11000": ("002_ampere_fr.txt", "003_ampere_faq_en.txt", "004_ampere_fr.txt"),
        "35": ("003_ampere_faq_en.txt", "004_ampere_fr.txt"),
    }.items():
        for name in names:
            assert re.search(rf"\b{figure}\b", texts[name]), (figure, name)
    numbers = {n for text in texts.values() for n in re.findall(r"\b\d{4,6}\b", text)}
    assert numbers == {
        *("2022", "2023", "2024", "2025", "2026", "2030"),  # years
        *("1000", "1318", "11000", "151939"),
    }

"""Languages of a user's own: an invented one, told by its alphabet and its function words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.engine import OTHER, LanguageEvidence
from models.errors import EngineError
from models.langid.identifier import ProfileIdentifier
from pipeline.errors import ConfigError
from pipeline.lang import data
from pipeline.lang.evidence import evidence

LANGUAGES = ("en", "fr", "ru", "uk")
# Two inventions: one in Cyrillic letters with two of its own, one in the letters of Georgian.
TUNDRIC = """
[langid]
alphabet = "абвгдежзийклмнопрстухчшӈӫ"
function_words = "ӈа ко вей олӫ тум на и"
"""
HILLIC = """
[langid]
alphabet = "აბგდევზთიკლმნო"
function_words = "და ან"
"""
SENTENCES = (
    "Вей кӫмара ӈа тӫлек хадана ко Ливаӈ, олӫ мерӫк ӈа шуран.",
    "Ӈорак ко тавӫл вей нимаӈ тум келерӫн на дуӈара.",
)
KNOWN = {
    "ru": "Управление порта сообщило, что новый паром и старый причал на ремонте.",
    "uk": "Управління порту повідомило, що новий пором і старий причал на ремонті.",
    "fr": "L'autorité portuaire a annoncé que le nouveau bac entrerait en service en juin.",
    "en": "The harbour authority said that the new ferry would start on Monday.",
    OTHER: "Управлението на пристанището съобщи, че новият ферибот ще тръгне през юни.",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "x-tundra.toml").write_text(TUNDRIC, encoding="utf-8")
    (tmp_path / "x-hill.toml").write_text(HILLIC, encoding="utf-8")
    monkeypatch.setenv(data.FOLDERS, str(tmp_path))
    return tmp_path


@pytest.fixture
def fresh():
    """Let language files be read again, before the test and after it."""
    for cached in (data.tags, data.by_language, data._tables):
        cached.cache_clear()
    yield
    for cached in (data.tags, data.by_language, data._tables):
        cached.cache_clear()


@pytest.mark.parametrize("text", SENTENCES)
def test_invented_language_of_a_file_is_identified(folder, fresh, text: str) -> None:
    routed = ProfileIdentifier(languages=(*LANGUAGES, "x-tundra"), evidence=evidence())
    assert routed.identify(text).language == "x-tundra"
    assert routed.identify(text).confidence > 0.9


def test_invented_language_without_a_route_is_none_of_ours(folder, fresh) -> None:
    unrouted = ProfileIdentifier(languages=LANGUAGES, evidence=evidence())
    assert unrouted.identify(SENTENCES[0]).language == OTHER
    assert unrouted.guess(SENTENCES[0]) == "x-tundra"
    assert ProfileIdentifier(languages=LANGUAGES).guess(SENTENCES[0]) != "x-tundra"


def test_script_that_no_known_language_has(folder, fresh) -> None:
    text = "ბალი და კინო ან გოდები და ვაზი"
    found = ProfileIdentifier(languages=(*LANGUAGES, "x-hill"), evidence=evidence())
    assert found.identify(text).language == "x-hill"
    assert ProfileIdentifier(languages=LANGUAGES).identify(text).language == OTHER


@pytest.mark.parametrize("language", KNOWN)
def test_other_languages_are_told_as_before(folder, fresh, language: str) -> None:
    before = ProfileIdentifier(languages=LANGUAGES)
    after = ProfileIdentifier(languages=(*LANGUAGES, "x-tundra", "x-hill"), evidence=evidence())
    text = KNOWN[language]
    assert before.identify(text).language == after.identify(text).language == language
    assert before.guess(text) == after.guess(text)
    for word in text.split():  # one word says too little for a language without a letter model
        assert before.scores(word) == after.scores(word)


def test_a_single_word_of_an_invented_language_is_left_to_the_others(folder, fresh) -> None:
    before = ProfileIdentifier(languages=LANGUAGES)
    after = ProfileIdentifier(languages=(*LANGUAGES, "x-tundra"), evidence=evidence())
    assert before.scores("кӫмара") == after.scores("кӫмара")


def test_evidence_adds_words_to_a_known_language() -> None:
    text = "dampfer hafen fähre"
    words = LanguageEvidence(alphabet=frozenset("abc"), function_words=frozenset(text.split()))
    told = ProfileIdentifier(languages=LANGUAGES, evidence={"de": words}).scores(text)
    assert told["de"] > ProfileIdentifier(languages=LANGUAGES).scores(text)["de"]


def test_language_without_evidence_is_refused_with_all_that_have_it() -> None:
    alphabet = LanguageEvidence(alphabet=frozenset("abc"))
    with pytest.raises(EngineError) as refused:
        ProfileIdentifier(languages=("zz-zz-zz",), evidence={"x-tundra": alphabet})
    assert "x-tundra" in refused.value.hint


@pytest.mark.parametrize("section", ["function_words = 'ko'", "alphabet = ['a']", "alphabet = ' '"])
def test_section_without_an_alphabet_names_file_and_key(folder, fresh, section: str) -> None:
    (folder / "x-tundra.toml").write_text(f"[langid]\n{section}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"x-tundra\.toml, \[langid\] alphabet"):
        evidence()


def test_the_stages_are_built_with_it(folder) -> None:
    program = (
        "from pipeline.build import _identifier\n"
        "from pipeline.config import Config\n"
        f"print(_identifier(Config()).guess({SENTENCES[0]!r}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, data.FOLDERS: str(folder)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == "x-tundra\n"

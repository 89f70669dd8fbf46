"""A configuration file says what it means, or the error says what it should have said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.config import Config, TranslateOptions, check_language
from pipeline.config_file import load
from pipeline.errors import ConfigError, UsageError
from pipeline.lang.meant import language_hint, meant_language
from pipeline.progress import Silent
from pipeline.state.folder import open_state

CONFIGS = Path(__file__).parent.parent / "configs"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "c.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_file_says_what_the_defaults_are() -> None:
    assert load(CONFIGS / "default.toml") == Config()


@pytest.mark.parametrize("name", ["hub", "server"])
def test_the_other_profiles_load(name: str) -> None:
    assert load(CONFIGS / f"{name}.toml").profile == name


def test_keys_overrule_defaults(tmp_path: Path) -> None:
    config = load(written(tmp_path, '[languages]\ntarget = "fr"\n[summarise]\nmax_sentences = 5\n'))
    assert config.languages.target == "fr"
    assert config.summarise.max_sentences == 5
    assert config.summarise.min_sentences == Config().summarise.min_sentences


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[languagse]\n", "unknown key 'languagse'", "'languages'"),
        ("[engine]\nmax_batch_token = 5\n", "unknown key 'max_batch_token'", "'max_batch_tokens'"),
        (
            "[engine]\nmax_batch_tokens = 'many'\n",
            "must be a whole number, not 'many'",
            "configs/default.toml",
        ),
        ("[engine]\nmax_batch_tokens = 0\n", "must be above 0", ""),
        ("profile = 'cloud'\n", "profile: there is no 'cloud'", "embedded, hub, server"),
        ("languages = 3\n", "must be a section, not 3", ""),
        (
            "[languages]\ntarget = 'ua'\n",
            "unknown language code 'ua'",
            "did you mean uk? known: en",
        ),
        ("[summarise]\nmin_sentences = 9\n", "min_sentences is above", ""),
        ("[server]\nbase_url = 'localhost:8000'\n", "no address of a server", "http://HOST"),
        ("[server]\nbase_url = 'http://h:port/v1'\n", "no address of a server", "http://HOST"),
        ("[nightly]\ntimezone = 'Europe/Kyjiv'\n", "no zone 'Europe/Kyjiv'", "Europe/Kyiv"),
        ("[hub.translators]\nruen = 'a/b'\n", "'ruen' is no pair of languages", "source-target"),
        ("[hub.translators]\nua-eng = 'a/b'\n", "no pair of languages", "did you mean uk-en?"),
        ("profile = \n", "not valid TOML", "configs/default.toml"),
        ("[languages]\nsources = []\n", "languages.sources is empty", "sources = ['en', 'fr'"),
        ("[languages]\nsources = ['ru', 'ru']\n", "names a language twice", "once"),
        (
            "[sources]\nmax_file_mb = nan\n",
            "sources.max_file_mb must be a number, not nan",
            "1e-06",
        ),
        ("[sources]\nmax_file_mb = inf\n", "must be a number, not inf", "at most 1,000,000"),
        ("[sources]\nmax_file_mb = -inf\n", "must be a number, not -inf", "1,000,000"),
        ("[sources]\nmax_file_mb = 1e999\n", "must be a number, not inf", "1,000,000"),
        (f"[sources]\nmax_file_mb = 1{'0' * 400}\n", "must be a number", "1,000,000"),
        ("[sources]\nmax_file_mb = 1e7\n", "must be at most 1,000,000", "1,000,000"),
        ("[server]\ntimeout_s = nan\n", "server.timeout_s must be a number", "1,000,000,000"),
        ("[clean_up]\nnear_threshold = nan\n", "must be a number, not nan", "at most 1"),
        ("[clean_up]\nnear_threshold = 1.5\n", "must be at most 1, not 1.5", "at most 1"),
        (f"[clean_up]\nnights = {10**30}\n", "must be at most 1,000,000,000", "whole number"),
        (
            f"[engine]\nmax_batch_size = 0x{'f' * 9000}\n",
            "not a number beyond all measure",
            "whole number",
        ),
        (f"[engine]\nmax_batch_size = {'9' * 5000}\n", "a number is too long", "default.toml"),
        ("[translate]\nladder_samples = -1\n", "must be at least 0, not -1", "at least 0"),
        ("[server]\nmax_source_chars = 60\n", "must be at least 500, not 60", "at least 500"),
        ("[translate]\nglossary = 'a\\u0000'\n".replace("'", '"'), "a NUL character", "without"),
        (f"x = {'[' * 100_000}\n", "TOML", "default.toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str, hint: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert hint in caught.value.hint


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml")


def test_unknown_language_codes_are_usage_errors() -> None:
    assert check_language("uk") == "uk"
    with pytest.raises(UsageError) as caught:
        check_language("eng")
    assert "did you mean en?" in caught.value.hint


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ua", "uk"),
        ("UA", "uk"),
        ("gb", "en"),
        ("EN", "en"),
        ("uk_UA", "uk"),
        ("fre", "fr"),
        ("fra", "fr"),
        ("rus", "ru"),
        ("Russian", "ru"),
        ("russe", "ru"),
        ("російська", "ru"),
        ("украинский", "uk"),
        ("ukranian", "uk"),
        ("be", None),  # Belarusian, not the language of Belgium
        ("kz", None),
        ("frr", None),  # North Frisian, not French with a letter too many
        ("german", None),
        ("", None),
    ],
)
def test_the_language_that_is_meant(written: str, meant: str | None) -> None:
    assert meant_language(written) == meant
    if meant is not None:
        assert f"did you mean {meant}? " in language_hint(written)


def test_the_ladder_may_ask_for_no_samples_but_a_window_holds_something(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text("[translate]\nladder_samples = 0\n", encoding="utf-8")
    assert load(path).translate.ladder_samples == 0
    path.write_text("[engine]\nwindow_documents = 0\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="window_documents must be above 0"):
        load(path)


def test_the_fast_configuration_has_the_small_translator_first(
    repository: Path, tmp_path: Path
) -> None:
    fast = load(repository / "configs" / "fast.toml")
    small = Config(translate=TranslateOptions(translator="small"))
    for config, name, beams in ((fast, "270m", 1), (small, "270m", 4), (Config(), "1.5b", 2)):
        with open_state(tmp_path / "state") as state:
            engine = build(config, state=state, progress=Silent()).engines["translate"]
        assert engine["identity"].startswith(f"nightdesk-translator-{name}")
        assert engine["decoding"]["num_beams"] == beams


def test_the_careful_configuration_asks_both_engines_and_only_where_there_are_two(
    repository: Path, tmp_path: Path
) -> None:
    careful = load(repository / "configs" / "careful.toml")
    assert careful.translate.second_opinion == "always"
    with open_state(tmp_path / "state") as state:
        build(careful, state=state, progress=Silent())
        elsewhere = replace(careful, profile="server")
        with pytest.raises(ConfigError, match="server has one translator"):
            build(elsewhere, state=state, progress=Silent())


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xef\xbb\xbf[languages]\r\ntarget = 'fr'\r\n")
    assert load(path).languages.target == "fr"

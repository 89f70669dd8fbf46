"""A fifth language is one TOML: what is read from it, and what is said of a bad one.

Language data is read once a process, so every look at an invented language is a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from newsroom import newsroom, nightdesk, server_config

from pipeline.build import routed_sources
from pipeline.config import Config, Hub, Languages, ProfileName
from pipeline.lang.data import FOLDERS, by_language, embedded_tags, tags

INVENTED = """
[letters]
script = "Latin"
capital = "A-ZŊ"
small = "a-zŋ"

[grammar]
function_words = "ŋe vu loti sar"

[sentences]
initials = "Krv"
before_name = "ostr"
before_figure = "nim"
ends_list = ['amb']
conjunctions = "vu"

[dates]
months = [
    ["unem"], ["duem"], ["triem"], ["kvarem"], ["pentem"], ["seksem"],
    ["septem"], ["oktem"], ["novem"], ["dekem"], ["undekem"], ["ŋolem", "ŋol"],
]
weekdays = ["una", "dua", "tria", "kvara", "penta", "seksa", "septa"]
ordinals = "ak"
before_month = "loti"
at = "sar"
labels = ['skribita(?:\\s+sar)?']

[numbers]
decimal_mark = "·"
negative = 'minusak'
scales = { "mlk" = 6 }
months = ['unem', 'duem', 'triem', 'kvarem', 'pentem', 'seksem', 'sept', 'okt', 'nov', 'dekem',
    'undek', 'ŋol']
words = '''
2 duo|duoŋ
20 duodek
1000 milo
'''

[numbers.also]
"samduo" = "0.5"

[units]
km = 'kilometŋ\\w*'

[negation]
denials = '\\b(?: neŋ )\\b'
negative = '\\b(?: neŋ )\\b'

[facts]
date_words = "ŋolem oktem"
number_words = "duo duodek milo"
poles = "supra suba"
negations = "neŋ"

[romanise]
letters = "ŋ=ng"

[triage]
about_the_task = ['^ŋe traduk']

[boilerplate.whole]
navigation = ['iru supren(?: ŋe)?']

[boilerplate.start]
tags = ['etikedoj\\s*:']
"""

LOOK = """
import json
from pipeline.facts.agreement import unsupported_numbers
from pipeline.facts.fact_words import negations
from pipeline.facts.negation import negation_lost
from pipeline.facts.numbers import missing_numbers
from pipeline.facts.units import measures
from pipeline.lang.data import tags
from pipeline.lang.function_words import function_word_density, function_words
from pipeline.lang.romanise import romanise
from pipeline.lang.sentences import clauses, sentences
from pipeline.sources import dates
from pipeline.stages.duplicates.vetoes import veto

to_english = {"source_language": "qxa", "target_language": "en"}
print(json.dumps({
    "tags": tags(),
    "sentences": sentences(
        "Krv. Vun sari domek. Ostr. Ŋalu esti granda, nim. 7 vidi amb. Ŋe vu loti.", language="qxa"
    ),
    "clauses": clauses("domo granda, vu domo suba tria", max_chars=20),
    "parsed": dates.parse("Skribita sar 3ak loti ŋolem 2026 - Vun sari."),
    "lines": [dates.of_line(f"tria, {i} {month} 2026 sar 14:30") for i, month in (
        (1, "unem"), (12, "Ŋol"), (31, "duem"))],
    "words": sorted(function_words()["qxa"]),
    "density": function_word_density("ŋe domo vu granda"),
    "missing": missing_numbers("duo domoj, 5 mlk.", "2 houses, 5,000,000.", **to_english),
    "lost": missing_numbers("5 mlk domoj.", "5 thousand houses.", **to_english),
    "spoken": unsupported_numbers("22 domoj.", "duodek duo domoj.", language="qxa"),
    "units": [m.unit for m in measures("Vun sari 12 kilometŋaj.", language="qxa")],
    "negation": [negation_lost("Vun neŋ sari.", t, **to_english)
                 for t in ("He comes.", "He does not come.")],
    "romanised": romanise("Ŋalu", "qxa"),
    "denies": "neŋ" in negations(),
    "veto": veto("La urbo supra la monto ŋe dorma en oktem, sar vu domoj.",
                 "La urbo supra la monto ŋe dorma en ŋolem, sar vu domoj."),
}))
"""


def look(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, FOLDERS: str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a process says of a language that it has from one TOML."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / "qxa.toml").write_text(INVENTED, encoding="utf-8")
    done = look(LOOK, folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_it_joins_the_four(seen: dict[str, Any]) -> None:
    assert seen["tags"] == ["en", "fr", "qxa", "ru", "uk"]
    assert tags() == ("en", "fr", "ru", "uk"), "in this process nobody named its folder"


def test_its_sentences_end_where_its_abbreviations_say(seen: dict[str, Any]) -> None:
    assert seen["sentences"] == [
        "Krv. Vun sari domek. ",
        "Ostr. Ŋalu esti granda, nim. 7 vidi amb. ",
        "Ŋe vu loti.",
    ]
    assert seen["clauses"][0] == "domo granda, "


def test_it_is_dated_by_its_months(seen: dict[str, Any]) -> None:
    assert seen["parsed"] == "2026-12-03"
    assert seen["lines"] == ["2026-01-01", "2026-12-12", None]


def test_its_function_words_are_known(seen: dict[str, Any]) -> None:
    assert seen["words"] == ["loti", "sar", "vu", "ŋe"]
    assert seen["density"] == 0.5


def test_its_numbers_are_compared(seen: dict[str, Any]) -> None:
    assert seen["missing"] == []
    assert seen["lost"] == ["5"]
    assert seen["spoken"] == []
    assert seen["units"] == ["km"]


def test_its_denials_and_its_letters_are_known(seen: dict[str, Any]) -> None:
    assert seen["negation"] == [True, False]
    assert seen["denies"]
    assert seen["romanised"] == "Ngalu"


def test_another_month_of_its_own_is_another_fact(seen: dict[str, Any]) -> None:
    assert seen["veto"] == "date"


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "qxa.toml").write_text("[letters\n", encoding="utf-8")
    done = look("from pipeline.lang.data import tags; tags()", tmp_path)
    assert "ConfigError" in done.stderr
    assert "qxa.toml" in done.stderr


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = look("from pipeline.lang.data import tags; tags()", tmp_path / "gone")
    assert "ConfigError" in done.stderr
    assert "gone" in done.stderr


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[sentences]\nbefore_name = 7\n", "qxa.toml: sentences.before_name: must be"),
        ("[sentences]\nends_list = ['a(b']\n", "qxa.toml: sentences.ends_list: 'a(b' is no"),
    ],
)
def test_a_section_of_another_kind_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "qxa.toml").write_text(text, encoding="utf-8")
    split = "from pipeline.lang.sentences import sentences; sentences('A. B.', language='en')"
    assert named in look(split, tmp_path).stderr


CHROME = """
import json
from pipeline.stages.boilerplate.lines import read_line

lines = ("Iru supren", "Etikedoj: monto, urbo", "Iru al la monto")
print(json.dumps([read_line(line, 0, near_edge=True).reason for line in lines]))
"""


def test_its_site_chrome_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "qxa.toml").write_text(INVENTED, encoding="utf-8")
    done = look(CHROME, tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["navigation", "tags", None]


SECTIONS = (
    "letters.capital", "letters.small", "letters.script", "grammar.function_words",
    "sentences.before_name", "sentences.before_figure", "sentences.conjunctions",
    "dates.months", "dates.weekdays", "dates.labels", "dates.bylines", "dates.at",
    "numbers.words", "numbers.also", "numbers.scales", "numbers.months", "numbers.negative",
    "numbers.decimal_mark", "numbers.group_mark", "numbers.range", "units",
    "numbers.said", "numbers.added", "numbers.parts", "units_in_doubt", "units_apart",
    "negation.denials", "negation.idioms", "negation.negative", "negation.full", "negation.firm",
    "facts.date_words", "facts.number_words", "facts.poles", "facts.negations", "facts.prefixes",
    "facts.near_negations", "facts.auxiliaries", "facts.tenses", "facts.stated", "facts.vouching",
    "facts.opposites", "facts.colours", "triage.about_the_task",
)  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_every_language_of_ours_has_every_section(section: str) -> None:
    found = by_language(section)
    assert tuple(found) == tags()
    assert len({type(value) for value in found.values()}) == 1


def test_a_year_has_twelve_months_and_a_week_seven_days_in_every_language() -> None:
    for tag in tags():
        assert len(by_language("dates.months")[tag]) == 12, tag
        assert len(by_language("numbers.months")[tag]) == 12, tag
        assert len(by_language("dates.weekdays")[tag]) == 7, tag
        assert set(by_language("units")[tag]) == set(by_language("units")["en"]), tag


def test_nothing_is_read_before_a_text_is(tmp_path: Path) -> None:
    (tmp_path / "qxa.toml").write_text("[letters\n", encoding="utf-8")
    done = look(
        "from pipeline.cli import main; import sys; sys.argv[1:] = ['--help']; main()", tmp_path
    )
    assert done.returncode == 0, done.stderr


LANGID = """
[langid]
alphabet = "abcdefghijklmnoprstuvzŋ"
function_words = "ŋe vu loti sar"
"""
FIRST = "Krv. Vunŋo sari domek vu granda monto ŋe suba, sar la urbo dorma loti nim. 7 pontoj. "
SECOND = "Мэр сказал, что новый причал построят из камня, но не знает, кто за него заплатит."
REPORT = f"""Skribita sar 3ak loti ŋolem 2026

Iru supren

Ŋalu haveno ŋe reŋi vu maŋuna kaŋo sar restaŋ fermita loti pŋintempo, diris ŋu urbestroŋ.

{FIRST}{SECOND}
"""


@pytest.fixture
def fifth(tmp_path: Path) -> Path:
    """Write the file of the language, a report in it, and a configuration that lists it."""
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "qxa.toml").write_text(INVENTED + LANGID, encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "report.txt").write_text(REPORT, encoding="utf-8")
    return tmp_path


def configured(folder: Path, *, url: str = "http://127.0.0.1:9", target: str = "en") -> Path:
    lines = ("[languages]", 'sources = ["en", "fr", "qxa", "ru", "uk"]', f'target = "{target}"')
    return server_config(folder / "config.toml", url, lines)


def test_a_run_reads_it_and_keeps_it_as_it_is(fifth: Path) -> None:
    with newsroom() as room:
        ran = nightdesk(
            "run", fifth / "inbox", "--out", fifth / "out",
            "--config", configured(fifth, url=room.url), "--json",
            NIGHTDESK_LANGUAGES=str(fifth / "languages"),
        )  # fmt: skip
    assert ran.code == 0, ran.err
    record = json.loads((fifth / "out/documents/report.txt.json").read_text(encoding="utf-8"))
    assert record["language"] == "qxa"
    assert record["date"] == "2026-12-03"
    dated, menu, haven, mixed = record["paragraphs"]
    assert dated["language"] == "qxa"
    assert menu["removal"]["reason"] == "navigation"
    assert (haven["language"], haven["translation"]) == ("qxa", None)
    start, _ = mixed["span"]
    middle = start + len(FIRST)
    assert mixed["runs"] == [
        {"span": [start, middle], "language": "qxa"},
        {"span": [middle, middle + len(SECOND)], "language": "ru"},
    ]
    assert mixed["translation"]["text"].startswith(FIRST)
    assert [asked for asked in room.asked if "ŋ" in asked] == [], "no model has a name for it"
    [note] = record["notes"]
    assert note.startswith("is in 'qxa', which no model here knows; kept, not translated")
    assert note.endswith("; what can be is in en, fr, ru, uk")


def test_it_is_explained_like_any_other(fifth: Path) -> None:
    explained = nightdesk(
        "explain", fifth / "inbox/report.txt", "--config", configured(fifth), "--json",
        NIGHTDESK_LANGUAGES=str(fifth / "languages"),
    )  # fmt: skip
    assert explained.code == 0, explained.err
    found = json.loads(explained.out)
    assert [p["language"] for p in found if p["removal"] is None] == ["qxa"] * 3
    assert [p["removal"] is not None for p in found] == [False, True, False, False]


def test_without_its_file_it_is_unknown(fifth: Path) -> None:
    refused = nightdesk("run", fifth / "inbox", "--config", configured(fifth))
    assert refused.code == 2
    assert "unknown language code 'qxa'" in refused.err
    assert "known: en, fr, ru, uk" in refused.err


def test_without_an_alphabet_it_cannot_be_told_from_others(fifth: Path) -> None:
    (fifth / "languages" / "qxa.toml").write_text(INVENTED, encoding="utf-8")
    refused = nightdesk(
        "run", fifth / "inbox", "--config", configured(fifth),
        NIGHTDESK_LANGUAGES=str(fifth / "languages"),
    )  # fmt: skip
    assert refused.code == 2
    assert "'qxa' cannot be identified" in refused.err
    assert "[langid]" in refused.err


def test_no_model_writes_it(fifth: Path) -> None:
    refused = nightdesk(
        "run", fifth / "inbox", "--config", configured(fifth, target="qxa"),
        NIGHTDESK_LANGUAGES=str(fifth / "languages"),
    )  # fmt: skip
    assert refused.code == 2
    assert "no model of the profile server writes 'qxa'" in refused.err


@pytest.mark.parametrize(
    ("profile", "translators", "routed"),
    [
        ("hub", {"qxa-en": "o/qxa"}, ("ru", "qxa")),
        ("hub", {"qxa-fr": "o/qxa"}, ("ru",)),
        ("server", {"qxa-en": "o/qxa"}, ("ru",)),
    ],
)
def test_a_model_that_is_named_for_it_translates_it(
    profile: ProfileName, translators: dict[str, str], routed: tuple[str, ...]
) -> None:
    config = Config(
        profile=profile,
        languages=Languages(sources=("ru", "qxa")),
        hub=Hub(translators=translators),
    )
    assert routed_sources(config) == routed


def test_the_languages_read_by_default_are_those_that_come_with_nightdesk() -> None:
    assert Config().languages.sources == embedded_tags() == ("en", "fr", "ru", "uk")

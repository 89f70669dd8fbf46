"""Short pairs to train on, and the 300 short texts that tell whether they are rendered."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts" / "train"
CASES = Path(__file__).parent / "data" / "short-segments.tsv"
NAMES = ("by_data", "plot", "data", "examples", "excluded", "likeness", "messages", "short_pairs",
         "short_segments")  # fmt: skip


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    for name in NAMES:
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_names_are_paired_in_two_scripts() -> None:
    from short_pairs import known_names, persons, unicode_names

    named = {(line[0], line[4], line[5]) for line in unicode_names()}
    assert {("uk", "Нова Зеландія", "New Zealand"), ("ru", "Пномпень", "Phnom Penh")} <= named
    table = {"uk": {"given": "Юрій", "family": "Гнатюк"},
             "ru": {"given": "Наталья", "family": "Жуков Панин"}}  # fmt: skip
    found = {(line[4], line[5]) for line in persons(table)}
    assert ("Юрій Гнатюк", "Yurii Hnatiuk") in found
    assert {source for source, _ in found} >= {"Наталья Жукова", "Наталья Панина"}
    assert not any(re.search("[аеоу]и", line[4].lower()) for line in known_names())


def test_kinds_of_short_pairs() -> None:
    from short_pairs import of_collected

    lines: list[Any] = [
        ("uk", "prose", "tale", "GPL-2+", "Хто відчинив браму?", "Who opened the gate?"),
        ("uk", "prose", "tale", "GPL-2+", "Відчиніть браму.", "Open the gate."),
        ("uk", "prose", "tale", "GPL-2+", "Відкриття брами замку", "Open the gate of the castle"),
        *(("uk", "labels", "tale", "GPL-2+", f"Брама {n}", f"Gate {n}") for n in range(400)),
    ]
    orders = {"verbs": "Open", "endings": {"uk": "йте іть"}}
    found = list(of_collected(lines, ["<s>", "[INST]"], orders))
    kinds = Counter(line[1] for line in found)
    assert kinds["questions"] == kinds["orders"] == 1
    assert 15 < kinds["capitals"] < 60
    assert 2 <= kinds["tokens"] < 20
    for line in found:
        if line[1] == "tokens":  # the same tokens in the same places
            assert line[4].replace("Брама", "Gate") == line[5]
        if line[1] == "capitals":
            assert (line[4], line[5]) == (line[4].upper(), line[5].upper())
    assert list(of_collected(lines, ["<s>", "[INST]"], orders)) == found


def test_there_are_100_short_texts_of_each_language() -> None:
    from short_segments import read_cases

    cases = read_cases(CASES)
    assert Counter(case.language for case in cases) == {"ru": 100, "uk": 100, "fr": 100}
    assert len({(case.language, case.text) for case in cases}) == 300
    for case in cases:
        re.compile(case.pattern)
        assert len(case.text) <= 60
        assert (case.kind == "question") == ("?" in case.text)


@pytest.mark.parametrize(
    ("text", "rendering", "judged"),
    [
        ("Хто відчинив браму?", "Who opened the gate?", "right"),
        ("Хто відчинив браму?", "The guard opened the gate.", "answered"),
        ("Хто відчинив браму?", "Who closed the window?", "lost"),
        ("Хто відчинив браму?", "Who opened the браму gate?", "untranslated"),
        ("Хто відчинив браму?", "", "untranslated"),
        ("Брама", "Gate", "right"),
        ("Брама", "The gate is a large door in the wall of a town.", "answered"),
        ("Брама", "Is it a gate?", "answered"),
    ],
)
def test_a_rendering_is_judged(text: str, rendering: str, judged: str) -> None:
    from short_segments import Case, verdict

    assert verdict(Case("label", "gate", "uk", text), rendering) == judged


def test_a_smaller_arm_is_part_of_a_larger_one() -> None:
    from by_data import held_out, subset
    from data import Pair

    pairs = {
        (language, domain): [
            Pair(language, domain, n, f"{language} {domain} {n}", "x") for n in range(300)
        ]
        for language in ("ru", "uk", "fr")
        for domain in ("news", "tatoeba", "stories/near", "prose/near", "books/near", "labels")
    }
    kept = held_out(pairs)
    assert Counter(pair.language for pair in kept) == {"ru": 100, "uk": 100, "fr": 100}
    assert {pair.domain for pair in kept} == {"stories/near", "prose/near", "books/near"}
    without = {pair.source for pair in kept}
    some, more = (
        {pair.source for pair in subset(pairs, mix="wide", count=count, without=without)}
        for count in (100, 200)
    )
    assert some < more
    assert not more & without
    assert 95 <= len(some) <= 105
    old = subset(pairs, mix="long", count=100, without=without)
    assert not {pair.domain for pair in old} & {"stories/near", "labels"}


def test_the_curve_is_drawn_once_all_arms_are_there(tmp_path: Path) -> None:
    from by_data import ARMS, draw

    rows = [
        f"{arm}\tntrex\t{language}\t40\t50.00\t{-2 + place / 10:.4f}"
        for place, arm in enumerate(["version-2", *ARMS])
        for language in ("ru", "uk", "fr")
    ]
    out = tmp_path / "curve.svg"
    draw("\n".join(rows[:-1]), out, tokens=6_800)
    assert not out.exists()
    draw("\n".join(rows), out, tokens=6_800)
    assert out.read_text().count("<polyline") == 6
    assert "different pairs, 6,800 tokens seen" in out.read_text()

"""One spelling per name, by the standard, the glossary, or a form seen in Latin letters."""

from __future__ import annotations

import pytest

from pipeline.stages.romanise import likeness, romanise


@pytest.mark.parametrize(
    ("word", "latin"),
    [  # the letters that the resolution treats apart: initials, apostrophes, "зг", "г" and "ґ"
        ("Згурський", "Zghurskyi"),
        ("Єнакієве", "Yenakiieve"),
        ("Їжакевич", "Yizhakevych"),
        ("Короп'є", "Koropie"),
        ("Знам’янка", "Znamianka"),
        ("Юрій", "Yurii"),
        ("Ґалаґан", "Galagan"),
        ("Гадяч", "Hadiach"),
        ("Івано-Франківськ", "Ivano-Frankivsk"),
        ("Йосипівка", "Yosypivka"),
    ],
)
def test_ukrainian_follows_resolution_55(word: str, latin: str) -> None:
    assert romanise(word, "uk") == latin


@pytest.mark.parametrize(
    ("word", "latin"),
    [
        ("Горбачёв", "Gorbachev"),
        ("Елена", "Yelena"),
        ("Юрьев", "Yuryev"),
        ("Чайковский", "Chaykovsky"),
        ("Щукин", "Shchukin"),
        ("Подъездов", "Podyezdov"),
        ("МХАТ", "MKHAT"),
    ],
)
def test_russian_follows_bgn_pcgn(word: str, latin: str) -> None:
    assert romanise(word, "ru") == latin


def test_spellings_of_one_name_are_alike_and_of_two_names_are_not() -> None:
    for one, other in [("Vorren", "Warren"), ("Dzhonson", "Johnson"), ("Baiden", "Biden")]:
        assert likeness(one, other) > 0.85
    for one, other in [("Boston", "Biden"), ("Berlin", "Merkel"), ("Putin", "Bush")]:
        assert likeness(one, other) < 0.8

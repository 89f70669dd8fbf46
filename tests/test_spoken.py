"""Numbers in words: what they are worth, and whether a translation has them."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from pipeline.facts.measures import localise
from pipeline.facts.numbers import figures, figures_of_document, numbers_agree
from pipeline.facts.roman import is_roman, roman_numbers
from pipeline.facts.spoken import spoken_numbers
from pipeline.facts.spoken_agreement import spoken_problems


def problems(language: str, source: str, target: str) -> list[str]:
    return spoken_problems(source, target, source_language=language, target_language="en")


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("fr", "dix-sept", "17"),
        ("fr", "cent dix-neuf", "119"),
        ("fr", "dix-huit mille", "18000"),
        ("fr", "mille neuf cent quatre-vingt-dix-huit", "1998"),
        ("fr", "cent quatre-vingt-dix", "190"),
        ("fr", "septante-deux", "72"),
        ("fr", "huitante", "80"),
        ("fr", "octante-trois", "83"),
        ("fr", "nonante-cinq", "95"),
        ("fr", "soixante et onze", "71"),
        ("fr", "vingt et unième", "21"),
        ("fr", "un million et demi", "1500000"),
        ("fr", "trois quarts de million", "750000"),
        ("fr", "un billion", "1e12"),
        ("fr", "deux trillions", "2e18"),
        ("fr", "deux mille cinq cents milliards", "2.5e12"),
        ("ru", "полтора миллиона", "1500000"),
        ("ru", "полутора тысяч", "1500"),
        ("ru", "два с половиной миллиарда", "2.5e9"),
        ("ru", "миллион с половиной", "1500000"),
        ("ru", "четверть миллиона", "250000"),
        ("ru", "полмиллиона", "500000"),
        ("ru", "пол миллиона", "500000"),
        ("ru", "полсотни", "50"),
        ("ru", "полтораста", "150"),
        ("ru", "двухмиллионный", "2000000"),
        ("ru", "двадцатипятитысячный", "25000"),
        ("ru", "тысяча двести миллионов", "1.2e9"),
        ("ru", "четырьмя", "4"),
        ("uk", "півтора мільйона", "1500000"),
        ("uk", "два з половиною мільйони", "2500000"),
        ("uk", "пів мільйона", "500000"),
        ("uk", "півмільйона", "500000"),
        ("uk", "чверть мільярда", "250000000"),
        ("uk", "п'ятитисячний", "5000"),
        ("en", "half a million", "500000"),
        ("en", "a million and a half", "1500000"),
        ("en", "two-and-a-half billion", "2.5e9"),
        ("en", "three quarters of a million", "750000"),
        ("en", "half a dozen", "6"),
        ("en", "two thousand million", "2e9"),
        ("en", "one hundred and ninety", "190"),
    ],
)
def test_halves_scales_and_scores_are_composed(language: str, text: str, value: str) -> None:
    assert spoken_numbers(text, language=language) == [Decimal(value)]


@pytest.mark.parametrize("mark", ["'", "’", "ʼ", "`", "´", "‘", "′", '"', "*", ""])
def test_any_apostrophe_will_do_and_none(mark: str) -> None:
    assert spoken_numbers(f"п{mark}ять разів", language="uk")[0] == 5
    assert spoken_numbers(f"дев{mark}яносто шість", language="uk") == [96]
    assert spoken_numbers(f"п{mark}ятсот", language="uk") == [500]


def test_stress_marks_do_not_hide_a_number() -> None:
    assert spoken_numbers("полтора\u0301 миллио\u0301на", language="ru") == [1_500_000]
    assert spoken_numbers("п'я\u0301\u00adть", language="uk") == [5]
    assert spoken_numbers("premie\u0300re", language="fr") == [1], "accents are no stress"


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ru", "2 с половиной миллиона", "2500000"),
        ("ru", "3 млн с половиной", "3500000"),
        ("uk", "2 з половиною мільйони", "2500000"),
        ("fr", "3 millions et demi d'euros", "3500000"),
        ("fr", "3 billions de dollars", "3e12"),
        ("en", "2½ million", "2500000"),
        ("en", "2 1/2 million", "2500000"),
        ("en", "2 and a half billion", "2.5e9"),
    ],
)
def test_a_figure_takes_the_half_behind_it(language: str, text: str, value: str) -> None:
    assert figures(text, language=language)[0].values == {Decimal(value)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("le XIXe siècle", 19),
        ("le XXIe siècle", 21),
        ("la Ve République", 5),
        ("François Ier", 1),
        ("XXX Олимпиада", 30),
        ("ХХІ століття", 21),
        ("Louis XIV", 14),
        ("MCMLXXXIV", 1984),
    ],
)
def test_roman_numerals_have_their_worth(text: str, value: int) -> None:
    assert roman_numbers(text) == [value]
    assert roman_numbers("M. Dupont, L. Blanc et C. Noir ; Les gens, Ce jour, Mme") == []
    assert is_roman("XIV")
    assert not is_roman("XIY")
    assert not is_roman("C")


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("fr", "dix-sept maisons", "17 houses"),
        ("fr", "La dette dépasse un billion d'euros.", "The debt exceeds a trillion euros."),
        ("fr", "Il a septante ans.", "He is 70."),
        ("fr", "des milliers de gens", "thousands of people"),
        ("ru", "два с половиной миллиона рублей", "2.5 million roubles"),
        ("ru", "сотни тысяч людей", "hundreds of thousands of people"),
        ("ru", "десятки тысяч людей", "tens of thousands of people"),
        ("ru", "от двух до трёх миллионов", "between 2 million and 3 million"),
        ("ru", "двадцать-тридцать тысяч", "20,000 to 30,000"),
        ("ru", "один из двоих, оба брата", "one of two, both brothers"),
        ("ru", "Его показали на «Channel Four».", "It was on Channel Four."),
        ("uk", "півмільйона гривень", "500,000 hryvnias"),
        ("uk", "п'ятеро людей", "five people"),
        ("uk", "півроку", "six months"),
    ],
)
def test_a_number_in_words_finds_its_counterpart(language: str, source: str, target: str) -> None:
    assert problems(language, source, target) == []
    assert numbers_agree(source, target, source_language=language, target_language="en")


@pytest.mark.parametrize(
    ("language", "source", "target", "wrong"),
    [
        ("fr", "un billion d'euros", "a billion euros", ["un billion", "a billion"]),
        ("fr", "dix-sept maisons", "seven houses", ["dix-sept", "seven"]),
        ("ru", "пять человек", "a man", ["пять"]),
        ("ru", "два с половиной миллиона", "2 million", ["два с половиной миллиона"]),
        ("ru", "миллионы людей", "billions of people", ["миллионы", "billions"]),
        ("ru", "Приехали люди.", "Thirty people came.", ["Thirty"]),
        ("uk", "півтора мільйона", "a million", ["півтора мільйона"]),
    ],
)
def test_another_number_in_words_is_named(
    language: str, source: str, target: str, wrong: list[str]
) -> None:
    assert problems(language, source, target) == wrong


@pytest.mark.parametrize(
    ("language", "source", "written", "right"),
    [
        ("fr", "un billion d'euros", "a billion euros", "a trillion euros"),
        ("fr", "des billions d'euros", "billions of euros", "trillions of euros"),
        ("fr", "3 billions de dollars", "$3 billion", "$3 trillion"),
        ("fr", "2,5 trillions de litres", "2.5 trillion litres", "2.5 quintillion litres"),
        ("ru", "2,5 млрд рублей", "2.5 million roubles", "2.5 billion roubles"),
        ("uk", "два мільйони людей", "Two billion people", "Two million people"),
        ("ru", "5 млн и 7 млрд", "5 million and 7 billion", "5 million and 7 billion"),
        ("ru", "5 млн человек", "8 billion people", "8 billion people"),
        ("ru", "5 млн и 7 млн", "5 billion and 7 billion", "5 billion and 7 billion"),
    ],
)
def test_a_wrong_scale_is_put_right_where_only_it_is_wrong(
    language: str, source: str, written: str, right: str
) -> None:
    assert localise(source, written, source_language=language, target_language="en") == right


@pytest.mark.parametrize("piece", ["а", "1", "-", "тысяч", "½", "два ", "с ", 'п"', "2 ", "a@"])
def test_a_long_run_of_anything_takes_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    spoken_numbers(text, language="uk")
    figures_of_document(text, language="ru")
    assert time.process_time() - start < 15, "a square of its length would take minutes"

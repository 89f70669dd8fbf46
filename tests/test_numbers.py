"""Numbers are compared by value across languages, and written formats do not matter."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.facts.number_words import month_number
from pipeline.facts.numbers import added_numbers, figures, missing_numbers, numbers_agree
from pipeline.facts.spoken import spoken_numbers
from pipeline.facts.units import unit_problems


def agree(source: str, target: str, language: str) -> bool:
    return numbers_agree(source, target, source_language=language, target_language="en")


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("fr", "Il a vendu 151 939 voitures.", "It sold 151,939 cars."),
        ("fr", "Soit 1 234,5 tonnes, ou 1\u202f234,5.", "That is 1,234.5 tonnes, or 1234.5."),
        ("fr", "Un bénéfice de 2,4 milliards d'euros", "A profit of €2.4bn"),
        ("fr", "Un chèque de 3 M€", "A cheque for €3 million"),
        ("fr", "Le vol part à 14 h 30.", "The flight leaves at 2:30 p.m."),
        ("fr", "Le vol part à 14h.", "The flight leaves at 14:00."),
        ("fr", "Au moins 384 morts", "At least 384 dead"),
        ("ru", "Население — 2,5 млн человек.", "The population is 2.5 million."),
        ("ru", "от 15 до 20 тысяч рублей", "between 15,000 and 20,000 roubles"),
        ("ru", "15–20 тыс. рублей", "15 to 20 thousand roubles"),
        ("ru", "В 90-е годы было иначе.", "In the 1990s it was different."),
        ("ru", "Погибли 3 человека.", "Three people died."),
        ("ru", "Ему 25 лет.", "He is twenty-five years old."),
        ("ru", "Счёт 2:1 к 15-й минуте", "2-1 by the 15th minute"),
        ("ru", "Температура упала до -15 градусов.", "The temperature fell to minus 15."),
        ("ru", "Один из них, двое других и половина села", "One of them, 2 others and 50% of it"),
        ("uk", "Зустріч о 14.30 15.11.2023 року", "The meeting is at 14:30 on 15 November 2023"),
        ("uk", "15 листопада", "15/11"),
        ("uk", "На 3,5 % більше, 1 234 особи", "3.5% more, 1,234 people"),
        ("uk", "П'ятдесят п'ять тисяч осіб", "55,000 people"),
        ("uk", "тисяч 100 в Україні", "some 100,000 in Ukraine"),
        ("ru", "Большая семёрка осудила", "The G7 condemned it"),
        ("ru", "Ответ до 25.04.", "The answer is due by April 25."),
        ("ru", "Тел. +7 905 989 91 72", "Phone +7 905 989 91 72"),
        ("ru", "Лампа 3000-6000К", "A lamp of 3,000-6,000K"),
        ("uk", "Володарі XXI століття", "Masters of the 21st century"),
    ],
)
def test_the_same_value_in_another_form_agrees(language: str, source: str, target: str) -> None:
    assert agree(source, target, language)


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("fr", "Il a vendu 151 939 voitures.", "It sold 151.939 cars."),
        ("fr", "2,4 milliards d'euros", "€2.4 million"),
        ("ru", "Погибли 13 человек.", "Thirty people died."),
        ("ru", "12-й пакет санкций", "the 13th package of sanctions"),
        ("ru", "Выросли на 3,5 %.", "They rose by 35%."),
        ("ru", "до -15 градусов", "to 15 degrees"),
        ("ru", "25 мая и 25 июня", "25 May and in June"),
        ("uk", "о 14:30", "at 14:50"),
        ("uk", "у 2019 році", "in the year"),
        ("uk", "Минулого року", "in 2022"),
    ],
)
def test_another_value_does_not(language: str, source: str, target: str) -> None:
    assert not agree(source, target, language)


def test_it_says_which_figures() -> None:
    languages = {"source_language": "ru", "target_language": "en"}
    source, target = (
        "С 12 по 14 мая продано 1 500 билетов.",
        "From 12 May, 1,800 tickets were sold.",
    )
    assert missing_numbers(source, target, **languages) == ["14", "1 500"]
    assert added_numbers(source, target, **languages) == ["1,800"]


def test_addresses_on_the_net_are_no_numbers() -> None:
    assert figures("См. https://example.org/2023/15 и a1@b2.com", language="ru") == ()


@given(
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False),
    st.sampled_from([" ", "\u00a0", "\u202f", ""]),
)
def test_any_amount_agrees_with_itself_in_the_other_format(value: Decimal, space: str) -> None:
    english = f"{value:,}"
    french = english.replace(",", space).replace(".", ",")
    assert agree(f"Soit {french} en tout", f"That is {english} in all", "fr")
    other = f"{value + 1:,}"
    assert not agree(f"Soit {french} en tout", f"That is {other} in all", "fr")


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "two hundred and twenty-five thousand", 225_000),
        ("en", "a million", 1_000_000),
        ("fr", "quatre-vingt-dix-sept", 97),
        ("fr", "deux mille vingt-trois", 2023),
        ("ru", "двадцать одна тысяча пятьсот", 21_500),
        ("ru", "сто сорок четыре", 144),
        ("uk", "тридцять п’ять мільйонів", 35_000_000),
        ("uk", "двохсот", 200),
    ],
)
def test_words_are_composed(language: str, text: str, value: int) -> None:
    assert spoken_numbers(text, language=language) == [Decimal(value)]


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", "January March May June July December"),
        ("fr", "janvier mars mai juin juillet décembre"),
        ("ru", "января марта мая июня июля декабря"),
        ("uk", "січня березня травня червня липня грудня"),
    ],
)
def test_months_are_known_in_every_language(language: str, names: str) -> None:
    found = [month_number(name.lower(), language) for name in names.split()]
    assert found == [1, 3, 5, 6, 7, 12]


@pytest.mark.parametrize(
    ("source", "target", "wrong"),
    [
        ("Він коштуватиме сорок мільйонів гривень.", "It will cost forty million roubles.", True),
        ("Він витратив півтора мільйона гривень.", "He spent one and a half million.", True),
        ("Він говорив з ради Єн Бітті.", "He spoke with Ian Beattie.", False),
        ("Он стоит десять тысяч рублей.", "It costs ten thousand dollars.", True),
        ("Он стоит десять тысяч рублей.", "It costs ten thousand rubles.", False),
        ("Курс рубля к доллару вырос.", "The rouble rose against the dollar.", False),
        ("Il a payé trois livres.", "He paid for three books.", False),
        ("Il a payé trois livres.", "He paid three pounds.", False),
    ],
)
def test_an_amount_in_words_keeps_its_currency(source: str, target: str, wrong: bool) -> None:
    language = {"В": "uk", "О": "ru", "К": "ru", "I": "fr"}[source[0]]
    found = unit_problems(source, target, source_language=language, target_language="en")
    assert bool(found) is wrong

"""Months, days, seasons and opposites: a translation has the same ones."""

from __future__ import annotations

import pytest

from models.engine import Hypothesis, Segment
from pipeline.facts.stated import stated_problems
from pipeline.flag import Flag
from pipeline.lang.data import by_language, tags
from pipeline.stages.triage.suspicions import suspicions


def problems(language: str, source: str, target: str, to: str = "en") -> list[str]:
    return stated_problems(source, target, source_language=language, target_language=to)


@pytest.mark.parametrize(
    ("language", "source", "target", "wrong"),
    [
        ("uk", "У червні відкриють міст.", "In November a bridge opens.", ["june", "november"]),
        ("ru", "Съезд пройдёт в мае.", "The congress is in March.", ["may", "march"]),
        ("ru", "Съезд пройдёт в мае.", "The congress will be held.", ["may"]),
        ("fr", "La foire ouvre en août.", "The fair opens.", ["august"]),
        ("ru", "Съезд отложили.", "The congress was put off until July.", ["july"]),
        ("ru", "СЪЕЗД ПРОЙДЁТ В ИЮНЕ", "The congress is in July.", ["june", "july"]),
        ("ru", "Мост построят весной.", "A bridge for the poor.", ["spring"]),
        ("uk", "Міст збудують влітку.", "The bridge was built in winter.", ["summer", "winter"]),
        ("fr", "Le pont sera fini à l'automne.", "The bridge will be done.", ["autumn"]),
        ("fr", "Il viendra mardi.", "He comes on Thursday.", ["tuesday", "thursday"]),
        ("uk", "Зустріч у п'ятницю.", "The meeting is on Sunday.", ["friday", "sunday"]),
        ("ru", "Хлеб не подорожает.", "Bread is not tasty.", ["dearer"]),
        ("uk", "Хліб не подорожчає.", "Bread is not expensive.", ["dearer"]),
    ],
)
def test_a_lost_or_added_month_day_or_season_is_named(
    language: str, source: str, target: str, wrong: list[str]
) -> None:
    assert problems(language, source, target) == wrong
    segment, hypothesis = Segment(source, language, "en"), Hypothesis(target, 1, "stop", "m")
    assert Flag.FACTS in suspicions(segment, hypothesis)


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("uk", "Магазин залишається зачиненим.", "The shop stays open."),
        ("ru", "Аптека открыта.", "The pharmacy is closed."),
        ("fr", "La route est fermée.", "The road is open."),
        ("ru", "Цены снизились.", "Prices rose."),
        ("uk", "Ціни не зростуть.", "Prices will not fall."),
        ("fr", "Le chômage augmente.", "Unemployment fell."),
        ("ru", "Клуб выиграл матч.", "The club lost the match."),
        ("ru", "Страна увеличила импорт зерна.", "The country sells more exports of grain."),
        ("fr", "Le parking est interdit.", "Parking is allowed."),
        ("uk", "Суд виправдав мера.", "The court convicted the mayor."),
        ("ru", "Он умер в больнице.", "He was born in hospital."),
        ("uk", "Вітер дме на півночі.", "The wind blows in the south."),
        ("ru", "Комиссия отклонила проект.", "The commission approved the plan."),
        ("fr", "Il a vendu sa maison.", "He bought his house."),
        ("ru", "Его освободили утром.", "He was arrested in the morning."),
        ("uk", "Мер приїде завтра.", "The mayor came yesterday."),
    ],
)
def test_an_opposite_is_seen_from_both_sides(language: str, source: str, target: str) -> None:
    assert problems(language, source, target)
    assert problems("en", target, source, to=language)


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("fr", "Une organisation moins coûteuse.", "A less expensive organisation."),
        ("fr", "Une voiture moins chère.", "A less costly car."),
        ("ru", "Менее дорогая модель.", "A cheaper model."),
        ("uk", "Менш дорога модель.", "A less expensive model."),
        ("ru", "Съезд пройдёт в мае.", "The congress may meet in May."),
        ("ru", "Съезд пройдёт 15.05.", "The congress is on 15 May."),
        ("ru", "Съезд пройдёт 15 мая.", "The congress is on 15/05."),
        ("fr", "Il a été vu en mars.", "He was seen in March."),
        ("fr", "La maison a été vendue.", "The house was sold."),
        ("uk", "На лютому морозі.", "In bitter frost."),
        ("ru", "25-летний рабочий", "a 25-year-old worker"),
        ("ru", "Марта и Август Орловы", "Marta and August Orlov"),
        ("ru", "в пятничном матче", "in Friday's match"),
        ("uk", "Хліб не подорожчає.", "Bread will not go up."),
        ("ru", "Хлеб подорожал.", "Bread costs more now."),
        ("ru", "Об этом пишет The Sunday Times.", "The Sunday Times writes so."),
        ("ru", "Аптека не закрыта.", "The pharmacy is open."),
        ("ru", "Аптека открыта, но скоро закроется.", "The pharmacy closes soon."),
        ("ru", "Цены выросли больше всего.", "Prices went up most of all, then fell less."),
        ("uk", "Спуск по сходах, культурні заходи.", "Down the stairs to cultural events."),
        ("ru", "Возраст кандидата снизили.", "The age of the candidate was lowered."),
        ("fr", "La ferme est à l'est.", "The farm is in the east."),
    ],
)
def test_an_honest_translation_is_not_suspected(language: str, source: str, target: str) -> None:
    assert problems(language, source, target) == []
    assert problems("en", target, source, to=language) == []


def test_all_languages_of_ours_compare_the_same_facts() -> None:
    for section in ("facts.stated", "facts.opposites"):
        found = by_language(section)
        assert tuple(found) == tags()
        assert len({tuple(sorted(facts)) for facts in found.values()}) == 1, section
    for stated in by_language("facts.stated").values():
        assert list(stated)[4] == "may", "the first twelve are the months, for their numbers"
    vouching = by_language("facts.vouching")
    assert all(set(vouching[tag]) <= set(by_language("facts.stated")[tag]) for tag in tags())


def test_a_language_without_such_words_is_not_compared() -> None:
    assert problems("qxa", "en junio", "In March.") == []


@pytest.mark.parametrize(
    ("language", "source", "right", "turned"),
    [
        (
            "ru",
            "Аптека открыта, а касса закрыта.",
            "The pharmacy is open, and the ticket office is closed.",
            "The pharmacy is closed, and the ticket office is open.",
        ),
        (
            "fr",
            "Le nombre de vols diminue, celui des trains augmente.",
            "The number of flights is falling, that of trains is rising.",
            "The number of flights is rising, that of trains is falling.",
        ),
        (
            "fr",
            "Le bassin est ouvert le samedi et fermé le jeudi.",
            "The pool is open on Saturday and closed on Thursday.",
            "The pool is open on Thursday and closed on Saturday.",
        ),
        (
            "uk",
            "Узимку дорогу чистять, а влітку перекриють.",
            "In winter the road is cleared, and in summer it will be closed.",
            "In summer the road is cleared, and in winter it will be closed.",
        ),
    ],
)
def test_two_facts_of_a_sentence_keep_their_order(
    language: str, source: str, right: str, turned: str
) -> None:
    assert problems(language, source, right) == []
    assert problems(language, source, turned)


def test_an_order_is_not_compared_where_a_fact_comes_twice() -> None:
    source = "Музей открыт в мае, закрыт в июне и снова открыт в мае."
    assert problems("ru", source, "In June it is closed, in May open, and open in May.") == []


@pytest.mark.parametrize(
    ("language", "source", "target", "found"),
    [
        ("uk", "Шукають водія сірого фургона.", "The driver of a red van is sought.", ["grey"]),
        ("uk", "Шукають водія сірого фургона.", "The driver of a grey van is sought.", []),
        ("ru", "Красный крест на белом доме.", "A red cross on a white house.", []),
        ("ru", "Чёрный дым над портом.", "White smoke above the port.", ["black"]),
        ("ru", "Серый рынок жилья.", "The shadow market of housing.", []),  # an idiom
        ("fr", "Une voiture bleue attend.", "A green car waits.", ["blue"]),
        ("fr", "Le travail au noir coûte cher.", "Undeclared work costs much.", []),
    ],
)
def test_one_colour_is_not_another(
    language: str, source: str, target: str, found: list[str]
) -> None:
    assert problems(language, source, target) == found

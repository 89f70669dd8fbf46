"""Places and abbreviated titles before names: what is handed over, spelt, and flagged."""

from __future__ import annotations

import pytest
from namings import unified

from pipeline.lang.dictionary import spelt_out
from pipeline.stages.naming.articles import with_articles
from pipeline.stages.naming.mentions import Rendering
from pipeline.stages.naming.name_words import names_in
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.sources import Page


def placed(text: str, language: str) -> str:
    (found,) = Names(spells_unseen=True).placed([(text, language)], target="en")
    return found


def doubted(source: str, target: str, language: str) -> list[str]:
    names = Names(spells_unseen=True)
    names.learn([Page(sources=[(source, language)])], target="en")
    (found,) = names.unvouched([Rendering(source, target, language)], target="en")
    return [name.word for name in found]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Вчера г. Чусовой закрыли.", ["Чусовой"]),
        ("Её ведёт ст. лейтенант Ивашов.", ["Ивашов"]),
        ("Біля м. Рівне і вул. Шевченка тихо.", ["Рівне", "Шевченка"]),
        ("Le gén. Lacroix et M. Dupont dorment.", ["Lacroix", "Dupont"]),
        ("Il a vu Mgr Dubois hier.", ["Dubois"]),
        ("Об этом сказал А. Брянцев вчера.", ["Брянцев"]),
        ("В 2020 г. Выборы отменили.", []),
        ("Он ушёл домой. Она пришла.", []),
        ("Elle pèse 3 kg. Jacques dort.", []),
    ],
)
def test_a_name_behind_an_abbreviation_opens_no_sentence(text: str, names: list[str]) -> None:
    assert [match.group() for match in names_in(text)] == names


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "Паром стоит в Чусовом до мая.", "Паром стоит в Chusovoy до мая."),
        ("ru", "Автобус шёл из г. Чусовой.", "Автобус шёл из г. Chusovoy."),
        ("ru", "Света нет в Грайвороне.", "Света нет в Grayvoron."),
        ("ru", "Суд в Ревде закрыли.", "Суд в Revda закрыли."),
        ("ru", "Он жил в пос. Ключи с детства.", "Он жил в пос. Klyuchi с детства."),
        ("ru", "Нашли под Верхним Уфалеем.", "Нашли под Verkhny Ufaley."),
        ("ru", "Они живут в Бережанах.", "Они живут в Berezhany."),
        ("uk", "Світла немає в Бережанах.", "Світла немає в Berezhany."),
        ("uk", "Вона їде з Козельця.", "Вона їде з Kozelets."),
        ("uk", "Мешканці Кобеляк скаржаться.", "Мешканці Kobeliaky скаржаться."),
        ("uk", "Він стоїть біля Великих Сорочинців.", "Він стоїть біля Velyki Sorochyntsi."),
        ("uk", "Бачили його в Умані.", "Бачили його в Uman."),
        ("uk", "Вибух у Новій Каховці чули всі.", "Вибух у Nova Kakhovka чули всі."),
        ("uk", "Упав біля Кам'янця-Подільського.", "Упав біля Kamianets-Podilskyi."),
        ("uk", "Поранено двох на Донеччині.", "Поранено двох на Donechchyna."),
        ("uk", "Торік Степан Бандера мовчав.", "Торік Stepan Bandera мовчав."),
    ],
)
def test_a_town_in_any_case_is_handed_over_by_its_name(
    language: str, text: str, expected: str
) -> None:
    assert placed(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("uk", "Бучач і Яремче чекають.", "Buchach і Yaremche чекають."),
        ("uk", "Світла чекають Тячів та Яремче.", "Світла чекають Tiachiv та Yaremche."),
        ("uk", "Тячів і Яремче чекають.", "Tiachiv і Yaremche чекають."),
        ("uk", "Бучач, Галич і Яремче чекають.", "Buchach, Halych і Yaremche чекають."),
        ("ru", "Кашира и Шатура ждут газа.", "Kashira и Shatura ждут газа."),
        ("ru", "Без газа Шатура и Чусовой.", "Без газа Shatura и Chusovoy."),
        # An ordinary word, an office or a person beside a town is none.
        ("uk", "Мер і Яремче чекають.", "Мер і Yaremche чекають."),
        ("uk", "Калина й Яремче чекають.", "Калина й Yaremche чекають."),
        ("ru", "Павлова и Шатура ждут.", "Павлова и Shatura ждут."),
    ],
)
def test_of_two_joined_towns_each_tells_the_other(language: str, text: str, expected: str) -> None:
    assert placed(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Вчера он видел Фаниса Гайсина."),  # a man, not the town of Haisyn
        ("ru", "Они пришли от Сергея Павлова."),  # nor Pavlovo
        ("ru", "Дом стоит на ул. Садовой."),  # a street, not the village Sadovoye
    ],
)
def test_a_name_of_people_or_of_a_street_is_no_town(language: str, text: str) -> None:
    assert not {"Haisyn", "Pavlovo", "Sadovoye"} & set(placed(text, language).split())


def test_mentions_of_a_village_without_a_list_tell_its_base_form() -> None:
    texts = [("Школу в с. Кудайці закрили.", "uk"), ("Тихо і в Кудайцях.", "uk")]
    assert Names(spells_unseen=True).placed(texts, target="en") == [
        "Школу в с. Kudaitsi закрили.",
        "Тихо і в Kudaitsi.",
    ]


def test_a_town_that_was_bent_is_put_right() -> None:
    names = Names(spells_unseen=True)
    source = "Паром стоит в Чусовом до мая."
    names.learn([Page(sources=[(source, "ru")])], target="en")
    found = unified((source, "The ferry stays in Chusov until May."), names=names)
    assert found == ["The ferry stays in Chusovoy until May."]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("Hier le gén. Lacroix dormait.", "Gen. Lacoix slept.", "Gen. Lacroix slept."),
        ("Le tribunal de Rennes dort.", "The Rens court sleeps.", "The Rennes court sleeps."),
        ("La Ligue Europa joue.", "The Europa League plays.", "The Europa League plays."),
        ("Le grand Bassin est sec.", "The Great Basin is dry.", "The Great Basin is dry."),
    ],
)
def test_a_near_copy_is_put_right_and_a_translated_word_is_left(
    source: str, target: str, expected: str
) -> None:
    assert unified((source, target), language="fr") == [expected]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("La course du Mans attire.", "The Mans race attracts.", "Le Mans race attracts."),
        ("Il vit au Havre.", "He lives in Havre.", "He lives in Le Havre."),
        ("Ceux de La Rochelle.", "Those of the Rochelle.", "Those of La Rochelle."),
        ("Elle va aux Ulis.", "She goes to Les Ulis.", "She goes to Les Ulis."),
        ("Mme Rochelle dort.", "Ms Rochelle sleeps.", "Ms Rochelle sleeps."),
    ],
)
def test_a_french_place_keeps_the_article_of_its_name(
    source: str, target: str, expected: str
) -> None:
    assert with_articles(source, target, language="fr") == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "Гл. врач сказал", "Главный врач сказал"),
        ("ru", "в гл. 5 и ст. 158", "в глава 5 и статья 158"),
        ("ru", "ст. лейтенант, д. 7, корп. 2", "старший лейтенант, дом 7, корпус 2"),
        ("ru", "в 2020 г. Волга", "в 2020 г. Волга"),
        ("ru", "А. С. Пушкин, 5 кв. м", "А. С. Пушкин, 5 кв. м"),
        (
            "uk",
            "на вул. Shevchenko, буд. 5, кв. 12",
            "на вулиця Shevchenko, будинок 5, квартира 12",
        ),
        ("uk", "у м. Рівне 5 м. Там", "у місто Рівне 5 м. Там"),
        ("fr", "le gén. Lacroix, art. 5", "le général Lacroix, article 5"),
    ],
)
def test_words_cut_short_are_written_in_full(language: str, text: str, expected: str) -> None:
    assert spelt_out(text, language=language) == expected


@pytest.mark.parametrize(
    ("language", "source", "target", "words"),
    [
        ("ru", "Нашли Кобызяева у реки.", "Kobyzyaev was found by the river.", []),
        ("uk", "Він жив у Тарганівці.", "He lived in Tula.", ["Тарганівці"]),
        ("uk", "Він жив у Тарганівці.", "He lived in Tarhanivka.", []),
        ("ru", "Это было в Пышлаге.", "It was in Pyshlage.", ["Пышлаге"]),
        ("ru", "Это было в Пышлаге.", "It was in Pyshlag.", []),
        ("ru", "Он видел там Обаму вчера.", "He saw Zrukhta there yesterday.", ["Обаму"]),
        ("ru", "Он видел там Обаму вчера.", "He saw the President there.", []),
        ("ru", "Закон Пермского края.", "A law of Perm Krai.", []),
        ("ru", "Вчера видели Лоудермилка.", "Loudermilk was seen yesterday.", []),
        ("fr", "Il a vu Kerbratec hier.", "He saw Kerbrac yesterday.", ["Kerbratec"]),
        ("fr", "Il a vu Kerbratec hier.", "He saw Kerbratec yesterday.", []),
        ("fr", "Il vit à Londres.", "He lives in London.", []),
    ],
)
def test_a_name_that_nothing_vouches_for_is_doubted(
    language: str, source: str, target: str, words: list[str]
) -> None:
    assert doubted(source, target, language) == words

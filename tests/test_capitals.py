"""Lines in capitals are shown to the engine as a sentence would write them, and come back loud."""

from __future__ import annotations

import time

import pytest

from models.fake import ScriptedTranslator
from pipeline.place import Span
from pipeline.stages.capitals import Capitals, shouted_again
from pipeline.stages.triage.answer import Answer, AnswerPart, whole
from tests.test_translate_stage import document, run


def lowered(text: str, language: str, *others: str) -> str:
    found = Capitals([(t, language) for t in (text, *others)]).lowered(text, language)
    assert len(found) == len(text)
    return found


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "ОСТОРОЖНО! ПЕРЕПРАВА ДО 3 АПРЕЛЯ.", "Осторожно! Переправа до 3 апреля."),
        ("ru", "В РЯЗАНИ ОТКРЫЛИ ПРИЧАЛ НА ВОЛГЕ", "В Рязани открыли причал на Волге"),
        ("ru", "США И ЕС СПОРЯТ О ТУ-154 И МЧС", "США и ЕС спорят о ТУ-154 и МЧС"),
        ("ru", "12-ЛЕТНЯЯ ЖИТЕЛЬНИЦА РОСТОВА-НА-ДОНУ", "12-летняя жительница Ростова-на-Дону"),
        ("ru", "И. ИВАНОВ ПЛАТИТ ЗА ВИЗУ", "И. Иванов платит за визу"),
        ("ru", "Срочно: ПОЖАР НА СКЛАДЕ", "Срочно: пожар на складе"),
        ("ru", "ГИМН ПОЮТ В «КРАСНОЙ ШАПОЧКЕ»", "Гимн поют в «Красной шапочке»"),
        ("uk", "П'ЯТЬ ПОРОМІВ СТОЯТЬ У КИЄВІ", "П'ять поромів стоять у Києві"),
        ("uk", "НАБУ ПРИЙШЛО ДО МЕРА ЛЬВОВА", "НАБУ прийшло до мера Львова"),
        ("fr", "L'ONU A DIX MILLIONS POUR LA FRANCE", "L'ONU a dix millions pour la France"),
        ("fr", "LE XXIE SIÈCLE COMMENCE EN MAI", "Le XXIE siècle commence en mai"),
        ("en", "THE FERRY IS LATE", "The ferry is late"),
    ],
)  # fmt: skip
def test_a_shouted_line_is_written_as_a_sentence(language: str, text: str, expected: str) -> None:
    assert lowered(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        # A town in any case, a village or a town called like a word behind what stands before one.
        ("ru", "ПОЖАР В СЫЗРАНИ ПОТУШЕН", "Пожар в Сызрани потушен"),
        ("ru", "СУД КОТЛАСА ОТПУСТИЛ ВОДИТЕЛЯ", "Суд Котласа отпустил водителя"),
        ("ru", "В ГОРОДЕ ПУШКИНО ЗАКРЫЛИ ШКОЛУ", "В городе Пушкино закрыли школу"),
        ("ru", "Г. ШАДРИНСК ОСТАЛСЯ БЕЗ ВОДЫ", "Г. Шадринск остался без воды"),
        ("uk", "МЕР КОЛОМИЇ ПОДАВ У ВІДСТАВКУ", "Мер Коломиї подав у відставку"),
        ("uk", "У СЕЛІ ПОРОМІВ НЕМАЄ СВІТЛА", "У селі Поромів немає світла"),
        ("fr", "LE PONT DE MONTARGIS EST FERMÉ", "Le pont de Montargis est fermé"),
        ("fr", "LE MAIRE DE SENS DÉMISSIONNE", "Le maire de Sens démissionne"),
        ("fr", "UN CAMION BRÛLE PRES DE NIMES", "Un camion brûle pres de Nimes"),
        # Rivers, too; one called like a word behind "river".
        ("ru", "УРОВЕНЬ КАМЫ РАСТЁТ", "Уровень Камы растёт"),
        ("ru", "НА РЕКЕ ТУРЕ ПРОРВАЛО ДАМБУ", "На реке Туре прорвало дамбу"),
        ("uk", "РІВЕНЬ ПРИП'ЯТІ ПАДАЄ", "Рівень Прип'яті падає"),
        ("fr", "LA SARTHE DÉBORDE", "La Sarthe déborde"),
        # A given name, and a surname behind one or behind an initial.
        ("ru", "ДЕНИС ПРОКОПЬЕВ УШЁЛ В ОТСТАВКУ", "Денис Прокопьев ушёл в отставку"),
        ("uk", "РАДУ ОЧОЛИВ О. ГРИЦЮК", "Раду очолив О. Грицюк"),
    ],
)  # fmt: skip
def test_lists_and_the_words_before_tell_a_name(language: str, text: str, expected: str) -> None:
    assert lowered(text, language) == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Варенье из малины дорожает"),
        ("ru", "Пушки привезли в музей"),
        ("ru", "Две туры стоят на доске"),
        ("ru", "Марки и семена подешевели"),
        ("uk", "П'ять поромів стоять"),
        ("uk", "Шоста школа відкрита"),
        ("fr", "Rue à sens unique"),
        ("fr", "À plaisir et sans fin"),
    ],
)
def test_a_word_called_like_a_name_is_none(language: str, text: str) -> None:
    assert lowered(text.upper(), language) == text


@pytest.mark.parametrize(
    "text",
    [
        "США И НАТО", "МЧС РФ", "ООН: переговоры идут", "ЮНЕСКО", "Он НЕ приехал.", "ГОСТ 8-95",
        "Сайт example.org", "Обычная строка.", "",
    ],
)  # fmt: skip
def test_what_is_not_shouted_stays(text: str) -> None:
    assert lowered(text, "ru") == text


def test_an_address_keeps_its_letters() -> None:
    text = "АДРЕС HTTPS://EXAMPLE.ORG/AB ЗАКРЫТ НАВСЕГДА"
    assert lowered(text, "ru") == "Адрес HTTPS://EXAMPLE.ORG/AB закрыт навсегда"


def test_the_rest_of_the_document_knows_its_names_and_abbreviations() -> None:
    line = "ГЛУШКО ПРИШЁЛ В КЛУТ"
    assert lowered(line, "ru") == "Глушко пришёл в клут"
    assert lowered(line, "ru", "Сегодня Глушко был в КЛУТ.") == "Глушко пришёл в КЛУТ"
    town = "МОСТ В РУЧЬЕВЕ ЗАКРЫТ"
    assert lowered(town, "ru") == "Мост в ручьеве закрыт"
    assert lowered(town, "ru", "Поезд идёт из Ручьева в город.") == "Мост в Ручьеве закрыт"
    # The lexicon has a name Пол (Paul), this document has floors.
    assert (
        lowered("ПОД ПОЛОМ НАШЛИ КЛАД", "ru", "Это были пол и потолок.") == "Под полом нашли клад"
    )


def test_the_answer_is_loud_where_the_source_is() -> None:
    both = whole("ПАРОМ ОПОЗДАЛ! Ждите.", "The ferry is late! Wait for it.", "m")
    assert shouted_again("ПАРОМ ОПОЗДАЛ! Ждите.", both).text == "THE FERRY IS LATE! Wait for it."
    address = whole("ПАРОМ ОПОЗДАЛ, example.org", "The ferry is late, see example.org", "m")
    loud = shouted_again("ПАРОМ ОПОЗДАЛ, example.org", address).text
    assert loud == "THE FERRY IS LATE, SEE example.org"
    assert shouted_again("Паром опоздал.", whole("", "It is late.", "m")).text == "It is late."


def test_the_parts_of_a_loud_answer_stay_where_they_are() -> None:
    parts = (AnswerPart(Span(0, 8), Span(0, 6), "m"), AnswerPart(Span(8, 13), Span(7, 12), "m"))
    found = shouted_again("СТОЙТЕ! ИДИТЕ", Answer("Straße Weiße.", parts))
    assert found.parts == parts
    assert found.text == "STRAßE WEIßE."


def test_the_engine_reads_small_letters_and_the_record_points_at_capitals() -> None:
    text = "ПЕРЕПРАВА В РЯЗАНИ ЗАКРЫТА."
    asked: list[str] = []

    def answer(segment: object) -> str:
        asked.append(segment.text)  # type: ignore[attr-defined]
        return "The crossing in Ryazan is closed."

    (found,) = run(ScriptedTranslator(answer), document(text))
    assert asked == ["Переправа в Рязани закрыта."]
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == "THE CROSSING IN RYAZAN IS CLOSED."
    (segment,) = translation.segments
    assert found.text[segment.source.start : segment.source.end] == text
    assert not segment.flags


@pytest.mark.parametrize("unit", ["ПАРОМ. ", ".", "А", "Ю ", "паром example.org "])
def test_a_long_text_takes_no_longer_for_each_of_its_letters(unit: str) -> None:
    line, text = "ПАРОМ В РЯЗАНИ ЗАКРЫТ", unit * (100_000 // len(unit))
    began = time.monotonic()
    assert lowered(line, "ru", text) == "Паром в Рязани закрыт"
    assert time.monotonic() - began < 20

"""Places of the gazetteer: their base forms, their English names, and what is no place."""

from __future__ import annotations

import pytest
from namings import unified

from models.engine import Decoding, Segment
from models.fake import ScriptedTranslator
from pipeline.place import NO_MODEL
from pipeline.stages.known_answers import KnownAnswers
from pipeline.stages.naming.by_ear import in_english
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.places import places_alone


@pytest.mark.parametrize(
    ("language", "text", "placed"),
    [
        ("ru", "Вчера в Чусовом открыли мост.", "Вчера в Chusovoy открыли мост."),
        ("ru", "Поезд шёл из Чусового.", "Поезд шёл из Chusovoy."),
        ("ru", "Жители г. Чусового уехали.", "Жители г. Chusovoy уехали."),
        ("uk", "Люди живуть у Вербовому.", "Люди живуть у Verbove."),
        ("ru", "Мост есть в Чусовом и Кинешме.", "Мост есть в Chusovoy и Kineshma."),
        ("ru", "Лекция прошла в Руане.", "Лекция прошла в Rouen."),
        ("uk", "Лекція пройшла в Руані.", "Лекція пройшла в Rouen."),
        # No word says that these are places.
        ("ru", "Мы писали о Чусовом.", "Мы писали о Чусовом."),
        ("ru", "Вчера Романа видели.", "Вчера Романа видели."),
        # English has names of its own for them, which the translator knows.
        ("ru", "Лекция прошла в Кёльне.", "Лекция прошла в Кёльне."),
        # An adjective that is a word first.
        ("ru", "Они плыли в Тихом океане.", "Они плыли в Тихом океане."),
    ],
)
def test_a_name_that_stands_as_places_do_is_that_of_the_place(
    language: str, text: str, placed: str
) -> None:
    assert Names().placed([(text, language)], target="en") == [placed]


def test_a_translation_has_the_name_of_the_place() -> None:
    found = unified(
        ("Вчера в Чусовом открыли мост.", "A bridge was opened in Chusov yesterday."),
        ("Чусовой ждал моста.", "Chusovoy waited for a bridge."),
        language="ru",
    )
    assert found == ["A bridge was opened in Chusovoy yesterday.", "Chusovoy waited for a bridge."]


def test_a_name_that_was_copied_badly_is_as_it_was_handed_over() -> None:
    names = Names(spells_unseen=True)
    source = "Вчера епископ Феофилакт освятил храм."
    assert "Feofilakt" in names.placed([(source, "ru")], target="en")[0]
    pair = source, "Yesterday the bishop Fefilakt dedicated a church."
    (found,) = unified(pair, language="ru", names=names)
    assert found == "Yesterday the bishop Feofilakt dedicated a church."


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("uk", "Відень, Австрія", "Vienna, Austria"),
        ("uk", "Кременчук", "Kremenchuk"),
        ("ru", "ТЕРНОПОЛЬ", "TERNOPIL"),
        ("ru", "Чусовой, Россия", "Chusovoy, Russia"),
        ("fr", "Krementchouk", "Kremenchuk"),
        ("fr", "Nijni Novgorod", "Nizhny Novgorod"),
    ],
)
def test_a_text_that_is_a_place_needs_no_model(language: str, text: str, english: str) -> None:
    translator = ScriptedTranslator(lambda s: "nobody asked me")
    asked = [Segment(text, language, "en")]
    ((_, found),) = KnownAnswers(translator).translate(asked, decoding=Decoding())
    assert (found.text, found.model) == (english, NO_MODEL)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Мир"),
        ("ru", "Сергей"),
        ("uk", "Рада"),
        ("ru", "кременчук"),
        ("uk", "Відень, завтра"),
        ("ru", "Руан сегодня"),
    ],
)
def test_a_text_that_may_be_something_else_is_no_place(language: str, text: str) -> None:
    assert places_alone(text, language) is None


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Koupiansk", "Kupiansk"),
        ("Zaporijjia", "Zaporizhzhia"),
        ("Chevtchenko", "Shevchenko"),
        ("Iouchtchenko", "Yushchenko"),
        ("Loukachenko", "Lukashenko"),
        *(
            (word, None)
            for word in ("Bourges", "Charles", "CHU", "Mitchell", "Shevchenko", "Anouk")
        ),
    ],
)
def test_slavic_names_that_french_spells_by_ear(french: str, english: str | None) -> None:
    assert in_english(french) == english

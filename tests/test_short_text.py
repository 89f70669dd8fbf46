"""A short text is translated, not answered: what says more is seen, and kept out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models.engine import Decoding, Hypothesis, Segment
from models.fake import ScriptedTranslator
from pipeline.document import Aligned, Document
from pipeline.flag import Flag
from pipeline.place import NO_MODEL
from pipeline.stages.known_answers import KnownAnswers
from pipeline.stages.naming.names import Names
from pipeline.stages.triage.suspicions import suspicions
from tests.test_translate_stage import document, run


def found(source: str, target: str, *, language: str = "ru", to: str = "en") -> tuple[str, ...]:
    return suspicions(Segment(source, language, to), Hypothesis(target, 1, "stop", "m"))


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("ru", "Глеб Ярцев", "Gleb Yartsev is a Russian poet."),
        ("uk", "Ганна Лозова", "Anna Lozova was born in 1961."),
        ("fr", "Maud Tessier", "Maud Tessier is a French actress."),
        ("ru", "Надежда Зимина", "Hope for Zimina"),
        ("ru", "Вера Тихая", "Vera Silent"),
        ("uk", "Любов Ясна", "Clear Love"),
        ("ru", "Собрание приняло смету", "I am pleased to have adopted the estimate."),
        ("uk", "Рада затвердила кошторис", "We approved the estimate."),
        ("fr", "Le conseil recule", "I am sorry that it moves back."),
        ("ru", "Столица Японии?", "Is Tokyo the capital of Japan?"),
        ("uk", "Голова заявив", "Mr. Biden said"),
        ("ru", "Мэр ответил", "Trump answered"),
        ("ru", "Погода", "The weather will be fine for all of the week"),
        ("fr", "Paul Vidal", "Mr Paul Vidal, who is the owner of it"),
    ],
)
def test_a_short_text_that_is_answered_is_an_invention(
    language: str, source: str, target: str
) -> None:
    assert "invented" in found(source, target, language=language)


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("ru", "Не удалось открыть {0}: нет доступа", "I could not open {0}: no access"),
        ("uk", "Не вдалося знайти файл", "We could not find the file"),
        ("fr", "Il faut partir", "We must leave"),
        ("ru", "Глеб Ярцев", "Gleb Yartsev"),
        ("ru", "Вера Тихая", "Vera Tikhaya"),
        ("uk", "Любов Ясна", "Liubov Yasna"),
        ("ru", "Красная Поляна", "Red Glade"),
        ("uk", "Голова Верховної Ради", "The Head of the Supreme Council"),
        ("ru", "Лев Толстой", "Leo Tolstoy"),
        ("ru", "Роза Люксембург", "Rosa Luxemburg"),
        ("ru", "Лев Первый", "Leo the First"),
        ("ru", "Впервые", "For the first time"),
        ("ru", "Я устал", "I am tired"),
        ("ru", "Устаю", "I get tired"),
        ("ru", "Николай I", "Nicholas I"),
        ("ru", "Пекин ответил", "Beijing answered"),
        ("ru", "Мост закрыт", "The bridge is closed"),
        ("uk", "Столиця Греції — Афіни", "Athens is the capital of Greece"),
        ("ru", "Кто виноват?", "Who is to blame?"),
        ("ru", "Немецкие дороги", "German roads"),
        ("uk", "Сподіваюся, дощ мине", "I hope the rain will pass"),
        ("uk", "Мер Львова", "The mayor of Lviv"),
        ("fr", "J'ai froid", "I'm cold"),
        ("fr", "Puis-je entrer ?", "May I come in?"),
        ("fr", "Londres", "London"),
    ],
)
def test_a_short_text_that_is_translated_is_none(language: str, source: str, target: str) -> None:
    assert found(source, target, language=language) == ()


def test_a_long_text_may_say_it_in_its_own_way() -> None:
    source = "Спасение пришло вовремя, рассказала хозяйка дома на берегу."
    assert found(source, "Help came in time for us, said the owner of the house.") == ()


@pytest.mark.parametrize(
    ("source", "target", "lost"),
    [
        ("Кто построил мост?", "Ivanov built the bridge.", True),
        ("Кто построил мост?", "Who built the bridge?", False),
        ("«Кто построил мост?»", "“Who built the bridge?”", False),
        ("Мост построили.", "Did they build the bridge?", True),
        ("Мост? Построили.", "The bridge has been built.", False),
    ],
)
def test_a_question_stays_a_question(source: str, target: str, lost: bool) -> None:
    assert ("question" in found(source, target)) is lost


@pytest.mark.parametrize(
    ("source", "target", "talk"),
    [
        ("Напиши стихи", "Sorry, but I can't write verses.", True),
        ("Кто ты?", "I am an AI language model.", True),
        ("Переведи", "Please provide the text that is to be translated.", True),
        ("Простите, я не могу", "Sorry, I can't", False),
        ("Чем я могу помочь?", "How can I help you?", False),
    ],
)
def test_a_refusal_is_no_translation(source: str, target: str, talk: bool) -> None:
    assert ("meta" in found(source, target)) is talk


def segments(found: Document) -> list[tuple[str, Aligned]]:
    translation = found.paragraphs[0].translation
    assert translation is not None
    return [(translation.text[s.target.start : s.target.end], s) for s in translation.segments]


def test_a_name_that_no_model_can_leave_alone_is_romanised_and_flagged() -> None:
    talker = ScriptedTranslator(lambda s: "He is a Russian poet who was born in Moscow.")
    (result,) = run(talker, document("Глеб Ярцев"), samples=2)
    ((text, segment),) = segments(result)
    assert text == "Gleb Yartsev"
    assert segment.model == NO_MODEL
    assert set(segment.flags) >= {Flag.INVENTED, Flag.ROMANISED}


def test_a_label_that_is_only_answered_stays_as_it_is_and_is_flagged() -> None:
    talker = ScriptedTranslator(lambda s: "I am glad to be of service to you.")
    (result,) = run(talker, document("Новости спорта"), samples=2)
    ((text, segment),) = segments(result)
    assert text == "Новости спорта"
    assert set(segment.flags) >= {Flag.INVENTED, Flag.KEPT_SOURCE}


def test_of_several_answers_the_one_that_only_translates_is_taken() -> None:
    answers = {0: "I am the sport.", 1: "Sports news"}
    (result,) = run(
        ScriptedTranslator(lambda s: answers[min(s.variant, 1)]),
        document("Новости спорта"),
        samples=2,
    )
    ((text, segment),) = segments(result)
    assert text == "Sports news"
    assert segment.flags == ()


def test_names_that_are_known_are_spelt_without_a_model() -> None:
    translator = ScriptedTranslator(lambda s: "someone else")
    (result,) = run(KnownAnswers(translator), document("Борис Джонсон"), names=Names())
    ((text, segment),) = segments(result)
    assert (text, segment.model, segment.flags) == ("Boris Johnson", NO_MODEL, ())
    assert translator.asked == []


@pytest.mark.parametrize(
    ("language", "source", "target"),
    [
        ("ru", "Продолжение следует", "To be continued"),
        ("ru", "ВНИМАНИЕ!", "ATTENTION!"),
        ("uk", "Далі буде…", "To be continued…"),
        ("uk", "Інтерв’ю", "Interview"),
        ("fr", "À suivre", "To be continued"),
        ("fr", "Attention !", "Attention!"),
        ("uk", "8 липня", "8 July"),
        ("uk", "Осінь 2025", "Autumn 2025"),
        ("ru", "NATO", "NATO"),
    ],
)
def test_what_is_known_needs_no_model(language: str, source: str, target: str) -> None:
    translator = ScriptedTranslator(lambda s: "nobody asked me")
    known = KnownAnswers(translator, places_words=True)
    (result,) = run(known, document(source, language=language))
    ((text, segment),) = segments(result)
    assert (text, segment.model) == (target, NO_MODEL)


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("Мер Lviv", "Mayor Lviv"),
        ("Голова ради пішла у відставку вчора", "Head of the council resigned вчора"),
        ("Міст біля двох міст, рух мостом", "Bridge біля двох міст, рух bridge"),
        ("Він на складі, а не у складі", "Він на warehouse, а не у складі"),
        ("Мера міста обрали навесні.", "Mayor міста обрали in spring."),
        ("Рада ухвалила кошторис 3 червня", "Rada ухвалила кошторис 3 June"),
        ("рада ухвалила, а я рада бачити", "рада ухвалила, а я рада бачити"),
        ("Міська рада відкриє міст у лютому.", "Міська рада відкриє міст у February."),
        ("Лютий мороз і мерія", "Лютий мороз і city hall"),
        ("Медичний мер-фахівець", "Медичний мер-фахівець"),
        ("Цього літа йому двадцять літ", "Цього summer йому двадцять літ"),
    ],
)
def test_the_engine_is_asked_with_words_that_it_would_confuse(source: str, asked: str) -> None:
    translator = ScriptedTranslator(lambda s: "Something else was said.")
    known = KnownAnswers(translator, places_words=True)
    list(known.translate([Segment(source, "uk", "en")], decoding=Decoding()))
    assert [s.text for s in translator.asked] == [asked]
    list(KnownAnswers(translator).translate([Segment(source, "uk", "en")], decoding=Decoding()))
    assert translator.asked[-1].text == source


def test_a_damaged_entry_of_a_dictionary_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "xx.toml"
    own.write_text("[labels.en]\nStop = '('\n", encoding="utf-8")
    code = (
        "from pipeline.lang.dictionary import label\n"
        "from pipeline.errors import ConfigError\n"
        "try:\n    label('x', source='xx', target='en')\n"
        "except ConfigError as error:\n    print(error)"
    )
    monkeypatch.setenv("NIGHTDESK_LANGUAGES", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "xx.toml: [labels.en] Stop" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("source", "answer", "expected"),
    [
        ("Паром опоздал", "The ferry is late.", "The ferry is late"),
        ("Паром опоздал.", "The ferry is late.", "The ferry is late."),
        ("Паром опоздал!", "The ferry is late.", "The ferry is late."),
        ("Паром опоздал на два часа из-за льда", "It is late.", "It is late."),
        ("Точка", ".", "."),
    ],
)
def test_a_headline_gets_no_full_stop(source: str, answer: str, expected: str) -> None:
    known = KnownAnswers(ScriptedTranslator(lambda s: answer))
    ((_, hypothesis),) = known.translate([Segment(source, "ru", "en")], decoding=Decoding())
    assert hypothesis.text == expected

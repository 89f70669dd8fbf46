"""What is known of a name before its text is translated: glossary, forms, Latin letters."""

from __future__ import annotations

from pathlib import Path

import pytest
from namings import know, unified

from pipeline.errors import ConfigError
from pipeline.stages.naming.glossary import load_glossary
from pipeline.stages.naming.mentions import Key
from pipeline.stages.naming.names import Names
from pipeline.state.names import NameMemory


def test_the_glossary_overrules_everything(tmp_path: Path) -> None:
    path = tmp_path / "glossary.toml"
    path.write_text('do_not_translate = ["Вечёрка"]\n[en]\n"Ковальчук" = "Koval"\n', "utf-8")
    glossary = load_glossary(path)
    assert glossary.do_not_translate == ("Вечёрка",)
    names = Names(glossary=glossary)
    know(names, "We saw Kovalchuk.", "en")
    (found,) = unified(
        ("Прийшов до Ковальчука.", "He came to Kovalchuk."), language="uk", names=names
    )
    assert found == "He came to Koval."


def test_what_is_known_of_a_name_stands_in_the_source_before_it_is_translated(
    tmp_path: Path,
) -> None:
    path = tmp_path / "g.toml"
    path.write_text('[en]\n"Верхнезерск" = "Verkhne-Zersk"\n[fr]\n"Зерск" = "Zersque"\n')
    names = Names(glossary=load_glossary(path), memory=NameMemory(tmp_path / "memory.sqlite"))
    know(names, "The mayor of Kvintavia, Joan Okonquo, spoke.", "en")
    texts = [
        ("Мэр города Верхнезерска уехал в Квинтавию.", "ru"),
        ("Она встретила Оконкво и Элизабет Уоррен.", "ru"),
        ("Вони бачили Воррен у Массачусетсі.", "uk"),
        ("Le maire de Verkhnezersk est parti.", "fr"),
    ]
    assert names.placed(texts, target="en") == [
        "Мэр города Verkhne-Zersk уехал в Kvintavia.",
        "Она встретила Okonquo и Elizabeth Warren.",
        "Вони бачили Warren у Massachusetts.",
        "Le maire de Verkhnezersk est parti.",
    ]
    assert names.placed(texts[:1], target="uk") == [texts[0][0]]


def test_a_name_that_our_translator_never_saw_is_handed_over_in_latin_letters() -> None:
    texts = [
        ("Вчера Брундваля видели у Мерсенга, а Брундваль молчал.", "ru"),
        ("В Париже говорили о Германии и Верховном суде.", "ru"),
    ]
    assert Names(spells_unseen=True).placed(texts, target="en") == [
        "Вчера Brundval видели у Merseng, а Brundval молчал.",
        "В Париже говорили о Германии и Верховном суде.",
    ]
    assert Names().placed(texts[:1], target="en") == [texts[0][0]]


def test_a_slavic_name_that_men_and_women_share_is_handed_over_too() -> None:
    texts = [
        ("Мэр Верхнезерска говорил с Брындючуком.", "ru"),
        ("Мэр видел Дрымова у Славкиной.", "ru"),  # Drymov, or Drymova: the model will tell
    ]
    assert Names(spells_unseen=True).placed(texts, target="en") == [
        "Мэр Verkhnezersk говорил с Bryndyuchuk.",
        texts[1][0],
    ]


def test_a_guess_at_the_base_form_is_left_to_the_model() -> None:
    texts = [
        ("Поезд из Мирного и Лесного опоздал.", "ru"),
        ("Жители Бурного ждали в Касабладе.", "ru"),
        ("Потім бачили Джека Кроббела.", "uk"),
    ]
    assert Names(spells_unseen=True).placed(texts, target="en") == [
        "Поезд из Mirny и Lesnoy опоздал.",
        texts[1][0],
        "Потім бачили Jack Krobbel.",
    ]


def test_a_word_that_only_ever_opens_sentences_is_not_spelt_out() -> None:
    names = Names(spells_unseen=True)
    texts = [("Торік Квентрелл продав завод.", "uk"), ("Мер Зумбрег пішов.", "uk")]
    assert names.placed(texts, target="en") == [
        "Торік Kventrell продав завод.",
        "Мер Zumbreh пішов.",
    ]


def test_the_mute_end_of_a_french_name_is_no_other_name() -> None:
    names = Names()
    know(names, "Le patron, Armand Brevost, a parlé ; Denis Lavaut aussi.", "fr")
    texts = [("Вчера Брево и господин Лаво встретились с Бревовым.", "ru")]
    assert names.placed(texts, target="en") == [
        "Вчера Brevost и господин Лаво встретились с Бревовым."
    ]


def test_a_slavic_name_waits_for_what_the_model_takes_it_for() -> None:
    texts = [("Приехал Владимир Зеленко с Путиловым.", "ru")]
    assert Names().placed(texts, target="en") == [texts[0][0]]


def test_a_broken_glossary_is_named(tmp_path: Path) -> None:
    path = tmp_path / "g.toml"
    for text, problem in [
        ("[xx]\n", "unknown key 'xx'"),
        ('do_not_translate = "a"', "expected a list"),
        ("[en]\na = 1", "expected a table"),
        ("[en", "not valid TOML"),
    ]:
        path.write_text(text, "utf-8")
        with pytest.raises(ConfigError, match=problem) as caught:
            load_glossary(path)
        assert str(path) in str(caught.value)


def test_the_glossary_that_comes_with_nightdesk_is_sound(repository: Path) -> None:
    glossary = load_glossary(repository / "configs" / "glossary.toml")
    assert glossary.forms["en"]["Київ"] == "Kyiv"


def test_forms_are_remembered_between_runs_until_a_better_reason_comes(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    first = Names(memory=NameMemory(path))
    unified(("Сказал Уоррен.", "Warren said."), ("Ушёл Уоррен.", "Warren left."), names=first)
    later = Names(memory=NameMemory(path))
    assert unified(("Пришёл и Уоррен.", "Worren came too."), names=later) == ["Warren came too."]
    know(later, "We met Wairren and Mr Worren.", "en")
    assert unified(("Пришёл Уоррен.", "Warren came."), names=later) == ["Worren came."]
    last = Names(memory=NameMemory(path))
    assert unified(("Пришёл Уоррен.", "Warren came."), names=last) == ["Worren came."]
    NameMemory(path).clear()
    assert NameMemory(path).recall([Key("уоррен", "ru", "en")]) == {}

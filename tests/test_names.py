"""One spelling per name, by the standard, the glossary, or a form seen in Latin letters."""

from __future__ import annotations

import re

import pytest
from namings import know, rewritten, unified

from pipeline.lang.romanise import likeness, romanise
from pipeline.stages.naming.count import count_names
from pipeline.stages.naming.invented import invention, spelt_out
from pipeline.stages.naming.mentions import Rendering
from pipeline.stages.naming.name_words import names_in
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.slavic import nominative, stem
from pipeline.stages.naming.sources import Page


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


def test_the_commonest_spelling_of_a_foreign_name_wins_in_every_case_form() -> None:
    assert unified(
        ("Вчера выступил Дэвид Уоррен.", "David Warren spoke yesterday."),
        ("Он видел Уоррена.", "He saw Worren."),
        ("Разговор с Уорреном прервали.", "The talk with Warren was cut short."),
        ("Это дом Уоррена.", "It is Worrin's house."),
    ) == [
        "David Warren spoke yesterday.",
        "He saw Warren.",
        "The talk with Warren was cut short.",
        "It is Warren's house.",
    ]


def test_slavic_names_follow_their_national_standard() -> None:
    assert unified(
        ("Про це сказав Микола Загородній і пан Ковальчук.", "So said Mr Kovalchook."),
        ("Слово взяла пані Гриценко.", "Mrs Gritsenko took the floor."),
        language="uk",
    ) == ["So said Mr Kovalchuk.", "Mrs Hrytsenko took the floor."]


@pytest.mark.parametrize(
    ("language", "source", "right"),
    [
        ("ru", "Закрыты улицы Мира, Садовая и Лесная.", "Mira, Sadovaya and Lesnaya are closed."),
        ("ru", "Закрыты Заречная, Полевая, Берёзовая.", "Zarechnaya, Polevaya, Beryozovaya."),
        ("ru", "Закрыли Мира, Садовую и Малиновую.", "Mira, Sadovaya and Malinovaya."),
        ("ru", "Пробки на Садовой, Полевой и Кирова.", "On Sadovaya, Polevaya and Kirova."),
        ("ru", "Сёла Садовое, Сосновое.", "The villages Sadovoye, Sosnovoye."),
        ("ru", "Пришли Анна Иванова и Петрова.", "Anna Ivanova and Petrova came."),
        ("ru", "Говорили с Ивановой и Петровым.", "They spoke with Ivanova and Petrov."),
        ("uk", "Закрито: Миру, Садова та Липова.", "Myru, Sadova and Lypova are closed."),
        ("uk", "Села Садове, Кленове та Липове.", "The villages Sadove, Klenove and Lypove."),
    ],
)
def test_an_adjective_is_not_cut_to_the_surname_of_its_stem(
    language: str, source: str, right: str
) -> None:
    assert unified((source, right), language=language) == [right]


def test_an_adjective_as_the_other_language_spells_it_follows_the_standard() -> None:
    source, spelt = "Закрито: Миру, Садова та Липова.", "Myru, Sadovaya and Lypovaya are closed."
    assert unified((source, spelt), language="uk") == ["Myru, Sadova and Lypova are closed."]


def test_a_case_of_a_surname_in_ko_is_no_woman() -> None:
    assert unified(
        ("Так каже рибалка Олег Гринько.", "So says Oleg Hrnko, a fisherman."),
        ("Донька Гринька торгує на ринку.", "The daughter of Hrynka sells at the market."),
        ("Слово взяла пані Гриценко.", "Mrs Hrytsenko took the floor."),
        ("Про Гриценка не чули.", "Nobody had heard of Hrytsenka."),
        language="uk",
    ) == [
        "So says Oleg Hrynko, a fisherman.",
        "The daughter of Hrynko sells at the market.",
        "Mrs Hrytsenko took the floor.",
        "Nobody had heard of Hrytsenko.",
    ]


def test_a_form_in_the_runs_own_latin_texts_wins() -> None:
    names = Names()
    know(names, "Hier, Jean Provost a parlé au personnel. Selon M. Provost, tout va.", "fr")
    (found,) = unified(("Потом выступил Люк Провост.", "Then Luke Prowost spoke."), names=names)
    assert found == "Then Luke Provost spoke."
    know(names, "The head of the plant, Jean Shevchuk, left.", "en")
    (found,) = unified(("Ушёл и Шевчук.", "Shefchuk left too."), names=names)
    assert found == "Shevchuk left too."


def test_a_name_seen_only_in_other_cases_is_found_in_the_runs_own_texts() -> None:
    names = Names()
    know(names, "The mayor, Mika Oravain, resigned.", "en")
    placed = names.placed([("Совет сменил Мику Оравайна летом.", "ru")], target="en")
    assert placed == ["Совет сменил Mika Oravain летом."]
    (found,) = unified(
        ("Совет сменил Мику Оравайна.", "The council replaced Myka Oravajn."), names=names
    )
    assert found == "The council replaced Mika Oravain."


@pytest.mark.parametrize(
    ("source", "placed"),
    [
        ("Об отставке Мики и Марка написали все.", "Об отставке Mika и Mark написали все."),
        ("Вчера Мику и Марка поздравил совет.", "Вчера Mika и Mark поздравил совет."),
        ("Совет говорил с Микой и Марком.", "Совет говорил с Mika и Mark."),
    ],
)
def test_a_case_tells_what_the_name_may_end_in(source: str, placed: str) -> None:
    names = Names()
    know(names, "The two, Mika and Mark, met Mik there.", "en")
    assert names.placed([(source, "ru")], target="en") == [placed]


def test_a_man_is_not_called_as_his_wife_or_sister_is() -> None:
    names = Names(spells_unseen=True)
    texts = [
        ("Вчера Олега Славина видели в суде.", "ru"),
        ("Вчера Вера Славина пришла в суд.", "ru"),
        ("Суд слушал Раису Громину.", "ru"),
        ("Адвокат Ивана Ивановича Славина ушёл.", "ru"),
    ]
    learnt = [Page(sources=[text]) for text in texts]
    names.learn([Page(latin=[("Vera Slavina and Oleg Gromin met.", "en")]), *learnt], target="en")
    placed = names.placed(texts, target="en")
    assert [re.findall(r"(?:Slavin|Gromin)a?", text) for text in placed] == [
        ["Slavin"],
        ["Slavina"],
        ["Gromina"],
        ["Slavin"],
    ]
    renderings = [
        Rendering("Олега Славина видели.", "Oleg Slavina was seen.", "ru"),
        Rendering("Вера Славина пришла.", "Vera Slavina came.", "ru"),
    ]
    assert rewritten(names, renderings) == ["Oleg Slavin was seen.", "Vera Slavina came."]


def test_a_surname_that_opens_every_sentence_is_one_name_all_the_same() -> None:
    names = Names()
    source = "Ткачук прийшла. Ткачук пішла."
    names.learn([Page(sources=[(source, "uk")])], target="en")
    rendering = Rendering(source, "Tkachuk came. Tkauchuk left.", "uk")
    assert rewritten(names, [rendering]) == ["Tkachuk came. Tkachuk left."]


@pytest.mark.parametrize(
    "text",
    [
        "Мер Зумбрега мовчить.",
        "Мером Зумбрега став інженер.",
        "Навесні Зумбрег співає.",
        "Очільниця Зумбрега мовчить.",
        "Мэр Зумбрега молчит.",
        "Весной Зумбрег поёт.",
    ],
)
def test_an_ordinary_word_before_a_name_is_none(text: str) -> None:
    assert [m.group()[:7] for m in names_in(text)] == ["Зумбрег"]


def test_a_french_spelling_by_ear_is_not_taken() -> None:
    names = Names()
    know(names, "Le maire de Tchernihiv et M. Chmyhal", "fr")
    (found,) = unified(("Так сказав Шмигаль.", "So said Shmyhal."), language="uk", names=names)
    assert found == "So said Shmyhal."


def test_a_country_and_its_people_are_not_made_one() -> None:
    pairs = [
        ("Власти Германии молчат.", "The authorities of Germany are silent."),
        ("Об этом в Германии знают.", "German people know about it."),
        ("Он из Германии.", "He is from Germany."),
    ]
    assert unified(*pairs) == [target for _, target in pairs]


def test_translations_into_cyrillic_are_left_alone() -> None:
    pairs = [Rendering("Mr Warren spoke.", "Пан Воррен говорив.", "en")]
    assert rewritten(Names(), pairs, target="uk") == ["Пан Воррен говорив."]


def test_a_word_that_opens_a_sentence_is_a_name_only_where_it_is_known_as_one() -> None:
    assert [m.group() for m in names_in("Вчера приехал Уоррен. Мост закрыт.")] == ["Уоррен"]
    assert [m.group() for m in names_in("Уоррен ушёл.", known={"уоррен"})] == ["Уоррен"]
    assert [m.group() for m in names_in("Олег Уоррен ушёл.")] == ["Олег", "Уоррен"]


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ru", "Зеленский Зеленского Зеленскому Зеленским Зеленском"),
        ("ru", "Ковальчук Ковальчука Ковальчуку Ковальчуком Ковальчуке"),
        ("uk", "Шевченко Шевченка Шевченку Шевченком"),
        ("uk", "Кличко Кличка Кличку Кличком"),
        ("uk", "Гринько Гринька Гриньку Гриньком"),
        ("uk", "Загородній Загороднього Загородньому Загороднім"),
        ("ru", "Обама Обамы Обаме Обаму Обамой"),
    ],
)
def test_case_forms_have_one_stem(language: str, forms: str) -> None:
    assert len({stem(form, language) for form in forms.split()}) == 1


def test_the_base_form_is_made_from_the_forms_seen() -> None:
    assert nominative("зеленск", "ru", ["зеленского"]) == "зеленский"
    assert nominative("зеленск", "ru", ["зеленская"]) == "зеленская"
    assert nominative("шевченк", "uk", ["шевченка"]) == "шевченко"
    assert nominative("гриньк", "uk", ["гринька", "гринько"]) == "гринько"
    assert nominative("гриньк", "uk", ["гринька"]) is None
    assert nominative("иванов", "ru", ["иванов", "иванова"]) == "иванов"
    assert nominative("ковальчук", "uk", ["ковальчука"]) == "ковальчук"


def test_the_count_of_names_sees_what_differs() -> None:
    document = [
        Rendering("Выступил Дэвид Уоррен.", "David Warren spoke.", "ru"),
        Rendering("Он видел Уоррена и Бранта.", "He saw Worren and Brandt.", "ru"),
        Rendering("С ним был Брант.", "Brandt was with him.", "ru"),
    ]
    count = count_names([document], target="en")
    assert (count.repeated, count.consistent) == (2, 1)
    assert count.differing == [("уоррен", {"Warren": 1, "Worren": 1})]


def test_given_names_go_with_their_surnames_and_women_keep_theirs() -> None:
    pairs = [
        ("Приехал Владимир Зеленко.", "Volodymyr Zelenko came."),
        ("Приехал Владимир Коротков.", "Vladimir Korotkov came."),
        ("Ушёл Владимир Коротков.", "Vladimir Korotkov left."),
        ("Видели Софью Короткову.", "They saw Sofia Korotkova."),
    ]
    assert unified(*pairs) == [target for _, target in pairs]


def test_a_french_text_and_a_ukrainian_one_name_the_same_person_alike() -> None:
    renderings = [
        Rendering("Про це повідомив Сергій Ковальчук.", "So said Serhii Kovalchuk.", "uk"),
        Rendering(
            "Selon Serhii Kovaltchouk, tout va.", "Serhii Kovaltchouk says it is fine.", "fr"
        ),
    ]
    assert rewritten(Names(), renderings) == [
        "So said Serhii Kovalchuk.",
        "Serhii Kovalchuk says it is fine.",
    ]


@pytest.mark.parametrize(
    ("language", "source", "target", "made_up"),
    [
        ("ru", "Вчера Васелкович уехал.", "Trump left yesterday.", ("Trump",)),
        ("ru", "Вчера Васелкович уехал.", "Yesterday Trump left.", ("Trump",)),
        ("ru", "Вчера Васелкович уехал.", "Yesterday Vaselkovitch left.", ()),
        ("ru", "Вчера Васелкович уехал.", "Yesterday he left.", ()),  # dropped, not replaced
        ("ru", "Делегация едет в Пекин.", "The delegation is going to Beijing.", ()),
        ("uk", "Делегація їде до Пекіна.", "The delegation is going to London.", ("London",)),
        ("fr", "Hier, Vaselkovic est parti.", "Yesterday Trump left.", ("Trump",)),
        ("fr", "Il arrive à Pékin en juin.", "He arrives in Beijing in June.", ()),
        ("fr", "Il arrive demain.", "He arrives with Trump tomorrow.", ()),  # no name is missing
    ],
)
def test_a_name_in_the_place_of_another_is_seen(
    language: str, source: str, target: str, made_up: tuple[str, ...]
) -> None:
    found = invention(source, target, language=language)
    assert (found.made_up if found else ()) == made_up


def test_a_lost_name_is_spelt_out_where_it_stands() -> None:
    source = "Они видели Васелковича с Игнатом Дрымовым у Кравцунова."
    found = invention(source, "They saw Trump with Putin.", language="ru")
    assert found is not None
    assert (
        spelt_out(source, found.lost, language="ru")
        == "Они видели Vaselkovich с Ignat Drymov у Kravtsunov."
    )
    assert spelt_out("Il voit Zersque.", [], language="fr") == "Il voit Zersque."


def test_a_french_name_that_was_nearly_copied_is_put_right_and_a_translated_one_is_left() -> None:
    pairs = [
        ("Hier, Branstadt a parlé à Londres.", "Yesterday, Brastadt spoke in London."),
        ("Il a vu Poutine à Varsovie.", "He saw Putin in Warsaw."),
        ("Ici, McVornell a souri.", "Here McVorrell smiled."),
        ("Puis McVornell est parti.", "Then McVornell left."),
    ]
    assert unified(*pairs, language="fr") == [
        "Yesterday, Branstadt spoke in London.",
        "He saw Putin in Warsaw.",
        "Here McVornell smiled.",
        "Then McVornell left.",
    ]


def test_what_french_elides_before_a_name_is_no_part_of_it() -> None:
    pairs = [
        ("Le projet d’Osterval avance.", "The Ostrval project is moving on."),
        ("Il dit qu'Igolbert viendra d’Allemagne.", "He says Igolbart will come from Germany."),
        ("On parle de l’Amazonie et d’Amsterdam.", "One talks of the Amazon and Amsterdam."),
        ("Puis O'Grembel est venu à L'Orveil.", "Then O'Grimbel came to L'Orveil."),
    ]
    assert unified(*pairs, language="fr") == [
        "The Osterval project is moving on.",
        "He says Igolbert will come from Germany.",
        "One talks of the Amazon and Amsterdam.",
        "Then O'Grembel came to L'Orveil.",
    ]
    found = invention("Le chat de l’Alsacien a vu d’Imbreville.", "It saw Trump.", language="fr")
    assert found is not None
    assert [name.word for name in found.lost] == ["Alsacien", "Imbreville"]

"""The glossary holds: in every case form, in any place of a sentence, whatever a model writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.engine import Decoding, Hypothesis, Segment
from models.fake import ScriptedTranslator
from pipeline.document import Document, Paragraph, content_id
from pipeline.flag import Flag
from pipeline.lang.edits import applied
from pipeline.place import Span
from pipeline.progress import Silent
from pipeline.stages.naming.glossary import Glossary, load_glossary
from pipeline.stages.naming.mentions import Rendering
from pipeline.stages.naming.names import Names
from pipeline.stages.translate import Translate
from pipeline.stages.triage.ladder import Ladder
from pipeline.stages.triage.ladder_record import LadderRecord

TOWNS = {
    "Київ": "Kyiv", "Киев": "Kyiv", "Kiev": "Kyiv", "Львів": "Lviv", "Львов": "Lviv",
    "Дніпро": "Dnipro", "Одеса": "Odesa", "Odessa": "Odesa", "Запоріжжя": "Zaporizhzhia",
    "Зеленський": "Zelensky", "Путин": "Putin", "Верховна Рада": "Verkhovna Rada",
    "гривня": "hryvnia", "Нова пошта": "Nova Poshta",
}  # fmt: skip


@pytest.fixture
def names() -> Names:
    return Names(glossary=Glossary(("Львів-пиво",), {"en": TOWNS, "fr": {"Київ": "Kyïv"}}))


@pytest.mark.parametrize(
    ("language", "source", "placed"),
    [
        ("uk", "Школа в Києві зачинена.", "Школа в Kyiv зачинена."),
        ("uk", "Дніпро отримав трамваї.", "Dnipro отримав трамваї."),
        ("uk", "Мешканці Дніпра і Дніпрові мости.", "Мешканці Dnipro і Dnipro мости."),
        ("uk", "Потяг із Запоріжжям не з'єднано.", "Потяг із Zaporizhzhia не з'єднано."),
        ("uk", "У Верховній Раді тихо.", "У Verkhovna Rada тихо."),
        ("uk", "Посилки Нової пошти.", "Посилки Nova Poshta."),
        ("uk", "Гривня зміцніла на дві гривні.", "Hryvnia зміцніла на дві hryvnia."),
        ("uk", "КИЇВ ГОТУЄТЬСЯ", "KYIV ГОТУЄТЬСЯ"),
        ("ru", "Они приехали из Киева во Львов.", "Они приехали из Kyiv во Lviv."),
        ("fr", "Le maire d'Odessa est à Kiev.", "Le maire d'Odesa est à Kyiv."),
        ("uk", "Поїзд Київ-Львів і «Київ».", "Поїзд Kyiv-Lviv і «Kyiv»."),
        ("ru", "Съезд назвали «У Києві».", "Съезд назвали «У Kyiv»."),
        # Places that are not the glossary's.
        ("uk", "Це https://a.ua/Київ і Львів-пиво.", "Це https://a.ua/Київ і Львів-пиво."),
        ("uk", "Анна Львова приїхала.", "Анна Львова приїхала."),
        ("ru", "Князь Георгий Львов подал в отставку.", "Князь Георгий Львов подал в отставку."),
        ("uk", "Олена Зеленська приїхала.", "Олена Зеленська приїхала."),
        ("uk", "Нові гривневі рахунки.", "Нові гривневі рахунки."),
    ],
)  # fmt: skip
def test_a_term_stands_in_the_source_in_its_form(
    names: Names, language: str, source: str, placed: str
) -> None:
    found = names.placed([(source, language)], target="en")[0]
    # Given names on our own list are put in as well.
    assert found.replace("Anna", "Анна").replace("Georgy", "Георгий") == placed


@pytest.mark.parametrize(
    ("language", "source", "written", "held"),
    [
        ("uk", "Школа в Києві зачинена.", "The Kiev school is shut.", "The Kyiv school is shut."),
        ("uk", "Дніпро отримав три трамваї.", "Dnepro got three trams.", "Dnipro got three trams."),
        ("uk", "Київська рада мовчить.", "Kiev council waits.", "Kyiv council waits."),
        ("uk", "Чекають на Зеленського.", "Zelenskyy waits.", "Zelensky waits."),
        ("uk", "Одеситів вітали в Одесі.", "It was Odessa's port.", "It was Odesa's port."),
        ("ru", "Из Львова пришло письмо.", "A letter came from Lvov.", "A letter came from Lviv."),
        ("ru", "Людмила Путина и Путина.", "Lyudmila Putina, Putina.", "Lyudmila Putina, Putin."),
        ("fr", "Il vient d'Odessa.", "He comes from Odessa.", "He comes from Odesa."),
        # Other words of the translation stay.
        ("uk", "Київ і Київська Русь.", "Kyiv and Kyivan Rus.", "Kyiv and Kyivan Rus."),
        ("uk", "Тут тихо.", "It is quiet in Kiev.", "It is quiet in Kiev."),
        ("uk", "Олена Зеленська тут.", "Olena Zelenska is here.", "Olena Zelenska is here."),
    ],
)  # fmt: skip
def test_a_translation_is_held_to_the_form(
    names: Names, language: str, source: str, written: str, held: str
) -> None:
    assert names.held_to(source, written, language=language, target="en") == held
    rendering = Rendering(source, held, language)
    (edits,) = names.unify([rendering], target="en")
    assert applied(held, edits) == held


def test_the_glossary_of_the_target_counts(names: Names) -> None:
    assert names.placed([("Школа в Києві й Одесі.", "uk")], target="fr") == [
        "Школа в Kyïv й Одесі."
    ]
    assert names.held_to("Школа в Києві.", "L'école de Kiev.", language="uk", target="fr") == (
        "L'école de Kyïv."
    )
    assert names.held_to("Kyiv is quiet.", "Киев спит.", language="en", target="ru") == "Киев спит."


def test_the_run_does_not_vote_on_what_the_glossary_says(names: Names) -> None:
    renderings = [
        Rendering("Вони були в Києві.", "They were in Kiew.", "uk"),
        Rendering("Вони їдуть до Києва.", "They go to Kiew.", "uk"),
        Rendering("Він любить Київ.", "He loves Kiew.", "uk"),
    ]
    edits = names.unify(renderings, target="en")
    assert [applied(r.target, made) for r, made in zip(renderings, edits, strict=True)] == [
        "They were in Kyiv.",
        "They go to Kyiv.",
        "He loves Kyiv.",
    ]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("They came fromKyiv and inLviv.", "They came from Kyiv and in Lviv."),
        ("They came from Kyiv.Lviv slept.", "They came from Kyiv. Lviv slept."),
        ("They came from kyiv and Kiev.", "They came from Kyiv and Kyiv."),
        ("They came from Kiev and Lvov.", "They came from Kyiv and Lviv."),
    ],
)
def test_what_the_stage_returns_has_the_forms_whatever_the_engine_wrote(
    names: Names, answer: str, text: str
) -> None:
    source = "Вони приїхали з Києва та Львова."
    asked: list[str] = []

    def translate(segment: Segment) -> str:
        asked.append(segment.text)
        return answer

    stage = Translate(
        ScriptedTranslator(translate),
        languages=("uk",),
        target="en",
        decoding=Decoding(),
        max_segment_chars=400,
        max_sentence_chars=400,
        progress=Silent(),
        names=names,
        climbs=False,
    )
    paragraph = Paragraph(0, source, Span(0, len(source)), language="uk")
    document = Document(content_id(source), "a.txt", source, "utf-8", (paragraph,), language="uk")
    (found,) = stage.settled(stage.run([document]))
    assert asked == ["Вони приїхали з Kyiv та Lviv."]
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == text


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("КИЇВ ГОТУЄТЬСЯ", "THE CAPITAL IS GETTING READY", True),
        ("Київ готується до зими.", "Prepare for winter.", True),
        ("Київ готується до зими.", "Kyiv is preparing for winter.", False),
        ("Жителі Києва протестують.", "Kyivans protest.", False),
        ("У Верховній Раді тихо.", "Parliament is quiet.", True),
        ("Він не має гривні.", "He has no hryvnias.", False),
        ("Він не має грошей.", "He has no money.", False),
    ],
)
def test_a_word_of_the_glossary_that_is_missing_is_flagged(
    names: Names, source: str, text: str, lost: bool
) -> None:
    segment = Segment(source, "uk", "en")
    assert names.loses_term(segment, text) is lost
    ladder = Ladder(
        lambda asked: [Hypothesis(text, 1, "stop", "m") for _ in asked],
        samples=1,
        record=LadderRecord(),
        loses=names.loses_term,
    )
    (answer,) = ladder.climb([segment], [Hypothesis(text, 1, "stop", "m")])
    assert (Flag.GLOSSARY in answer.flags) is lost


def test_an_answer_that_keeps_the_glossarys_word_is_better(names: Names) -> None:
    segment = Segment("Київ готується до зими.", "uk", "en")
    good = Hypothesis("Kyiv is preparing for winter.", 1, "stop", "m")
    ladder = Ladder(
        lambda asked: [good for _ in asked],
        samples=1,
        record=LadderRecord(),
        loses=names.loses_term,
    )
    (answer,) = ladder.climb([segment], [Hypothesis("Prepare for winter.", 1, "stop", "m")])
    assert (answer.text, answer.flags) == (good.text, ())


def test_a_summary_spells_a_town_as_its_text_does(names: Names) -> None:
    text = "Kyiv is quiet, and Anna Lvova sings."
    assert names.as_in(text, "Kiev sleeps; Kiev's Lvov sings.", target="en") == (
        "Kyiv sleeps; Kyiv's Lvov sings."
    )
    assert names.as_in("Kiev is quiet.", "Kiev sleeps.", target="en") == "Kiev sleeps."


def test_the_shipped_glossary_knows_its_towns_in_every_case(repository: Path) -> None:
    names = Names(glossary=load_glossary(repository / "configs" / "glossary.toml"))
    source = "В Києві, Харкові, Львові, Одесі, Дніпрі, Запоріжжі й Чернігові йшов дощ."
    assert names.placed([(source, "uk")], target="en") == [
        "В Kyiv, Kharkiv, Lviv, Odesa, Dnipro, Zaporizhzhia й Chernihiv йшов дощ."
    ]


@pytest.mark.parametrize(
    ("language", "source", "placed"),
    [
        ("uk", "Поліція Вінниці шукає водія.", "Поліція Vinnytsia шукає водія."),
        ("uk", "Поїзд із Рівного до Луцька.", "Поїзд із Rivne до Lutsk."),
        ("uk", "Рівне право мають усі.", "Рівне право мають усі."),
        ("ru", "Ровно в семь ушёл поезд в Ровно.", "Ровно в семь ушёл поезд в Rivne."),
    ],
)
def test_a_town_named_like_an_ordinary_word(
    repository: Path, language: str, source: str, placed: str
) -> None:
    names = Names(glossary=load_glossary(repository / "configs" / "glossary.toml"))
    assert names.placed([(source, language)], target="en") == [placed]

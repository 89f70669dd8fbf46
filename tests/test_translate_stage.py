"""What the translate stage does with good and with bad answers."""

from __future__ import annotations

from pathlib import Path

from models.engine import JOINT, Decoding, Segment, Translator
from models.fake import ScriptedTranslator
from models.routing.routed import RoutedTranslator
from pipeline.digest.compose import models_of
from pipeline.document import Document, Kind, Paragraph, Removal, Run, content_id
from pipeline.flag import Flag
from pipeline.output.record import document_record
from pipeline.place import Span
from pipeline.progress import Silent
from pipeline.reason import Reason
from pipeline.runner import Clock, through
from pipeline.stage import Stage
from pipeline.stages.known_names import KnownNames
from pipeline.stages.naming.names import Names
from pipeline.stages.spell import Spell
from pipeline.stages.translate import Translate
from pipeline.state.names import NameMemory

LONG = "Город открыл новый мост через реку, и жители пришли посмотреть."


def document(*texts: str, language: str = "ru", **paragraph: object) -> Document:
    source = "\n".join(texts)
    paragraphs = []
    for index, text in enumerate(texts):
        start = source.index(text)
        span = Span(start, start + len(text))
        paragraphs.append(Paragraph(index, text, span, language=language, **paragraph))  # type: ignore[arg-type]
    return Document(
        content_id(source), "a.txt", source, "utf-8", tuple(paragraphs), language=language
    )


def run(
    translator: Translator, *documents: Document, window_documents: int = 2, **options: object
) -> list[Document]:
    settings: dict[str, object] = {
        "languages": ("ru", "uk", "fr", "en"),
        "target": "en",
        "max_segment_chars": 400,
        "max_sentence_chars": 400,
    }
    names = options.get("names")
    stage = Translate(
        translator,
        decoding=Decoding(),
        **({"progress": Silent()} | settings | options),  # type: ignore[arg-type]
    )
    stages: list[Stage] = [stage, Spell(stage.settled)]
    if isinstance(names, Names):
        stages.insert(0, KnownNames(names, target="en", sources=stage.sources))
    flow = through(documents, stages, clock=Clock(), window_documents=window_documents)
    return [d for d in flow if isinstance(d, Document)]


def test_each_paragraph_gets_its_own_translation_whatever_the_order_of_answers() -> None:
    translator = ScriptedTranslator(lambda s: f"EN {s.text.strip()[:1].encode().hex()}")
    documents = [document("Альфа.", "Бета."), document("Вега."), document("Гамма.")]
    found = run(translator, *documents)
    assert [[p.translation.text for p in d.paragraphs if p.translation] for d in found] == [
        ["EN d090", "EN d091"],
        ["EN d092"],
        ["EN d093"],
    ]


def test_what_needs_no_translation_is_not_sent() -> None:
    translator = ScriptedTranslator(lambda s: "x")
    removed = Removal("clean", Reason.ADVERT)
    run(
        translator,
        document("Already English.", language="en"),
        document("Ні.", language="mis"),
        document("Код.", kind=Kind.CODE),
        document("Реклама.", removal=removed),
        document("12 — 14"),
        document("https://example.org/новости"),
    )
    assert translator.asked == []


def test_a_suspect_is_asked_again_sentence_by_sentence() -> None:
    def answer(segment: Segment) -> str:
        return "" if "Второе" in segment.text and "Первое" in segment.text else "Fine."

    translator = ScriptedTranslator(answer)
    (found,) = run(translator, document("Первое предложение. Второе предложение."))
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == "Fine. Fine."
    assert len(translator.asked) == 3


def test_second_tries_have_a_name_of_their_own_and_each_is_a_detail() -> None:
    class Told(Silent):
        def __init__(self) -> None:
            self.stages: list[tuple[str, int | None]] = []
            self.details: list[str] = []

        def stage(self, name: str, *, total: int | None, unit: str) -> None:
            self.stages.append((name, total))

        def detail(self, message: str) -> None:
            self.details.append(message)

    told = Told()
    translator = ScriptedTranslator(lambda s: "" if s.text == f"{LONG} {LONG}" else "Fine.")
    run(translator, document(f"{LONG} {LONG}"), progress=told)
    assert told.stages == [("translate", 1), ("translate again", 2)]
    assert told.details == [f"translate again: {LONG[:59]}…"] * 2


def test_what_stays_bad_keeps_its_source_and_is_flagged() -> None:
    (found,) = run(ScriptedTranslator(lambda s: ""), document(LONG))
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == LONG
    assert "kept-source" in translation.flags


def test_long_paragraphs_are_cut_and_put_together_again() -> None:
    text = " ".join(f"Предложение номер {i} стоит здесь." for i in range(20))
    translator = ScriptedTranslator(
        lambda s: (
            s.text.strip()
            .replace("Предложение", "Sentence")
            .replace("номер", "number")
            .replace("стоит здесь", "is here")
        )
    )
    (found,) = run(translator, document(text), max_segment_chars=100, max_sentence_chars=100)
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == " ".join(f"Sentence number {i} is here." for i in range(20))
    assert len(translator.asked) > 5


def test_runs_are_translated_from_their_own_language_and_the_targets_own_stays() -> None:
    text = "Мэр сказал так. We will rebuild. Les travaux commencent lundi."
    first, second = text.index("We"), text.index("Les")
    runs = (
        Run(Span(0, first), "ru"),
        Run(Span(first, second), "en"),
        Run(Span(second, len(text)), "fr"),
    )
    translator = ScriptedTranslator(
        lambda s: {"ru": "So said the mayor.", "fr": "Work begins on Monday."}[s.source]
    )
    (found,) = run(translator, document(text, runs=runs))
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == "So said the mayor. We will rebuild. Work begins on Monday."
    assert {s.source for s in translator.asked} == {"ru", "fr"}


class IntoEnglish(ScriptedTranslator):
    """Knows Russian to English and nothing else."""

    def has_route(self, source: str, target: str) -> bool:
        return (source, target) == ("ru", "en")


def aligned(document: Document) -> list[tuple[str, str, str, str, tuple[Flag, ...]]]:
    """Return source, target, language, model and flags of all segments of a document."""
    return [
        (
            document.text[s.source.start : s.source.end],
            p.translation.text[s.target.start : s.target.end],
            s.language,
            s.model,
            s.flags,
        )
        for p in document.paragraphs
        if p.translation
        for s in p.translation.segments
    ]


def test_each_segment_is_credited_to_the_engine_that_wrote_it() -> None:
    text = "Мэр сказал так.  We will rebuild. Les travaux commencent lundi."
    first, second = text.index("We"), text.index("Les")
    runs = (
        Run(Span(0, first), "ru"),
        Run(Span(first, second), "en"),
        Run(Span(second, len(text)), "fr"),
    )
    specialist = IntoEnglish(lambda s: "So said the mayor. ", identity="specialist")
    generalist = ScriptedTranslator(lambda s: "Work begins on Monday.", identity="generalist")
    (found,) = run(RoutedTranslator([specialist], generalist), document(text, runs=runs))
    assert aligned(found) == [
        ("Мэр сказал так.", "So said the mayor.", "ru", "specialist", ()),
        ("We will rebuild.", "We will rebuild.", "en", "source", ()),
        ("Les travaux commencent lundi.", "Work begins on Monday.", "fr", "generalist", ()),
    ]
    assert list(models_of(found)) == ["specialist", "generalist"], "the digest names both"
    record = document_record(found, engines={}, seconds={})["paragraphs"][0]["translation"]
    assert record["models"] == ["specialist", "generalist"]
    assert [s["model"] for s in record["segments"]] == ["specialist", "source", "generalist"]


def test_what_was_translated_sentence_by_sentence_stays_apart() -> None:
    known = {"Мост открыли.": "It  opened. ", "Река ждёт.": "", "Все рады.": "All are glad."}
    translator = ScriptedTranslator(lambda s: known.get(s.text.strip(), ""))
    (found,) = run(translator, document(" ".join(known)))
    assert aligned(found) == [
        ("Мост открыли.", "It opened.", "ru", "scripted", ()),
        ("Река ждёт.", "Река ждёт.", "ru", "source", (Flag.EMPTY, Flag.KEPT_SOURCE)),
        ("Все рады.", "All are glad.", "ru", "scripted", ()),
    ]
    assert list(models_of(found)) == ["scripted"]


def test_segments_follow_the_names_that_are_spelt_anew() -> None:
    known = {
        "Сказал один мэр Олег Уоррен.": "Mayor Oleg Warren spoke.",
        "Потом два раза ушёл Олег Уоррен.": "Oleg Worren left.",
        "Но победил сам Олег Уоррен.": "Oleg Warren won.",
    }

    def answer(segment: Segment) -> str:
        """Answer single sentences, however their names are spelt."""
        found = [said for asked, said in known.items() if asked[:11] in segment.text]
        return found[0] if len(found) == 1 else ""

    (found,) = run(ScriptedTranslator(answer), document(" ".join(known)), names=Names())
    assert [(source, target) for source, target, *_ in aligned(found)] == [
        ("Сказал один мэр Олег Уоррен.", "Mayor Oleg Warren spoke."),
        ("Потом два раза ушёл Олег Уоррен.", "Oleg Warren left."),
        ("Но победил сам Олег Уоррен.", "Oleg Warren won."),
    ]


def test_an_english_paragraph_with_a_foreign_run_is_translated_there_only() -> None:
    text = "He said it. Это правда. Then he left."
    start, end = text.index("Это"), text.index("Then")
    runs = (
        Run(Span(0, start), "en"),
        Run(Span(start, end), "ru"),
        Run(Span(end, len(text)), "en"),
    )
    translator = ScriptedTranslator(lambda s: "That is true.")
    (found,) = run(translator, document(text, language="en", runs=runs))
    assert found.paragraphs[0].translation is not None
    assert found.paragraphs[0].translation.text == "He said it. That is true. Then he left."


def test_engines_decide_together_where_they_can() -> None:
    def answer(segment: Segment) -> str:
        return "Together on Monday." if segment.opinion == JOINT else "Alone on Monday."

    for juries, expected in ((None, "Alone"), (lambda s: s.source == "ru", "Together")):
        translator = ScriptedTranslator(answer)
        (found,) = run(translator, document("Мост закрыли в понедельник."), juries=juries)
        assert found.paragraphs[0].translation is not None
        assert found.paragraphs[0].translation.text == f"{expected} on Monday."


def test_numbers_come_out_in_the_format_of_the_target() -> None:
    translator = ScriptedTranslator(lambda s: "It sold 151 939 cars at 2:30 pm.")
    (found,) = run(translator, document("Продано 151 939 машин в 14:30."))
    assert found.paragraphs[0].translation is not None
    assert found.paragraphs[0].translation.text == "It sold 151,939 cars at 14:30."
    assert found.paragraphs[0].translation.flags == ()


def test_a_name_has_one_spelling_across_documents() -> None:
    spelt = {"один": "Mayor Oleg Warren spoke.", "два": "Oleg Worren left.", "три": "Warren won."}
    translator = ScriptedTranslator(
        lambda s: next(v for k, v in spelt.items() if k in s.text.lower())
    )
    documents = [
        document("Сказал один мэр Олег Уоррен."),
        document("Потом два раза ушёл Олег Уоррен."),
        document("Но три раза победил сам Уоррен."),
    ]
    found = run(translator, *documents, names=Names())
    texts = [p.translation.text for d in found for p in d.paragraphs if p.translation]
    assert texts == ["Mayor Oleg Warren spoke.", "Oleg Warren left.", "Warren won."]


def test_a_name_keeps_its_spelling_in_later_windows(tmp_path: Path) -> None:
    spelt = {
        "один": "Mayor Oleg Brevost spoke.",
        "два": "Oleg Brevost left.",
        "три": "Brevist won.",
    }
    documents = [
        document("Сказал один мэр Олег Бревост."),
        document("Потом два раза ушёл Олег Бревост."),
        document("Но три раза победил сам Бревост."),
    ]

    def texts(*, window_documents: int) -> list[str]:
        translator = ScriptedTranslator(
            lambda s: next(v for k, v in spelt.items() if k in s.text.lower())
        )
        names = Names(memory=NameMemory(tmp_path / f"{window_documents}.sqlite"))
        found = run(translator, *documents, names=names, window_documents=window_documents)
        return [p.translation.text for d in found for p in d.paragraphs if p.translation]

    assert texts(window_documents=3)[2] == "Brevost won."
    assert texts(window_documents=3) == texts(window_documents=2) == texts(window_documents=1)


def test_the_engine_is_asked_with_the_names_that_the_folder_spells() -> None:
    translator = ScriptedTranslator(lambda s: "The mayor of Kvintavia went home in the evening.")
    english = document("The mayor of Kvintavia spoke.", language="en")
    russian = document("Мэр Квинтавии вечером уехал домой.")
    found = run(translator, english, russian, names=Names())
    assert [s.text for s in translator.asked] == ["Мэр Kvintavia вечером уехал домой."]
    assert found[1].paragraphs[0].text == "Мэр Квинтавии вечером уехал домой."


def test_a_name_that_was_handed_over_keeps_its_capital() -> None:
    translator = ScriptedTranslator(lambda s: "The mayor, brevost, went home in the evening.")
    english = document("The mayor Brevost spoke.", language="en")
    russian = document("Мэр Бревост вечером уехал домой.")
    found = run(translator, english, russian, names=Names())
    translation = found[1].paragraphs[0].translation
    assert translation is not None
    assert translation.text == "The mayor, Brevost, went home in the evening."


def test_a_town_in_another_case_is_asked_for_by_its_name_and_one_that_is_lost_is_flagged() -> None:
    asked: list[str] = []

    def script(segment: Segment) -> str:
        asked.append(segment.text)
        return "It is quiet." if "Тихо" in segment.text else "The ferry stays in Chusovoy."

    (found,) = run(
        ScriptedTranslator(script),
        document("Паром стоит в Чусовом.", "Тихо в Ревде."),
        names=Names(spells_unseen=True),
    )
    ferry, quiet = (p.translation for p in found.paragraphs)
    assert "Паром стоит в Chusovoy." in asked
    assert ferry is not None
    assert ferry.flags == ()
    assert quiet is not None
    assert quiet.flags == (Flag.NAME_UNSURE,)
    assert [s.flags for s in quiet.segments] == [(Flag.NAME_UNSURE,)]


def test_a_french_place_gets_its_article_back() -> None:
    (found,) = run(
        ScriptedTranslator(lambda _: "The Mans race attracts people."),
        document("La course du Mans attire du monde.", language="fr"),
    )
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == "Le Mans race attracts people."

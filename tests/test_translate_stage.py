"""What the translate stage does with good and with bad answers."""

from __future__ import annotations

from models.engine import JOINT, Decoding, Segment
from models.fake import ScriptedTranslator
from pipeline.document import Document, Kind, Paragraph, Removal, Run, Span, content_id
from pipeline.progress import Silent
from pipeline.reason import Reason
from pipeline.stages.naming.names import Names
from pipeline.stages.translate import Translate

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


def run(translator: ScriptedTranslator, *documents: Document, **options: object) -> list[Document]:
    settings: dict[str, object] = {
        "languages": ("ru", "uk", "fr", "en"),
        "target": "en",
        "max_segment_chars": 400,
        "max_sentence_chars": 400,
    }
    settings["window_documents"] = 2
    stage = Translate(
        translator,
        decoding=Decoding(),
        progress=Silent(),
        **(settings | options),  # type: ignore[arg-type]
    )
    return [d for d in stage.run(documents) if isinstance(d, Document)]


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
    found = run(translator, *documents, names=Names(), window_documents=3)
    texts = [p.translation.text for d in found for p in d.paragraphs if p.translation]
    assert texts == ["Mayor Oleg Warren spoke.", "Oleg Warren left.", "Warren won."]


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

"""What the translate stage does with good and with bad answers."""

from __future__ import annotations

from models.engine import Decoding, Hypothesis, Segment
from models.fake import ScriptedTranslator
from pipeline.document import Document, Kind, Paragraph, Removal, Span, content_id
from pipeline.progress import Silent
from pipeline.stages.translate import Translate
from pipeline.stages.triage import suspicions

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
    settings = {"languages": ("ru", "uk", "fr", "en"), "target": "en", "max_segment_chars": 400}
    stage = Translate(
        translator,
        decoding=Decoding(),
        window_documents=2,
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
    removed = Removal("clean", "advert")
    run(
        translator,
        document("Already English.", language="en"),
        document("Ні.", language="mis"),
        document("Код.", kind=Kind.CODE),
        document("Реклама.", removal=removed),
        document("12 — 14"),
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
    translator = ScriptedTranslator(lambda s: s.text.strip().replace("Предложение", "Sentence")
                                    .replace("номер", "number").replace("стоит здесь", "is here"))
    (found,) = run(translator, document(text), max_segment_chars=100)
    translation = found.paragraphs[0].translation
    assert translation is not None
    assert translation.text == " ".join(f"Sentence number {i} is here." for i in range(20))
    assert len(translator.asked) > 5


def hypothesis(text: str, finish: str = "stop") -> Hypothesis:
    return Hypothesis(text, 1, finish, "m")  # type: ignore[arg-type]


def test_triage_names_what_is_wrong() -> None:
    good = hypothesis("The city opened a new bridge over the river, and people came to look.")
    assert suspicions(LONG, good, target="en") == ()
    assert suspicions(LONG, hypothesis(" "), target="en") == ("empty",)
    assert "short" in suspicions(LONG, hypothesis("Bridge."), target="en")
    assert "long" in suspicions(LONG, hypothesis("bridge " * 60), target="en")
    assert "residue" in suspicions(LONG, hypothesis("The город opened a bridge."), target="en")
    assert "residue" in suspicions("The city opened.", hypothesis("The city."), target="ru")
    assert "cut" in suspicions(LONG, hypothesis(good.text, "length"), target="en")
    assert "loop" in suspicions(LONG, hypothesis(good.text, "loop"), target="en")
    assert "meta" in suspicions(LONG, hypothesis('{"text": "The city opened"}'), target="en")
    copied = "La ville ouvre un nouveau pont demain matin."
    assert "copied" in suspicions(copied, hypothesis(copied), target="en")
    assert suspicions("Renault Group", hypothesis("Renault Group"), target="en") == ()

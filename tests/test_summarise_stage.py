"""A summary is complete sentences, without numbers that the text does not have."""

from __future__ import annotations

from models.engine import Decoding, Passage
from models.fake import ScriptedSummariser
from pipeline.document import Document, Kind, Paragraph, Removal, Span, Translation, content_id
from pipeline.progress import Silent
from pipeline.reason import Reason
from pipeline.stages.summarise import Summarise

TEXT = (
    "The harbour of Brindal reopened on Tuesday after 14 months of repairs. "
    "Its owner spent 11 000 crowns on new cranes and 3.5 million on the quay. "
    "Fishermen, who had lost a season, were not invited to the ceremony. "
    "The mayor promised a second quay by 2031."
)


def document(*texts: str, language: str = "en") -> Document:
    source = "\n".join(texts)
    paragraphs = tuple(
        Paragraph(i, t, Span(source.index(t), source.index(t) + len(t)), language=language)
        for i, t in enumerate(texts)
    )
    return Document(content_id(source), "a.txt", source, "utf-8", paragraphs, language=language)


def run(summariser: ScriptedSummariser, *documents: Document) -> list[Document]:
    stage = Summarise(
        summariser,
        target="en",
        decoding=Decoding(),
        min_sentences=2,
        max_sentences=3,
        window_documents=8,
        progress=Silent(),
    )
    return [d for d in stage.run(documents) if isinstance(d, Document)]


def sentences_of(reply: str, text: str = TEXT) -> tuple[tuple[str, ...], tuple[str, ...]]:
    (found,) = run(ScriptedSummariser(lambda p: reply), document(text))
    assert found.summary is not None
    return tuple(s.text for s in found.summary.sentences), found.summary.flags


def test_good_sentences_are_kept_up_to_the_most() -> None:
    reply = "Brindal's harbour is open. Cranes cost 11,000 crowns. Fishermen stayed away. More."
    sentences, flags = sentences_of(reply)
    assert sentences == (
        "Brindal's harbour is open.",
        "Cranes cost 11,000 crowns.",
        "Fishermen stayed away.",
    )
    assert flags == ()


def test_a_number_that_the_text_does_not_have_takes_its_sentence_along() -> None:
    sentences, flags = sentences_of("The harbour is open. It cost 12 000 crowns. It rained.")
    assert sentences == ("The harbour is open.", "It rained.")
    assert flags == ("dropped-unsupported-number",)


def test_half_sentences_and_repetitions_are_dropped_and_the_text_fills_up() -> None:
    sentences, flags = sentences_of("The harbour is open. The harbour is open. The mayor said")
    assert sentences[0] == "The harbour is open."
    assert sentences[1] == TEXT.split(". ", maxsplit=1)[0] + "."
    assert flags == ("filled-from-text",)


def test_an_empty_reply_leaves_the_first_sentences_of_the_text() -> None:
    sentences, flags = sentences_of("")
    assert len(sentences) == 2
    assert "filled-from-text" in flags


def test_a_short_text_is_its_own_summary() -> None:
    summariser = ScriptedSummariser(lambda p: "Invented.")
    (found,) = run(summariser, document("The harbour is open. The mayor spoke."))
    assert found.summary is not None
    assert {s.model for s in found.summary.sentences} == {"source"}
    assert summariser.asked == []


def test_nothing_in_the_target_language_means_no_summary() -> None:
    (found,) = run(ScriptedSummariser(lambda p: "x."), document(TEXT, language="mis"))
    assert found.summary is None


def test_removed_and_code_paragraphs_are_not_read_and_translations_are() -> None:
    source = document(TEXT, "Advert.", "code()", "Слово.")
    first, advert, code, word = source.paragraphs
    from dataclasses import replace

    paragraphs = (
        first,
        replace(advert, removal=Removal("clean", Reason.ADVERT)),
        replace(code, kind=Kind.CODE),
        replace(word, language="ru", translation=Translation("A word.", "en", ())),
    )
    summariser = ScriptedSummariser(lambda p: "The harbour is open. It is.")
    run(summariser, replace(source, paragraphs=paragraphs))
    (passage,) = summariser.asked
    assert passage.text == f"{TEXT}\nA word."


def test_a_long_document_is_read_in_parts_and_none_is_cut_off() -> None:
    lines = [f"Paragraph {i} says that barge {i} left the harbour at dawn." for i in range(60)]

    def answer(passage: Passage) -> str:
        return passage.text.split("\n")[0]

    summariser = ScriptedSummariser(answer, max_source_chars=500)
    run(summariser, document(*lines))
    first_round = "\n".join(p.text for p in summariser.asked if len(p.text) > 200)
    for line in lines:
        assert line in first_round
    assert all(len(p.text) <= 500 for p in summariser.asked)

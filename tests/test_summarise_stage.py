"""A summary is complete sentences, without numbers that the text does not have."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from summaries import summarised

from models.engine import Passage
from models.fake import ScriptedSummariser
from pipeline.document import Aligned, Document, Kind, Paragraph, Removal, Translation, content_id
from pipeline.flag import Flag
from pipeline.place import Span
from pipeline.reason import Reason
from pipeline.stages.length import Length
from pipeline.stages.passages import parts_of
from pipeline.summary import Evidence

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
    return summarised(documents, summariser, length=Length(2, 3))


def sentences_of(reply: str, text: str = TEXT) -> tuple[tuple[str, ...], tuple[str, ...]]:
    (found,) = run(ScriptedSummariser(lambda p: reply), document(text))
    assert found.summary is not None
    return tuple(s.text for s in found.summary.sentences), found.summary.flags


def test_a_text_of_which_nothing_is_left_to_summarise_says_so() -> None:
    codes = document("A-17 | 44,1 | 0x3F", "B-09 | 12,8 | 0x11")
    table = replace(codes, paragraphs=tuple(replace(p, kind=Kind.ROW) for p in codes.paragraphs))
    rows = [f"A-{n} | 4{n},1 | 0x{n}F" for n in range(10, 40)]
    long = document(*rows)
    long = replace(long, paragraphs=tuple(replace(p, kind=Kind.ROW) for p in long.paragraphs))
    for reply in ("", "The codes are A-17 and B-09."):
        for page in (table, long):
            (done,) = run(ScriptedSummariser(lambda p, said=reply: said), page)
            assert done.summary is None
            assert [note for note in done.notes if "nothing is left to summarise" in note]
    (told,) = run(ScriptedSummariser(lambda p: ""), document(TEXT))
    assert told.summary is not None
    assert told.notes == ()


def test_good_sentences_are_kept_up_to_the_most() -> None:
    reply = (
        "Brindal's harbour has reopened. Cranes cost 11,000 crowns. Fishermen lost a season."
        " The mayor promised a quay."
    )
    sentences, flags = sentences_of(reply)
    assert sentences == (
        "Brindal's harbour has reopened.",
        "Cranes cost 11,000 crowns.",
        "Fishermen lost a season.",
    )
    assert flags == ()


def test_a_number_that_the_text_does_not_have_takes_its_sentence_along() -> None:
    reply = "The harbour reopened. Repairs cost 12 000 crowns. The mayor promised a quay."
    sentences, flags = sentences_of(reply)
    spent = "Its owner spent 11 000 crowns on new cranes and 3.5 million on the quay."
    assert sentences == ("The harbour reopened.", spent, "The mayor promised a quay.")
    assert flags == ("dropped-unsupported-number", "filled-from-text")


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ("The quay took 3.5 million crowns.", True),
        ("The quay took 3,500,000 crowns.", True),
        ("The quay took 35 million crowns.", False),
        ("The quay took 3.5 crowns.", False),
        ("The cranes took 11000 crowns.", True),
        ("The cranes took 1.1 crowns.", False),
        ("Repairs took 1.4 months.", False),
    ],
)
def test_a_number_is_supported_by_its_worth_and_not_by_its_digits(claim: str, kept: bool) -> None:
    sentences, flags = sentences_of(f"The harbour reopened. {claim} Fishermen lost a season.")
    assert (claim in sentences) is kept
    assert flags == (() if kept else ("dropped-unsupported-number", "filled-from-text"))


def test_half_sentences_and_repetitions_are_dropped_and_the_text_fills_up() -> None:
    sentences, flags = sentences_of("The harbour reopened. The harbour reopened. The mayor")
    assert sentences[0] == "The harbour reopened."
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


def test_sentences_of_the_text_say_where_in_it_they_stand() -> None:
    text = "The harbour\n is open.  The mayor\tspoke. No end"
    (found,) = run(ScriptedSummariser(lambda p: ""), document("Title", text))
    assert found.summary is not None
    assert found.summary.flags == (Flag.SHORT_TEXT,)
    shown = [
        (s.text, [(e.place.paragraph, found.text[slice_of(e)], e.language) for e in s.evidence])
        for s in found.summary.sentences
    ]
    assert shown == [
        ("The harbour is open.", [(1, "The harbour\n is open.", "en")]),
        ("The mayor spoke.", [(1, "The mayor\tspoke.", "en")]),
    ]
    assert found.summary.sentences[0].evidence[0].place.document_id == found.id


def test_a_translated_sentence_stands_where_all_the_segments_do_that_it_has_a_part_of() -> None:
    source = document(TEXT, "Мост открыли. Un mot. Река ждёт.")
    first, second = source.paragraphs
    at = second.span.start
    text = "The bridge opened and a word. The river waits."
    segments = (
        Aligned(Span(at, at + 13), Span(0, 17), "ru", "m"),
        Aligned(Span(at + 14, at + 21), Span(18, 29), "fr", "n"),
        Aligned(Span(at + 22, at + 32), Span(30, 46), "ru", "m"),
    )
    paragraph = replace(second, language="ru", translation=Translation(text, "en", segments))
    removed = replace(first, removal=Removal("clean", Reason.ADVERT))
    told = replace(source, paragraphs=(removed, paragraph))
    (found,) = run(ScriptedSummariser(lambda p: ""), told)
    assert found.summary is not None
    shown = [
        (s.text, [(found.text[slice_of(e)], e.language, e.score) for e in s.evidence])
        for s in found.summary.sentences
    ]
    assert shown == [
        (
            "The bridge opened and a word.",
            [("Мост открыли.", "ru", 1.0), ("Un mot.", "fr", 1.0)],
        ),
        ("The river waits.", [("Река ждёт.", "ru", 1.0)]),
    ]


def test_what_the_model_wrote_is_told_from_what_was_filled_in() -> None:
    (found,) = run(ScriptedSummariser(lambda p: "The harbour reopened."), document(TEXT))
    assert found.summary is not None
    assert [(s.model, s.flags, len(s.evidence)) for s in found.summary.sentences] == [
        ("scripted", (), 1),
        ("source", (Flag.FILLED_FROM_TEXT,), 1),
    ]
    assert found.summary.models == ("scripted",)


def slice_of(evidence: Evidence) -> slice:
    return slice(evidence.place.span.start, evidence.place.span.end)


def test_nothing_in_the_target_language_means_no_summary() -> None:
    (found,) = run(ScriptedSummariser(lambda p: "x."), document(TEXT, language="mis"))
    assert found.summary is None


def test_removed_and_code_paragraphs_are_not_read_and_translations_are() -> None:
    source = document(TEXT, "Advert.", "code()", "Слово.")
    first, advert, code, word = source.paragraphs
    paragraphs = (
        first,
        replace(advert, removal=Removal("clean", Reason.ADVERT)),
        replace(code, kind=Kind.CODE),
        replace(word, language="ru", translation=Translation("A word.", "en", ())),
    )
    summariser = ScriptedSummariser(lambda p: "The harbour is open. It is.")
    run(summariser, replace(source, paragraphs=paragraphs))
    assert summariser.asked[0].text == f"{TEXT}\nA word."


def test_a_long_document_is_read_in_parts_and_none_is_cut_off() -> None:
    heads, tails = ("bar", "har", "daw", "lef", "slo", "und", "gre"), ("ge", "bour", "ning", "er")
    words = [head + tail for head in heads for tail in tails]
    drawn = random.Random(5)
    lines = [" ".join(drawn.sample(words, 9)) + f" {i}." for i in range(60)]

    def answer(passage: Passage) -> str:
        return passage.text.split("\n")[0]

    summariser = ScriptedSummariser(answer, max_source_chars=500)
    run(summariser, document(*lines))
    first_round = "\n".join(p.text for p in summariser.asked if len(p.text) > 200)
    for line in lines:
        assert line in first_round
    assert all(len(p.text) <= 500 for p in summariser.asked)


def test_parts_end_before_the_headings_of_sections_and_hold_every_line() -> None:
    lines = [(f"Section {i // 4}" if i % 4 == 0 else f"Line {i} " + "x" * 60, i % 4 == 0)
             for i in range(24)]  # fmt: skip
    parts = parts_of(lines, 500)
    assert "\n".join(parts).split("\n") == [line for line, _ in lines]
    assert all(len(part) <= 500 for part in parts)
    assert all(part.startswith("Section") for part in parts)


def book(words: int) -> str:
    """Return a text of many words in chapters."""
    drawn = random.Random(3)
    parts = ("ka", "lo", "mi", "ter", "van", "dro", "pel", "sun", "gor", "shi", "bra", "nel")
    names = ["".join(drawn.choices(parts, k=drawn.randint(2, 4))) for _ in range(4_000)]
    paragraphs, count = [], 0
    while count < words:
        if len(paragraphs) % 50 == 0:
            paragraphs.append(f"# About {drawn.choice(names)}")
        told = [" ".join(drawn.choices(names, k=14)).capitalize() for _ in range(6)]
        paragraphs.append(" ".join(f"{one} {drawn.randint(2, 900)}." for one in told))
        count += 6 * 15
    return "\n\n".join(paragraphs)


@pytest.mark.slow
def test_sixty_thousand_words_are_read_whole_in_flat_memory() -> None:
    import tracemalloc

    from pipeline.sources.folder import read_bytes

    peaks = []
    for words in (6_000, 60_000):
        (read,) = read_bytes(book(words).encode(), name="a.md", suffix=".md")
        assert isinstance(read, Document)
        paragraphs = tuple(replace(p, language="en") for p in read.paragraphs)
        found = replace(read, language="en", paragraphs=paragraphs)
        asked: list[str] = []

        def answer(passage: Passage, asked: list[str] = asked) -> str:
            asked.append(passage.text)
            lines = [line for line in passage.text.split("\n") if "." in line]
            return " ".join(line.split(". ")[0] + "." for line in lines[:4])

        tracemalloc.start()
        (done,) = run(ScriptedSummariser(answer, max_source_chars=5_250), found)
        peaks.append(tracemalloc.get_traced_memory()[1] / 2**20)
        tracemalloc.stop()
        assert done.summary is not None
        assert done.summary.drawn_on is not None
        assert 0 < done.summary.drawn_on < 0.05
        read_whole = "\n".join(asked)
        assert all(p.text in read_whole for p in found.paragraphs if p.kind is Kind.TEXT)
    assert peaks[1] < 64, f"{peaks} MB for texts of 60 and 600 kB"

"""Trust in translations: signs, the regression, what the stages make of it, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from models.engine import Segment
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.build import build
from pipeline.config import Config
from pipeline.document import Aligned, Document, Paragraph, Translation
from pipeline.flag import Flag
from pipeline.output.record import document_record, schema
from pipeline.output.report import document_markdown
from pipeline.place import NO_MODEL, Place, Span
from pipeline.progress import Silent
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import Raw
from pipeline.stages.doubt import Doubt
from pipeline.stages.triage.answer import Answer, AnswerPart
from pipeline.stages.trust.estimate import TrustEstimator, TrustNumbers, trust_numbers
from pipeline.stages.trust.marking import trusted
from pipeline.stages.trust.signs import PLAIN, Rendered, plain_signs, signs
from pipeline.state.folder import State
from pipeline.state.remembering import RememberingTrust
from pipeline.summary import Evidence, Sentence, Summary


class Letters:
    """An encoder of three dimensions: a text with an "a", a "b" and a "c" points into all."""

    identity = "letters@1 weights none"
    dimensions = 3

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        rows = np.array([[float(c in text.lower()) for c in "abc"] for text in texts], np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


NUMBERS = TrustNumbers(
    version=1,
    encoder="letters",
    ratios={"ru-en": 1.0},
    weights=(0.0, 0.0, -1.0, -0.2, 1.0, 1.0, 0.5),
    intercept=0.0,
    doubtful=0.4,
)


def rendered(source: str, text: str, *flags: Flag) -> Rendered:
    return Rendered(Segment(source, "ru", "en"), text, flags)


# Signs


def test_lengths_count_against_what_is_usual_of_two_languages() -> None:
    usual = plain_signs(rendered("x" * 100, "y" * 110), ratios={"ru-en": 1.1})
    assert usual[:2] == pytest.approx([np.log(100), 0.0])
    long = plain_signs(rendered("x" * 100, "y" * 220), ratios={"ru-en": 1.1})
    assert long[1] == pytest.approx(np.log(2))
    assert plain_signs(rendered("x", ""), ratios={})[1] == 0.0


def test_faults_are_signs_by_their_weight() -> None:
    assert plain_signs(rendered("a", "a", Flag.RESIDUE), ratios={})[2:] == [1.0, 0.0]
    assert plain_signs(rendered("a", "a", Flag.NUMBERS, Flag.LONG), ratios={})[2:] == [0.0, 1.0]
    assert plain_signs(rendered("a", "a", Flag.LONG), ratios={})[2:] == [0.0, 0.0]


def test_vectors_are_multiplied_dimension_by_dimension() -> None:
    found = signs([rendered("ab", "a"), rendered("c", "c")], Letters(), ratios={})
    assert found.shape == (2, len(PLAIN) + 3)
    assert found[0, len(PLAIN) :] == pytest.approx([2**-0.5, 0.0, 0.0])
    assert found[1, len(PLAIN) :] == pytest.approx([0.0, 0.0, 1.0])
    assert signs([], Letters(), ratios={}).shape == (0, len(PLAIN) + 3)


# The regression


def test_trust_is_a_share_and_falls_with_faults() -> None:
    estimator = TrustEstimator(Letters(), NUMBERS)
    found = estimator.trust(
        [
            rendered("a", "a"),
            rendered("c", "c"),
            rendered("a", "b"),
            rendered("a", "a", Flag.NUMBERS),
            rendered("a", "a", Flag.RESIDUE),
            rendered("a", "a", Flag.EMPTY, Flag.KEPT_SOURCE),
            rendered("12.", "12."),
        ]
    )
    assert found == [1.0, 0.5, 0.0, 0.8, 0.0, 0.0, None]


def test_another_encoder_is_refused() -> None:
    with pytest.raises(ValueError, match="fitted with another, not with letters@1"):
        TrustEstimator(Letters(), replace(NUMBERS, encoder="another"))


def test_the_numbers_that_ship_fit_the_embedded_encoder() -> None:
    from models.repository.registry import ENCODER

    numbers = trust_numbers()
    assert numbers.encoder == ENCODER.name
    assert len(numbers.weights) == len(PLAIN) + 384
    assert 0.0 < numbers.doubtful < 1.0
    assert {"ru-en", "uk-en", "fr-en"} <= set(numbers.ratios)


def test_a_trust_is_remembered(tmp_path: Path) -> None:
    encoder = Letters()
    state = State(tmp_path)
    one = RememberingTrust(TrustEstimator(encoder, NUMBERS), state=state)
    asked = [rendered("a", "a"), rendered("c", "c"), rendered("a", "a"), rendered("1", "1")]
    assert one.trust(asked) == [1.0, 0.5, 1.0, None]
    assert encoder.asked == ["a", "c", "a", "c"]  # both sides, and no text twice
    again = RememberingTrust(TrustEstimator(encoder, NUMBERS), state=state)
    assert again.trust(asked) == [1.0, 0.5, 1.0, None]
    assert len(encoder.asked) == 4
    assert again.doubtful == 0.4
    flagged = [rendered("a", "a", Flag.NUMBERS)]
    assert again.trust(flagged) == [0.8]  # a fault is part of the question


# Answers


def test_parts_are_trusted_by_themselves_and_doubt_is_flagged() -> None:
    segment = Segment("a. c. 5", "ru", "en")
    answer = Answer(
        "a. b. 5",
        (
            AnswerPart(Span(0, 3), Span(0, 3), "m"),
            AnswerPart(Span(3, 6), Span(3, 6), "m", (Flag.LONG,)),
            AnswerPart(Span(6, 7), Span(6, 7), NO_MODEL),
        ),
    )
    (found,) = trusted([segment], [answer], by=TrustEstimator(Letters(), NUMBERS))
    assert [part.trust for part in found.parts] == [1.0, 0.0, None]
    assert [part.flags for part in found.parts] == [(), (Flag.LONG, Flag.DOUBTFUL), ()]
    assert found.text == answer.text


def test_a_source_that_was_kept_has_no_trust_and_no_further_flag() -> None:
    kept = AnswerPart(Span(0, 1), Span(0, 1), NO_MODEL, (Flag.EMPTY, Flag.KEPT_SOURCE))
    (found,) = trusted(
        [Segment("a", "ru", "en")],
        [Answer("a", (kept,))],
        by=TrustEstimator(Letters(), NUMBERS),
    )
    assert found.parts == (replace(kept, trust=0.0),)


# Documents


SOURCE = "Старый причал закрыли до весны. Лодка не подошла к острову."


def test_trust_reaches_the_segments_of_a_document(tmp_path: Path) -> None:
    """The engine writes an "a" for one sentence and nothing like it for the other."""
    told = {"причал": "Aaa baa caa until the spring of this cold year.", "Лодка": "Zzz."}

    def answer(segment: Segment) -> str:
        return next((text for word, text in told.items() if word in segment.text), "")

    engines = (ScriptedTranslator(answer), ScriptedSummariser(lambda p: p.text))
    desk = build(
        Config(), state=State(tmp_path), progress=Silent(), engines=engines,
        trusting=TrustEstimator(Letters(), replace(NUMBERS, doubtful=0.9)),
    )  # fmt: skip
    (document,) = read_plain(Raw(SOURCE.encode(), "a.txt"))
    for stage in (*desk.reading, *desk.cleaning, *desk.translation()):
        (document,) = stage.run([document])  # type: ignore[assignment]
    (paragraph,) = document.paragraphs
    assert paragraph.translation is not None
    (segment,) = paragraph.translation.segments
    assert segment.trust is not None
    assert Flag.DOUBTFUL in segment.flags
    assert Flag.DOUBTFUL in paragraph.translation.flags
    record = document_record(document, engines={}, seconds={})
    jsonschema.validate(record, schema())
    kept = record["paragraphs"][0]["translation"]["segments"][0]
    assert (kept["trust"], kept["flags"]) == (segment.trust, ["doubtful"])
    assert "*(doubtful)*" in document_markdown(document)


def document_of(*flags: tuple[Flag, ...], evidence: tuple[Evidence, ...]) -> Document:
    segments = tuple(
        Aligned(Span(10 * i, 10 * i + 9), Span(10 * i, 10 * i + 9), "ru", "m", own)
        for i, own in enumerate(flags)
    )
    text = " ".join("x" * 9 for _ in flags)
    paragraph = Paragraph(
        0, text, Span(0, len(text)), language="ru", translation=Translation(text, "en", segments)
    )
    summary = Summary((Sentence("It is so.", "m", (Flag.LOOP,), evidence),), "en")
    return Document("d", "d.txt", text, "utf-8", (paragraph,), summary=summary)


def place(start: int, end: int, score: float = 1.0) -> Evidence:
    return Evidence(Place("d", "d.txt", 0, Span(start, end)), "ru", score)


@pytest.mark.parametrize(
    ("evidence", "marked"),
    [
        ((place(0, 9),), False),
        ((place(10, 19),), True),
        ((place(9, 10),), False),  # the space between them
        ((place(5, 15),), True),
        ((place(0, 9, 0.9), place(10, 19, 0.4)), False),  # it rests on the first
        ((place(0, 9), place(10, 19)), True),
        ((), False),
    ],
)
def test_a_sentence_on_doubtful_evidence_says_so(
    evidence: tuple[Evidence, ...], marked: bool
) -> None:
    document = document_of((), (Flag.DOUBTFUL,), evidence=evidence)
    (found,) = Doubt().run([document])
    assert found.summary is not None
    (sentence,) = found.summary.sentences
    assert sentence.flags == ((Flag.LOOP, Flag.DOUBTFUL_EVIDENCE) if marked else (Flag.LOOP,))
    assert Doubt().run([found]) == [found]


def test_doubt_that_is_gone_leaves_no_mark() -> None:
    document = document_of((), evidence=(place(0, 9),))
    assert document.summary is not None
    sentence = document.summary.sentences[0]
    stale = replace(
        document,
        summary=replace(
            document.summary,
            sentences=(replace(sentence, flags=(Flag.LOOP, Flag.DOUBTFUL_EVIDENCE)),),
        ),
    )
    assert Doubt().run([stale]) == [document]
    assert Doubt().run([replace(document, summary=None)]) == [replace(document, summary=None)]

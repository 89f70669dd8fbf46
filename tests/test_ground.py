"""A summary falls back and never fails: kept, rewritten, quoted, withheld, filled up."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from summaries import summarised
from test_evidence import ENCODINGS, answer, packed, read, texts

from models.engine import Decoding, Passage
from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.document import Document
from pipeline.flag import Flag
from pipeline.output.quotations import quotations_of
from pipeline.progress import Silent
from pipeline.sources.folder import read_bytes
from pipeline.stages.grounding.judge import Candidate, Claim, Verdict
from pipeline.stages.grounding.overlap import OverlapJudge
from pipeline.stages.headline import headline_of
from pipeline.stages.length import Length
from pipeline.stages.translate import Translate
from pipeline.summary import Equivalent, Outcome, Summary

NEWS = (
    "The mayor of Orval opened a new swimming pool on Mill Street on Monday. Two hundred people"
    " came to see it. The pool cost 12 480 000 euros and took four years to build. Swimmers had"
    " asked for it since 2009. The old pool, from 1961, will become a market, said Anna Pike, who"
    ' runs the baths: "Nobody will miss the cold water." Children may swim for nothing until June.'
)


USUAL = Length(2, 4)


def document(text: str = NEWS, *, language: str = "en") -> Document:
    from dataclasses import replace

    (found,) = read_bytes(text.encode(), name="a.txt", suffix=".txt")
    assert isinstance(found, Document)
    paragraphs = tuple(replace(p, language=language) for p in found.paragraphs)
    return replace(found, language=language, paragraphs=paragraphs)


def told(
    first: str, again: str | Callable[[Passage], str] = "", *, length: Length = USUAL
) -> Summary:
    """Return the summary by an engine that writes `first`, and `again` when asked once more."""

    def reply(passage: Passage) -> str:
        if passage.text == NEWS:
            return first
        return again if isinstance(again, str) else again(passage)

    (done,) = summarised([document()], ScriptedSummariser(reply), length=length)
    assert done.summary is not None
    return done.summary


def test_a_good_sentence_is_kept_with_its_support_and_its_places() -> None:
    summary = told("The mayor of Orval opened a pool on Mill Street. Two hundred people came.")
    assert [s.outcome for s in summary.sentences] == [Outcome.KEPT, Outcome.KEPT]
    first = summary.sentences[0]
    assert first.support is not None
    assert first.support > 0.5
    place = first.evidence[0].place
    assert NEWS[place.span.start : place.span.end].startswith("The mayor of Orval")
    assert summary.withheld == ()
    assert summary.drawn_on is not None
    assert 0.1 < summary.drawn_on < 0.9


def test_a_wrong_sentence_is_rewritten_from_nothing_but_its_evidence() -> None:
    asked: list[str] = []

    def again(passage: Passage) -> str:
        asked.append(passage.text)
        return "The pool cost 12.48 million euros."

    summary = told("The mayor of Orval opened a pool. The pool cost 15 million euros.", again)
    second = summary.sentences[1]
    assert (second.text, second.outcome) == (
        "The pool cost 12.48 million euros.",
        Outcome.REWRITTEN,
    )
    assert second.replaces is not None
    assert (second.replaces.text, second.replaces.unsupported) == (
        "The pool cost 15 million euros.", ("15",),
    )  # fmt: skip
    assert len(asked) == 1
    assert "The pool cost 12 480 000 euros" in asked[0]
    assert len(asked[0]) < len(NEWS) / 1.5
    assert Flag.DROPPED_NUMBER in summary.remarks


def test_what_is_rewritten_wrongly_gives_way_to_a_quotation() -> None:
    summary = told(
        "The mayor of Orval opened a pool. The pool cost 15 million euros.", "It cost 16 million."
    )
    second = summary.sentences[1]
    assert second.text == "The pool cost 12 480 000 euros and took four years to build."
    assert (second.outcome, second.model, second.support) == (Outcome.QUOTED, "source", 1.0)
    assert second.replaces is not None
    assert second.flags == (Flag.FILLED_FROM_TEXT,)


def test_what_has_nothing_to_do_with_the_text_is_withheld() -> None:
    summary = told(
        "The mayor of Orval opened a pool. Two hundred people came. Zebras quarrelled loudly."
    )
    assert [s.outcome for s in summary.sentences] == [Outcome.KEPT] * 2
    (withheld,) = summary.withheld
    assert withheld.text == "Zebras quarrelled loudly."
    assert set(withheld.unsupported) >= {"Zebras", "quarrelled"}


def test_the_summary_ships_when_the_engine_writes_nothing_of_use() -> None:
    for reply in ("", "PLUM.", "I'm sorry, but I cannot help with that.", "a heading"):
        summary = told(reply, reply)
        assert len(summary.sentences) == 2
        assert {s.outcome for s in summary.sentences} == {Outcome.QUOTED}


def test_a_rounded_figure_is_told_with_the_exact_one() -> None:
    summary = told("The pool cost about 12.5 million euros. Two hundred people came.")
    assert summary.sentences[0].outcome is Outcome.KEPT
    assert summary.sentences[0].equivalents == (Equivalent("12.5", "12 480 000 euros"),)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('Anna Pike said "nobody will miss the cold water".', True),
        ("Anna Pike said “Nobody will miss the cold water”.", True),
        ("Anna Pike said &quot;nobody will miss the cold water&quot;.", True),
        ('Anna Pike said "people will miss the cold water".', False),
        ('Anna Pike said "nobody will miss the old water".', False),
        ('The mayor of Orval opened a "swimming pool".', False),  # the text quotes nobody there
        ('The mayor of Orval said "nobody will miss the cold water".', False),  # it was Anna Pike
    ],
)
def test_marks_stand_around_true_quotations_only(written: str, shown: bool) -> None:
    summary = told(f"The mayor of Orval opened a pool. {written}", written)
    found = [s for s in summary.sentences if s.model == "scripted"]
    marked = [s for s in found if any(mark in s.text for mark in '"“”')]
    assert bool(marked) is shown


def test_talk_of_the_article_and_repetition_go() -> None:
    summary = told(
        "**Summary**\n1. The article says that the mayor of Orval opened a pool."
        " The mayor of Orval has opened a pool. Two hundred people came. And then"
    )
    assert [s.text for s in summary.sentences] == [
        "The mayor of Orval opened a pool.",
        "Two hundred people came.",
    ]


@pytest.mark.parametrize("most", [12, 20, 40])
def test_a_summary_keeps_to_its_words_in_whole_sentences(most: int) -> None:
    summary = told(
        "The mayor of Orval opened a pool. Two hundred people came to see it. The pool took four"
        " years to build. Swimmers had asked for it since 2009.",
        length=Length(1, 6, most),
    )
    assert sum(len(s.text.split()) for s in summary.sentences) <= most
    assert all(s.text.endswith(".") for s in summary.sentences)


def test_as_many_sentences_as_are_asked_for() -> None:
    for wanted in (1, 3, 5):
        summary = told("The mayor of Orval opened a pool.", length=Length(wanted, wanted))
        assert len(summary.sentences) == wanted


def test_a_text_without_a_headline_gets_one_and_keywords() -> None:
    summary = told("The mayor of Orval opened a pool. Two hundred people came.")
    assert summary.headline == "The mayor of Orval opened a pool"
    assert "Orval" in summary.keywords
    assert all(word.lower() in NEWS.lower() for word in summary.keywords)
    from dataclasses import replace

    titled = replace(document(), title="A pool")
    (done,) = summarised([titled], ScriptedSummariser(lambda p: "Two hundred people came."))
    assert done.summary is not None
    assert done.summary.headline is None


LONG = {
    "The pool, which cost twelve million euros and took four years, has been opened at last by the"
    " mayor.": "The pool has been opened at last by the mayor",
    "The mayor of Orval opened a swimming pool on Mill Street on Monday, saying that nobody would"
    " miss the old one.": "The mayor of Orval opened a swimming pool on Mill Street on Monday",
    "Le maire a ouvert lundi une piscine dans la rue du Moulin, tandis que l'ancienne devient un"
    " marché couvert.": "Le maire a ouvert lundi une piscine dans la rue du Moulin",
    "Мэр открыл в понедельник новый бассейн, который строили четыре года и который обошёлся в"
    " двенадцать миллионов.": "Мэр открыл в понедельник новый бассейн",
    "The river works have launched Orvalia, a new branch to bring all of their quays on the upper"
    " Mill together.": "The river works have launched Orvalia",
    "Swimmers of Orval and of six other towns on the river had asked the council for it since the"
    " spring of 2009.": "Swimmers of Orval and of six other towns on the river had asked the"
    " council…",
}


@pytest.mark.parametrize(("sentence", "headline"), LONG.items())
def test_a_headline_is_a_sentence_cut_at_a_clause(sentence: str, headline: str) -> None:
    assert headline_of(sentence) == headline
    assert len(headline) <= 90


def test_a_checked_summary_is_not_checked_again() -> None:
    from pipeline.stages.ground import Ground

    class Asked(OverlapJudge):
        count = 0

        def judge(self, claims: Sequence[Claim], candidates: Sequence[Candidate]) -> list[Verdict]:
            self.count += 1
            return super().judge(claims, candidates)

    judge = Asked()
    engine = ScriptedSummariser(lambda p: "The mayor of Orval opened a pool.")
    done = summarised([document()], engine, judge=judge)
    assert judge.count == 1
    stage = Ground(
        judge, engine, decoding=Decoding(), length=Length(2, 4), progress=Silent(),
        least_support=0.1,
    )  # fmt: skip
    assert stage.run(done) == done
    assert judge.count == 1


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl"])
@given(text=texts(), encoding=st.sampled_from(ENCODINGS))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=15)
def test_every_place_slices_to_its_quotation(suffix: str, text: str, encoding: str) -> None:
    """Over formats, encodings and line ends; the engine's sentences are made of the text's."""
    documents = read(packed(text, suffix, encoding), suffix)
    translate = Translate(
        ScriptedTranslator(answer), languages=("ru", "fr"), target="fr", decoding=Decoding(),
        max_segment_chars=120, max_sentence_chars=160, progress=Silent(),
    )  # fmt: skip
    engine = ScriptedSummariser(lambda p: " ".join(reversed(p.text.split(". "))) + ".")
    for done in summarised(translate.run(documents), engine, target="fr", length=Length(2, 5)):
        for sentence in done.summary.sentences if done.summary else ():
            assert 1 <= len(sentence.evidence) <= 3
            for quoted in quotations_of(done, sentence):
                span, index = quoted.place.span, quoted.place.paragraph
                assert done.text[span.start : span.end] == quoted.text == quoted.text.strip()
                inside = done.paragraphs[index].span
                assert inside.start <= span.start < span.end <= inside.end
                assert quoted.place.document_id == done.id
                assert 0 <= quoted.score <= 1
                translation = done.paragraphs[index].translation
                if quoted.translation is not None:
                    assert translation is not None
                    flat = "".join(translation.text.split())
                    assert "".join(quoted.translation.split()) in flat


def test_a_summary_is_filled_with_sentences_that_need_none_before_them() -> None:
    text = (
        "However, it took four years. He praised the builders of the pool at length. The mayor of"
        " Orval opened the pool on Monday with 300 guests. The pool of Orval has six lanes."
    )
    (done,) = summarised(
        [document(f"{text} {NEWS}")], ScriptedSummariser(lambda _: "Zebras quarrelled.")
    )
    summary = done.summary
    assert summary is not None
    assert [s.text for s in summary.sentences] == [
        "The mayor of Orval opened the pool on Monday with 300 guests.",
        "The pool of Orval has six lanes.",
    ]


def test_a_summary_opens_without_a_connective() -> None:
    summary = told("However, the mayor of Orval opened a pool. Moreover, two hundred people came.")
    assert [s.text for s in summary.sentences] == [
        "The mayor of Orval opened a pool.", "Moreover, two hundred people came.",
    ]  # fmt: skip

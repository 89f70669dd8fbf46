"""Suspects climb: each rung is tried where it can help, counted, and kept only where better."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from models.engine import Hypothesis, Segment
from pipeline.flag import Flag
from pipeline.lang.edits import difference
from pipeline.place import NO_MODEL, Span
from pipeline.stages.triage.answer import Answer, AnswerPart, edited, joined, whole
from pipeline.stages.triage.consensus import likenesses, most_agreed
from pipeline.stages.triage.ladder import Ladder
from pipeline.stages.triage.ladder_record import LadderRecord

SOURCE = "Город открыл новый мост через реку в 2019 году, и жители пришли посмотреть."
GOOD = "In 2019 the city opened a new bridge over the river, and people came to look."


def climb(
    text: str,
    answer: Callable[[Segment], str],
    *,
    samples: int = 3,
    terms: Sequence[str] = (),
    consults: Callable[[Segment], bool] | None = None,
    alternatives: tuple[str, ...] = (),
) -> tuple[Answer, LadderRecord, list[Segment]]:
    asked: list[Segment] = []

    def decode(segments: Sequence[Segment]) -> list[Hypothesis]:
        asked.extend(segments)
        return [Hypothesis(answer(s), 1, "stop", "m", alternatives) for s in segments]

    record = LadderRecord()
    segment = Segment(text, "ru", "en")
    ladder = Ladder(decode, samples=samples, record=record, terms=terms, consults=consults)
    (found,) = ladder.climb([segment], decode([segment]))
    return found, record, asked


def test_a_good_answer_is_asked_once() -> None:
    found, record, asked = climb(SOURCE, lambda s: GOOD)
    assert found == whole(SOURCE, GOOD, "m")
    assert len(asked) == 1
    assert record.as_json() == {"segments": 1, "suspects": 0, "suspicions": {}, "rungs": {}}


def test_a_lost_number_is_found_again_in_another_answer() -> None:
    bad = "The city opened a new bridge over the river, and people came to look."
    found, record, asked = climb(SOURCE, lambda s: GOOD if s.variant == 2 else bad)
    assert found == whole(SOURCE, GOOD, "m")
    assert [s.variant for s in asked] == [0, 1, 2, 3]
    assert record.as_json()["rungs"] == {"sample": {"tried": 1, "mended": 1, "bettered": 0}}
    assert record.as_json()["suspicions"] == {"numbers": 1}


@pytest.mark.parametrize(
    ("second", "taken"),
    [
        ("Sedov opened a bridge in Tver.", True),
        ("A man opened a bridge in the town.", False),  # keeps no more of the names
        ("Sedov opened 7 bridges in Tver.", False),  # and a number that is not there
    ],
)
def test_another_engine_is_asked_where_a_name_was_lost(second: str, taken: bool) -> None:
    source, first = "Вчера Седов открыл мост в Твери.", "Yesterday Sedov opened a bridge."
    found, record, asked = climb(
        source, lambda s: second if s.opinion else first, consults=lambda s: True
    )
    assert found.text == (second if taken else first)
    assert [s.opinion for s in asked] == [0, 1]
    assert record.as_json()["rungs"]["second"] == {"tried": 1, "mended": int(taken), "bettered": 0}


def test_where_there_is_none_to_ask_the_end_that_keeps_most_names_is_taken() -> None:
    ends = (
        "Yesterday a bridge was opened.",
        "Yesterday Sedov opened 7 bridges in Tver.",
        "Yesterday Sedov opened a bridge in Tver.",
    )
    found, record, asked = climb(
        "Вчера Седов открыл мост в Твери.",
        lambda s: "Yesterday Sedov opened a bridge.",
        alternatives=ends,
    )
    assert found.text == ends[2]
    assert len(asked) == 1
    assert record.as_json()["rungs"]["second"] == {"tried": 1, "mended": 1, "bettered": 0}


def test_no_other_engine_is_asked_where_there_is_none_or_no_name_was_lost() -> None:
    source, whole = "Вчера Седов открыл мост в Твери.", "Yesterday Sedov opened a bridge in Tver."
    assert len(climb(source, lambda s: whole, consults=lambda s: True)[2]) == 1
    assert len(climb(source, lambda s: "He opened it.", consults=lambda s: False)[2]) == 1
    assert len(climb(source, lambda s: "He opened it.")[2]) == 1


def test_an_address_is_masked_and_comes_back_in_its_place() -> None:
    source = "Смотрите подробности на сайте example.org уже сегодня."

    def answer(segment: Segment) -> str:
        if "XXZ0Q" in segment.text:
            return "See the details at XXZ0Q today."
        return "See the details on the site today."

    found, record, _ = climb(source, answer)
    assert found == whole(source, "See the details at example.org today.", "m")
    assert record.as_json()["rungs"] == {"mask": {"tried": 1, "mended": 1, "bettered": 0}}


def test_a_name_that_became_another_is_asked_in_latin_letters() -> None:
    def answer(segment: Segment) -> str:
        if "Vaselkovich" in segment.text:
            return "Vaselkovich left for the city yesterday."
        return "Trump left for the city yesterday."

    found, record, asked = climb("Вчера Васелкович уехал в город.", answer)
    assert (found.text, found.flags) == ("Vaselkovich left for the city yesterday.", ())
    assert asked[1].text == "Вчера Vaselkovich уехал в город."
    assert record.as_json()["suspicions"] == {"names": 1}
    assert record.as_json()["rungs"] == {"spell": {"tried": 1, "mended": 1, "bettered": 0}}


def test_a_term_that_must_not_be_translated_is_masked_too() -> None:
    def answer(segment: Segment) -> str:
        return segment.text.replace("читает", "reads") if "XXZ" in segment.text else "He reads."

    found, _, _ = climb("XY читает «Вечёрку».", answer, terms=["«Вечёрку»"])
    assert found.text == "XY reads «Вечёрку»."


def test_sentences_are_taken_one_by_one_and_only_the_bad_one_keeps_its_source() -> None:
    def answer(segment: Segment) -> str:
        return (
            "It opened." if segment.text.startswith("Мост") and "Пусто" not in segment.text else ""
        )

    found, record, _ = climb("Мост открыли. Пусто здесь.", answer, samples=1)
    assert found == Answer(
        "It opened. Пусто здесь.",
        (
            AnswerPart(Span(0, 14), Span(0, 10), "m"),
            AnswerPart(Span(14, 26), Span(11, 23), NO_MODEL, (Flag.EMPTY, Flag.KEPT_SOURCE)),
        ),
    )
    assert record.as_json()["rungs"]["split"]["tried"] == 1
    assert record.as_json()["rungs"]["keep"]["tried"] == 1


def test_one_wrong_number_is_put_right_by_rule_and_flagged() -> None:
    bad = "In 2018 the city opened a new bridge over the river, and people came to look."
    found, record, _ = climb(SOURCE, lambda s: bad)
    assert found == whole(SOURCE, GOOD, "m", [Flag.NUMBER_RESTORED])
    assert record.as_json()["rungs"]["number"] == {"tried": 1, "mended": 1, "bettered": 0}


def test_a_number_that_is_put_right_leaves_the_sentences_apart() -> None:
    source = f"Дождь шёл. {SOURCE} Все ушли."
    bad = GOOD.replace("2019", "18")
    known = {"Дождь": "It rained.", "Город": bad, "Все": "All left."}

    def answer(segment: Segment) -> str:
        text = segment.text.strip()
        return "" if text == source else known[text.split()[0]]

    found, _, _ = climb(source, answer)
    pairs = [
        (source[p.source.start : p.source.end].strip(), found.text[p.target.start : p.target.end])
        for p in found.parts
    ]
    assert pairs == [("Дождь шёл.", "It rained."), (SOURCE, GOOD), ("Все ушли.", "All left.")]
    assert [p.flags for p in found.parts] == [(), (Flag.NUMBER_RESTORED,), ()]


def test_a_number_of_the_whole_is_put_right_in_the_sentence_that_has_it() -> None:
    halves = ("Их было 7 в тот год", "и 40 потом")
    answer = joined([(halves[0], whole(halves[0], "There were 7", "m", [Flag.NUMBERS])),
                     (halves[1], whole(halves[1], "and 4 later", "n"))])  # fmt: skip
    assert answer.text == "There were 7 and 4 later"
    mended = edited(answer, [difference(answer.text, "There were 7 and 4,500 later")])
    assert [mended.text[p.target.start : p.target.end] for p in mended.parts] == [
        "There were 7",
        "and 4,500 later",
    ]


def test_a_missing_number_is_flagged_but_is_more_use_than_the_source() -> None:
    bad = "The city opened a new bridge over the river, and people came to look."
    found, record, _ = climb(SOURCE, lambda s: bad)
    assert found == whole(SOURCE, bad, "m", [Flag.NUMBERS])
    assert record.as_json()["rungs"]["sample"] == {"tried": 1, "mended": 0, "bettered": 0}


def test_a_long_sentence_without_any_translation_is_cut_between_clauses() -> None:
    source = SOURCE[:-1] + ", а потом все пошли домой, потому что начался сильный дождь."

    def answer(segment: Segment) -> str:
        if segment.text == source:
            return ""
        return GOOD if "2019" in segment.text else "Then all went home, because it rained hard."

    found, record, _ = climb(source, answer)
    assert found.flags == ()
    assert found.text.startswith(GOOD)
    assert record.as_json()["rungs"]["clauses"]["mended"] == 1


def test_no_samples_no_rung() -> None:
    _, record, asked = climb(SOURCE, lambda s: "The city opened a bridge, people came.", samples=0)
    assert "sample" not in record.as_json()["rungs"]
    assert len(asked) == 1


@given(st.text("abc de", max_size=30), st.text("abc de", max_size=30))
def test_likeness_is_sacrebleus_sentence_chrf(one: str, other: str) -> None:
    if len("".join(other.split())) < 6 or len("".join(one.split())) < 6:
        return  # orders that only one side has are smoothed otherwise there
    theirs = CHRF().sentence_score(one, [other]).score / 100
    assert likenesses([one, other])[0, 1] == pytest.approx(theirs, abs=0.005)


def test_the_most_agreed_is_chosen_and_the_first_of_equals() -> None:
    assert (
        most_agreed(["the bridge is shut", "a cat", "the bridge is closed", "the bridge is"]) != 1
    )
    assert most_agreed(["same", "same"]) == 0
    with pytest.raises(ValueError, match="no candidates"):
        most_agreed([])


def test_what_else_the_search_ended_with_is_looked_at_before_anything_is_asked_again() -> None:
    bad = "The city opened a new bridge over the river, and people came to look."
    asked: list[Segment] = []

    def decode(segments: Sequence[Segment]) -> list[Hypothesis]:
        asked.extend(segments)
        return [Hypothesis(bad, 1, "stop", "m", alternatives=(bad + ".", GOOD)) for _ in segments]

    record = LadderRecord()
    segment = Segment(SOURCE, "ru", "en")
    ladder = Ladder(decode, samples=3, record=record)
    (found,) = ladder.climb([segment], decode([segment]))
    assert found == whole(SOURCE, GOOD, "m")
    assert len(asked) == 1
    assert record.as_json()["rungs"] == {"beam": {"tried": 1, "mended": 1, "bettered": 0}}


def test_a_ladder_that_is_not_climbed_still_flags() -> None:
    bad = "The city opened a new bridge over the river, and people came to look."
    record = LadderRecord()
    ladder = Ladder(lambda _: [], samples=3, record=record, climbs=False)
    first = Hypothesis(bad, 1, "stop", "m", alternatives=(GOOD,))
    (found,) = ladder.climb([Segment(SOURCE, "ru", "en")], [first])
    assert found == whole(SOURCE, bad, "m", [Flag.NUMBERS])
    assert record.as_json() == {
        "segments": 1, "suspects": 1, "suspicions": {"numbers": 1}, "rungs": {},
    }  # fmt: skip

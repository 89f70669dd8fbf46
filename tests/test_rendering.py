"""Claims weighed against their opposites by a translator that reads the original."""

from __future__ import annotations

import math

import pytest

from models.engine import Segment
from models.fake import ScriptedScorer
from pipeline.stages.grounding.counterclaims import MOST, counterclaims
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.rendering import MOST_CHARS, renderings
from pipeline.stages.grounding.support import SupportJudge


@pytest.mark.parametrize(
    ("claim", "kind", "counters"),
    [
        ("He will not come.", "negation", ["He will come."]),
        ("He won’t come.", "negation", ["He will come."]),
        ("They didn't come.", "negation", ["They did come."]),
        ("It was sold.", "negation", ["It was not sold."]),
        ("Why wouldn't it be sold?", "negation", []),
        ("Not only boats came.", "negation", []),
        ("Prices rose.", "direction", ["Prices fell."]),
        ("Before noon it rained.", "direction", ["After noon it rained."]),
        ("The man who won's car.", "direction", ["The woman who won's car."]),
        ("On Monday Ada Volkova met Petrov.", "role", ["On Monday Petrov met Ada Volkova."]),
        ("On Monday the mayor met Petrov.", "role", []),
    ],
)
def test_one_fact_is_turned_around(claim: str, kind: str, counters: list[str]) -> None:
    found = counterclaims(claim, language="en")
    assert [c.text for c in found if c.kind == kind] == counters
    assert all(c.turned in claim for c in found)


def test_counterclaims_are_few_and_a_language_without_their_words_has_none() -> None:
    claim = "In Oslo Ada met Bob, Cyd, Dina and Flo: they are, were, is, was, has and had up."
    found = counterclaims(claim, language="en")
    assert max(sum(c.kind == kind for c in found) for kind in ("negation", "role")) == MOST
    assert counterclaims("Цены выросли.", language="ru") == []


RUSSIAN = Candidate("Цены в Одессе выросли, а Волкова не пришла.", "ru")


def likes(*words: str) -> ScriptedScorer:
    """Return a scorer that finds these words likely, and no others."""
    return ScriptedScorer(lambda segment, text, word: -0.1 if word in words else -5.0)


def test_an_opposite_that_is_likelier_speaks_against_a_claim_and_is_named() -> None:
    scorer = likes("Prices", "rose", "in", "Odesa")
    true, false = renderings(
        [(Claim(f"Prices {w} in Odesa.", "en"), [RUSSIAN]) for w in ("rose", "fell")], scorer
    )
    assert true.signs["counter_direction"] < 0.01
    assert false.signs["counter_direction"] == pytest.approx(math.log1p(math.exp(4.0)))  # of 4.9
    assert (true.turned, false.turned) == ((), ("fell",))
    assert {segment for segment, _ in scorer.asked} == {Segment(RUSSIAN.text, "ru", "en")}


def test_a_name_that_sounds_like_none_is_a_sign_if_the_translator_would_not_write_it() -> None:
    scorer = likes("We", "saw", "West")
    claims = [Claim(f"We saw {name}.", "en") for name in ("Volkova", "West", "Petrova")]
    found = renderings([(claim, [RUSSIAN]) for claim in claims], scorer)
    assert [r.signs["unlikely_name"] for r in found] == [0.0, 0.1, 5.0]


def test_a_name_of_the_original_that_fits_better_speaks_against_a_claim() -> None:
    scorer = likes("In", "Odesa", "Volkova", "came")
    true, false = renderings(
        [(Claim(f"In Odesa {n} came.", "en"), [RUSSIAN]) for n in ("Volkova", "Petrenko")], scorer
    )
    assert true.signs["counter_name"] == 0
    assert false.signs["counter_name"] > 4
    assert false.turned == ("Petrenko",)


def test_evidence_in_the_language_of_the_claim_or_too_long_is_not_read() -> None:
    scorer = likes()
    long = Candidate("Цены выросли. " * MOST_CHARS, "ru")
    english = Candidate("Prices rose.", "en")
    claim = Claim("Prices rose.", "en")
    assert [r.signs for r in renderings([(claim, [english]), (claim, [long])], scorer)] == [{}, {}]
    assert [r.signs for r in renderings([(Claim("Ціни.", "uk"), [english])], scorer)] == [{}]
    assert scorer.asked == []


def test_the_judge_believes_the_translator() -> None:
    judge = SupportJudge(scorer=likes("Prices", "rose", "in", "Odesa", "did", "not", "Volkova"))
    true, false = judge.judge(
        [Claim("Prices rose in Odesa.", "en"), Claim("Prices fell in Odesa.", "en")], [RUSSIAN]
    )
    assert true.support > 0.5 > false.support
    assert "fell" in false.unsupported
    assert "scripted" in judge.identity

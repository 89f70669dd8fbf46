"""Names that no word of evidence in another language is near: another name, or none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models.fake import ScriptedEncoder
from pipeline.stages.grounding.judge import Candidate, Claim
from pipeline.stages.grounding.strange_names import strangeness
from pipeline.stages.grounding.support import SupportJudge

RUSSIAN = Candidate("Западная Фрисландия простилась с Волковой в марте.", "ru")
_MEANINGS = {"West": "западная", "Frisia": "фрисландия"}


def vector(text: str) -> Sequence[float]:
    """Return a vector that is near to that of a translation, and apart from all others."""
    meaning = _MEANINGS.get(text, text).lower()
    place = 1 + sum(map(ord, meaning)) % 40
    return [1.0, *(1.2 * (i == place) for i in range(1, 41))]


def encoder() -> ScriptedEncoder:
    return ScriptedEncoder(vector, dimensions=41)


def test_a_translated_name_is_near_to_a_word_and_another_name_is_not() -> None:
    texts = ("West Frisia bade farewell.", "West Holland bade farewell.", "It bade farewell.")
    found = strangeness([(Claim(text, "en"), [RUSSIAN]) for text in texts], encoder())
    assert [f.signs["strange_name"] > 3 for f in found] == [False, True, False]
    assert [f.names for f in found] == [(), ("Holland",), ()]


def test_a_name_that_sounds_alike_is_never_asked_about() -> None:
    asked = encoder()
    (found,) = strangeness([(Claim("Volkova's farewell was in March.", "en"), [RUSSIAN])], asked)
    assert (found.signs, found.names, asked.asked) == ({"strange_name": 0.0}, (), [])


def test_a_possessive_and_the_parts_of_a_word_make_no_difference() -> None:
    joined = Candidate("Западная-Фрисландия простилась.", "ru")
    (found,) = strangeness([(Claim("They bade West's farewell.", "en"), [joined])], encoder())
    assert found.signs["strange_name"] == pytest.approx(0)


@pytest.mark.parametrize("without", [True, False])
def test_the_judge_tells_the_strange_name(without: bool) -> None:
    judge = SupportJudge(encoder=None if without else encoder())
    own, other = judge.judge(
        [Claim(f"West {name} bade Volkova farewell.", "en") for name in ("Frisia", "Holland")],
        [RUSSIAN],
    )
    assert ("Holland" in other.unsupported) or without
    assert "Frisia" not in own.unsupported or without
    if not without:
        assert other.support < own.support


def test_evidence_in_the_language_of_the_claim_has_no_such_sign() -> None:
    english = Candidate("West Frisia bade farewell.", "en")
    (found,) = strangeness([(Claim("West Holland bade farewell.", "en"), [english])], encoder())
    assert found.signs == {"strange_name": 0.0}

"""Figures in another unit than the original's: imperial and metric, joined figures, degrees."""

from __future__ import annotations

import pytest

from pipeline.stages.grounding.conversions import converts, quantities
from pipeline.stages.grounding.figures import check_figures, in_units_of
from pipeline.stages.grounding.judge import Candidate
from pipeline.stages.grounding.original import Original

CASES = [
    ("The 330 pound sow was found.", "en", "Свинью весом 150 килограммов нашли.", "ru", "330"),
    ("Winds of 93 mph are expected.", "en", "Очікується вітер до 150 км/год.", "uk", "93"),
    ("Some 4 inches of snow fell.", "en", "Il est tombé 10 cm de neige.", "fr", "4"),
    ("It was 86 degrees Fahrenheit.", "en", "Было 30 °C.", "ru", "86"),
    ("A fire burnt 500 acres.", "en", "Un incendie a brûlé 200 hectares.", "fr", "500"),
    ("Le nageur a parcouru 3,2 km.", "fr", "The swimmer covered 2 miles.", "en", "3,2"),
]


@pytest.mark.parametrize(("claim", "language", "text", "text_language", "figure"), CASES)
def test_a_converted_figure_is_supported_and_shown(
    claim: str, language: str, text: str, text_language: str, figure: str
) -> None:
    original = Original([Candidate(text, text_language)], language=language)
    found = check_figures(claim, original, [0])
    assert (found.unsupported, found.wrong_unit) == ((), ())
    assert [e.figure for e in found.equivalents] == [figure]
    (shown,) = (e.original for e in found.equivalents)
    assert shown in text
    told = in_units_of(text, claim, language=text_language, claim_language=language)
    assert shown in told
    assert figure not in told


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("The 500 pound sow was found.", "Свинью весом 150 килограммов нашли."),
        ("Some 4 inches of snow fell.", "Выпало 10 кг снега."),
        ("It was 50 degrees Fahrenheit.", "Было 30 °C."),
        ("He paid 330 pounds.", "Он заплатил 150 рублей."),
    ],
)
def test_another_amount_or_kind_is_no_conversion(claim: str, text: str) -> None:
    original = Original([Candidate(text, "ru")], language="en")
    assert check_figures(claim, original, [0]).equivalents == ()
    assert in_units_of(text, claim, language="ru", claim_language="en") == claim


def test_joined_figures_have_one_unit() -> None:
    found = quantities("From 2 to 4 inches, or 5–10 feet, but 7 and then 8 yards", language="en")
    assert [(q.figure.text, q.unit) for q in found][:2] == [("2", "inch"), ("4", "inch")]
    assert ("7", "yard") not in [(q.figure.text, q.unit) for q in found]
    told = in_units_of("de 5 à 10 cm", "from 2 to 4 inches", language="fr", claim_language="en")
    assert told == "from 5 to 10 cm"


def test_a_quantity_converts_none_of_its_own_unit() -> None:
    (one,) = quantities("10 cm", language="fr")
    assert not converts(one, one)

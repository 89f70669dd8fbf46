"""Numbers of one language are compared in one room: by worth in claims, by digits in copies."""

from __future__ import annotations

import pytest

from pipeline.facts.agreement import (
    figures_agree,
    same_digits,
    unsupported_numbers,
    written_number,
)


@pytest.mark.parametrize(
    ("language", "claim", "text"),
    [
        ("en", "It cost 11,000.", "The owner paid 11 000 crowns."),
        ("en", "It cost 11000.", "The owner paid 11,000 crowns."),
        ("en", "It cost 2.4 million.", "The owner paid 2,400,000 crowns."),
        ("en", "It cost 2,400,000.", "The owner paid 2.4 million crowns."),
        ("en", "It cost €2.4m.", "The owner paid 2.4 million euros."),
        ("en", "They are 2.4m now.", "There are 2.4 million of them."),
        ("en", "They are 2.4 million.", "There are 2.4m of them."),
        ("en", "Prices rose 3.50 %.", "Prices rose by 3.5 per cent."),
        ("en", "3 ships left.", "Three ships left the harbour."),
        ("en", "Sales fell by 5%.", "Sales: -5% on the year."),
        ("en", "It opened at 14:00.", "It opened at 2 pm."),
        ("en", "The 21st century.", "The XXI century."),
        ("fr", "Il a coûté 1 234,5 euros.", "Prix : 1234,5 euros."),
        ("ru", "Потратили 2,4 млрд.", "Потратили 2 400 000 000 рублей."),
        ("uk", "Витратили 3,5 тис.", "Витратили 3500 гривень."),
    ],
)
def test_the_same_worth_supports_a_figure(language: str, claim: str, text: str) -> None:
    assert unsupported_numbers(claim, text, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "text", "wrong"),
    [
        ("en", "Prices rose 35 %.", "Prices rose by 3.5 per cent.", "35"),
        ("en", "Prices rose 3.5 %.", "Prices rose by 35 per cent.", "3.5"),
        ("en", "It cost 1.25.", "The owner paid 125 crowns.", "1.25"),
        ("en", "It cost 125.", "The owner paid 12.5 crowns.", "125"),
        ("en", "It cost 2.4 billion.", "The owner paid 2.4 million.", "2.4"),
        ("en", "It cost 2.4.", "The owner paid 2.4 million.", "2.4"),
        ("en", "It cost 24 million.", "The owner paid 2.4 million.", "24"),
        ("en", "50 came.", "A ticket is 3.50 crowns.", "50"),
        ("en", "It was -5 at night.", "It was 5 at night.", "5"),
        ("fr", "Les prix ont monté de 35 %.", "Les prix ont monté de 3,5 %.", "35"),
        ("fr", "Les prix ont monté de 3,5 %.", "Les prix ont monté de 35 %.", "3,5"),
        ("ru", "Цены выросли на 35 %.", "Цены выросли на 3,5 %.", "35"),
        ("uk", "Ціни зросли на 3,5 %.", "Ціни зросли на 35 %.", "3,5"),
    ],
)
def test_a_figure_of_another_worth_supports_nothing(
    language: str, claim: str, text: str, wrong: str
) -> None:
    assert unsupported_numbers(claim, text, language=language) == [wrong]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Rates are 3.5 now.", "Rates: 3.5.", True),
        ("Rates are 3.5 now.", "Rates: 35.", False),
        ("It cost 2.4 million.", "It cost 2,400,000.", True),
        ("It cost 2.4 million.", "It cost 24 million.", False),
        ("On 3 May 20 men left.", "On 3 May 25 men left.", False),
        ("On 3 May 20 men left at 7.", "On 3 May 25 men left at 7.", True),
        ("It opened at 14:00.", "It opened at 2 pm.", True),
        ("Nobody came.", "No one was there.", True),
        ("Nobody came.", "The 12 were not there.", False),
    ],
)
def test_figures_of_two_texts_agree_by_share(one: str, other: str, agree: bool) -> None:
    assert figures_agree(one, other, language="en", least=0.5) is agree
    assert figures_agree(other, one, language="en", least=0.5) is agree


def test_copies_are_compared_as_they_are_written() -> None:
    assert written_number("1,234,500.") == "1234500"
    assert written_number("3,5") == written_number("3.5") == "3.5"
    assert same_digits("20th", "20h")
    assert same_digits("word", "words")
    assert not same_digits("3.5", "35")
    assert not same_digits("3.50", "3.5"), "a digit apart is another fact"

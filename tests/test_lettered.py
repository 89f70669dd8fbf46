"""Numbers that a letter belongs to: the letter is a fact."""

from __future__ import annotations

import pytest

from pipeline.facts.lettered import letters_lost


@pytest.mark.parametrize(
    ("source", "text", "lost"),
    [
        ("Дом 9б на улице Садовой пуст.", "House 9 in Sadovaya Street is empty.", ("9б",)),
        ("Дом 9б на улице Садовой пуст.", "House 9b in Sadovaya Street is empty.", ()),
        ("Дом 9б на улице Садовой пуст.", "House 9 'B' in Sadovaya Street is empty.", ()),
        ("Автобус 14К сменил маршрут.", "Bus 14 has another route.", ("14К",)),
        ("Автобус 14Ж сменил маршрут.", "Bus 14Zh has another route.", ()),
        ("Тролейбус 3А не ходить.", "Trolleybus 3-A does not run.", ()),
        ("Il habite au 12 ter, rue Haute.", "He lives at 12, rue Haute.", ("12 ter",)),
        ("Il habite au 12 ter, rue Haute.", "He lives at 12 ter, rue Haute.", ()),
        ("La classe 6B part lundi.", "Class 6 leaves on Monday.", ("6B",)),
        ("Пачка весит 50г и стоит 10р.", "A packet weighs 50 grams and costs 10 roubles.", ()),
        ("Это было в 21в. и раньше.", "It was in the 21st century and before.", ()),
        ("Le 2e étage ferme à 18h.", "The second floor closes at 6 pm.", ()),
    ],
)
def test_a_lost_letter_is_told(source: str, text: str, lost: tuple[str, ...]) -> None:
    assert letters_lost(source, text) == lost

"""Sentences out of their text: connectives taken off, subjects that point back."""

from __future__ import annotations

import pytest

from pipeline.stages.grounding.context import leans, without_connective


@pytest.mark.parametrize(
    ("language", "text", "bare"),
    [
        ("en", "However, the flotation in Paris was called off in May.",
         "The flotation in Paris was called off in May."),
        ("en", "But the flotation in Paris was called off in May.",
         "The flotation in Paris was called off in May."),
        ("en", "The union, however, called the offer of May an insult.",
         "The union called the offer of May an insult."),
        ("en", "But for the rain, the match in Lyon would have begun.", ""),
        ("en", "Yet another ferry has sunk off the coast of Rhodes.", ""),
        ("en", "Also present were the mayors of Lyon and Lille.", ""),
        ("en", "Still waters hide the wreck of the ferry Aurelia.", ""),
        ("fr", "Toutefois, l’entrée en bourse à Paris a été annulée.",
         "L’entrée en bourse à Paris a été annulée."),
        ("fr", "Le syndicat, en revanche, juge l’offre insultante.",
         "Le syndicat juge l’offre insultante."),
        ("fr", "Et Paris et Berlin ont signé le texte mardi soir.", ""),
        ("ru", "Однако выход на биржу в Париже отменили в мае.",
         "Выход на биржу в Париже отменили в мае."),
        ("ru", "Кроме того, завод в Лионе закроют на две недели.",
         "Завод в Лионе закроют на две недели."),
        ("ru", "Кроме того завода, в Лионе закроют ещё два склада.", ""),
        ("ru", "И Россия, и Украина подписали соглашение о зерне.", ""),
        ("uk", "Водночас завод у Ліоні працюватиме до кінця року.",
         "Завод у Ліоні працюватиме до кінця року."),
        ("uk", "І Київ, і Варшава підписали угоду про зерно.", ""),
        ("uk", "Тому, хто знайде собаку, обіцяють тисячу гривень.", ""),
    ],
)  # fmt: skip
def test_a_connective_goes_where_it_is_one(language: str, text: str, bare: str) -> None:
    assert without_connective(text, language=language) == (bare or text)


@pytest.mark.parametrize(
    ("language", "text", "leaning"),
    [
        ("en", "The project was discussed in November 2022 in Paris.", True),
        ("en", "The new entity now has 11,000 employees in France.", True),
        ("en", "However, the company is preparing a sale.", True),
        ("en", "He told Reuters on Monday that 12 people were missing.", True),
        ("en", "This decision costs Lyon 40 jobs.", True),
        ("en", "Drivers will hardly notice.", True),
        ("en", "Investors, who had been promised an answer to Tesla in 2022, will.", True),
        ("en", "Investors, who had been promised an answer to Tesla, will sell in 2022.", False),
        ("en", "The project of the port of Lyon was discussed in 2022.", False),
        ("en", "The company Ampere has 11,000 employees in France.", False),
        ("en", "The company's shares in Paris fell by 3% on Monday.", False),
        ("en", "It was assumed that Ampere would build all cars of Renault.", False),
        ("en", "However, the flotation in Paris was called off in May.", False),
        ("en", "Three people died in the flood in Lyon.", False),
        ("fr", "Le projet a été évoqué en novembre 2022 à Paris.", True),
        ("fr", "L’entreprise emploie 11 000 personnes en France.", True),
        ("fr", "Elle emploie 11 000 personnes en France.", True),
        ("fr", "Le projet de Lyon a été évoqué en novembre 2022.", False),
        ("fr", "L’entreprise Ampère emploie 11 000 personnes.", False),
        ("fr", "Il y a 11 000 salariés sur le site de Douai.", False),
        ("fr", "Cette année, Renault a vendu 151 939 voitures.", False),
        ("ru", "Проект обсуждали в ноябре 2022 года в Париже.", True),
        ("ru", "Компания уже объявила о закрытии завода в Лионе.", True),
        ("ru", "Он сообщил агентству Reuters о 12 пропавших.", True),
        ("ru", "Компания Ampere объявила о закрытии завода в Лионе.", False),
        ("ru", "Решение суда обжалуют до конца ноября.", False),
        ("uk", "Проєкт обговорювали в листопаді 2022 року.", True),
        ("uk", "Компанія вже оголосила про закриття заводу в Ліоні.", True),
        ("uk", "Компанія Ampere оголосила про закриття заводу в Ліоні.", False),
        ("uk", "Рішення суду оскаржать до кінця листопада.", False),
    ],
)
def test_a_subject_that_points_back_leans(language: str, text: str, leaning: bool) -> None:
    assert leans(text, language=language) is leaning

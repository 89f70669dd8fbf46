"""The comparison of a story's documents: who agrees, who does not, and what is no conflict."""

from __future__ import annotations

import pytest
from story_texts import WordEncoder, story_document

from pipeline.config import Config
from pipeline.document import Document
from pipeline.stories.amounts import amounts_in
from pipeline.stories.attributes import given_in
from pipeline.stories.causes import cause_in
from pipeline.stories.days import days_in
from pipeline.stories.holders import holders_in
from pipeline.stories.stories import stories_of
from pipeline.stories.story import Conflict, Story

TITLE = "Fire at Velmont plant in Kielce"


def story(*texts: str, languages: str = "") -> Story:
    tags = languages.split() or ["en"] * len(texts)
    documents = [
        story_document(
            TITLE, f"A fire broke out at the Velmont plant in Kielce. {text}", language=tag
        )
        for text, tag in zip(texts, tags, strict=True)
    ]
    (found,) = stories_of(documents, encoder=WordEncoder(), config=Config())
    return found


def values(conflict: Conflict) -> list[str]:
    return sorted(version.value for version in conflict.versions)


@pytest.mark.parametrize(
    ("text", "language", "person", "organisation"),
    [
        ("Velmont CEO Anna Kowalska said", "en", "Anna Kowalska", "Velmont"),
        ("Velmont's chief executive, Anna Kowalska, said", "en", "Anna Kowalska", "Velmont"),
        ("Anna Kowalska, CEO of Velmont, said", "en", "Anna Kowalska", "Velmont"),
        ("la PDG de Velmont, la discrète Anna Kowalska, a dit", "fr", "Anna Kowalska", "Velmont"),
        ("Luc Morel, directeur général du groupe, a dit", "fr", "Luc Morel", ""),
        ("гендиректор Velmont Анна Ковальская заявила", "ru", "Анна Ковальская", "Velmont"),
        ("Президент України Олена Коваль заявила", "uk", "Олена Коваль", "України"),
    ],
)
def test_holders(text: str, language: str, person: str, organisation: str) -> None:
    (holder,) = holders_in(text, language=language)
    assert (holder.person, holder.organisation) == (person, organisation)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("former CEO Anna Kowalska said", "en"),
        ("deputy mayor Anna Kowalska said", "en"),
        ("l'ancien patron de Velmont Luc Morel", "fr"),
        ("бывший гендиректор Velmont Анна Ковальская", "ru"),
        ("колишній президент України Олена Коваль", "uk"),
        ("The mayor said that nothing was wrong", "en"),
    ],
)
def test_no_holders(text: str, language: str) -> None:
    assert holders_in(text, language=language) == []


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("in November 2022 and on 3 May 2023", "en", ["2022-11", "2023-05-03"]),
        ("le 1er mars 2021, puis en 2030", "fr", ["2021-03-01", "2030"]),
        ("в ноябре 2022 года", "ru", ["2022-11"]),
        ("5 травня", "uk", ["2026-05-05"]),
        ("2,025 houses and 1999 % of it", "en", []),
    ],
)
def test_days(text: str, language: str, written: list[str]) -> None:
    assert [d.written for d in days_in(text, language=language, year=2026)] == written


def test_counts_go_with_their_nouns() -> None:
    found = given_in("The fire killed 12 people and injured thirty workers in 2024.", language="en")
    counts = [(g.attribute, int(str(g.value))) for g in found if g.kind == "count"]
    assert counts[0] == ("dead", 12)


def test_another_number_of_dead_is_a_conflict() -> None:
    (conflict,) = story("Twelve people died in Kielce.", "15 people died in Kielce.").conflicts
    assert conflict.attribute == "number of dead"
    assert values(conflict) == ["12", "15"]
    quoted = {q.text for v in conflict.versions for q in v.quotations}
    assert quoted == {"Twelve people died in Kielce.", "15 people died in Kielce."}


def test_quotations_stand_where_they_say() -> None:
    documents: dict[str, Document] = {}
    texts = ("Twelve people died in Kielce.", "15 people died in Kielce.")
    for text in texts:
        document = story_document(TITLE, f"A fire broke out at Velmont in Kielce. {text}")
        documents[document.id] = document
    (found,) = stories_of(list(documents.values()), encoder=WordEncoder(), config=Config())
    quotations = [q for c in found.sentences for q in c.quotations]
    quotations += [q for c in found.conflicts for v in c.versions for q in v.quotations]
    assert quotations
    for q in quotations:
        span = q.place.span
        assert documents[q.place.document_id].text[span.start : span.end] == q.text


@pytest.mark.parametrize(
    "texts",
    [
        ("Twelve people died in Kielce.", "12 people died in Kielce."),
        ("About 5,000 people were evacuated in Kielce.", "In Kielce 5,200 people were evacuated."),
        ("Of 15 dead in Kielce 3 people died later.", "15 people died in Kielce."),
        ("Twelve people died in Kielce.", "12 people died, 3 of the dead in Kielce at once."),
        ("Velmont was founded in 1999 in Kielce.", "Velmont was founded in May 1999 in Kielce."),
        ("Velmont CEO Anna Kowalska spoke.", "The Velmont CEO, Anna Kowalska, spoke in Kielce."),
        ("Velmont CEO Anna Kowalska spoke.", "Former Velmont CEO Luc Morel spoke in Kielce."),
        ("Velmont CEO Anna Kowalska spoke.", "Lorette CEO Luc Morel spoke in Kielce."),
        ("Velmont was founded in 1999 in Kielce.", "The plant in Kielce closed in 2003."),
        ("Radom counts 4 dead of its own.", "Lublin mourns 9 dead of last year."),
        # money: rounded, hedged, converted, of another thing, of another year, a rate
        ("Velmont must pay a fine of €2.4 billion.", "Velmont must pay a fine of 2.4bn euros."),
        ("Velmont must pay a fine of €1.84 billion.", "Velmont must pay a fine of €2 billion."),
        ("Velmont must pay a fine of €2.4 billion.", "Velmont must pay a fine of $2.8 billion."),
        ("Velmont must pay a fine of €2.4bn ($2.8bn).", "Velmont must pay a fine of $2.6 billion."),
        ("Velmont must pay a fine of €2.4 billion.", "Velmont made a profit of €1.1 billion."),
        ("Velmont made a profit of €1m in 2024.", "Velmont made a profit of €3m in 2025."),
        (
            "A ticket at Velmont costs 20 euros a day.",
            "A ticket at Velmont costs 500 euros a year.",
        ),
        ("Velmont must pay a fine of about €2.4bn.", "Velmont must pay a fine of €2.1 billion."),
        ("Repairs in Kielce cost 135,000 euros.", "Tickets in Kielce cost 50 euros."),
        # causes: of one kind, in doubt, denied, of something else
        ("The fire in Kielce was caused by arson.", "The fire in Kielce was caused by sabotage."),
        ("The fire in Kielce was caused by arson.", "The fire may be caused by a gas leak."),
        ("The fire in Kielce was caused by arson.", "The fire was not caused by a gas leak."),
        ("The fire in Kielce was caused by arson.", "Trains to Radom stopped because of a storm."),
    ],
)
def test_no_conflict(texts: tuple[str, str]) -> None:
    assert story(*texts).conflicts == ()


def test_amounts_of_money_in_one_currency_are_a_conflict() -> None:
    (conflict,) = story(
        "Velmont must pay a fine of €2.4 billion.", "Velmont must pay a fine of 3.1bn euros."
    ).conflicts
    assert conflict.attribute == "amount of the fine"
    assert values(conflict) == ["3.1bn euros", "€2.4 billion"]


def test_causes_of_two_kinds_are_a_conflict() -> None:
    (conflict,) = story(
        "The fire in Kielce was caused by arson.",
        "The fire in Kielce was caused by a short circuit.",
    ).conflicts
    assert conflict.attribute == "cause"
    assert values(conflict) == ["attack or arson", "technical fault"]


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("L'incendie s'est déclaré par suite d'un court-circuit.", "fr", "technical"),
        ("Le vol est annulé en raison de la tempête.", "fr", "weather"),
        ("Пожар начался из-за короткого замыкания.", "ru", "technical"),
        ("Рейс отменили вследствие сильного тумана.", "ru", "weather"),
        ("Пожежа сталася через коротке замикання.", "uk", "technical"),
        ("Пожежа сталася через п’ять днів після грози.", "uk", ""),
        ("Пожар, по одной из версий, начался из-за поджога.", "ru", ""),
        ("L'accident ne serait pas dû à une erreur humaine.", "fr", ""),
    ],
)
def test_causes(text: str, language: str, kind: str) -> None:
    assert cause_in(text, language=language)[0] == kind


@pytest.mark.parametrize(
    ("text", "language", "amounts"),
    [
        ("L'amende s'élève à 2,1 milliards d'euros.", "fr", [("fine", "2100000000", "EUR")]),
        ("Ущерб оценили в 2,5 млн рублей.", "ru", [("damage", "2500000", "RUB")]),
        ("Завод коштував 4 мільярди гривень (95 млн євро).", "uk", [("cost", "4000000000", "UAH")]),
        ("The house has 12 rooms and a view of the dollar.", "en", []),
    ],
)
def test_amounts(text: str, language: str, amounts: list[tuple[str, str, str]]) -> None:
    found = amounts_in(text, language=language)
    assert [(a.thing, f"{a.value:.0f}", a.currency) for a in found] == amounts


def test_a_chief_executive_in_dispute() -> None:
    found = story(
        "Velmont CEO Anna Kowalska visited Kielce.", "Velmont CEO Luc Morel visited Kielce."
    )
    (conflict,) = found.conflicts
    assert conflict.attribute == "chief executive"
    assert values(conflict) == ["Anna Kowalska", "Luc Morel"]


def test_what_only_one_reports_and_what_all_do() -> None:
    found = story(
        "Sales of Velmont grew by 72% to 151,939 units.",
        "Firemen from Radom came with 14 engines.",
    )
    assert [c.text for c in found.agreed] == ["A fire broke out at the Velmont plant in Kielce."]
    assert {c.text for c in found.alone} == {
        "Sales of Velmont grew by 72% to 151,939 units.",
        "Firemen from Radom came with 14 engines.",
    }


def test_numbers_that_several_report() -> None:
    texts = (
        "The plant has 11,000 employees, most of them engineers.",
        "Velmont counts 11 000 employees and wants none to go.",
        "Nobody was hurt in the town.",
    )
    found = story(*texts)
    assert any(len(c.quotations) == 2 and "11" in c.text for c in found.shared)

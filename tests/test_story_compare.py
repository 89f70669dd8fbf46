"""The comparison of a story's documents: who agrees, who does not, and what is no conflict."""

from __future__ import annotations

import pytest
from story_texts import WordEncoder, story_document

from pipeline.config import Config
from pipeline.document import Document
from pipeline.stories.attributes import given_in
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
    ],
)
def test_no_conflict(texts: tuple[str, str]) -> None:
    assert story(*texts).conflicts == ()


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

"""Plain text: paragraphs, headings and lists by their layout; dates and titles at the top."""

from __future__ import annotations

import base64
import textwrap

import pytest

from pipeline.document import Document, Kind
from pipeline.errors import SourceError
from pipeline.sources import dates
from pipeline.sources.plain import read_plain
from pipeline.sources.raw import Raw

QUAY = (
    "The old quay at Reyny was built when the island still had a school, and it has been mended so "
    "often that nobody can say which of its planks are the first ones. In spring the sea took two "
    "of them, and the boat could not land for a week."
)
COUNCIL = (
    "The council met on Monday evening and spoke for three hours. It decided that there will be a "
    "new quay, that it will be of stone, and that nobody knows who is to pay for it."
)


def read(text: str) -> Document:
    (document,) = read_plain(Raw(text.encode(), "a.txt"))
    return document


def texts(text: str) -> list[str]:
    return [paragraph.text for paragraph in read(text).paragraphs]


def kinds(text: str) -> list[tuple[str, Kind]]:
    return [(paragraph.text, paragraph.kind) for paragraph in read(text).paragraphs]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("gap", [1, 2, 5])
def test_lines_and_blank_lines_both_end_a_paragraph(end: str, gap: int) -> None:
    assert texts(end * 3 + QUAY + end * gap + COUNCIL + end * 20) == [QUAY, COUNCIL]


def test_whitespace_and_what_has_no_width_is_trimmed_but_stays_in_the_source() -> None:
    text = f"\u200b\ufeff  {QUAY} \t\n\u00a0\n\u200b\n\t{COUNCIL}\u2060"
    document = read(text)
    assert document.text == text
    assert [paragraph.text for paragraph in document.paragraphs] == [QUAY, COUNCIL]


@pytest.mark.parametrize("width", [60, 72, 95])
def test_prose_wrapped_at_a_width_is_one_paragraph(width: int) -> None:
    wrapped = [textwrap.fill(text, width) for text in (QUAY, COUNCIL)]
    assert texts("\n\n".join(wrapped)) == wrapped


def test_a_heading_straight_above_wrapped_prose_is_not_drawn_into_it() -> None:
    wrapped = textwrap.fill(QUAY, 72)
    assert texts(f"A quay of stone\n{wrapped}") == ["A quay of stone", wrapped]


def test_lines_that_were_not_wrapped_stay_apart() -> None:
    verse = ["The boat is late,", "the lamp is lit,", "the sea is grey", "and so is it."]
    assert texts("\n".join(verse)) == verse


def test_list_items_lose_their_marks_and_keep_what_hangs_below_them() -> None:
    text = "- two planks\n  and a rope\n* a lamp\n1. nails\n2) paint\n• tar\n"
    expected = ["two planks\n  and a rope", "a lamp", "nails", "paint", "tar"]
    assert kinds(text) == [(item, Kind.LIST_ITEM) for item in expected]


def test_headings_stand_above_running_text_and_above_such_a_heading_at_the_top() -> None:
    found = kinds(f"Reyny Herald\nNo boat before spring\n{QUAY}\nWho pays\n{COUNCIL}\nThe end")
    assert [text for text, kind in found if kind is Kind.HEADING] == [
        "Reyny Herald",
        "No boat before spring",
        "Who pays",
    ]


@pytest.mark.parametrize(
    "line", ["not a heading", "Home > Island > Quay", "https://reyny.example/quay", "3 March 2026"]
)
def test_what_only_looks_short_is_no_heading(line: str) -> None:
    assert kinds(f"{line}\n{QUAY}")[0] == (line, Kind.TEXT)


@pytest.mark.parametrize(
    "above",
    [
        "",
        "Home > Island > Quay\n\n",
        "Island\n\n",
        "3 March 2026\n",
        "https://reyny.example/quay\n",
    ],
)
@pytest.mark.parametrize("below", ["", "3 March 2026\n", "Author:\nA. Ferrier\n4 min read\n"])
def test_the_title_is_found_past_dates_and_trails(above: str, below: str) -> None:
    title = "No boat before spring, says the council"
    document = read(f"{above}{title}\n{below}\n{QUAY}\n{COUNCIL}")
    assert document.title == title
    assert title in [p.text for p in document.paragraphs if p.kind is Kind.HEADING]


@pytest.mark.parametrize("title", ["Who pays for the quay at Reyny?", "A quay of stone, at last!"])
def test_a_title_may_ask_and_exclaim(title: str) -> None:
    assert read(f"{title}\n\nBy a reporter\n\n{QUAY}").title == title


def test_a_short_heading_is_the_title_where_there_is_no_longer_one() -> None:
    assert read(f"No boat\n\n{QUAY}").title == "No boat"


@pytest.mark.parametrize("text", [QUAY, f"{QUAY}\n\nA quay of stone", "No boat.\n\nNo lamp."])
def test_a_text_without_a_title_has_none(text: str) -> None:
    assert read(text).title is None


@pytest.mark.parametrize("text", ["", " \n\t\r\n\u00a0", "\u200b\ufeff\n"])
def test_a_text_without_a_paragraph_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="holds only whitespace") as caught:
        read(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2026-03-01", "2026-03-01"),
        ("Published: 1 March 2026", "2026-03-01"),
        ("Updated on March 1st, 2026 at 10:15 am", "2026-03-01"),
        ("Publié le 1er mars 2026 à 07h40", "2026-03-01"),
        ("Par le 01/03/2026", "2026-03-01"),
        ("Опубликовано: 1 марта 2026 г., 12:30", "2026-03-01"),
        ("неділя, 1 березня 2026 року", "2026-03-01"),
        ("Par Anne Ferrier, 01.03.2026", "2026-03-01"),
        ("2026-03-01T10:00:00Z", "2026-03-01"),
    ],
)
def test_a_line_that_is_a_date_dates_the_document(line: str, date: str) -> None:
    assert read(f"No boat before spring\n{line}\n{QUAY}").date == date


@pytest.mark.parametrize(
    "line",
    [
        "2026-13-01",
        "30 февраля 2026",
        "Published 03/04/2026",  # in English it may be either
        "Since 1 March 2026 the boat has not come",
        "In 2026",
        "1 March 9026",
    ],
)
def test_no_date_is_guessed(line: str) -> None:
    assert read(f"No boat before spring\n{line}\n{QUAY}").date is None


@pytest.mark.parametrize(
    ("glued", "date", "first"),
    [
        ("2026-03-01 ", "2026-03-01", "2026-03-01"),
        ("  date 2026-03-01 ", "2026-03-01", "date 2026-03-01"),
        ("1 марта 2026 г. ", "2026-03-01", "1 марта 2026 г."),
        ("01.03.2026 — ", "2026-03-01", "01.03.2026"),
        ("1er mars 2026 : ", "2026-03-01", "1er mars 2026"),
    ],
)
def test_a_date_glued_to_the_first_line_becomes_a_paragraph_of_its_own(
    glued: str, date: str, first: str
) -> None:
    document = read(glued + QUAY)
    assert document.date == date
    assert [paragraph.text for paragraph in document.paragraphs] == [first, QUAY]


@pytest.mark.parametrize(
    "sentence",
    [
        "1 March 2026 was the day on which the last boat left, and the last of the visitors too.",
        "5 mars 2026 et jours suivants : le bateau ne viendra pas, écrit la mairie de l'île.",
    ],
)
def test_a_date_inside_the_first_sentence_stays_in_it(sentence: str) -> None:
    assert texts(sentence) == [sentence]


MONTHS = """
January February March April May June July August September October November December
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
"""


@pytest.mark.parametrize("names", MONTHS.strip().splitlines())
def test_months_are_known_in_four_languages(names: str) -> None:
    for month, name in enumerate(names.split(), start=1):
        assert dates.parse(f"7 {name} 2026") == f"2026-{month:02}-07"


def test_an_attachment_in_base64_is_no_text() -> None:
    encoded = base64.encodebytes(bytes(range(256)) * 2).decode()
    text = f"The boat did not land.\n\n{encoded}\nThe quay is closed.\n"
    (document,) = read_plain(Raw(text.encode(), "a.txt"))
    assert [p.kind for p in document.paragraphs] == [Kind.TEXT, Kind.CODE, Kind.TEXT]
    word = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
    (document,) = read_plain(Raw(f"{word}\n".encode(), "a.txt"))
    assert document.paragraphs[0].kind is not Kind.CODE


@pytest.mark.parametrize(
    "text",
    [
        "Le porte-\nparole du mont Saint-\nMichel a confirmé : dix-\nhuit navettes.",
        "Уряд пообіцяв не підвищу-\nвати податки на житло. Влас-\nники чекають рі-\nшення.",
        "The ferry had car-\nried only eleven peo-\nple and a goat.",
    ],
)
def test_lines_that_end_inside_words_are_one_paragraph(text: str) -> None:
    (document,) = read_plain(Raw(text.encode(), "a.txt"))
    assert [p.text for p in document.paragraphs] == [text]

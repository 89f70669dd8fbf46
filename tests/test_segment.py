"""Nothing is lost between segments, and sentences end where sentences end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lang.data import alternatives
from pipeline.lang.sentences import ABBREVIATION_CHARS, clauses, segments, sentences

DATA = Path(__file__).parent / "data"
NEWS = st.text(alphabet="абвіїАБЇabcéABC0123456789 .!?…«»\"'—–-,;:()\n\t\u00a0", max_size=300)


@given(NEWS, st.sampled_from(["ru", "uk", "fr", "en"]), st.integers(5, 120), st.integers(5, 240))
def test_segments_put_together_are_the_text(
    text: str, language: str, max_chars: int, max_sentence_chars: int
) -> None:
    pieces = segments(
        text, language=language, max_chars=max_chars, max_sentence_chars=max_sentence_chars
    )
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= max(max_chars, max_sentence_chars) for piece in pieces)


@pytest.mark.parametrize(
    "section", ["initials", "before_name", "before_name_no_year", "before_figure"]
)
def test_no_abbreviation_is_longer_than_what_is_looked_at(section: str) -> None:
    written = alternatives(f"sentences.{section}").removeprefix("(?:").removesuffix(")").split("|")
    assert len(written) > 5
    assert max(map(len, written)) + len("- .") <= ABBREVIATION_CHARS


def test_a_sentence_that_is_too_long_to_be_joined_stands_whole() -> None:
    long = "The river rose, " * 9 + "and the mill stood still. "
    text = f"It rained. It poured. {long}Then it stopped."
    pieces = segments(text, language="en", max_chars=60, max_sentence_chars=400)
    assert pieces == ["It rained. It poured. ", long, "Then it stopped."]


@pytest.mark.parametrize(("file", "least"), [("sentences.tsv", 50), ("abbreviations.tsv", 30)])
def test_sentences_end_where_an_editor_ends_them(file: str, least: int) -> None:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    assert len(lines) > least
    for line in lines:
        language, marked = line.split("\t")
        found = [s.strip() for s in sentences(marked.replace("|", ""), language=language)]
        assert found == [s.strip() for s in marked.split("|")]


def test_short_neighbours_are_joined_and_long_ones_are_cut_at_clauses() -> None:
    text = "It rained. It poured. " + "The river rose, and the mill stood still; " * 8
    pieces = segments(text, language="en", max_chars=120, max_sentence_chars=120)
    assert "".join(pieces) == text
    assert pieces[0].startswith("It rained. It poured.")
    assert all(piece.rstrip().endswith((".", ",", ";")) for piece in pieces)


def test_a_long_sentence_is_cut_between_clauses_rather_than_at_the_last_comma() -> None:
    sentence = "Мост закрыли на ремонт — и город встал, автобусы, трамваи, такси стояли до вечера."
    pieces = clauses(sentence, max_chars=45)
    assert pieces[0] == "Мост закрыли на ремонт — "
    assert "".join(pieces) == sentence


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Село\tДворов\tГод", ["Село\t", "Дворов\t", "Год"]),
        ("Кручина     07:15     09:40", ["Кручина     ", "07:15     ", "09:40"]),
        ("Кручина  07:15  09:40", ["Кручина  ", "07:15  ", "09:40"]),
        ("ул. Мира\t5,5 м.\tдо 18 ч.", ["ул. Мира\t", "5,5 м.\t", "до 18 ч."]),
    ],
)
def test_the_cells_of_a_table_row_are_never_in_one_segment(row: str, expected: list[str]) -> None:
    assert segments(row, language="ru", max_chars=200, max_sentence_chars=400) == expected


@pytest.mark.parametrize(
    "prose",
    [
        "Мост  закрыт  до марта.",
        "Мост\tзакрыт до марта.",
        "The bridge is shut.  It will open in March.   Nobody minds.",
        "Le pont   est fermé\njusqu'en   mars",
        "Сказал он  —  и ушёл",
        "Мост  закрыт  до  марта,  автобусы  ходят  в  объезд  через  старый  город  и",
    ],
)
def test_wide_spaces_of_prose_are_no_columns(prose: str) -> None:
    found = segments(prose, language="ru", max_chars=200, max_sentence_chars=400)
    assert found == [prose]

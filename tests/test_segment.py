"""Nothing is lost between segments, and sentences end where sentences end."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from pipeline.lang.sentences import clauses, segments, sentences

DATA = Path(__file__).parent / "data"
NEWS = st.text(alphabet="абвіїАБЇabcéABC0123456789 .!?…«»\"'—–-,;:()\n\u00a0", max_size=300)


@given(NEWS, st.sampled_from(["ru", "uk", "fr", "en"]), st.integers(5, 120), st.integers(5, 240))
def test_segments_put_together_are_the_text(
    text: str, language: str, max_chars: int, max_sentence_chars: int
) -> None:
    pieces = segments(
        text, language=language, max_chars=max_chars, max_sentence_chars=max_sentence_chars
    )
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= max(max_chars, max_sentence_chars) for piece in pieces)


def test_a_sentence_that_is_too_long_to_be_joined_stands_whole() -> None:
    long = "The river rose, " * 9 + "and the mill stood still. "
    text = f"It rained. It poured. {long}Then it stopped."
    pieces = segments(text, language="en", max_chars=60, max_sentence_chars=400)
    assert pieces == ["It rained. It poured. ", long, "Then it stopped."]


def test_sentences_end_where_an_editor_ends_them() -> None:
    lines = (DATA / "sentences.tsv").read_text(encoding="utf-8").splitlines()
    assert len(lines) > 50
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

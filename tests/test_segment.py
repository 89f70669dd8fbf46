"""Nothing is lost between segments, and sentences end where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stages.segment import segments, sentences

NEWS = st.text(alphabet="абвіїАБЇabcéABC0123456789 .!?…«»\"'—–-,;:()\n\u00a0", max_size=300)


@given(NEWS, st.sampled_from(["ru", "uk", "fr", "en"]), st.integers(5, 120))
def test_segments_put_together_are_the_text(text: str, language: str, max_chars: int) -> None:
    pieces = segments(text, language=language, max_chars=max_chars)
    assert "".join(pieces) == text
    assert all(0 < len(piece) <= max_chars for piece in pieces)


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("fr", "M. Provost a parlé le 15 nov. 2023 à Douai. « Vraiment ? » a-t-on demandé.", 2),
        ("ru", "В 2025 г. завод продал 151 939 машин. — Мы рады, — сказал он. Что дальше?", 3),
        ("uk", "Про це повідомив І. Франко з м. Київ. «Так!» — сказав він.", 2),
        ("en", "Mr. de Meo left in July. The U.S. market fell 3.5% to $1.2bn.", 2),
    ],
)
def test_initials_months_and_direct_speech_do_not_end_sentences(
    language: str, text: str, count: int
) -> None:
    assert len(sentences(text, language=language)) == count


def test_short_neighbours_are_joined_and_long_ones_are_cut_at_clauses() -> None:
    text = "It rained. It poured. " + "The river rose, and the mill stood still; " * 8
    pieces = segments(text, language="en", max_chars=120)
    assert pieces[0].startswith("It rained. It poured.")
    assert all(piece.rstrip().endswith((".", ",", ";")) for piece in pieces)

"""Captions in another language: their times stay, and each sentence is translated whole."""

from __future__ import annotations

from pathlib import Path

import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.captions.cues import read_cues
from pipeline.translation.captions import captions_skeleton, laid, shared
from pipeline.translation.skeleton import Skeleton, shown
from pipeline.translation.streaming import spliced
from pipeline.translation.unit_job import TranslatedUnit

CAPTIONS = Path(__file__).parent / "data" / "formats" / "captions"

FIRST = (
    "The sea took two planks of the quay at Reyny on Sunday night, and the ferry did not land"
    " for a week."
)
FRENCH = (
    "Dans la nuit de dimanche, la mer a emporté deux planches du quai de Reyny,"
    " et le bac n'a pas accosté pendant une semaine."
)


def translated(skeleton: Skeleton, words: dict[str, str] | None = None) -> str:
    """Return the file with each text in capitals, or in the words given for it."""
    units = []
    for unit in skeleton.units:
        said = shown(unit.nodes)
        target = said.upper() if words is None else words[said]
        code = unit.framed(unit.written(target))
        units.append(TranslatedUnit(unit, code, said, "en", (), False))
    return "".join(spliced(skeleton.text, units))


def skeleton_of(name: str) -> Skeleton:
    encoding = "cp1251" if "-ru" in name else "utf-8"
    return captions_skeleton((CAPTIONS / name).read_bytes().decode(encoding), name=name)


@pytest.mark.parametrize("name", ["news.srt", "news-ru.srt", "news.vtt", "voices.vtt"])
def test_times_and_the_number_of_captions_stay(name: str) -> None:
    skeleton = skeleton_of(name)
    there = translated(skeleton)
    before, after = list(read_cues(skeleton.text)), list(read_cues(there))
    assert [(c.start_s, c.end_s) for c in after] == [(c.start_s, c.end_s) for c in before]
    said = [" ".join(c.shown).upper() for c in before]
    assert [" ".join(c.shown).upper() for c in after] == said
    again = pysubs2.SSAFile.from_string(there, format_=name[-3:])
    assert len(again) == len(before)


def test_a_sentence_is_one_unit_and_is_shared_out_over_its_captions() -> None:
    skeleton = skeleton_of("news.srt")
    said = [shown(unit.nodes) for unit in skeleton.units]
    assert said == [
        FIRST,
        "The harbour master said that repairs would cost 12,400 euros.",
        "Who pays?",
        "The town.",
    ]
    french = (
        FRENCH,
        "Le capitaine du port a dit que les travaux coûteraient 12 400 euros.",
        "Qui paie ?",
        "La ville.",
    )
    there = translated(skeleton, dict(zip(said, french, strict=True)))
    cues = list(read_cues(there))
    assert " ".join(" ".join(c.shown) for c in cues[:2]) == french[0]
    assert cues[0].shown[-1].endswith("Reyny,")
    assert "<i>Le capitaine du port a dit" in there
    assert "</i>" in there
    assert cues[4].shown == ("- Qui paie ?", "- La ville.")
    assert cues[5].shown == ("[music]",)
    assert skeleton.remarks == ("1 captions of sounds are kept as they are",)
    assert all(len(line) <= 50 for c in cues for line in c.shown)


def test_captions_that_roll_show_each_word_once() -> None:
    skeleton = skeleton_of("rolling.vtt")
    (unit,) = skeleton.units
    assert shown(unit.nodes) == "the sea took two planks of the quay on sunday night"
    there = translated(skeleton)
    cues = list(read_cues(there))
    assert len(cues) == 5
    assert " ".join(line for c in cues for line in c.shown) == shown(unit.nodes).upper()


def test_markup_of_webvtt_is_escaped_and_its_notes_stay() -> None:
    there = translated(skeleton_of("voices.vtt"))
    assert "<v Vera Quay>THE FERRY &amp; THE QUAY ARE CLOSED." in there
    assert "NOTE written by hand" in there
    assert "::cue { color: yellow }" in there


words = st.lists(st.text("abcdefgh,.", min_size=1, max_size=12), max_size=40).map(" ".join)


@given(text=words, weights=st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_nothing_is_lost_when_a_text_is_shared_out(text: str, weights: list[int]) -> None:
    pieces = shared(text, weights)
    assert len(pieces) == len(weights)
    if any(weights):
        assert " ".join(filter(None, pieces)) == " ".join(text.split())
    assert " ".join(laid(" ".join(text.split()), 2)) == " ".join(text.split())


@pytest.mark.parametrize(
    ("said", "there"),
    [
        (["<b>Причал закрыт.</b>"], ["<b>ПРИЧАЛ ЗАКРЫТ.</b>"]),
        (["<b>Причал закрыт</b>."], ["ПРИЧАЛ ЗАКРЫТ."]),
        (["Причал <b>закрыт.</b>"], ["ПРИЧАЛ ЗАКРЫТ."]),
        (["<b>Причал закрыт", "до весны.</b>"], ["<b>ПРИЧАЛ ЗАКРЫТ", "ДО ВЕСНЫ.</b>"]),
        (["<i><b>Причал закрыт", "до</b> весны.</i>"], ["<i>ПРИЧАЛ ЗАКРЫТ", "ДО ВЕСНЫ.</i>"]),
        (["Причал <c.red>закрыт", "до весны.</c>"], ["ПРИЧАЛ ЗАКРЫТ", "ДО ВЕСНЫ."]),
        (["<v Anna>Причал <i>закрыт</i>."], ["<v Anna>ПРИЧАЛ ЗАКРЫТ."]),
    ],
)
def test_a_tag_stays_with_its_partner_or_goes(said: list[str], there: list[str]) -> None:
    def file(lines: list[str]) -> str:
        cues = (f"00:0{n}.000 --> 00:0{n}.900\n{line}\n" for n, line in enumerate(lines))
        return "\n".join(("WEBVTT\n", *cues))

    assert translated(captions_skeleton(file(said), name="a.vtt")) == file(there)

"""Floors under what the embedded weights and the stages around them write together.

Small news of our own, translated by the product's own stage. The floors are in floors.toml.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from floors import read
from values import TRANSLATED, chrf, news, number_format, translate_news

from pipeline.evaluate.corpus import Corpus
from pipeline.evaluate.faults import faults, spelling

BOTH_LEAST = 60.0  # chrF2++ of both models together; their value is not among the floors yet

pytestmark = [pytest.mark.model, pytest.mark.slow]

DENIALS = {"ru": 5, "uk": 5, "fr": 6}


def _corpus(language: str) -> Corpus:
    references = news("en")
    documents = (language,) * len(references)
    return Corpus(news(language), references, documents, source=language, target="en")


@pytest.fixture(scope="module")
def translated(
    tmp_path_factory: pytest.TempPathFactory, embedded_engines: tuple[Any, Any]
) -> dict[str, tuple[Corpus, list[str]]]:
    path: Path = tmp_path_factory.mktemp("quality") / "state"
    found, _ = translate_news(TRANSLATED, state_folder=path, engines=embedded_engines)
    return {language: (_corpus(language), lines) for language, lines in found.items()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_as_close_to_ours_as_they_were(translated, language: str) -> None:
    _, hypotheses = translated[language]
    least = read()[f"translation-{language}"].least(number_format())
    assert chrf(hypotheses) >= least, "\n".join(hypotheses)


@pytest.mark.parametrize("language", TRANSLATED)
def test_figures_survive_and_nothing_else_creeps_in(translated, language: str) -> None:
    corpus, hypotheses = translated[language]
    found = faults(corpus, hypotheses).found
    for kind in ("numbers", "protected", "residue", "loop", "meta", "copied", "empty"):
        wrong = [hypotheses[i] for i, hit in enumerate(found[kind]) if hit]
        assert not wrong, kind


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_denial_is_lost(translated, language: str) -> None:
    corpus, hypotheses = translated[language]
    found = faults(corpus, hypotheses)
    assert sum(found.possible["negation"]) == DENIALS[language]
    assert not sum(found.found["negation"]), "\n".join(hypotheses)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_repeated_name_is_spelt_one_way(translated, language: str) -> None:
    corpus, hypotheses = translated[language]
    found = spelling(corpus, hypotheses)
    assert found.one_way.total >= 1
    assert not found.differing


def test_both_models_together_reach_the_floor_and_are_remembered(
    tmp_path: Path, embedded_engines: tuple[Any, Any]
) -> None:
    runs = [  # the second has engines of its own, that have loaded nothing yet
        translate_news(
            ["uk"],
            state_folder=tmp_path / "state",
            second_opinion="always",
            engines=engines,
        )
        for engines in (embedded_engines, None)
    ]
    (first, decoded), (again, decoded_again) = runs
    assert chrf(first["uk"]) >= BOTH_LEAST, "\n".join(first["uk"])
    assert again == first
    assert decoded >= len(news("en"))
    assert decoded_again == 0

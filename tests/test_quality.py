"""Floors under what the embedded weights and the stages around them write together.

Small news of our own, translated by the product's own stage. The floors were set before the first
run and held; whoever makes one fail has made the product worse, and whoever makes the product
better raises it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.config import Config
from pipeline.evaluate.corpus import Corpus
from pipeline.evaluate.faults import faults, spelling
from pipeline.evaluate.scores import scores
from pipeline.evaluate.systems import Counting, run_stage
from pipeline.progress import Silent
from pipeline.state import open_state

pytestmark = [pytest.mark.model, pytest.mark.slow]

REFERENCES = (
    "The city council of Orvel approved the budget for 2027 on Tuesday.",
    "The head of the finance department, Maria Levchenko, said that spending would grow by 4.5%.",
    "The council will spend 1,250,000 euros on repairing the bridge over the river.",
    "Levchenko does not plan to raise taxes.",
    "The bridge was closed in March after an accident in which three people were injured.",
    "According to the police, the driver of the truck was not drunk.",
    "Work will begin at 14:30 on 12 January and will last 18 months.",
    "Buses will run along the southern bank until the bridge is opened.",
    "Residents of the village of Sosnivka have complained about the noise.",
    "The next meeting of the council will take place in three weeks.",
)
SOURCES = {
    "ru": (
        "Городской совет Орвеля во вторник утвердил бюджет на 2027 год.",
        "Глава финансового управления Мария Левченко сообщила, что расходы вырастут на 4,5 %.",
        "На ремонт моста через реку совет потратит 1 250 000 евро.",
        "Левченко не планирует повышать налоги.",
        "Мост закрыли в марте после аварии, в которой пострадали три человека.",
        "По данным полиции, водитель грузовика не был пьян.",
        "Работы начнутся 12 января в 14:30 и продлятся 18 месяцев.",
        "До открытия моста автобусы будут ходить по южному берегу.",
        "Жители деревни Соснивка жалуются на шум.",
        "Следующее заседание совета состоится через три недели.",
    ),
    "uk": (
        "Міська рада Орвеля у вівторок затвердила бюджет на 2027 рік.",
        "Очільниця фінансового управління Марія Левченко повідомила, що видатки зростуть на 4,5 %.",
        "На ремонт мосту через річку рада витратить 1 250 000 євро.",
        "Левченко не планує підвищувати податки.",
        "Міст закрили в березні після аварії, у якій постраждали троє людей.",
        "За даними поліції, водій вантажівки не був п'яний.",
        "Роботи почнуться 12 січня о 14:30 і триватимуть 18 місяців.",
        "До відкриття мосту автобуси їздитимуть південним берегом.",
        "Мешканці села Соснівка скаржаться на шум.",
        "Наступне засідання ради відбудеться через три тижні.",
    ),
    "fr": (
        "Le conseil municipal d'Orvel a adopté mardi le budget pour 2027.",
        (
            "La directrice des finances, Maria Levchenko, a déclaré que les dépenses augmenteraient"
            " de 4,5 %."
        ),
        "Le conseil consacrera 1 250 000 euros à la réparation du pont sur la rivière.",
        "Mme Levchenko ne prévoit pas d'augmenter les impôts.",
        "Le pont a été fermé en mars après un accident qui a fait trois blessés.",
        "Selon la police, le conducteur du camion n'était pas ivre.",
        "Les travaux commenceront le 12 janvier à 14 h 30 et dureront 18 mois.",
        "Les bus circuleront le long de la rive sud jusqu'à l'ouverture du pont.",
        "Les habitants du village de Sosnivka se plaignent du bruit.",
        "La prochaine réunion du conseil aura lieu dans trois semaines.",
    ),
}
FLOORS = {"ru": 50.0, "uk": 45.0, "fr": 55.0}  # chrF2++


@pytest.fixture(scope="module")
def translated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Corpus, list[str]]]:
    path: Path = tmp_path_factory.mktemp("quality") / "state.sqlite"
    found = {}
    with open_state(path) as state:
        counting = Counting(Silent())
        stage = build(Config(), state=state, progress=counting).translating
        for language, sources in SOURCES.items():
            names = (language,) * len(sources)
            corpus = Corpus(sources, REFERENCES, names, source=language, target="en")
            found[language] = (corpus, list(run_stage(corpus, stage, counting=counting).hypotheses))
    return found


@pytest.mark.parametrize("language", SOURCES)
def test_translations_are_as_close_to_ours_as_they_were(translated, language: str) -> None:
    _, hypotheses = translated[language]
    chrf = next(s for s in scores(hypotheses, REFERENCES) if s.name == "chrF2++")
    assert chrf.value >= FLOORS[language], "\n".join(hypotheses)


@pytest.mark.parametrize("language", SOURCES)
def test_figures_survive_and_nothing_else_creeps_in(translated, language: str) -> None:
    corpus, hypotheses = translated[language]
    found = faults(corpus, hypotheses).found
    for kind in ("numbers", "protected", "residue", "loop", "meta", "copied", "empty"):
        wrong = [hypotheses[i] for i, hit in enumerate(found[kind]) if hit]
        assert not wrong, kind


@pytest.mark.parametrize("language", SOURCES)
def test_no_denial_is_lost(translated, language: str) -> None:
    corpus, hypotheses = translated[language]
    found = faults(corpus, hypotheses)
    assert sum(found.possible["negation"]) == 2
    assert not sum(found.found["negation"]), "\n".join(hypotheses)


@pytest.mark.parametrize("language", SOURCES)
def test_a_repeated_name_is_spelt_one_way(translated, language: str) -> None:
    corpus, hypotheses = translated[language]
    found = spelling(corpus, hypotheses)
    assert found.one_way.total >= 1
    assert not found.differing


def test_both_models_together_reach_the_floor_and_are_remembered(tmp_path: Path) -> None:
    corpus = Corpus(SOURCES["uk"], REFERENCES, ("uk",) * len(REFERENCES), source="uk", target="en")
    careful = replace(Config(), translate=replace(Config().translate, second_opinion="always"))
    outputs, decoded = [], []
    for _ in range(2):  # each with engines of its own, that have loaded nothing yet
        with open_state(tmp_path / "state.sqlite") as state:
            counting = Counting(Silent())
            stage = build(careful, state=state, progress=counting).translating
            outputs.append(run_stage(corpus, stage, counting=counting).hypotheses)
            decoded.append(counting.hypotheses)
    chrf = next(s for s in scores(outputs[0], REFERENCES) if s.name == "chrF2++")
    assert chrf.value >= FLOORS["uk"], "\n".join(outputs[0])
    assert outputs[0] == outputs[1]
    assert decoded[0] >= len(REFERENCES)
    assert decoded[1] == 0

"""Trust is measured against people's ratings: data, correlations, and the command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from newsroom import nightdesk

from models.engine import Segment
from models.errors import EngineError
from models.fake import ScriptedTranslator
from models.routing.routed import RoutedTranslator
from pipeline.errors import UsageError
from pipeline.evaluate.correlation import mean_ranks, pearson, spearman
from pipeline.evaluate.known_vectors import KnownVectors
from pipeline.evaluate.rows import read_rows
from pipeline.evaluate.trust.data import RatedTranslation, rated_translations
from pipeline.evaluate.trust.report import System, record, table
from pipeline.evaluate.trust.systems import likelihoods, trusts
from pipeline.progress import Silent
from pipeline.stages.trust.signs import Rendered

ROWS = [
    ("Причал закрыли до весны.", "The quay is shut until spring.", 95.0),
    ("Лодка вернулась обратно.", "The boat has come back to there.", 70.0),
    ("Мэр не знает, кто заплатит.", "Mayor knows, who pays.", 30.0),
    ("Утонули 12 лодок.", "Sank the 13 boats.", 10.0),
]


def file_of(folder: Path, name: str = "ratings.ru-en.tsv", *, own: bool = True) -> Path:
    path = folder / name
    lines = ["original\ttranslation\tmean" + ("\tmodel_scores" if own else "")]
    for number, (source, text, rating) in enumerate(ROWS):
        lines.append(f"{source}\t{text}\t{rating}" + (f"\t-0.{number + 1}" if own else ""))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rated() -> list[RatedTranslation]:
    return [
        RatedTranslation(Segment(source, "ru", "en"), text, rating, None)
        for source, text, rating in ROWS
    ]


def test_rated_translations_are_read_and_their_languages_are_those_of_the_name(
    tmp_path: Path,
) -> None:
    found = rated_translations(read_rows(file_of(tmp_path)), source=None, target=None)
    assert [(one.segment.source, one.segment.target) for one in found] == [("ru", "en")] * 4
    assert found[1].rating == 70.0
    assert found[3].own_likelihood == -0.4
    bare = file_of(tmp_path, "mlqe-pe.uk-en.dev.tsv", own=False)
    first = rated_translations(read_rows(bare), source=None, target=None)[0]
    assert first.segment.source == "uk"
    assert first.own_likelihood is None
    given = rated_translations(read_rows(bare), source="ru", target="fr")[0]
    assert (given.segment.source, given.segment.target) == ("ru", "fr")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("x.tsv", "source\ttranslation\tscore\na\tb\t1\n", "two languages are not known"),
        ("x.ru-en.tsv", "text\ttranslation\tscore\na\tb\t1\n", "none of the columns original"),
        ("x.ru-en.tsv", "source\ttranslation\na\tb\n", "none of the columns mean, score, rating"),
        ("x.ru-en.tsv", "source\ttranslation\tscore\na\tb\tgood\n", "'score' is \"good\", not"),
        ("x.ru-en.tsv", "source\ttranslation\tscore\na\tb\tnan\n", "not a number"),
        ("x.ru-en.tsv", "source\ttranslation\tscore\na\t\t1\n", "'translation' is"),
        ("x.ru-en.tsv", "source\ttranslation\tscore\na\tb\t1\nc\td\t1\n", "all ratings are equal"),
    ],
)
def test_wrong_data_is_named(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=complaint):
        rated_translations(read_rows(path), source=None, target=None)


def test_correlations_are_those_of_the_textbook() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0])
    assert pearson(values, 2 * values + 1) == pytest.approx(1.0)
    assert pearson(values, -values) == pytest.approx(-1.0)
    assert pearson(values, np.array([1.0, 2.0, 3.0, 10.0])) == pytest.approx(0.885, abs=1e-3)
    assert spearman(values, np.array([1.0, 2.0, 3.0, 10.0])) == pytest.approx(1.0)
    assert np.isnan(pearson(values, np.ones(4)))
    assert mean_ranks(np.array([0.5, 0.1, 0.5])).tolist() == [2.5, 1.0, 2.5]


class ByLength:
    """Trusts short translations; numbers that differ lower it."""

    doubtful = 0.5

    def trust(self, rendered: Sequence[Rendered]) -> list[float | None]:
        return [0.1 if one.flags else 1.0 for one in rendered]


def test_the_faults_that_the_triage_finds_are_told_to_the_estimator() -> None:
    found = trusts(rated(), ByLength())
    assert found == [1.0, 1.0, 0.1, 0.1]  # a negation is lost, a number is wrong


class Likely(ScriptedTranslator):
    """Finds short translations likely."""

    def has_route(self, source: str, target: str) -> bool:
        return (source, target) == ("ru", "en")

    def log_probabilities(self, translations: Sequence[tuple[Segment, str]]) -> list[float]:
        return [-float(len(text)) for _, text in translations]


def test_a_routed_translator_names_the_one_that_scores() -> None:
    one = Likely(lambda s: s.text)
    routed = RoutedTranslator([one], ScriptedTranslator(lambda s: s.text))
    scorer = routed.scorer(Segment("x", "ru", "en"))
    assert scorer is one
    assert likelihoods(rated(), scorer, progress=Silent())[3] == -18.0
    with pytest.raises(EngineError, match="no translator scores ru-fr"):
        routed.scorer(Segment("x", "ru", "fr"))


class Lengths:
    """An encoder of the length of a text."""

    identity = "lengths 1"
    dimensions = 1

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.array([[float(len(text))] for text in texts], dtype=np.float32)


def test_no_text_is_encoded_twice_in_an_evaluation() -> None:
    encoder = Lengths()
    known = KnownVectors(encoder)
    assert known.encode(["a", "bb", "a"]).tolist() == [[1.0], [2.0], [1.0]]
    assert known.encode(["ccc", "bb"]).tolist() == [[3.0], [2.0]]
    assert known.encode([]).shape == (0, 1)
    assert encoder.asked == ["a", "bb", "ccc"]


def test_the_record_is_json_and_the_table_shows_every_system() -> None:
    systems = [
        System("ours", "trust 1", [0.9, 0.7, 0.3, 0.2], 1.5),
        System("constant", "none", [0.5, 0.5, 0.5, 0.5]),
    ]
    found = record(rated(), systems, name="ratings")
    assert json.loads(json.dumps(found)) == found
    assert found["systems"][0]["pearson"]["value"] > 0.95
    assert found["systems"][0]["spearman"]["value"] == pytest.approx(1.0)
    assert found["systems"][1]["pearson"]["value"] is None
    shown = table(found)
    assert "4 translations ru-en" in shown
    assert "trust 1" in shown


# The command


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--profile", "server"], "not with the profile server"),
        (["--lang", "xx"], "unknown language code"),
        (["--lines", "3-9"], "has only 4 rows"),
    ],
)
def test_eval_trust_says_what_is_wrong(tmp_path: Path, options: list[str], complaint: str) -> None:
    done = nightdesk("eval", "trust", file_of(tmp_path), *options)
    assert done.code == 2
    assert complaint in done.err
    assert done.out == ""


@pytest.mark.model
def test_eval_trust_measures_with_the_embedded_encoder(tmp_path: Path) -> None:
    saved = tmp_path / "scores.jsonl"
    done = nightdesk("eval", "trust", file_of(tmp_path), "--json", "--save", saved)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [system["name"] for system in found["systems"]] == [
        "nightdesk", "cosine", "likelihood, its own",
    ]  # fmt: skip
    kept = [json.loads(line) for line in saved.read_text(encoding="utf-8").splitlines()]
    assert all(0.0 <= one["scores"]["nightdesk"] <= 1.0 for one in kept)
    done = nightdesk("eval", "trust", file_of(tmp_path), "--lines", "1-3")
    assert "3 translations ru-en" in done.out

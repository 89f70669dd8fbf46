"""`nightdesk eval stories`: its scores, its sets, its baselines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from story_texts import WordEncoder

from pipeline.errors import UsageError
from pipeline.evaluate.clusters import adjusted_rand, auroc, b_cubed, pearson, spearman
from pipeline.evaluate.stories import measure_groups, measure_pairs, tf_idf
from pipeline.evaluate.story_sets import read_story_set
from pipeline.stories.fitting import fit, folds_by_story, probabilities
from pipeline.stories.grouping import average_link

GOLD = ["a", "a", "a", "b", "b", "c"]


def test_b_cubed_of_a_worked_example() -> None:
    # Two of three and one of three: (2*2/3 + 1*1/3 + 1*1/1 + ...) by hand.
    precision, recall, f1 = b_cubed([(0, 1, 3), (2,), (4,), (5,)], GOLD)
    assert precision == pytest.approx((2 * 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert recall == pytest.approx((2 * 2 / 3 + 1 / 2 + 1 / 3 + 1 / 2 + 1) / 6)
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))
    assert b_cubed([(0, 1, 2), (3, 4), (5,)], GOLD) == (1.0, 1.0, 1.0)


def test_adjusted_rand() -> None:
    assert adjusted_rand([(0, 1, 2), (3, 4), (5,)], GOLD) == pytest.approx(1.0)
    assert adjusted_rand([(i,) for i in range(6)], GOLD) == pytest.approx(0.0)
    # scikit-learn: adjusted_rand_score([0,0,0,1,1,2], [0,0,1,0,1,2]) = 1/13 * ...
    assert adjusted_rand([(0, 1, 3), (2, 4), (5,)], GOLD) == pytest.approx(
        (1 - 16 / 15) / (4 - 16 / 15)
    )


def test_correlations() -> None:
    assert pearson([1, 2, 3], [2, 4, 6]) == pytest.approx(1.0)
    assert pearson([1, 1, 1], [2, 4, 6]) == 0.0
    assert spearman([1, 2, 3, 4], [1, 8, 27, 1000]) == pytest.approx(1.0)
    assert spearman([1, 1, 2], [3, 3, 5]) == pytest.approx(1.0)
    assert auroc([0.9, 0.8, 0.3, 0.3], [True, False, True, False]) == pytest.approx(0.625)
    assert auroc([0.9], [True]) is None


def test_weights_are_found_again() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4000, 3))
    y = 1 / (1 + np.exp(-(2 * x[:, 0] - 1 + 0 * x[:, 1])))
    weights, bias = fit(x.tolist(), y.tolist())
    assert weights == pytest.approx((2, 0, 0), abs=0.05)
    assert bias == pytest.approx(-1, abs=0.05)
    assert probabilities(x[:5].tolist(), weights, bias) == pytest.approx(y[:5], abs=0.02)
    # A feature that may only speak for one event is not turned against it.
    against = 1 / (1 + np.exp(2 * x[:, 0]))
    weights, _ = fit(x.tolist(), against.tolist(), speaking_for=[True, False, False])
    assert weights[0] == 0


def test_pairs_that_share_a_document_are_in_one_fold() -> None:
    ids = [("a", "b"), ("c", "d"), ("b", "e"), ("f", "g"), ("e", "c")]
    folds = folds_by_story(ids, folds=2)
    assert folds[0] == folds[1] == folds[2] == folds[4] != folds[3]


def test_average_link() -> None:
    likeness = np.array([[1, 0.9, 0.1], [0.9, 1, 0.5], [0.1, 0.5, 1]])
    found = dict(average_link(likeness, [0.2, 0.4, 0.95]))
    assert found == {0.95: [(0,), (1,), (2,)], 0.4: [(0, 1), (2,)], 0.2: [(0, 1, 2)]}


def test_tf_idf_ignores_words_that_carry_grammar() -> None:
    likeness = tf_idf(["the ferry sank", "the ferry of the sea sank", "the budget of the town"])
    assert likeness[0, 1] > 0.5
    assert likeness[0, 2] == 0


def _lines(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_texts_with_stories_are_measured(tmp_path: Path) -> None:
    texts = [f"{kind} word{kind} again{kind} {i}" for kind in ("ferry", "budget") for i in (1, 2)]
    rows = [{"text": t, "lang": "en", "story": t.split()[0]} for t in texts]
    measured = measure_groups(
        read_story_set(_lines(tmp_path / "t.jsonl", rows)), encoder=WordEncoder()
    )
    assert [row.system for row in measured] == [
        "stories",
        "TF-IDF on translations",
        "encoder alone",
        "titles alone",
    ]
    assert measured[0].f1 == 1.0


def test_pairs_are_scored_by_other_pairs(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = []
    for i in range(24):
        one, other = (
            f"ferry{i} sank{i} near{i}",
            f"ferry{i} sank{i} near{i}" if i % 2 else f"tax{i}",
        )
        rows.append(
            {
                "text1": one,
                "text2": other,
                "lang1": "en",
                "lang2": "en",
                "overall": 1 if i % 2 else 4,
            }
        )
    found = measure_pairs(read_story_set(_lines(tmp_path / "p.jsonl", rows)), encoder=WordEncoder())
    ours = found[0]
    assert (ours.languages, ours.pairs) == ("all", 24)
    assert ours.pearson > 0.9
    assert ours.auroc == 1.0


def test_parallel_texts_and_events(tmp_path: Path) -> None:
    (tmp_path / "DOCUMENT_IDS.tsv").write_text("a\na\nb\n", encoding="utf-8")
    for name in ("eng", "fra", "rus", "ukr"):
        (tmp_path / f"{name}.txt").write_text("One.\nTwo.\nThree.\n", encoding="utf-8")
    found = read_story_set(tmp_path)
    assert found.stories == ("a", "b") * 4
    assert found.texts[2].translation == "One.\nTwo."
    events = tmp_path / "events.txt"
    events.write_text("# one event\na b\n", encoding="utf-8")
    assert set(read_story_set(tmp_path, events=events).stories) == {"a"}


@pytest.mark.parametrize("line", ['{"text": "x"}', "no json", '{"text1": "x", "overall": 1}'])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2"):
        read_story_set(path)

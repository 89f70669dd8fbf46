"""Judges of support are measured: formats of data, baselines, rejection, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from newsroom import nightdesk

from pipeline.errors import UsageError
from pipeline.evaluate.bootstrap import estimate, mean_difference, mean_estimate
from pipeline.evaluate.grounding.baselines import best_sentence, cosine, overlap, scores
from pipeline.evaluate.grounding.data import GroundingData, grounding_data
from pipeline.evaluate.grounding.judged import candidates, supports
from pipeline.evaluate.grounding.rejection import auroc, best_threshold, rejection
from pipeline.evaluate.grounding.report import System, record, table
from pipeline.evaluate.rows import chosen, read_rows
from pipeline.progress import Silent
from pipeline.stages.grounding.overlap import OverlapJudge

ARTICLE = (
    "The quay at Reyny has rotten piles. It stays shut until spring.\n"
    "The mayor wants a quay of stone. Nobody knows who will pay for it. A boat turned back."
)
OWN = [
    {"document": ARTICLE, "claim": "The quay at Reyny has rotten piles.", "supported": True},
    {"document": ARTICLE, "claim": "The mayor paid for a new boat.", "supported": False},
    {"document": ARTICLE, "claim": "A boat turned back. Nobody drowned.", "supported": False},
    {"document": "Snow fell on the pass.", "claim": "Snow fell on the pass.", "supported": True},
]


def file_of(folder: Path, rows: list[dict[str, Any]], name: str = "claims.en.jsonl") -> Path:
    path = folder / name
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def data_of(folder: Path, rows: list[dict[str, Any]], name: str = "x.en.jsonl") -> GroundingData:
    return grounding_data(read_rows(file_of(folder, rows, name)))


# Data


def test_claims_of_ones_own_are_read(tmp_path: Path) -> None:
    data = data_of(tmp_path, OWN)
    assert [claim.document for claim in data.claims] == [0, 0, 0, 1]
    assert data.sources[0].sentences[1] == "It stays shut until spring."
    assert data.claims[2].sentences == ("A boat turned back.", "Nobody drowned.")
    assert [claim.supported for claim in data.claims] == [True, False, False, True]
    assert {claim.language for claim in data.claims} == {"en"}


def test_a_document_in_sentences_may_have_another_language_and_a_translation(
    tmp_path: Path,
) -> None:
    row = {
        "document": ["Причал закрыт.", "Лодка вернулась."],
        "translation": ["The quay is shut.", "The boat came back."],
        "language": "ru",
        "claim": "The boat came back.",
        "claim_language": "en",
    }
    rows = [{**row, "supported": True}, {**row, "claim": "The boat sank.", "supported": False}]
    data = data_of(tmp_path, rows, "x.jsonl")
    assert [(c.text, c.language, c.translation) for c in candidates(data.sources[0])] == [
        ("Причал закрыт.", "ru", "The quay is shut."),
        ("Лодка вернулась.", "ru", "The boat came back."),
    ]
    assert data.claims[0].language == "en"
    found = supports(data, OverlapJudge(), progress=Silent())
    assert found[0] > found[1]


def test_qags_rows_have_the_label_of_most_people(tmp_path: Path) -> None:
    def votes(*answers: str) -> list[dict[str, Any]]:
        return [{"worker_id": i, "response": answer} for i, answer in enumerate(answers)]

    told = [
        {"sentence": "The quay is rotten.", "responses": votes("yes", "no", "yes")},
        {"sentence": "The quay was painted.", "responses": votes("no", "no", "yes")},
        {"sentence": "The quay is old.", "responses": votes("no", "yes")},
    ]
    data = data_of(tmp_path, [{"article": ARTICLE, "summary_sentences": told}])
    assert [claim.supported for claim in data.claims] == [True, False]
    assert data.left_out == 1


def test_cliff_and_memerag_rows_are_read(tmp_path: Path) -> None:
    cliff = [
        {"doc": ARTICLE, "summ": "The quay is rotten.", "error_type": "correct"},
        {"doc": ARTICLE, "summ": "The quay burnt.", "error_type": "['extrinsic-NP']"},
    ]
    assert [c.supported for c in data_of(tmp_path, cliff).claims] == [True, False]
    answers = [
        {"sentence": "Le quai est pourri.", "factuality": "Supported"},
        {"sentence": "Le quai a brûlé.", "factuality": "Not Supported"},
        {"sentence": "Le quai est beau.", "factuality": "Challenging to determine"},
    ]
    rows = [{"context": [{"text": "Le quai est pourri. Il pleut."}], "answer": answers}]
    data = data_of(tmp_path, rows, "rag.fr.jsonl")
    assert [c.supported for c in data.claims] == [True, False]
    assert data.left_out == 1
    assert data.sources[0].sentences == ("Le quai est pourri.", "Il pleut.")
    assert data.claims[0].language == "fr"


def test_tables_and_lists_are_read_too(tmp_path: Path) -> None:
    table_file = tmp_path / "x.ru-en.tsv"
    table_file.write_text("source\tscore\nОдин.\t1.5\n\nДва.\t2\n", encoding="utf-8")
    rows = read_rows(table_file)
    assert [(r.number, r.text("source"), r.number_in("score")) for r in rows] == [
        (1, "Один.", 1.5),
        (2, "Два.", 2.0),
    ]
    listed = tmp_path / "x.json"
    listed.write_text('[{"a": "b"}]', encoding="utf-8")
    assert read_rows(listed)[0].text("a") == "b"
    assert [row.number for row in chosen(rows, "2-2")] == [2]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("x.jsonl", '{"a": 1}\n{"a": \n', "row 2 is no JSON"),
        ("x.json", '[{"a": 1},]', "line 1 is no JSON"),
        ("x.jsonl", "3\n", "row 1 is 3, not an object"),
        ("x.jsonl", "\n", "has no rows"),
        ("x.tsv", "a\tb\n1\n", "row 1 has 1 columns, but the first line names 2"),
        ("x.jsonl", b"\xff\xfe\xfa", "cannot be read"),
    ],
)
def test_broken_files_say_where_they_are_broken(
    tmp_path: Path, name: str, content: str | bytes, complaint: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError, match=complaint):
        read_rows(path)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"question": "?"}, "has none of the columns"),
        ({"document": ARTICLE, "claim": "x"}, "'supported' is neither true nor false"),
        ({"document": ARTICLE, "claim": 3, "supported": True}, "'claim' is 3, not a text"),
        ({"document": [1], "claim": "x", "supported": True}, "something else than texts"),
        ({"article": ARTICLE, "summary_sentences": "x"}, "not a list of objects"),
        (
            {"document": ["a", "b"], "translation": ["a"], "claim": "x", "supported": True},
            "'translation' has 1 sentences, 'document' 2",
        ),
        ({"document": ARTICLE, "claim": "x", "supported": True, "language": "xx"}, "unknown"),
    ],
)
def test_wrong_rows_are_named(tmp_path: Path, row: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        data_of(tmp_path, [row])


def test_one_label_alone_and_no_language_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the same label"):
        data_of(tmp_path, [OWN[0]])
    with pytest.raises(UsageError, match="does not name its language"):
        data_of(tmp_path, OWN, "claims.jsonl")


# Measures


def test_auroc_is_the_chance_of_the_right_order() -> None:
    labels = np.array([True, True, False, False])
    assert auroc(np.array([0.9, 0.8, 0.2, 0.1]), labels) == 1.0
    assert auroc(np.array([0.1, 0.2, 0.8, 0.9]), labels) == 0.0
    assert auroc(np.array([0.5, 0.5, 0.5, 0.5]), labels) == 0.5
    assert auroc(np.array([0.9, 0.3, 0.3, 0.1]), labels) == pytest.approx(3.5 / 4)
    assert np.isnan(auroc(np.array([1.0]), np.array([True])))


def test_rejection_below_a_threshold_is_counted() -> None:
    values, labels = [0.9, 0.7, 0.4, 0.6, 0.2], [True, True, True, False, False]
    found = rejection(values, labels, units=range(5), threshold=0.65)
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.recall.value == 1.0
    assert found.false_rejections.value == pytest.approx(1 / 3)
    assert found.balanced_accuracy.value == pytest.approx((2 / 3 + 1) / 2)
    assert best_threshold(np.array(values), np.array(labels)) == 0.7
    nothing = rejection(values, labels, units=range(5), threshold=0.0)
    assert nothing.precision.value is None  # nothing was rejected
    assert nothing.recall.value == 0.0


def test_items_of_one_unit_are_drawn_together() -> None:
    values = np.array([0.0] * 50 + [1.0] * 50)
    apart = mean_estimate(values.tolist())
    assert apart.value == 0.5
    assert apart.low is not None
    assert apart.high is not None
    assert 0.3 < apart.low < 0.45
    together = estimate(lambda drawn: float(values[drawn].mean()), [i // 50 for i in range(100)])
    assert (together.low, together.high) == (0.0, 1.0)
    assert estimate(lambda drawn: float("nan"), [1, 2]).value is None
    assert mean_difference([1.0, 2.0, 3.0], [0.0, 1.0, 2.0]).difference == 1.0


def test_overlap_baselines_know_words_pairs_and_the_lead(tmp_path: Path) -> None:
    data = data_of(tmp_path, OWN)
    assert scores(data, overlap(2))[0] == 1.0
    assert scores(data, overlap(1))[1] == pytest.approx(5 / 7)  # "paid" and "new" are not there
    best, whole = (scores(data, scorer) for scorer in (best_sentence(2), overlap(2)))
    assert all(one <= both for one, both in zip(best, whole, strict=True))
    lead = scores(data, overlap(1, lead=3))
    assert lead[0] == 1.0
    assert lead[2] < scores(data, overlap(1))[2]  # its boat comes after the lead


class Pointing:
    """An encoder whose vector points where the first letter of a text says."""

    identity = "pointing 1"
    dimensions = 26

    def encode(self, texts: Any) -> Any:
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(found, texts, strict=True):
            row[ord(text[0].lower()) - ord("a")] = 1.0
        return found


def test_the_nearest_sentence_counts_and_the_weakest_of_a_claim(tmp_path: Path) -> None:
    found = scores(data_of(tmp_path, OWN), cosine(Pointing()))
    assert found == [1.0, 1.0, 1.0, 1.0]
    changed = [{**OWN[0], "claim": "The quay. Zebras swim."}, *OWN[1:]]
    assert scores(data_of(tmp_path, changed), cosine(Pointing()))[0] == 0.0


def test_the_record_is_json_and_the_table_shows_every_system(tmp_path: Path) -> None:
    data = data_of(tmp_path, OWN)
    systems = [
        System("ours", "judge 1", [0.9, 0.1, 0.4, 0.8], 0.2, threshold=0.5),
        System("words", "tokens 1", scores(data, overlap(1)), 0.1),
    ]
    found = record(data, systems, name="claims")
    assert json.loads(json.dumps(found)) == found
    assert found["data"] == {
        "name": "claims", "documents": 2, "claims": 4, "supported": 2, "left_out": 0,
        "rows": [1, 4],
    }  # fmt: skip
    ours, words = found["systems"]
    assert ours["at_shipped_threshold"]["balanced_accuracy"]["value"] == 1.0
    assert words["at_shipped_threshold"] is None
    shown = table(found)
    assert "ours, best" in shown
    assert "words, best" not in shown
    assert "judge 1" in shown


# The command


def test_eval_grounding_measures_a_file(tmp_path: Path) -> None:
    path, saved = file_of(tmp_path, OWN), tmp_path / "scores.jsonl"
    done = nightdesk("eval", "grounding", path, "--baselines", "--json", "--save", saved)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    names = [system["name"] for system in found["systems"]]
    assert {"Lead-3", "ROUGE-1 precision", "ROUGE-2 precision", "ROUGE-2, best sentence"} <= {
        *names
    }
    assert found["data"]["claims"] == 4
    kept = [json.loads(line) for line in saved.read_text(encoding="utf-8").splitlines()]
    assert kept[0]["supported"] is True
    assert set(kept[0]["scores"]) == set(names)
    done = nightdesk("eval", "grounding", path, "--baselines", "--lines", "1-2")
    assert "rows 1 to 2: 2 claims" in done.out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--lines", "1-9"], "has only 4 rows"),
        (["--lines", "x"], "not a range of rows"),
        (["--lang", "xx"], "unknown language code"),
    ],
)
def test_eval_grounding_says_what_is_wrong(
    tmp_path: Path, options: list[str], complaint: str
) -> None:
    path = file_of(tmp_path, OWN)
    done = nightdesk("eval", "grounding", path, "--baselines", *options)
    assert done.code == 2
    assert complaint in done.err
    assert done.out == ""

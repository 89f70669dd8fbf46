"""Summaries are measured: data, leads, novelty and coverage, our own stages, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from newsroom import nightdesk

from models.fake import ScriptedSummariser, ScriptedTranslator
from pipeline.build import build
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.evaluate.rows import read_rows
from pipeline.evaluate.summaries.data import Article, Written, articles, read_summaries
from pipeline.evaluate.summaries.measures import copied_runs, lead, lead_of_length, shape
from pipeline.evaluate.summaries.report import System, record, table
from pipeline.evaluate.summaries.systems import summarised, supports
from pipeline.progress import Silent
from pipeline.stages.grounding.overlap import OverlapJudge
from pipeline.state.folder import State

TEXT = (
    "The quay at Reyny has rotten piles, and 12 boats lie there. It stays shut until spring.\n\n"
    "The mayor wants a quay of stone. Nobody knows who will pay for it. A boat turned back."
)
OTHER = (
    "Snow fell on the pass for a week, and the road to the mine was lost under it. Drivers wait"
    " in the valley.\n\nThe plough of the district broke its blade on a rock on Monday. A new one"
    " comes by train from the capital. Until then the miners walk to work on skis."
)
ARTICLE = Article("a", TEXT, "en", ("The quay stays shut.", "A rotten quay is shut."))


def file_of(folder: Path, rows: list[dict[str, Any]], name: str = "news.en.jsonl") -> Path:
    path = folder / name
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# Data


def test_rows_with_one_text_are_one_article_with_several_references(tmp_path: Path) -> None:
    rows = [
        {"article_id": "a", "article": TEXT, "summary": "The quay stays shut."},
        {"article_id": "a", "article": TEXT, "summary": "A rotten quay is shut."},
        {"id": 7, "text": "Il neige.", "summaries": ["Neige.", "Il neige."], "language": "fr"},
    ]
    first, second = articles(read_rows(file_of(tmp_path, rows)))
    assert first == ARTICLE
    assert second == Article("7", "Il neige.", "fr", ("Neige.", "Il neige."))


@pytest.mark.parametrize(
    ("row", "name", "complaint"),
    [
        ({"summary": "x"}, "x.en.jsonl", "none of the columns article, text, document"),
        ({"text": "x"}, "x.en.jsonl", "'summary' is missing"),
        ({"text": "x", "summaries": []}, "x.en.jsonl", "not a list of texts"),
        ({"text": "x", "summary": "y"}, "x.jsonl", "does not name its language"),
    ],
)
def test_wrong_rows_are_named(
    tmp_path: Path, row: dict[str, Any], name: str, complaint: str
) -> None:
    with pytest.raises(UsageError, match=complaint):
        articles(read_rows(file_of(tmp_path, [row], name)))


def test_summaries_are_found_by_their_article(tmp_path: Path) -> None:
    path = file_of(tmp_path, [{"id": "b", "summary": ""}, {"id": "a", "summary": "One. Two."}])
    assert read_summaries(path, [ARTICLE], language="en") == [Written(("One.", "Two."))]
    other = Article("c", "x", "en", ("y",))
    with pytest.raises(UsageError, match="no summary of 1 of the 2 articles, such as c"):
        read_summaries(path, [ARTICLE, other], language="en")


# Measures


def test_leads_are_the_beginning_of_an_article() -> None:
    assert lead(ARTICLE, sentences=2).sentences[1] == "It stays shut until spring."
    same = lead_of_length(ARTICLE, Written(("One two three four five six.", "Seven " * 8)))
    assert same.text == ("The quay at Reyny has rotten piles, and 12 boats lie there. It stays")
    assert lead_of_length(ARTICLE, Written(())).sentences == ()


def test_copied_runs_are_the_longest_from_each_word_on() -> None:
    article = ["a", "b", "c", "d", "a", "b", "e"]
    assert copied_runs(["a", "b", "e", "x", "c", "d"], article) == [3, 2]
    assert copied_runs(["x", "y"], article) == []


def test_novelty_coverage_and_faults_are_counted() -> None:
    copied = shape(Written(("It stays shut until spring.",)), ARTICLE, language="en")
    assert (copied.words, copied.sentences) == (5, 1)
    assert (copied.novel_bigrams, copied.coverage, copied.density) == (0.0, 1.0, 5.0)
    own = Written(("Boats cannot land", "13 boats lie there.", "Boats cannot land"))
    found = shape(own, ARTICLE, language="en")
    assert (found.incomplete, found.repeated, found.figures) == (2, 1, 1)
    assert found.novel_bigrams > 0.5
    nothing = shape(Written(()), ARTICLE, language="en")
    assert (nothing.words, nothing.coverage, nothing.novel_bigrams) == (0, 0.0, 0.0)


def test_figures_are_compared_across_languages() -> None:
    article = Article("r", "Утонули 12 лодок.", "ru", ("Twelve boats sank.",))
    assert shape(Written(("12 boats sank.",)), article, language="en").figures == 0
    assert shape(Written(("13 boats sank.",)), article, language="en").figures == 1


def test_the_record_compares_leads_with_ours() -> None:
    other = Article("b", OTHER, "en", ("Miners ski to work while the plough waits for a blade.",))
    ours = [
        Written(("The quay stays shut.",)),
        Written(("Miners walk to work on skis.",), ("loop",)),
    ]
    leads = [lead(a, sentences=1) for a in (ARTICLE, other)]
    judged = supports(ours, [ARTICLE, other], OverlapJudge(), language="en", progress=Silent())
    systems = [
        System("ours", ours, judged, 3.0),
        System("lead-1", leads),
        System("people", [Written((a.references[0],)) for a in (ARTICLE, other)], scored=False),
    ]
    found = record(
        [ARTICLE, other], systems, name="news", language="en", threshold=0.5,
        described={"name": "nightdesk", "judge": "overlap"},
    )  # fmt: skip
    assert json.loads(json.dumps(found)) == found
    mine, theirs, people = found["systems"]
    assert found["data"]["references"] == 3
    assert 0.5 < mine["rouge"]["ROUGE-1"]["value"] < 1.0
    assert theirs["below_ours"]["ROUGE-L"]["difference"] > 0
    assert people["rouge"] is None
    assert mine["flags"] == {"loop": 1}
    assert mine["support"]["sentences"] == 2
    shown = table(found)
    assert "ours - lead-1" in shown
    assert "nrefs:var|refs:max" in shown


def test_an_article_is_summarised_whole_whatever_the_others_say(tmp_path: Path) -> None:
    """Two articles share a paragraph; in one run the second would lose it as a copy."""
    engines = (ScriptedTranslator(lambda s: s.text), ScriptedSummariser(lambda p: p.text))
    desk = build(Config(), state=State(tmp_path), progress=Silent(), engines=engines)
    stages = desk.all()
    alone = len(desk.reading) + len(desk.cleaning)
    again = Article("b", f"{TEXT}\n\n{OTHER}", "en", ("x",))
    found = summarised(
        [ARTICLE, again], alone=stages[:alone], together=stages[alone:], window_documents=8,
        progress=Silent(),
    )  # fmt: skip
    assert found[0].sentences[0].startswith("The quay at Reyny")
    assert found[1].sentences[0].startswith("The quay at Reyny")


# The command


def test_eval_summaries_measures_a_file(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": TEXT, "summary": "The quay stays shut."},
        {"id": "b", "text": OTHER, "summary": "Miners ski to work while the plough is broken."},
    ]
    data = file_of(tmp_path, rows)
    ours = file_of(
        tmp_path,
        [{"id": "a", "summary": "The quay stays shut."}, {"id": "b", "summary": "Miners ski."}],
        "ours.jsonl",
    )
    copy = tmp_path / "copy.jsonl"
    options = ["--hypothesis", ours, "--lead", "2", "--no-support"]
    done = nightdesk("eval", "summaries", data, *options, "--json", "--save", copy)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert [s["name"] for s in found["systems"]] == [
        "ours", "lead, same length", "lead-2", "people",
    ]  # fmt: skip
    assert found["systems"][0]["rouge"]["ROUGE-1"]["value"] > 0.6
    kept = [json.loads(line) for line in copy.read_text(encoding="utf-8").splitlines()]
    assert [one["summary"] for one in kept] == ["The quay stays shut.", "Miners ski."]
    done = nightdesk(
        "eval", "summaries", data, "--hypothesis", copy, "--lines", "2-2", "--no-support"
    )
    assert "news.en.jsonl: 1 articles" in done.out


def test_eval_summaries_asks_for_the_language_of_a_mixed_set(tmp_path: Path) -> None:
    rows = [
        {"text": TEXT, "summary": "x", "language": "en"},
        {"text": "Il neige.", "summary": "y", "language": "fr"},
    ]
    done = nightdesk("eval", "summaries", file_of(tmp_path, rows))
    assert done.code == 2
    assert "in several languages: en, fr" in done.err

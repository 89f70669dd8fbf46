"""How translations are measured: the figures, and how sure they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from newsroom import nightdesk

from models.engine import Decoding, Segment
from models.fake import ScriptedTranslator
from pipeline.errors import UsageError
from pipeline.evaluate.bootstrap import rate, rate_difference
from pipeline.evaluate.corpus import Corpus, read_corpus, read_hypotheses, read_lines
from pipeline.evaluate.faults import KINDS, faults, spelling
from pipeline.evaluate.report import record as measured_record
from pipeline.evaluate.report import table as measured_table
from pipeline.evaluate.scores import compare, scores
from pipeline.evaluate.systems import Counting, run_bare, run_stages
from pipeline.progress import Silent
from pipeline.stages.naming.names import Names
from pipeline.stages.translate import Translate

SOURCES = (
    "Завод в Полтаве выпустил 1 240 насосов, сообщил директор Игорь Ткаченко.",
    "Ткаченко не намерен сокращать людей.",
    "Подробности — на https://example.org/nasosy, цена — 350 евро.",
    "Погода в субботу будет тёплой и сухой.",
)
REFERENCES = (
    "The plant in Poltava has made 1,240 pumps, said the director, Igor Tkachenko.",
    "Tkachenko does not intend to cut jobs.",
    "Details are at https://example.org/nasosy; the price is 350 euros.",
    "Saturday's weather will be warm and dry.",
)


def corpus(documents: tuple[str, ...] = ("a", "a", "b", "b")) -> Corpus:
    return Corpus(SOURCES, REFERENCES, documents, source="ru", target="en")


def replaced(index: int, text: str) -> list[str]:
    return [text if i == index else line for i, line in enumerate(REFERENCES)]


# Faults


def test_a_good_translation_has_no_faults() -> None:
    found = faults(corpus(), REFERENCES)
    assert not any(sum(hits) for hits in found.found.values())
    possible = {kind: sum(can) for kind, can in found.possible.items()}
    assert possible["numbers"] == 2
    assert possible["negation"] == 1
    assert possible["protected"] == 1
    assert possible["names"] == 2
    assert possible["loop"] == 4


@pytest.mark.parametrize(
    ("kind", "index", "text"),
    [
        ("numbers", 0, "The plant in Poltava has made 124 pumps, said director Igor Tkachenko."),
        ("numbers", 0, "The plant in Poltava has made pumps, said the director, Igor Tkachenko."),
        ("units", 2, "Details are at https://example.org/nasosy; the price is 350 dollars."),
        ("protected", 2, "Details are at https://example.org; the price is 350 euros."),
        ("negation", 1, "Tkachenko intends to cut jobs."),
        ("names", 1, "Petrov does not intend to cut jobs."),
        ("names", 0, "The plant has made 1,240 pumps, said the director."),
        ("residue", 3, "Saturday's weather will be тёплой and dry."),
        ("loop", 3, "It will be warm and dry and warm and dry and warm and dry and warm and dry."),
        ("meta", 3, "Here is the translation: Saturday's weather will be warm and dry."),
        ("empty", 3, ""),
    ],
)
def test_each_fault_is_found_where_it_is(kind: str, index: int, text: str) -> None:
    found = faults(corpus(), replaced(index, text)).found
    assert [i for i, hit in enumerate(found[kind]) if hit] == [index]


def test_a_number_in_another_format_is_right() -> None:
    for text in ("1240", "1 240", "1.24 thousand"):
        line = f"The plant in Poltava has made {text} pumps, said the director, Igor Tkachenko."
        assert not sum(faults(corpus(), replaced(0, line)).found["numbers"]), text


# Names


def test_names_spelt_one_way_are_counted_by_document() -> None:
    assert spelling(corpus(), REFERENCES).one_way.hits == 1
    assert spelling(corpus(), REFERENCES).one_way.total == 1
    two_ways = spelling(corpus(), replaced(1, "Tkatchenko does not intend to cut jobs."))
    assert two_ways.one_way.hits == 0
    assert two_ways.one_way.total == 1
    ((stem, forms),) = two_ways.differing
    assert stem.startswith("ткаченк")
    assert set(forms) == {"Tkachenko", "Tkatchenko"}
    apart = corpus(("a", "b", "c", "d"))
    assert spelling(apart, REFERENCES).one_way.total == 0


# Resampling


def test_a_rate_has_the_interval_that_binomial_theory_expects() -> None:
    random = np.random.default_rng(7)
    hits = (random.random(2000) < 0.2).astype(int).tolist()
    measured = rate(hits, [1] * 2000)
    assert measured.value == pytest.approx(sum(hits) / 2000)
    half = 1.96 * (measured.value * (1 - measured.value) / 2000) ** 0.5
    assert measured.low == pytest.approx(measured.value - half, abs=0.004)
    assert measured.high == pytest.approx(measured.value + half, abs=0.004)
    assert rate(hits, [1] * 2000) == measured  # seeded


def test_a_rate_of_nothing_is_no_rate() -> None:
    assert rate([0, 0], [0, 0]).value is None
    single = rate([0, 1], [0, 1])
    assert single.value == 1.0
    assert single.low is None


def test_the_paired_test_sees_a_difference_and_only_that() -> None:
    random = np.random.default_rng(11)
    bad = (random.random(500) < 0.3).astype(int)
    better = np.where(random.random(500) < 0.5, 0, bad)
    clear = rate_difference(better.tolist(), bad.tolist(), [1] * 500)
    assert clear is not None
    assert clear.difference < 0
    assert clear.high < 0
    assert clear.p_value < 0.01
    other = (random.random(500) < 0.3).astype(int)
    none = rate_difference(other.tolist(), bad.tolist(), [1] * 500)
    assert none is not None
    assert none.p_value > 0.05
    same = rate_difference(bad.tolist(), bad.tolist(), [1] * 500)
    assert same is not None
    assert same.p_value == 1.0
    assert rate_difference([0], [0], [0]) is None


def test_scores_are_those_of_sacrebleu_with_its_signature() -> None:
    import sacrebleu

    hypotheses = replaced(3, "On Saturday the weather will be warm.")
    found = {score.name: score for score in scores(hypotheses, REFERENCES)}
    assert set(found) == {"chrF2++", "chrF2", "BLEU"}
    theirs = sacrebleu.corpus_chrf(hypotheses, [list(REFERENCES)], word_order=2).score
    assert found["chrF2++"].value == pytest.approx(theirs)
    assert found["BLEU"].value == pytest.approx(
        sacrebleu.corpus_bleu(hypotheses, [list(REFERENCES)]).score
    )
    for score in found.values():
        assert score.low <= score.value <= score.high
        assert "version:" in score.signature
        assert "seed:12345" in score.signature
    assert "nw:2" in found["chrF2++"].signature


def test_two_runs_are_compared_by_a_paired_test() -> None:
    lines = [f"The plant number {i} made pumps for the town of N{i}." for i in range(40)]
    worse = [line.replace("plant", "flower").replace("pumps", "dumps") for line in lines]
    by_name = {d.name: d for d in compare(lines, worse, lines)}
    assert by_name["chrF2++"].ours == pytest.approx(100.0)
    assert by_name["chrF2++"].theirs < 95
    assert by_name["chrF2++"].p_value < 0.01
    assert {d.p_value for d in compare(worse, worse, lines)} == {1.0}


# Files


def write(path: Path, lines: list[str] | tuple[str, ...]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    return {
        "source": write(tmp_path / "news.ru", SOURCES),
        "reference": write(tmp_path / "news.en", REFERENCES),
        "documents": write(tmp_path / "news.tsv", ["1\ta", "2\ta", "3\tb", "4\tb"]),
    }


def test_a_range_of_lines_keeps_its_numbers_and_documents(files) -> None:
    found = read_corpus(**files, lines="2-3", source_language="ru", target_language="en")
    assert found.sources == SOURCES[1:3]
    assert found.documents == ("a", "b")
    assert found.first == 2
    assert [(name, list(span)) for name, span in found.spans()] == [("a", [0]), ("b", [1])]


def test_hypotheses_of_the_part_or_of_the_whole_fit(files, tmp_path: Path) -> None:
    part = read_corpus(**files, lines="2-3", source_language="ru", target_language="en")
    whole = write(tmp_path / "whole.en", REFERENCES)
    assert read_hypotheses(whole, part) == list(REFERENCES[1:3])
    short = write(tmp_path / "part.en", REFERENCES[1:3])
    assert read_hypotheses(short, part) == list(REFERENCES[1:3])
    with pytest.raises(UsageError, match="has 1 lines; 2 are wanted"):
        read_hypotheses(write(tmp_path / "less.en", REFERENCES[:1]), part)


@pytest.mark.parametrize("lines", ["0-3", "3-2", "3", "a-b", "1-99"])
def test_a_range_that_is_none_is_refused(files, lines: str) -> None:
    with pytest.raises(UsageError, match=f"--lines {lines}"):
        read_corpus(**files, lines=lines, source_language="ru", target_language="en")


def test_files_that_do_not_fit_are_refused(files, tmp_path: Path) -> None:
    less = write(tmp_path / "less.en", REFERENCES[:3])
    with pytest.raises(UsageError, match=r"less\.en: has 3 lines, but .*news\.ru has 4"):
        read_corpus(
            files["source"], less, documents=None, source_language="ru", target_language="en"
        )
    with pytest.raises(UsageError, match=r"none\.txt: cannot be read"):
        read_lines(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes("été".encode("latin-1"))
    with pytest.raises(UsageError, match="UTF-8"):
        read_lines(tmp_path / "latin.txt")


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("\ufeffone\u2028two\x0bthree\r\n\nfour", encoding="utf-8")
    assert read_lines(path) == ["one\u2028two\x0bthree", "", "four"]


# Systems


def test_the_stage_translates_documents_and_the_engine_lines() -> None:
    with_gap = Corpus(
        (SOURCES[0], "", *SOURCES[1:]),
        (REFERENCES[0], "", *REFERENCES[1:]),
        ("a", "a", "a", "b", "a"),
        source="ru",
        target="en",
    )
    answers = [REFERENCES[0], "Tkatchenko does not intend to cut jobs.", *REFERENCES[2:]]

    def answer(segment: Segment) -> str:  # by the end: names may be in English letters already
        ends = [source[-12:] for source in SOURCES]
        return answers[ends.index(segment.text.strip()[-12:])]

    counting = Counting(Silent())
    stage = Translate(
        ScriptedTranslator(answer),
        languages=["ru", "en"],
        target="en",
        decoding=Decoding(),
        max_segment_chars=400,
        max_sentence_chars=400,
        progress=counting,
        names=Names(),
    )
    product = run_stages(with_gap, [stage], window_documents=8, counting=counting)
    assert product.hypotheses[1] == ""
    assert product.hypotheses[3] == REFERENCES[2]
    assert product.hypotheses[4] == REFERENCES[3]
    assert "Tkachenko" in product.hypotheses[2]  # one spelling through the run
    engine = ScriptedTranslator(answer)
    bare = run_bare(with_gap, engine, decoding=Decoding(), counting=counting)
    assert bare.hypotheses == (answers[0], "", *answers[1:])
    assert len(engine.asked) == 4


def test_the_record_and_the_table_say_the_same() -> None:
    ours = replaced(1, "Tkatchenko intends to cut jobs.")
    system = {
        "name": "a test",
        "cost": {"seconds": 1, "hypotheses_decoded": 4, "tokens_decoded": 9},
    }
    found = measured_record(corpus(), ours, system=system, against=REFERENCES)
    assert json.loads(json.dumps(found)) == found
    assert set(found["faults"]) == set(KINDS)
    assert found["faults"]["negation"]["lines"] == [2]
    assert found["faults"]["negation"]["value"] == 1.0
    assert found["faults"]["negation"]["reference"] == 0.0
    assert found["names"]["spelt_one_way"]["value"] == 0.0
    assert found["comparison"]["faults"]["negation"]["difference"] == 1.0
    shown = measured_table(found)
    assert "chrF2++" in shown
    assert found["scores"][0]["signature"] in shown
    assert "paired bootstrap" in shown


# The command


def test_eval_mt_measures_a_file_of_hypotheses(files, tmp_path: Path) -> None:
    hypotheses = write(tmp_path / "ours.en", replaced(3, "The weather will be warm."))
    options = ["--source", files["source"], "--reference", files["reference"], "--lang", "ru"]
    options += ["--documents", files["documents"], "--hypothesis", hypotheses]
    done = nightdesk("eval", "mt", *options, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["corpus"] == {"source": "ru", "target": "en", "lines": [1, 4], "documents": 2}
    assert 50 < found["scores"][0]["value"] < 100
    copy = tmp_path / "copy.en"
    done = nightdesk("eval", "mt", *options, "--against", files["reference"], "--save", copy)
    assert done.code == 0, done.err
    assert "chrF2++" in done.out
    assert copy.read_text(encoding="utf-8") == hypotheses.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--lang", "en"], "that is the target"),
        (["--lang", "rus"], "did you mean ru?"),
        (["--lang", "ru", "--zero-shot", "--hypothesis", "x"], "give one of them"),
        (["--lang", "ru", "--lines", "9-10", "--hypothesis", "x"], "has only 4 lines"),
    ],
)
def test_eval_mt_says_what_is_wrong(files, options, complaint: str) -> None:
    paths = ["--source", files["source"], "--reference", files["reference"]]
    done = nightdesk("eval", "mt", *paths, *options)
    assert done.code == 2
    assert done.out == ""
    assert complaint in done.err


def test_eval_mt_without_sacrebleu_says_how_to_get_it(files, repository: Path) -> None:
    program = (
        "import sys; sys.modules['sacrebleu'] = None\n"
        "from pipeline.cli import main\n"
        f"sys.argv = ['nightdesk', 'eval', 'mt', '--source', {str(files['source'])!r},"
        f" '--reference', {str(files['reference'])!r}, '--lang', 'ru']\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "nightdesk[eval]" in done.stderr

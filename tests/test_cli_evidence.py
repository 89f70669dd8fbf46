"""nightdesk evidence: a sentence of a summary, and where the original says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from summaries import summarised
from typer.testing import CliRunner, Result

from models.fake import ScriptedSummariser
from pipeline.cli.app import app
from pipeline.cli.options import with_length
from pipeline.cli.shown import evidence_texts
from pipeline.config import Config
from pipeline.document import Aligned, Document, Translation
from pipeline.output.record import document_record
from pipeline.output.writer import RunWriter
from pipeline.place import Span
from pipeline.sources.folder import read_file

QUAY = "Старый причал в Рейни закрыт до весны. Сваи сгнили, сказал начальник порта."
SHOWN = "The old quay in Reyny is closed until the spring. The piles have rotted, said the head."
COST = "Ремонт обойдётся в 3,6 миллиона евро, и город заплатит половину этой суммы сам."
PRICE = "The repair will cost 3.6 million euros, and the town will pay half of that sum itself."
FERRY = "Паромы уходят от другого причала дважды в день, и билеты стоят столько же, как прежде."
LEAVES = "The ferries leave from the other quay twice a day, and tickets cost as much as before."
REPLY = "The quay in Reyny is closed until the spring. The repair will cost 3.6 million euros."


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / "wire.txt"
    path.parent.mkdir()
    path.write_bytes(f"{QUAY}\r\n\r\n{COST}\r\n\r\n{FERRY}\r\n".encode("cp1251"))
    return path


def done(path: Path) -> Document:
    """Return the document as a run makes it, translated and summarised."""
    from dataclasses import replace

    [read] = read_file(path, name=path.name, max_file_bytes=10_000)
    assert isinstance(read, Document)
    paragraphs = []
    for paragraph, text in zip(read.paragraphs, (SHOWN, PRICE, LEAVES), strict=True):
        whole = Aligned(paragraph.span, Span(0, len(text)), "ru", "m")
        translation = Translation(text, "en", (whole,))
        paragraphs.append(replace(paragraph, language="ru", translation=translation))
    document = replace(read, language="ru", paragraphs=tuple(paragraphs))
    [told] = summarised([document], ScriptedSummariser(lambda p: REPLY))
    return told


@pytest.fixture
def out(inbox: Path, tmp_path: Path) -> Path:
    writer = RunWriter(tmp_path / "out")
    document = done(inbox)
    writer.document(document, engines={}, seconds={})
    writer.finish([document], [], not_read="", title="t", run={})
    return tmp_path / "out"


def call(*words: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin)


def test_the_place_is_shown_in_the_original_with_its_context(inbox: Path, out: Path) -> None:
    shown = call("evidence", inbox, 2, "--out", out)
    assert shown.exit_code == 0, shown.output
    assert ">>>Ремонт обойдётся в 3,6 миллиона евро" in shown.stdout
    assert "начальник порта. >>>" in shown.stdout
    assert f"“{PRICE}”" in shown.stdout
    assert "paragraph 1" in shown.stdout
    by_words = call("evidence", inbox, "cost 3.6 million", "--out", out)
    assert by_words.stdout == shown.stdout
    assert call("evidence", inbox, "--out", out).stdout.count("wire.txt, sentence") == 2


def test_places_slice_in_json_and_a_record_can_come_from_stdin(inbox: Path, out: Path) -> None:
    record = (out / "documents" / "wire.txt.json").read_text("utf-8")
    text = json.loads(record)["text"]
    asked = (
        call("evidence", inbox, "--out", out, "--json"),
        call("evidence", out / "documents" / "wire.txt.json", "--json"),
        call("evidence", "-", "--json", stdin=record),
    )
    assert asked[0].stdout == asked[1].stdout == asked[2].stdout
    for sentence in json.loads(asked[0].stdout):
        for place in sentence["evidence"]:
            start, end = place["place"]["span"]
            assert text[start:end] == place["quotation"] == place["text"]
            assert text[:start].endswith(place["before"])
            assert text[end:].startswith(place["behind"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("9",), "has no sentence 9"),
        (("zebras quarrel in the zoo",), "no sentence of its summary reads like"),
    ],
)
def test_a_sentence_that_is_not_there(
    inbox: Path, out: Path, words: tuple[str, ...], message: str
) -> None:
    shown = call("evidence", inbox, *words, "--out", out)
    assert shown.exit_code != 0
    assert message in str(shown.exception)


def test_without_results_it_says_what_to_run(inbox: Path, tmp_path: Path) -> None:
    shown = call("evidence", inbox, "1", "--out", tmp_path / "none")
    assert "has no results for wire.txt" in str(shown.exception)
    assert "no such file" in str(call("evidence", tmp_path / "gone.txt").exception)
    assert "not a record" in str(call("evidence", "-", stdin="{}").exception)


def test_the_page_has_the_quotations_as_notes_in_their_language(out: Path) -> None:
    page = (out / "documents" / "wire.txt.md").read_text("utf-8")
    assert "The repair will cost 3.6 million euros.[^2]" in page
    assert '[^2]: <span lang="ru">“Ремонт обойдётся в 3,6 миллиона евро' in page
    assert "headline by Nightdesk" in page
    assert page.startswith("# The quay in Reyny is closed until the spring\n")
    assert "[^1-2]:" in (out / "summary.md").read_text("utf-8")


def test_evidence_as_text(inbox: Path) -> None:
    first, second = evidence_texts(done(inbox))
    assert first.startswith("[1] The quay in Reyny is closed")
    assert "ru: “Старый причал в Рейни закрыт до весны.” (paragraph 0, characters 0 to 38)" in first
    assert "3,6 миллиона" in second


def test_lengths_and_languages_of_a_command_line() -> None:
    plain = Config()
    three = with_length(plain, sentences=3, words=None, language=None).summarise
    assert (three.min_sentences, three.max_sentences, three.max_words) == (3, 3, 0)
    sixty = with_length(plain, sentences=None, words=60, language=None).summarise
    assert (sixty.min_sentences, sixty.max_words) == (1, 60)
    own = with_length(plain, sentences=None, words=None, language="source")
    assert (own.summarise.language, own.languages.target) == ("source", "en")
    french = with_length(plain, sentences=None, words=None, language="fr")
    assert (french.summarise.language, french.languages.target) == ("target", "fr")


def test_two_languages_for_one_summary_are_refused(inbox: Path) -> None:
    shown = call("summarize", inbox, "--to", "en", "--language", "fr")
    assert "--language fr" in str(shown.exception)
    shown = call("run", inbox.parent, "--language", "xx")
    assert "unknown language code 'xx'" in str(shown.exception)


def test_a_record_of_before_still_validates_and_is_shown(inbox: Path) -> None:
    record = json.loads(json.dumps(document_record(done(inbox), engines={}, seconds={})))
    for key in ("headline", "keywords", "withheld", "drawn_on"):
        del record["summary"][key]
    for sentence in record["summary"]["sentences"]:
        for key in ("outcome", "support", "equivalents", "replaces"):
            del sentence[key]
        for place in sentence["evidence"]:
            del place["quotation"], place["translation"]
    from jsonschema import Draft202012Validator

    from pipeline.output.record import schema

    Draft202012Validator(schema()).validate(record)
    shown = call("evidence", "-", "1", stdin=json.dumps(record))
    assert shown.exit_code == 0, shown.output
    assert ">>>Старый причал" in shown.stdout

"""What was taken out can be put back to the letter, from what a run writes and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.document import Document, Paragraph, Removal, content_id
from pipeline.output.ledger import entries
from pipeline.output.record import schema
from pipeline.output.writer import RunWriter
from pipeline.place import Place, Span
from pipeline.reason import Reason
from pipeline.sources.folder import read_bytes
from pipeline.stages.clean import Clean
from pipeline.stages.dedup import Dedup
from pipeline.stages.site_chrome import SiteChrome

REMOVAL = Removal("dedup", Reason.NEAR_COPY, Place("b" * 16, "b.txt", 3, Span(4, 9)), 0.91, 0.8)
_GAPS = st.sampled_from(
    ["\n", "\n\n", "\r\n\r\n", " \t\n \n", "\n\n- ", "\n## ", "\n  1. ", " ", "\u2028"]
)
_WORDS = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)

Line = dict[str, Any]  # of removed.jsonl


def written(document: Document) -> list[Line]:
    """Return the lines of the ledger as they are read back from their file."""
    return [json.loads(json.dumps(entry.as_json())) for entry in entries(document)]


def taken_out(document: Document, ledger: Sequence[Line]) -> str:
    """Return the text of a document without what its ledger names."""
    pieces, at = [], 0
    for start, end in sorted(line["cut"] for line in ledger):
        assert at <= start <= end, "cuts overlap"
        pieces.append(document.text[at:start])
        at = end
    return "".join([*pieces, document.text[at:]])


def put_back(left: str, ledger: Sequence[Line]) -> str:
    """Return the source, of what is left of it and the ledger."""
    for line in sorted(ledger, key=lambda line: line["cut"]):
        start, end = line["cut"]
        assert len(line["cut_text"]) == end - start
        left = left[:start] + line["cut_text"] + left[start:]
    return left


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any text, cut into paragraphs with anything between them, some of them removed."""
    text = draw(st.sampled_from(["", "\ufeff", "\n\n", "# ", " date "]))
    paragraphs: list[Paragraph] = []
    for index, body in enumerate(draw(st.lists(_WORDS, max_size=8))):
        start = len(text)
        text += body
        removal = draw(st.sampled_from([None, REMOVAL, Removal("clean", Reason.ADVERT)]))
        paragraphs.append(Paragraph(index, body, Span(start, len(text)), removal=removal))
        text += draw(_GAPS)
    return Document(content_id(text), "a.txt", text, "utf-8", tuple(paragraphs))


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_what_was_taken_out_goes_back_to_the_letter(document: Document, chance) -> None:  # type: ignore[no-untyped-def]
    ledger = written(document)
    chance.shuffle(ledger)
    assert put_back(taken_out(document, ledger), ledger) == document.text


@given(documents())
@settings(max_examples=200, deadline=None)
def test_what_is_left_holds_every_kept_paragraph_in_order(document: Document) -> None:
    ledger = written(document)
    left, at = taken_out(document, ledger), 0
    for paragraph in document.kept():
        at = left.index(paragraph.text, at) + len(paragraph.text)
    assert len(ledger) == len(document.paragraphs) - len(document.kept())


def _page() -> Document:
    text = "# Title\n\n- one item\n- two items\n\nThe end.\n"
    spans = [("Title", 2), ("one item", 11), ("two items", 22), ("The end.", 33)]
    paragraphs = tuple(
        Paragraph(k, body, Span(at, at + len(body)), language="en")
        for k, (body, at) in enumerate(spans)
    )
    return Document(content_id(text), "page.md", text, "utf-8", paragraphs)


def test_a_line_of_the_file_says_what_why_and_which_copy_stands(tmp_path: Path) -> None:
    document = _page()
    marked = replace(
        document,
        paragraphs=(*document.paragraphs[:1], replace(document.paragraphs[1], removal=REMOVAL),
                    *document.paragraphs[2:]),
    )  # fmt: skip
    RunWriter(tmp_path).finish([marked], [], not_read="", title="T", run={})
    [line] = (tmp_path / "removed.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "document": "page.md",
        "id": document.id,
        "paragraph": 1,
        "span": [11, 19],
        "language": "en",
        "stage": "dedup",
        "reason": "near-copy",
        "kept": {
            "document_id": "b" * 16,
            "document": "b.txt",
            "paragraph": 3,
            "span": [4, 9],
        },
        "similarity": 0.91,
        "threshold": 0.8,
        "text": "one item",
        "cut": [9, 20],
        "cut_text": "- one item\n",
    }
    assert taken_out(marked, [json.loads(line)]) == "# Title\n\n- two items\n\nThe end.\n"


@given(documents())
@settings(max_examples=50, deadline=None)
def test_lines_follow_the_published_schema(document: Document) -> None:
    validator = Draft202012Validator({"$ref": "#/$defs/removed", "$defs": schema()["$defs"]})
    for line in written(document):
        validator.validate(line)
        assert not validator.is_valid({**line, "reason": "weather"})
        assert not validator.is_valid({**line, "cut": {"start": 0, "end": 1}})


def test_nothing_removed_leaves_the_ledger_empty() -> None:
    assert list(entries(_page())) == []


def test_words_before_a_paragraph_on_its_line_are_not_cut_with_it() -> None:
    text = "date 2026-01-22 The boat is back."
    paragraph = Paragraph(0, "The boat is back.", Span(16, 33), removal=REMOVAL)
    document = Document(content_id(text), "a", text, "utf-8", (paragraph,))
    assert taken_out(document, written(document)) == "date 2026-01-22 "


_LINES = st.sampled_from(
    [
        "Home > News > Ferries",
        "Share this article",
        "Реклама",
        "The evening ferry will sail again from the first of March, the town council said.",
        "The evening ferry wil sail again from the first of March, the town counncil said.",
        "Вечерний паром снова пойдёт с первого марта, сообщил в понедельник городской совет.",
        "Le bac du soir reprendra dès le premier mars, a annoncé lundi le conseil de la ville.",
        "Weather",
        "\u00a0",
    ]
)
_TEXTS = st.lists(st.one_of(_LINES, st.text(max_size=40)), min_size=1, max_size=12)


@given(st.lists(_TEXTS, min_size=1, max_size=3), _GAPS)
@settings(max_examples=150, deadline=None)
def test_what_the_clean_up_takes_can_be_put_back_byte_for_byte(
    texts: list[list[str]], gap: str
) -> None:
    documents = []
    for number, lines in enumerate(texts):
        data = gap.join(lines).encode("utf-8", "surrogatepass")
        documents += [
            d
            for d in read_bytes(data, name=f"{number}.txt", suffix=".txt")
            if isinstance(d, Document)
        ]
    done = list(SiteChrome().run(Dedup().run(Clean().run(documents))))  # type: ignore[arg-type]
    assert [d.text for d in done] == [d.text for d in documents]
    for document in done:
        ledger = written(document)
        assert put_back(taken_out(document, ledger), ledger) == document.text
        for line in ledger:
            start, end = line["span"]
            assert document.text[start:end] == line["text"]

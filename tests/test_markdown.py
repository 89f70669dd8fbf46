"""Markdown: blocks without their marks, code apart, the fields at the top."""

from __future__ import annotations

import time

import pytest

from pipeline.document import Document, Kind
from pipeline.errors import SourceError
from pipeline.sources.markdown import read_markdown
from pipeline.sources.raw import Raw

BODY = "The boat did not land for a week, for the sea had taken *two planks* of the quay."


def read(text: str) -> Document:
    (document,) = read_markdown(Raw(text.encode(), "a.md"))
    return document


def found(text: str) -> list[tuple[Kind, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in read(text).paragraphs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A *quay* of stone #\n", [(Kind.HEADING, "A *quay* of stone")]),
        (
            "A quay\n======\n\nWho pays\n---\n",
            [(Kind.HEADING, "A quay"), (Kind.HEADING, "Who pays")],
        ),
        ("One\nparagraph.\n\nAnother.", [(Kind.TEXT, "One\nparagraph."), (Kind.TEXT, "Another.")]),
        (
            "- two planks\n- a rope\n\n  of hemp\n  1. nails\n",
            [(Kind.LIST_ITEM, t) for t in ("two planks", "a rope", "of hemp", "nails")],
        ),
        ("> No boat today.\n", [(Kind.TEXT, "No boat today.")]),
        ("```sh\nrow --home\n```\n", [(Kind.CODE, "```sh\nrow --home\n```")]),
        ("Type:\n\n    row --home\n", [(Kind.TEXT, "Type:"), (Kind.CODE, "row --home")]),
        ("<div>\n<b>Lamp</b>\n</div>\n", [(Kind.CODE, "<div>\n<b>Lamp</b>\n</div>")]),
        (
            "| boat | day |\n|---|---|\n| late | Monday |\n",
            [(Kind.CODE, t) for t in ("| boat | day |", "|---|---|", "| late | Monday |")],
        ),
        ("Go.\n\n---\n\nStay.", [(Kind.TEXT, "Go."), (Kind.TEXT, "Stay.")]),
        ("One.\r\n\r\nTwo\r\nlines.\r\n", [(Kind.TEXT, "One."), (Kind.TEXT, "Two\r\nlines.")]),
        ("A line\x0bwith odd\u2028ends.", [(Kind.TEXT, "A line\x0bwith odd\u2028ends.")]),
    ],
)
def test_blocks_come_without_their_marks(text: str, expected: list[tuple[Kind, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("fields", "title", "date"),
    [
        ('---\ntitle: "A quay"\ndate: 2026-03-01\n---\n', "A quay", "2026-03-01"),
        (
            "---\ntitle: A quay\npublished: 1 марта 2026\ntags:\n  - sea\n...\n",
            "A quay",
            "2026-03-01",
        ),
        ("+++\ntitle = 'A quay'\ndate = 2026-03-01T10:00:00Z\n+++\n", "A quay", "2026-03-01"),
        ("---\nlayout: post\n---\n", "Who pays", None),
        ("", "Who pays", None),
    ],
)
def test_the_fields_at_the_top_are_read_and_are_no_text(
    fields: str, title: str, date: str | None
) -> None:
    document = read(f"{fields}# Who pays\n\n{BODY}\n")
    assert (document.title, document.date) == (title, date)
    assert [paragraph.text for paragraph in document.paragraphs] == ["Who pays", BODY]


def test_a_rule_at_the_top_is_not_taken_for_fields() -> None:
    assert found(f"---\n\n{BODY}\n\n---\n\n{BODY}\n") == [(Kind.TEXT, BODY)] * 2


def test_a_date_below_the_title_is_found() -> None:
    assert read(f"# A quay\n\n*3 March 2026*\n\n{BODY}").date == "2026-03-03"


@pytest.mark.parametrize("text", ["> \n", "---\ntitle: x\n---\n", "\n\n---\n\n"])
def test_nothing_but_marks_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="no paragraph"):
        read(text)


@pytest.mark.parametrize("text", ["[" * 50_000, "*a " * 50_000, "`" * 50_001, "> " * 50 + "a"])
def test_text_made_to_blow_up_a_parser_takes_no_time(text: str) -> None:
    began = time.process_time()
    assert read(text).text == text
    assert time.process_time() - began < 5

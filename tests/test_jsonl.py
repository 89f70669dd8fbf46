"""JSON Lines: a result for each line, and for a wrong one its number and what is wrong with it."""

from __future__ import annotations

import json

import pytest

from pipeline.document import Document, Rejection
from pipeline.errors import SourceError
from pipeline.sources.jsonl import read_jsonl
from pipeline.sources.raw import Raw

TEXT = "The boat did not land for a week. The sea had taken two planks of the quay at Reyny."


def read(*lines: str) -> list[Document | Rejection]:
    return list(read_jsonl(Raw("\n".join(lines).encode(), "feed.jsonl")))


def line(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


def one(text: str) -> Document:
    (result,) = read(text)
    assert isinstance(result, Document)
    return result


def test_each_line_is_a_document_named_by_its_number() -> None:
    found = read("", line(text=TEXT), "  ", line(body=TEXT), line(content=TEXT), line(article=TEXT))
    assert [result.name for result in found] == [f"feed.jsonl#{n}" for n in (2, 4, 5, 6)]
    assert all(isinstance(result, Document) and result.text == TEXT for result in found)


def test_title_and_date_come_from_the_fields_or_else_from_the_text() -> None:
    document = one(line(text=TEXT, title=" A \n quay ", published="2026-03-01T10:00:00Z"))
    assert (document.title, document.date) == ("A quay", "2026-03-01")
    document = one(line(text=f"No boat today\n3 March 2026\n{TEXT}", title=None, date=""))
    assert (document.title, document.date) == ("No boat today", "2026-03-03")


def test_a_date_that_is_not_understood_is_noted_not_guessed() -> None:
    document = one(line(text=TEXT, date="last Tuesday"))
    assert document.date is None
    assert document.notes == ("the date 'last Tuesday' was not understood",)


def test_only_a_line_feed_ends_a_line() -> None:
    text = "One\u2028two\u0085three"
    assert one(line(text=text)).text == text


def test_escapes_and_mojibake_are_resolved() -> None:
    assert (
        one(r'{"text": "Кит\u0456в \ud83d\udea2 and half: \ud83d"}').text
        == "Китів 🚢 and half: \ufffd"
    )
    damaged = "Причал закрыт до весны".encode().decode("cp1251", "replace")
    assert one(line(text=damaged)).text == "Причал закрыт до весны"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('{"text": "no end', "not valid JSON"),
        ("{'text': 'single quotes'}", "not valid JSON"),
        ('["text"]', "a JSON list, not an object"),
        ("42", "a JSON int, not an object"),
        ("null", "a JSON NoneType, not an object"),
        ('{"headline": "x"}', "none of the fields text, body, content, article"),
        ('{"text": null}', "none of the fields"),
        ('{"text": ["a"]}', "field 'text' must be a string, not list"),
        ('{"text": " \\n\\t"}', "field 'text' is empty"),
        ("[" * 100_000, "JSON"),
        ('{"text": ' + "9" * 5000 + "}", "JSON"),
    ],
)
def test_a_wrong_line_costs_only_itself(wrong: str, says: str) -> None:
    before, rejection, after = read(line(text=TEXT), wrong, line(text=TEXT))
    assert isinstance(before, Document)
    assert isinstance(after, Document)
    assert isinstance(rejection, Rejection)
    assert rejection.name == "feed.jsonl#2"
    assert rejection.reason.startswith("line 2 of feed.jsonl: ")
    assert says in rejection.reason
    assert len(rejection.reason) < 300
    assert rejection.hint


def test_the_column_of_a_mistake_is_told() -> None:
    (rejection,) = read('{"text": "a" "date": 1}')
    assert isinstance(rejection, Rejection)
    assert "at column 14" in rejection.reason


@pytest.mark.parametrize("indent", [1, 4])
def test_one_value_over_many_lines_is_one_rejection(indent: int) -> None:
    text = json.dumps([{"text": TEXT}] * 3, indent=indent)
    with pytest.raises(SourceError, match="not JSON Lines") as caught:
        read(*text.split("\n"))
    assert "one JSON object to a line" in caught.value.hint

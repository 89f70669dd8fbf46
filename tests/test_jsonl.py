"""JSON Lines: a result for each line, and for a wrong one its number and what is wrong with it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

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
        ('["text"]', "a list, not an object"),
        ("42", "a number, not an object"),
        ("null", "null, not an object"),
        ('{"heading": "x"}', "none of the fields text, content_text, body"),
        ('{"text": null}', "none of the fields"),
        ('{"text": [1, [], {}]}', "field 'text' must hold text, not a list"),
        ('{"text": {"pages": 3}}', "field 'text' must hold text, not an object"),
        ('{"text": true, "title": "  "}', "field 'text' must hold text, not true or false"),
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


@pytest.mark.parametrize(
    "fields",
    [
        *({name: TEXT} for name in ("content_text", "maintext", "articleBody", "Text", "BODY")),
        *({name: TEXT} for name in ("summary", "description", "content_html", "full-text")),
        {"content": [{"type": "text/html", "value": TEXT}]},
        {"body": {"text": TEXT}},
        {"text": "", "content": TEXT},
        {"text": "   ", "body": TEXT},
        {"text": [], "body": TEXT},
        {"content_html": "<p> </p>", "summary": TEXT},
        {"summary": "The quay is damaged.", "content": TEXT},
        {"description": "The quay is damaged.", "text": TEXT},
    ],
)
def test_the_text_stands_in_the_field_that_feeds_put_it_in(fields: dict[str, object]) -> None:
    assert one(json.dumps(fields)).text == TEXT


def test_a_list_of_texts_is_a_text_with_as_many_paragraphs() -> None:
    assert [p.text for p in one(line(text=[TEXT, "The pilot is safe."])).paragraphs] == [
        TEXT, "The pilot is safe.",
    ]  # fmt: skip


def test_an_entry_with_nothing_but_a_title_is_its_title_and_says_so() -> None:
    document = one(line(title="Le quai &amp; le port : <b>fermés</b>", description=""))
    assert document.text == document.title == "Le quai & le port : fermés"
    assert document.notes == ("the entry has a title and no text",)


@pytest.mark.parametrize("escape", [str, html.escape])
def test_markup_in_a_field_gives_paragraphs_and_no_tags(escape: Callable[[str], str]) -> None:
    content = (
        "<p>Школи Лісового відкриють у&nbsp;понеділок, повідомив <a href='https://x.example/?a=1"
        "&copy=2'>мер</a>.</p><script>let x = 1;</script><!-- ad --><ul><li>Заняття почнуться о"
        " 9:00.</li><li><p>Їдальня &mdash; з вівторка.</p></li></ul><img src='a.jpg'>"
        "<h3>Що далі</h3>Автобуси ходитимуть<br/>за розкладом.<br>Мер &laquo;Лісового&raquo;<sup>1"
        "</sup>: 2 &lt; 3."
    )
    document = one(line(content=escape(content)))
    assert [(p.text, str(p.kind)) for p in document.paragraphs] == [
        ("Школи Лісового відкриють у\xa0понеділок, повідомив мер.", "text"),
        ("Заняття почнуться о 9:00.", "list-item"),
        ("Їдальня — з вівторка.", "list-item"),
        ("Що далі", "heading"),
        ("Автобуси ходитимуть за розкладом.", "text"),
        ("Мер «Лісового»1: 2 < 3.", "text"),
    ]
    assert all(document.text[p.span.start : p.span.end] == p.text for p in document.paragraphs)


@pytest.mark.parametrize(
    "text",
    ["Prices rose if a < b and c > d.", "See https://x.example/?a=1&copy=2 today.", "AT&T & Co",
     "The tag <newsroom> is unknown.", "Rock&roll; fine", "x <y and z>"],
)  # fmt: skip
def test_a_text_without_markup_is_left_as_it_is(text: str) -> None:
    assert one(line(text=text)).text == text


def test_deep_markup_is_read() -> None:
    assert one(line(content="<div>" * 900 + f"<p>{TEXT}" + "</div>" * 900)).text == TEXT


def test_markup_that_the_parser_would_cut_off_is_refused() -> None:
    (rejection,) = read(line(content="<p>First.</p>" + "<div>" * 3000 + f"<p>{TEXT}"))
    assert isinstance(rejection, Rejection)
    assert "nested too deep" in rejection.reason


@pytest.mark.parametrize(
    ("written", "date"),
    [
        *(("Tue, 03 Mar 2026 08:15:00 +0100", "2026-03-03"), ("1772525700", "2026-03-03")),
        *((1772525700, "2026-03-03"), ("вт, 3 мар. 2026 г.", "2026-03-03")),
        *(("вт, 03/03/2026 - 08:15", "2026-03-03"), ("mar. 3 mars 2026", "2026-03-03")),
        *(("03.03.26", "2026-03-03"), ("нд, 1 бер. 2026 р.", "2026-03-01")),
        *(("dim. 1er mars 2026 à 08h15", "2026-03-01"), ("Tue, 3 March 2026", "2026-03-03")),
        *(("2026.03.01", "2026-03-01"), ("2026-3-1", "2026-03-01")),
        *(("сб, 07 берез. 2026", "2026-03-07"), ("Thurs., 5 March, 2026", "2026-03-05")),
        *(("2026-03-03T23:30:00-05:00", "2026-03-03"), ("Wed Mar 04 08:15:00 2026", "2026-03-04")),
    ],
)
def test_dates_are_read_as_feeds_write_them(written: object, date: str) -> None:
    assert one(line(text=TEXT, pubDate=written)).date == date
    assert one(line(text=TEXT, Date=written)).date == date


def test_a_date_that_says_less_than_a_day_gives_way_to_one_that_says_it() -> None:
    document = one(line(text=TEXT, date="3 березня", published="2026-03-03"))
    assert (document.date, document.notes) == ("2026-03-03", ())


def test_the_title_is_a_heading_of_the_text_and_not_twice() -> None:
    document = one(line(title="Сад сохранят", text=TEXT))
    assert [(p.text, str(p.kind)) for p in document.paragraphs] == [
        ("Сад сохранят", "heading"),
        (TEXT, "text"),
    ]
    again = one(line(title="Сад сохранят!", text=f"Новости\n\nСАД  СОХРАНЯТ\n\n{TEXT}"))
    assert [p.text for p in again.paragraphs] == ["Новости", "САД  СОХРАНЯТ", TEXT]

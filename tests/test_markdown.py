"""Markdown: blocks without their marks, code apart, the fields at the top."""

from __future__ import annotations

import time

import pytest

from pipeline.document import Document, Kind
from pipeline.errors import SourceError
from pipeline.sources.markdown import read_markdown
from pipeline.sources.raw import Raw

BODY = "The boat did not land for a week, for the sea had taken two planks of the quay."


def read(text: str) -> Document:
    (document,) = read_markdown(Raw(text.encode(), "a.md"))
    return document


def found(text: str) -> list[tuple[Kind, str]]:
    return [(paragraph.kind, paragraph.text) for paragraph in read(text).paragraphs]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A *quay* of stone #\n", [(Kind.HEADING, "A quay of stone")]),
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
        ("```sh\nrow --home\n```\n", [(Kind.CODE, "row --home")]),
        ("Type:\n\n    row --home\n", [(Kind.TEXT, "Type:"), (Kind.CODE, "row --home")]),
        ("<div>\n<b>Lamp</b>\n</div>\n", [(Kind.TEXT, "Lamp")]),
        (
            "| boat | day |\n|---|---|\n| late | Monday |\n",
            [(Kind.ROW, t) for t in ("boat | day", "late | Monday")],
        ),
        ("Go.\n\n---\n\nStay.", [(Kind.TEXT, "Go."), (Kind.TEXT, "Stay.")]),
        ("One.\r\n\r\nTwo\r\nlines.\r\n", [(Kind.TEXT, "One."), (Kind.TEXT, "Two\nlines.")]),
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
    first = ["A quay"] if title == "A quay" else []
    assert [paragraph.text for paragraph in document.paragraphs] == [*first, "Who pays", BODY]


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
    try:
        shown = read(text).text
    except SourceError as error:
        shown = str(error)
    assert shown in (text.strip(), "a", "holds no paragraph of text")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("See [the *quay*](https://a.example/x_(1) 'Quay') or [rope][1].", "See the quay or rope."),
        ("![photo](data:image/png;base64,AAAA) Boat ![map][m].", "Boat ."),
        ("[![photo](a.jpg)](b.html) Boat.", "Boat."),
        ("**Завод** __остановили__ ~~вчера~~ ***сегодня***.", "Завод остановили вчера сегодня."),
        ("5 * 3 * 2, snake_case_name, a ** b, 2*3*4", "5 * 3 * 2, snake_case_name, a ** b, 2*3*4"),
        (r"Not \*emphasis\* and C:\dir", r"Not *emphasis* and C:\dir"),
        ("Run `rm *.txt` or `` a`b ``.", "Run `rm *.txt` or `` a`b ``."),
        ("Le maire&nbsp;: &laquo;non&raquo; <b>net</b><!-- x -->", "Le maire\xa0: «non» net"),
        ("Мост[^1] на [[Лесная|реке]] и [[Мост]].", "Мост на реке и Мост."),
        ("a < b, [x], (y), {z}, 3 > 2", "a < b, [x], (y), {z}, 3 > 2"),
    ],
)  # fmt: skip
def test_a_paragraph_is_as_a_reader_sees_it(source: str, shown: str) -> None:
    assert [text for _, text in found(source)] == [shown]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("> [!NOTE] Важно\n> Мост закрыт.\n", ["Важно", "Мост закрыт."]),
        ("> [!warning]-\n> Мост\n> закрыт.\n", ["Мост\nзакрыт."]),
        (":::tip Совет\nВыезжайте раньше.\n:::\n", ["Совет", "Выезжайте раньше."]),
        ("::: {.note}\nVenez tôt.\n:::\n", ["Venez tôt."]),
        (":::danger[Увага]\nМіст закрито.\n:::", ["Увага", "Міст закрито."]),
        ('!!! note "Важно"\n    Автобусы ходят.\n', ["Важно", "Автобусы ходят."]),
        ("??? tip\n    Les bus roulent.\n", ["Les bus roulent."]),
        ("Термин\n: Определение термина.\n", ["Термин", "Определение термина."]),
        ("[^1]: Мост построен.\n[^2]: Он стар.", ["Мост построен.", "Он стар."]),
        ('{{< figure src="a.jpg" >}}\n\nText here.', ["Text here."]),
    ],
)  # fmt: skip
def test_lines_that_extensions_keep_apart_are_paragraphs(source: str, shown: list[str]) -> None:
    assert [text for _, text in found(source)] == shown


def test_prose_that_is_only_indented_is_text_and_code_stays_code() -> None:
    text = (
        "# Завод\n\n\tЗавод «Северный» остановили на неделю. Рабочим заплатят.\n\n"
        "\tПрофсоюз просил об этом\n\tс января.\n\n    for x in y: run(x)\n\n    make install all\n"
    )
    assert found(text)[1:] == [
        (Kind.TEXT, "Завод «Северный» остановили на неделю. Рабочим заплатят."),
        (Kind.TEXT, "Профсоюз просил об этом\nс января."),
        (Kind.CODE, "for x in y: run(x)"),
        (Kind.CODE, "make install all"),
    ]


def test_html_inside_markdown_is_read() -> None:
    text = "<p>Завод <b>«Северный»</b> стоит.</p>\n<ul><li>Рабочим заплатят.</li></ul>\n\nИ всё.\n"
    assert found(text) == [
        (Kind.TEXT, "Завод «Северный» стоит."),
        (Kind.LIST_ITEM, "Рабочим заплатят."),
        (Kind.TEXT, "И всё."),
    ]


def test_the_marks_of_a_quotation_are_no_text() -> None:
    text = "> Завод остановили, и рабочим\n> заплатят.\n>\n> > Да.\n"
    assert found(text) == [
        (Kind.TEXT, "Завод остановили, и рабочим\nзаплатят."),
        (Kind.TEXT, "Да."),
    ]


def test_a_cell_with_a_sentence_is_text() -> None:
    table = "| Кто | Что |\n|---|---|\n| Мэр | Мост закрыли на ремонт до весны. |\n"
    assert found(table) == [
        (Kind.ROW, "Кто | Что"),
        (Kind.ROW, "Мэр"),
        (Kind.TEXT, "Мост закрыли на ремонт до весны."),
    ]

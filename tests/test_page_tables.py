"""Tables in pages: those that lay out a page are unwrapped, and those with data are read."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_kinds import WORDS, filled, read, running
from scripted_desk import desk

from pipeline.document import Kind
from pipeline.lang.dictionary import with_known_words
from pipeline.runner import one_through

EACH = pytest.mark.parametrize("language", sorted(WORDS))


@EACH
@pytest.mark.parametrize(
    "form",
    [
        ("<table width=760 border=0><tr><td width=150>{menu}</td><td>{h1}<p>{a}<p>{b}<p>{c}</td>"
            "</tr></table><hr><center>1999</center>"),
        ("<table><tr><td>{menu}</td><td><font face=Arial>{a}<br><br>{b}<br><br>{c}</font></td></tr>"
        "</table>"),
        ("<table><tr><td><table><tr><td>{menu}</td></tr></table></td><td><table><tr><td>{h1}</td>"
        "</tr><tr><td>{a}</td></tr><tr><td>{b}</td></tr><tr><td>{c}</td></tr></table></td></tr></table>"),
        "<table><tr><th colspan=2>{title}</th></tr><tr><td>{menu}</td><td>{abc}</td></tr></table>",
        "<table><tr><td>{menu}</td><td><h2>{title}</h2>{a}<p>{b}<p>{c}</td><td>+</td></tr></table>",
        "<table><tr><td class=content>{title}<br>{a}<br>{b}<br>{c}</td><td>+</td></tr></table>",
        "<table><tr><td><div>{a}</div><div>{b}</div><div>{c}</div></td></tr></table>",
        "<table role=presentation><tr><td>{h1}{abc}</td></tr></table>",
        ("<center><table width=600><tbody><tr><td>{h1}</td></tr><tr><td><p style='margin:0'>{a}</p>"
        "</td></tr><tr><td>{b}</td></tr><tr><td>{c}</td></tr></tbody></table></center>"),
        ("<table><tr><td>{h1}</td></tr></table><table><tr><td>{a}</td></tr></table>"
        "<table><tr><td>{b}</td></tr></table><table><tr><td>{c}</td></tr></table>"),
        ("<table><tr><td><table><tr><td><table><tr><td>{h1}<div>{a}</div><div>{b}</div><div>{c}</div>"
        "</td></tr></table></td></tr></table></td></tr></table>"),
    ],
)  # fmt: skip
def test_an_article_in_a_layout_table_is_text(form: str, language: str) -> None:
    document = read(filled(form, language))
    title = WORDS[language].title
    assert [text for text in running(document) if text != title] == list(WORDS[language].text)
    assert all(p.kind in (Kind.TEXT, Kind.HEADING) for p in document.paragraphs)


@EACH
def test_a_sentence_in_a_cell_is_text_and_the_cell_beside_it_a_row(language: str) -> None:
    form = (
        "<article>{h1}<table><tr><th>№</th><th>{title}</th></tr>"
        "<tr><td>1</td><td>{a}</td></tr><tr><td>2</td><td>{b}</td></tr></table></article>"
    )
    document = read(filled(form, language))
    words = WORDS[language]
    assert [(p.kind, p.text) for p in document.paragraphs if p.kind is not Kind.HEADING] == [
        (Kind.ROW, f"№ | {words.title}"),
        (Kind.ROW, "1"),
        (Kind.TEXT, words.text[0]),
        (Kind.ROW, "2"),
        (Kind.TEXT, words.text[1]),
    ]


DATA = (
    "<article>{h1}<p>{a}</p><table><thead><tr><th></th><th>2025</th><th>2026</th></tr></thead>"
    "<tr><td>{title}</td><td>1 200</td><td>1 350</td></tr>"
    "<tr><td>{related}</td><td>1 200</td><td></td></tr></table><p>{b}</p><p>{c}</p></article>"
)


@EACH
def test_a_row_of_data_is_one_paragraph(language: str) -> None:
    document = read(filled(DATA, language))
    words = WORDS[language]
    assert [p.text for p in document.paragraphs if p.kind is Kind.ROW] == [
        "2025 | 2026",
        f"{words.title} | 1 200 | 1 350",
        f"{words.related} | 1 200",
    ]


@pytest.mark.parametrize("language", ["fr", "ru", "uk"])
def test_the_cells_of_a_row_are_translated_each_by_itself(language: str, tmp_path: Path) -> None:
    document = read(filled(DATA, language))
    words = WORDS[language]
    # Words that the dictionary knows reach the engine in English.
    asked = with_known_words(words.title, source=language, target="en")
    known = {asked: "The title", words.related: "The label"}
    built, translator, _ = desk(
        lambda segment: known.get(segment.text.strip(), "A sentence of a page that is known."),
        tmp_path / "s",
    )
    done = one_through(document, (*built.reading, *built.cleaning, built.translating))
    rows = {p.text: p for p in done.paragraphs if p.kind is Kind.ROW}
    row = rows[f"{words.title} | 1 200 | 1 350"]
    assert row.removal is None
    assert row.translation is not None
    assert row.translation.text == "The title | 1 200 | 1 350"
    assert not any("|" in segment.text for segment in translator.asked)


def test_rows_are_no_copies_of_each_other(tmp_path: Path) -> None:
    row = "<tr><td>Школа на улице Лесной за рекой открыта</td><td>да</td></tr>"
    form = f"<article>{{h1}}<table><tr><th>Школа</th><th>Свет</th></tr>{row * 3}</table>{{abc}}"
    document = read(filled(form, "ru"))
    built, _, _ = desk(lambda segment: segment.text, tmp_path / "s")
    done = one_through(document, (*built.reading, *built.cleaning))
    assert [p.removal for p in done.paragraphs if p.kind is Kind.ROW] == [None] * 4

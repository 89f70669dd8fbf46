"""Feeds: what their writers put in comes out, an entry each."""

from __future__ import annotations

import pytest
from format_facts import Fact, facts, missing, read_all

from pipeline.sources.fragment import read_fragment


@pytest.mark.parametrize("fact", facts("feeds"), ids=str)
def test_all_that_was_written_comes_out(fact: Fact) -> None:
    assert list(missing(fact, read_all(fact.path))) == []


def rows_of(markup: str) -> list[tuple[str, str]]:
    text, blocks = read_fragment(markup)
    return [(block.kind.value, text[block.start : block.end]) for block in blocks]


def test_a_table_in_an_entry_is_its_rows() -> None:
    head = "<tr><th>Quay</th><th>Closed until</th></tr>"
    rows = "<tr><td>North</td><td>15 <b>April</b></td></tr><tr><td>South</td><td></td></tr>"
    assert rows_of(f"<p>So:</p><table>{head}{rows}</table>Behind it.") == [
        ("text", "So:"),
        ("row", "Quay | Closed until"),
        ("row", "North | 15 April"),
        ("row", "South |"),
        ("text", "Behind it."),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "<tr><td><img></td><td><p>The port closes a quay.</p><p>Boats move.</p></td></tr>",
        "<tr><td>Left</td><td>The port closes a quay. Boats move.</td></tr>",
        "<tr><td><table><tr><td>The port closes a quay.</td></tr></table></td><td>x</td></tr>",
        "<tr><td>The port closes a quay.</td></tr>",
    ],
)
def test_a_table_that_lays_out_text_is_its_paragraphs(table: str) -> None:
    assert "row" not in {kind for kind, _ in rows_of(f"<table>{table}</table>")}


@pytest.mark.parametrize(
    "mark",
    [
        '<a href="#fn1" role="doc-noteref"><sup>1</sup></a>',
        '<sup class="footnote-ref"><a href="#fn1">[1]</a></sup>',
        '<sup><a href="notes.xhtml#n1">1</a></sup>',
        '<a href="#n1"><sup>*</sup></a>',
    ],
)
def test_the_number_of_a_footnote_is_no_text(mark: str) -> None:
    note = '<p>Without taxes.<a href="#r1" class="footnote-back" role="doc-backlink">↩︎</a></p>'
    assert rows_of(f"<p>It costs 12 euros{mark}.</p>{note}") == [
        ("text", "It costs 12 euros."),
        ("text", "Without taxes."),
    ]


def test_other_raised_text_stays() -> None:
    assert rows_of("<p>The 1<sup>er</sup> of 10<sup>3</sup>, <a href='#a'>here</a></p>") == [
        ("text", "The 1er of 103, here")
    ]

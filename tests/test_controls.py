"""Control characters of a text reach neither a page nor a terminal."""

from __future__ import annotations

import json

import pytest

from pipeline.cli.options import put, say
from pipeline.document import Document
from pipeline.flag import Flag
from pipeline.output.bilingual import BilingualPair, bilingual_html, bilingual_markdown
from pipeline.output.controls import without_controls
from pipeline.output.escaping import escape
from pipeline.output.report import document_markdown
from pipeline.sources.folder import read_bytes

EVIL = "The \x1b[31mbridge\x07 is\x00 shut\x9b2J until\x7f March, the mayor said on Monday evening."
CONTROLS = "\x00\x07\x1b\x7f\x9b"


def test_whitespace_stays_and_controls_are_marks() -> None:
    assert without_controls("a\tb\r\nc\x0cd\x1be") == "a\tb\r\nc\x0cd\ufffde"


def test_pages_hold_none() -> None:
    record = json.dumps({"text": EVIL}).encode()
    (document,) = read_bytes(record, name="a.jsonl", suffix=".jsonl")
    assert isinstance(document, Document)
    pages = [
        document_markdown(document),
        escape(EVIL),
        *bilingual_markdown([BilingualPair(EVIL, EVIL, "en", (Flag.SHORT_TEXT,))], target="fr"),
        *bilingual_html([BilingualPair(EVIL, EVIL, "en")], target="fr", title="a"),
    ]
    assert not any(control in page for page in pages for control in CONTROLS)
    assert "\ufffd[31mbridge\ufffd" in escape(EVIL).replace("\\", "")


def test_the_terminal_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    put(EVIL)
    say(EVIL)
    shown = capsys.readouterr()
    assert not any(control in shown.out + shown.err for control in CONTROLS)
    assert "bridge" in shown.out
    assert "bridge" in shown.err


def test_columns_of_a_row_have_bars_between_them() -> None:
    assert escape("Село\tДворов\tГод") == "Село | Дворов | Год"

"""Whatever is read, and by whichever reader: a paragraph is a span of its document's text."""

from __future__ import annotations

import gzip
import html
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wrapped import wrapped

from pipeline.document import Document, Rejection, content_id
from pipeline.sources.folder import read_bytes, read_file

MARKS = (
    "# ", "## ", "- ", "* ", "1. ", "> ", "```", "    ", "---", "===", "|", "+++", "<div>", "\t",
    "• ", "2026-03-01", "1 марта 2026", "Published: ", "title: x", "\u200b", "\ufeff", "\u00a0",
)  # fmt: skip
ENDS = ("\n", "\n\n", "\r\n", "\r", "\u2028", "\x0b", "\x0c", "\x85", " ", "")
WORDS = (
    "The quay was closed.", "Причал закрыли до весны.", "Причал зачинили, і крапка.",
    "L'été « dernier » à l'île…", "boat", "Home > News", "Who pays?", "🚢", "e\u0301", "x" * 70,
    "The council met on Monday evening and spoke for three hours about the quay of stone.",
)  # fmt: skip
pieces = st.lists(st.sampled_from(MARKS + ENDS + WORDS + ENDS), max_size=40).map("".join)
anything = st.text(max_size=120)
texts = st.one_of(pieces, anything, st.tuples(pieces, anything, pieces).map("".join))
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-u", "cp1252"])


def check(results: Iterable[Document | Rejection]) -> int:
    """Check every document and rejection; return how many paragraphs there were."""
    count = 0
    for result in results:
        if isinstance(result, Rejection):
            assert result.stage == "sources"
            assert result.reason
            assert result.hint
            continue
        assert result.id == content_id(result.text)
        assert result.paragraphs
        position = 0
        for index, paragraph in enumerate(result.paragraphs):
            start, end = paragraph.span.start, paragraph.span.end
            assert paragraph.index == index
            assert position <= start < end <= len(result.text)
            assert paragraph.text == result.text[start:end]
            assert paragraph.text == paragraph.text.strip()
            position = end
            count += 1
    return count


@pytest.mark.parametrize("suffix", [".txt", ".md", ".csv", ".tsv", ".srt", ".vtt"])
@given(text=texts, encoding=encodings)
def test_texts(suffix: str, text: str, encoding: str) -> None:
    check(read_bytes(text.encode(encoding, "ignore"), name="a", suffix=suffix))


WIRES = (".nitf", ".newsml", ".ninjs", ".csv", ".parquet", ".srt", ".vtt", ".warc", ".wacz")
PACKED = (".docx", ".odt", ".rtf", ".epub", ".eml", ".mbox", ".msg", ".rss", ".json")


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl", ".pdf", *WIRES, *PACKED])
@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_bytes(suffix: str, data: bytes) -> None:
    check(read_bytes(data, name="a", suffix=suffix))


@given(texts=st.lists(texts, min_size=1, max_size=4), title=anything)
def test_json_lines(texts: list[str], title: str) -> None:
    lines = "\n".join(json.dumps({"text": text, "title": title}) for text in texts)
    check(read_bytes(lines.encode(), name="a", suffix=".jsonl"))


@given(paragraphs=st.lists(texts, min_size=1, max_size=5), encoding=encodings)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
def test_pages(paragraphs: list[str], encoding: str) -> None:
    shown = "".join(f"<p>{html.escape(text)}</p><ul><li>{text}</li></ul>" for text in paragraphs)
    page = f"<html><body><article><h1>Quay</h1>{shown}</article></body></html>"
    check(read_bytes(page.encode(encoding, "ignore"), name="a", suffix=".html"))


@pytest.mark.parametrize(
    "suffix", [".docx", ".odt", ".rtf", ".epub", ".eml", ".mbox", ".rss", ".json"]
)
@given(paragraphs=st.lists(texts, min_size=1, max_size=5), title=anything)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=25)
def test_containers(suffix: str, paragraphs: list[str], title: str) -> None:
    check(read_bytes(wrapped(paragraphs, title, suffix), name="a", suffix=suffix))


@given(lines=st.lists(st.text("abcdéè -.’12", max_size=60), min_size=1, max_size=30))
@settings(deadline=None, max_examples=25)
def test_pdf_files(lines: list[str]) -> None:
    file = FPDF()
    file.add_page()
    file.set_font("helvetica", size=10)
    for line in lines:
        file.cell(0, 5, line.replace("’", "'"), new_x="LMARGIN", new_y="NEXT")
    check(read_bytes(bytes(file.output()), name="a", suffix=".pdf"))


@given(text=texts)
@settings(deadline=None, max_examples=25)
def test_packed_files(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = Path(tmp_path_factory.mktemp("packed")) / "a.txt.gz"
    path.write_bytes(gzip.compress(text.encode("utf-8", "ignore")))
    check(read_file(path, name="a.txt.gz", max_file_bytes=100_000))


def test_the_check_itself_sees_paragraphs() -> None:
    assert check(read_bytes(b"One.\n\nTwo.\n\n- three", name="a", suffix=".txt")) == 3

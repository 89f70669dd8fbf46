"""Documents of word processors, and books: what their writers put in comes out."""

from __future__ import annotations

import io
import zipfile

import pytest
from format_facts import Fact, facts, missing, read_all

from pipeline.document import Document
from pipeline.sources.folder import read_bytes

WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PLACES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"


@pytest.mark.parametrize("fact", facts("office"), ids=str)
def test_all_that_was_written_comes_out(fact: Fact) -> None:
    assert list(missing(fact, read_all(fact.path))) == []


def word(chunks: dict[str, bytes], *, outside: str = "", in_cell: bool = False) -> bytes:
    """A Word document of a paragraph, the files `chunks` by their names, and a paragraph."""
    say = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    names = [*chunks, *filter(None, [outside])]
    places = "".join(f'<w:altChunk r:id="c{n}"/>' for n in range(len(names)))
    if in_cell:
        cells = f"<w:tc>{say.format('Quay')}</w:tc><w:tc>{places}{say.format('')}</w:tc>"
        places = f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    body = say.format("First.") + places + say.format("Last.")
    mode = {outside: ' TargetMode="External"'}
    relations = "".join(
        f'<Relationship Id="c{n}" Type="{PLACES}/aFChunk" Target="{name}"{mode.get(name, "")}/>'
        for n, name in enumerate(names)
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        spaces = f'xmlns:w="{WORDS}" xmlns:r="{PLACES}"'
        text = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", text)
        archive.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{LINKS}">{relations}</Relationships>',
        )
        for name, data in chunks.items():
            archive.writestr(f"word/{name}", data)
    return packed.getvalue()


def document_of(data: bytes) -> Document:
    (found,) = read_bytes(data, name="a.docx", suffix=".docx", max_bytes=10**6)
    assert isinstance(found, Document)
    return found


def test_files_inside_a_document_are_read_where_they_stand() -> None:
    page = "<html><head><title>no</title></head><body><p>Причал закрыт.</p></body></html>"
    message = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        b"Content-Type: text/html; charset=koi8-r\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        + page.encode("koi8-r")
        + b"\r\n--x--\r\n"
    )
    inner = word({"b.txt": b"The deepest."})
    chunks = {
        "a.html": page.encode(), "a.mht": message, "a.rtf": b"{\\rtf1 In RTF.}", "a.docx": inner,
    }  # fmt: skip
    found = document_of(word(chunks))
    assert [p.text for p in found.paragraphs] == [
        *("First.", "Причал закрыт.", "Причал закрыт.", "In RTF."),
        *("First.", "The deepest.", "Last.", "Last."),
    ]
    assert found.notes == ()


def test_a_file_that_cannot_be_read_or_is_elsewhere_leaves_a_note() -> None:
    found = document_of(word({"a.docx": b"PK broken"}, outside="http://port.example/a.html"))
    assert [p.text for p in found.paragraphs] == ["First.", "Last."]
    assert any("a.docx" in note for note in found.notes)
    assert any("missing" in note for note in found.notes)


def test_a_file_in_a_cell_is_read_in_its_row() -> None:
    found = document_of(word({"a.html": b"<html><body><p>41</p></body></html>"}, in_cell=True))
    assert [p.text for p in found.paragraphs] == ["First.", "Quay | 41", "Last."]

"""Word documents translated in their format: runs, links and fields go where their words go."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from format_facts import FORMATS, Fact, facts, read_data
from lxml import etree
from scripted_desk import from_table, same, translated
from typer.testing import CliRunner

from models.engine import Segment
from pipeline.cli.app import app
from pipeline.document import Document, Kind
from pipeline.errors import SourceError, UsageError
from pipeline.sources.raw import Raw
from pipeline.translation.docx import rebuilt, word_file

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
NOTE = '<w:r><w:footnoteReference w:id="2"/></w:r>'
KNOWN = {
    "Мэр открыл новый мост через реку.": "The mayor opened a new bridge across the river.",
    "новый мост": "new bridge",
    "через реку": "across the river",
    "Мост": "Bridge",
    "Первая строка": "First line",
    "вторая строка.": "second line.",
    "Мост & «река» < 5": 'Bridge & "river" < 5',
    "Смотрите https://e.org/?a=1&b=2 сегодня.": "Look at https://e.org/?a=1&b=2 today.",
    "Причал закрыли.": "The quay was closed.",
    "Лодка ушла.": "The boat left.",
}
WORDS = sorted((FORMATS / "office").glob("*.docx"))


def package(body: str) -> bytes:
    """Return a Word document with a body and no other part."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        archive.writestr("word/media/image1.png", b"\x89PNG picture")
    return out.getvalue()


def run(text: str, properties: str = "") -> str:
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def shown(text: str, properties: str = "") -> str:
    """Return a run as `body_of` tells it."""
    return run(text, properties).replace(' xml:space="preserve"', "")


def english(data: bytes, state: Path) -> bytes:
    file = word_file(Raw(data, "a.docx"))
    return rebuilt(file, translated(file.skeleton, from_table(KNOWN), state), target="en")


def body_of(data: bytes) -> str:
    """Return the body of a document, without what has no meaning."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    body = etree.tostring(root[0], encoding="unicode")
    body = re.sub(r' xmlns:w="[^"]*"| xml:space="preserve"', "", body)
    return body.removeprefix("<w:body>").removesuffix("</w:body>")


BOLD = "<w:b/>"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (run("Мост"), "<w:r><w:t>Bridge</w:t></w:r>"),
        (  # Word cuts runs wherever someone has typed
            run("Мэр от") + "<w:proofErr/>" + run("крыл новый мост через ") + run("реку."),
            "<w:r><w:t>The mayor opened a new bridge across the river.</w:t></w:r>",
        ),
        (
            run("Мэр открыл ") + run("новый мост", BOLD) + run(" через реку."),
            shown("The mayor opened a ") + shown("new bridge", BOLD) + shown(" across the river."),
        ),
        (
            run("Мэр открыл ")
            + '<w:hyperlink w:anchor="b">'
            + run("новый мост", "<w:u/>")
            + "</w:hyperlink>"
            + run(" ")
            + run("через реку", BOLD)
            + run("."),
            None,
        ),
        (
            run("Первая строка") + "<w:r><w:br/></w:r>" + run("вторая строка."),
            "<w:r><w:t>First line</w:t></w:r><w:r><w:br/></w:r><w:r><w:t>second line.</w:t></w:r>",
        ),
        (run("Мост &amp; «река» &lt; 5"), '<w:r><w:t>Bridge &amp; "river" &lt; 5</w:t></w:r>'),
        (
            run("Смотрите https://e.org/?a=1&amp;b=2 сегодня."),
            "<w:r><w:t>Look at https://e.org/?a=1&amp;b=2 today.</w:t></w:r>",
        ),
        (  # a change is accepted
            run("Причал ")
            + "<w:del><w:r><w:delText>не </w:delText></w:r></w:del><w:ins>"
            + run("закрыли.")
            + "</w:ins>",
            "<w:r><w:t>The quay was closed.</w:t></w:r>",
        ),
        (  # what is hidden stays hidden, and as it is
            run("Лодка ушла.") + run("Секрет", "<w:vanish/>"),
            "<w:r><w:t>The boat left.</w:t></w:r>"
            + run("Секрет", "<w:vanish/>").replace(' xml:space="preserve"', ""),
        ),
        (
            run("Лодка ушла.") + NOTE + run(" Причал закрыли."),
            shown("The boat left.") + NOTE + shown(" The quay was closed."),
        ),
    ],
)
def test_runs_stay(source: str, target: str | None, tmp_path: Path) -> None:
    got = body_of(english(package(f"<w:p>{source}</w:p>"), tmp_path))
    if target is not None:
        assert got == f"<w:p>{target}</w:p>"
    else:
        assert '<w:hyperlink w:anchor="b"><w:r><w:rPr><w:u/></w:rPr><w:t>new bridge</w:t>' in got
        assert "<w:rPr><w:b/></w:rPr><w:t>across the river</w:t>" in got
        words = "".join(etree.fromstring(f'<x xmlns:w="{W}">{got}</x>').itertext())
        assert words == "The mayor opened a new bridge across the river."


PARTS = run("новый ", "<w:u/>") + run("мост", "<w:u/><w:b/>")
TAGGED = f"<w:smartTag>{run('вый мост')}</w:smartTag>"
FIELD = "<w:r><w:fldChar w:fldCharType={}/></w:r>"


@pytest.mark.parametrize(
    "link",
    [
        f'<w:hyperlink w:anchor="b">{PARTS}</w:hyperlink>',
        f'<w:hyperlink w:anchor="b">{run("но")}{TAGGED}</w:hyperlink>',
        FIELD.format('"begin"')
        + "<w:r><w:instrText>HYPERLINK b</w:instrText></w:r>"
        + FIELD.format('"separate"')
        + PARTS
        + FIELD.format('"end"'),
    ],
)
def test_a_link_of_several_looks_moves_as_a_whole(link: str, tmp_path: Path) -> None:
    file = word_file(
        Raw(package(f"<w:p>{run('Мэр открыл ')}{link}{run(' через реку.')}</w:p>"), "a.docx")
    )
    table = {**KNOWN, "Мэр открыл новый мост через реку.": "A new bridge was opened by the mayor."}
    got = body_of(
        rebuilt(file, translated(file.skeleton, from_table(table), tmp_path), target="en")
    )
    words = "".join(
        etree.fromstring(f'<x xmlns:w="{W}">{got}</x>').xpath(
            "//text()[../self::*[local-name()='t']]"
        )
    )
    assert words == "A new bridge was opened by the mayor."
    assert got.count("<w:t>new bridge</w:t>") == 1


def test_a_field_stays_around_its_result(tmp_path: Path) -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>HYPERLINK "x"</w:instrText>'
        '</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("новый мост")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    got = body_of(
        english(package(f"<w:p>{run('Мэр открыл ')}{field}{run(' через реку.')}</w:p>"), tmp_path)
    )
    inside = got[got.index("separate") : got.index('"end"')]
    assert "new bridge" in inside
    assert "mayor" not in inside
    assert "river" not in inside


def test_a_text_box_in_a_sentence_is_translated_too(tmp_path: Path) -> None:
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('Мост')}</w:p></w:txbxContent></w:pict></w:r>"
    got = body_of(
        english(package(f"<w:p>{run('Лодка ушла.')}{box}{run(' Причал закрыли.')}</w:p>"), tmp_path)
    )
    words = re.findall(r"<w:t>([^<]*)</w:t>", got)
    assert words == ["The boat left.", "Bridge", " The quay was closed."]


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.name)
def test_all_but_the_text_comes_out_byte_for_byte(path: Path, tmp_path: Path) -> None:
    source = path.read_bytes()
    file = word_file(Raw(source, path.name))
    out = rebuilt(file, translated(file.skeleton, lambda s: s.text.upper(), tmp_path), target="en")
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
        assert old.namelist() == new.namelist()
        for name in old.namelist():
            assert name in file.parts or old.read(name) == new.read(name), name


@pytest.mark.parametrize("fact", [f for f in facts("office") if f.file.endswith(".docx")], ids=str)
def test_a_translation_reads_like_its_source(fact: Fact, tmp_path: Path) -> None:
    """Each paragraph comes out once, in its place and of its kind."""
    file = word_file(Raw(fact.path.read_bytes(), fact.file))
    language = "fr" if "pandoc" in fact.file or "strict" in fact.file else "ru"

    def marked(segment: Segment) -> str:
        return f"<{segment.text}>"

    out = rebuilt(file, translated(file.skeleton, marked, tmp_path, language=language), target="en")
    (before,) = read_data(fact.path.read_bytes(), fact.file)
    (after,) = read_data(out, fact.file)
    assert isinstance(before, Document)
    assert isinstance(after, Document)

    def letters(document: Document) -> list[str]:
        return ["".join(filter(str.isalnum, p.text)) for p in document.paragraphs]

    assert letters(before) == letters(after)
    styled = [p.kind for p in before.paragraphs if p.kind is not Kind.TEXT]
    assert [p.kind for p in after.paragraphs if p.kind is not Kind.TEXT] == styled


def test_what_stays_as_it_is_reads_the_same(tmp_path: Path) -> None:
    source = (FORMATS / "office" / "tracked-changes.docx").read_bytes()
    file = word_file(Raw(source, "a.docx"))
    assert "all changes are accepted" in file.skeleton.remarks
    out = rebuilt(file, translated(file.skeleton, same, tmp_path), target="en")
    (before,), (after,) = read_data(source, "a.docx"), read_data(out, "a.docx")
    assert isinstance(before, Document)
    assert isinstance(after, Document)
    assert before.text == after.text


def test_what_holds_no_text_is_refused() -> None:
    with pytest.raises(SourceError, match="no paragraph of text"):
        word_file(Raw(package("<w:p/>"), "a.docx"))


def test_only_a_word_document_is_written_as_one(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("Мост", encoding="utf-8")
    done = CliRunner().invoke(app, ["translate", str(source), "-o", str(tmp_path / "b.docx")])
    assert isinstance(done.exception, UsageError)
    assert not (tmp_path / "b.docx").exists()

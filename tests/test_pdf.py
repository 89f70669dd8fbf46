"""PDF files from a real PDF library: lines become paragraphs, and what is unreadable says so."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence

import pytest
from fpdf import FPDF

from pipeline.document import Document, Kind
from pipeline.errors import SourceError
from pipeline.sources.pdf import read_pdf
from pipeline.sources.quiet import quiet
from pipeline.sources.raw import Raw

QUAI = (
    "Le conseil de Reyny a décidé lundi soir de fermer le vieux quai jusqu'au printemps, parce que "
    "les pieux sont pourris et que la caisse est vide depuis l'été dernier."
)
GLACE = (
    "Les habitants disent qu'ils iront à pied sur la glace, comme le faisaient leurs grands-pères, "
    "et qu'ils attendront le bateau du mois de mars en jouant aux cartes."
)


class Page(FPDF):
    """With page numbers at the bottom, as most have them."""

    def footer(self) -> None:
        self.set_y(-15)
        self.cell(0, 10, f"- {self.page_no()} -", align="C")


def pdf(
    paragraphs: Sequence[str],
    *,
    title: str = "",
    width_mm: float = 90,
    encryption: dict[str, str] | None = None,
) -> bytes:
    file = Page(format="letter")
    file.set_margin(60)
    file.add_page()
    if title:
        file.set_font("helvetica", style="B", size=16)
        file.multi_cell(0, 8, title, new_x="LMARGIN", new_y="NEXT")
        file.ln(4)
    file.set_font("helvetica", size=11)
    for paragraph in paragraphs:
        file.multi_cell(width_mm, 6, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
        file.ln(4)
    if encryption is not None:
        file.set_encryption(**encryption)
    return bytes(file.output())


def typeset(*pages: Sequence[str]) -> bytes:
    """A PDF with exactly these lines, a bigger gap where one is empty."""
    file = FPDF()
    for lines in pages:
        file.add_page()
        file.set_font("helvetica", size=11)
        for line in lines:
            file.cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(file.output())


def cyrillic(lines: Sequence[str]) -> bytes:
    """A PDF whose font maps cp1251 codes to characters, written by hand: no font file needed."""
    codes = sorted({byte for line in lines for byte in line.encode("cp1251")})
    pairs = [f"<{b:02x}> <{ord(bytes([b]).decode('cp1251')):04x}>" for b in codes]
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    mapped = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{mapped}\nendcmap end end"
    )
    shown = " ".join(f"<{line.encode('cp1251').hex()}> Tj T*" for line in lines)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources 7 0 R >>",
        stream(f"BT /F1 11 Tf 14 TL 50 700 Td {shown} ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
        stream(cmap),
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    data = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        len(data),
    )
    return data + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def stream(content: str) -> bytes:
    packed = zlib.compress(content.encode("ascii"))
    head = b"<< /Length %d /Filter /FlateDecode >>" % len(packed)
    return head + b"\nstream\n" + packed + b"\nendstream"


def read(data: bytes) -> Document:
    (document,) = read_pdf(Raw(data, "a.pdf"))
    return document


def texts(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in read(data).paragraphs]


def test_lines_become_paragraphs_and_the_big_one_the_title() -> None:
    document = read(pdf([QUAI, GLACE], title="Le quai ferme"))
    assert [(p.kind, p.text) for p in document.paragraphs] == [
        (Kind.HEADING, "Le quai ferme"),
        (Kind.TEXT, QUAI),
        (Kind.TEXT, GLACE),
    ]
    assert document.title == "Le quai ferme"
    assert document.encoding == "pdf"


@pytest.mark.parametrize("width_mm", [50, 70, 90])
def test_sentences_go_on_over_the_page_and_page_numbers_go(width_mm: float) -> None:
    assert texts(pdf([QUAI, GLACE] * 8, width_mm=width_mm)) == [QUAI, GLACE] * 8


def test_a_short_line_at_the_end_of_a_page_ends_no_sentence() -> None:
    top = ["The council of Reyny closed the old quay on Monday, and", "the ferry of captain"]
    below = ["Beauregard-Montmorency waits for the spring of next year."]
    assert texts(typeset(top, below)) == [" ".join([*top, *below])]
    ended = [*top[:1], "the ferry waits."]
    assert texts(typeset(ended, ["Nobody goes to the island now, and no mail comes."])) == [
        " ".join(ended),
        "Nobody goes to the island now, and no mail comes.",
    ]
    heading = [*ended, "The island"]
    assert texts(typeset(heading, below)) == [" ".join(ended), "The island", *below]


def test_cyrillic_is_read() -> None:
    lines = [
        "Рада громади вирішила в понеділок увечері закрити старий причал до",
        "весни, бо палі згнили, а грошей на ремонт у скарбниці не лишилося.",
    ]
    assert texts(cyrillic(lines)) == [" ".join(lines)]


def test_words_broken_at_the_end_of_a_line_are_joined() -> None:
    lines = [
        "Le conseil municipal de la commune insulaire a annoncé la fer-",
        "meture du vieux quai. Que dira-t-",
        "on aux habitants du nord-",
        "ouest, qui vivent au nord-ouest de l'île ?",
    ]
    (text,) = texts(typeset(lines))
    assert "la fermeture du vieux quai" in text
    assert "dira-t-on" in text
    assert text.count("nord-ouest") == 2


def test_list_items_stay_apart() -> None:
    lines = ["Il faut pour réparer le quai de Reyny avant le printemps :", "- deux planches"]
    assert texts(typeset([*lines, "- une corde"]))[1:] == ["deux planches", "une corde"]


def test_a_date_at_the_top_dates_it() -> None:
    data = typeset(["Le quai ferme", "", "3 mars 2026", "", *QUAI.split(", ")])
    assert read(data).date == "2026-03-03"


def test_a_pdf_that_only_forbids_changes_is_read() -> None:
    assert texts(pdf([QUAI], encryption={"owner_password": "x"})) == [QUAI]


def refused(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read(data)
    assert caught.value.hint
    return caught.value


def test_a_pdf_with_a_password_is_refused() -> None:
    locked = pdf([QUAI], encryption={"owner_password": "x", "user_password": "y"})
    assert "is encrypted" in str(refused(locked))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_pdf_that_was_cut_off_is_refused(share: float) -> None:
    whole = pdf([QUAI, GLACE])
    assert "broken PDF" in str(refused(whole[: int(share * len(whole))]))


def test_pages_without_text_are_refused() -> None:
    file = FPDF()
    file.add_page()
    file.rect(10, 10, 50, 50)
    assert "pictures of text, or damaged" in str(refused(bytes(file.output())))
    damaged = bytearray(pdf([QUAI]))
    at = damaged.index(b"stream") + 10
    damaged[at : at + 60] = bytes(60)
    assert "pictures of text, or damaged" in str(refused(bytes(damaged)))


@pytest.mark.parametrize("data", [b"", b"plain text", b"%PDF-1.7\n" + b"garbage " * 100])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    assert "PDF" in str(refused(data))


def test_a_library_is_quiet_while_it_reads_and_may_speak_afterwards(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("pypdf")
    level = logger.level
    with quiet("pypdf"):
        logger.warning("unheard")
    logger.warning("heard")
    assert [record.getMessage() for record in caplog.records] == ["heard"]
    assert logger.level == level

"""PDF pages with text side by side, with running heads, with damage: in order, or said so."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from fpdf import FPDF
from test_pdf import GLACE, QUAI, cyrillic, pdf, read, refused, stream, texts

LEFT = (
    "Le bac de Reyny ne part plus le",
    "dimanche, car le capitaine est",
    "malade et son second garde les",
    "enfants jusqu'au retour de sa",
    "femme, partie chez sa mère.",
)
MIDDLE = (
    "La mairie cherche un pilote pour",
    "les fêtes, mais personne n'a le",
    "brevet qu'il faut pour mener une",
    "barque de douze places dans le",
    "courant du mois de mars.",
)
RIGHT = (
    "Les pêcheurs offrent leur aide et",
    "demandent en échange que le prix",
    "du gazole baisse, ce que le port",
    "refuse depuis deux ans déjà, dit",
    "le journal de la presqu'île.",
)
WIDE = "Le maire répondra jeudi devant le conseil, à huit heures du soir, dans la salle des fêtes."


def placed(rows: Sequence[Sequence[tuple[float, str]]], *, by_word: bool = False) -> bytes:
    """A PDF of rows, each of them strings with their places from the left, in millimetres."""
    file = FPDF()
    file.add_page()
    file.set_font("helvetica", size=10)
    for number, row in enumerate(rows):
        for x, text in row:
            at = x
            for word in text.split() if by_word else [text]:
                file.text(at, 40 + 6 * number, word)
                at += file.get_string_width(word + " ")
    return bytes(file.output())


def in_one_text_object(rows: Sequence[Sequence[tuple[float, str]]]) -> bytes:
    """The same, in points, as programs write it that open one text object for the page."""
    shown = " ".join(
        f"1 0 0 1 {x} {700 - 14 * n} Tm <{text.encode('cp1252').hex()}> Tj"
        for n, row in enumerate(rows)
        for x, text in row
    )
    data = cyrillic(["x"])
    head, tail = data.split(b"4 0 obj\n")
    old, _, rest = tail.partition(b"\nendobj")
    assert old.startswith(b"<< /Length")
    font = b"/BaseFont /Helvetica /ToUnicode 6 0 R"
    plain = b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding"
    body = head + b"4 0 obj\n" + stream(f"BT /F1 10 Tf {shown} ET") + b"\nendobj" + rest
    return body.replace(font, plain)


@pytest.mark.parametrize("by_word", [False, True])
def test_columns_drawn_row_by_row_are_read_column_by_column(by_word: bool) -> None:
    rows = [[(20.0, a), (110.0, b)] for a, b in zip(LEFT, RIGHT, strict=True)]
    assert texts(placed(rows, by_word=by_word)) == [" ".join(LEFT), " ".join(RIGHT)]


def test_three_columns_between_lines_over_the_whole_width() -> None:
    rows = [
        [(x, line) for x, line in zip((10.0, 75.0, 140.0), lines, strict=True)]
        for lines in zip(LEFT, MIDDLE, RIGHT, strict=True)
    ]
    whole = [[(10.0, WIDE)], *rows, [(10.0, WIDE)]]
    columns = [" ".join(c) for c in (LEFT, MIDDLE, RIGHT)]
    assert texts(placed(whole)) == [WIDE, *columns, WIDE]


def test_a_sentence_goes_on_in_the_next_column() -> None:
    lines = QUAI.split(" ")
    half = [" ".join(lines[n : n + 4]) for n in range(0, 32, 4)]
    rows = [[(20.0, a), (110.0, b)] for a, b in zip(half[:4], half[4:], strict=True)]
    assert texts(placed(rows)) == [" ".join(lines[:32])]


def test_columns_in_one_text_object_are_told_apart() -> None:
    rows = [[(50.0, a), (310.0, b)] for a, b in zip(LEFT, RIGHT, strict=True)]
    assert texts(in_one_text_object(rows)) == [" ".join(LEFT), " ".join(RIGHT)]


def test_a_table_keeps_its_rows_and_columns() -> None:
    table = [("Port", "Bateaux", "An"), ("Reyny", "12", "2024"), ("Douarn", "9", "2025")]
    rows = [list(zip((20.0, 80.0, 120.0), row, strict=True)) for row in table]
    assert texts(placed(rows)) == ["\t".join(row) for row in table]


def test_columns_drawn_one_after_the_other_and_lists_are_as_before() -> None:
    rows = [[(20.0, line)] for line in LEFT]
    assert texts(placed(rows)) == [" ".join(LEFT)]
    marked = [[(20.0, "-"), (25.0, line)] for line in LEFT]
    assert texts(placed(marked)) == list(LEFT)


def test_text_side_by_side_that_is_neither_is_noted() -> None:
    rows = [
        [(20.0, "Les Halles de la Ville Haute ferment"), (110.0, "Lundi, le Conseil du Port vote")]
        for _ in range(4)
    ]
    (note,) = read(placed(rows)).notes
    assert note.startswith("page 1: text stands side by side")


class Gazette(FPDF):
    def header(self) -> None:
        self.set_font("helvetica", size=8)
        self.cell(0, 8, "La Gazette de Reyny - 3 mars 2026", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.cell(0, 8, f"Page {self.page_no()} sur 4", align="C")


def test_running_heads_and_feet_stand_in_no_sentence() -> None:
    file = Gazette(format=(148, 210))
    file.add_page()
    file.set_font("helvetica", size=11)
    for paragraph in [QUAI, GLACE] * 6:
        file.multi_cell(0, 8, paragraph, align="L", new_x="LMARGIN", new_y="NEXT")
        file.ln(4)
    document = read(bytes(file.output()))
    found = [p.text for p in document.paragraphs]
    assert found[0] == "La Gazette de Reyny - 3 mars 2026"
    assert found[1:] == [QUAI, GLACE] * 6


def test_cyrillic_codes_in_a_latin_font_are_read() -> None:
    lines = ["Рада громади вирішила в понеділок закрити", "старий причал до весни, бо палі згнили."]
    data = cyrillic(lines).replace(
        b"/BaseFont /Helvetica /ToUnicode 6 0 R", b"/BaseFont /Helvetica /Encoding /WinAnsiEncoding"
    )
    document = read(data)
    assert document.text == " ".join(lines)
    assert document.encoding == "pdf (mojibake repaired)"


def test_a_pdf_whose_characters_are_lost_is_refused() -> None:
    damaged = bytearray(cyrillic(["Рада громади вирішила закрити старий причал"] * 4))
    at = damaged.index(b"6 0 obj") + 60
    damaged[at : at + 80] = bytes(80)
    assert "cannot be read" in str(refused(bytes(damaged))) or "broken" in str(
        refused(bytes(damaged))
    )


def test_a_page_without_text_among_others_is_noted() -> None:
    data = bytearray(pdf([QUAI, GLACE] * 8))
    at = data.index(b"stream") + 8
    data[at : at + 40] = bytes(40)
    (note,) = read(bytes(data)).notes
    assert note == "page 1: no text was found there: a picture, or damaged"

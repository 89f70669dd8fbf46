"""Pages of a PDF as pypdf draws them: strings with places, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipeline.sources.columns import ArrangedPage, DrawnString, arrange, side_by_side

if TYPE_CHECKING:
    from pypdf import PageObject

_Matrix = Sequence[float]

_SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})  # operators that show a string (ISO 32000-1, 9.4.3)
_MOVES = frozenset({b"Td", b"TD", b"Tm", b"T*"})  # and that move to its place (9.4.2)
_UNMOVED = ([1, 0, 0, 1, 0, 0], b"cm")


def arranged(page: PageObject) -> ArrangedPage:
    """Return a page in the order of reading: that of drawing, unless columns were drawn as rows.

    pypdf joins strings of one row that were drawn in one text object. Where the places show that
    strings stand side by side in it, an operator without effect between them keeps them apart.
    """
    strings: list[DrawnString] = []
    starts: list[DrawnString] = []

    def shows(operator: bytes, _operands: object, cm: _Matrix, tm: _Matrix) -> None:
        if operator in _SHOWS:
            starts.append(_drawn("-", cm, tm, 1.0))

    text = page.extract_text(visitor_text=_collecting(strings), visitor_operand_before=shows)
    found = arrange(strings)
    if found is None and side_by_side(starts):
        found = arrange(_apart(page))
    return found or ArrangedPage((tuple(text.splitlines()),))


def _apart(page: PageObject) -> list[DrawnString]:
    from pypdf.generic import NameObject

    content = page.get_contents()
    if content is None:
        return []
    operations = []
    for operands, operator in content.operations:
        if operator in _MOVES:
            operations.append(_UNMOVED)
        operations.append((operands, operator))
    content.operations = operations
    page[NameObject("/Contents")] = content
    strings: list[DrawnString] = []
    page.extract_text(visitor_text=_collecting(strings))
    return strings


def _collecting(
    strings: list[DrawnString],
) -> Callable[[str, _Matrix, _Matrix, object, float], None]:
    def collect(text: str, cm: _Matrix, tm: _Matrix, _font: object, size: float) -> None:
        strings.append(_drawn(text.strip("\r\n"), cm, tm, size))

    return collect


def _drawn(text: str, cm: _Matrix, tm: _Matrix, size: float) -> DrawnString:
    """Return a string at its place: the text matrix `tm` within the page's `cm`."""
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    return DrawnString(text, x, y, size * (abs(tm[3] * cm[3]) or 1.0))

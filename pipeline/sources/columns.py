"""Text of a PDF page that stands side by side: columns of prose, rows of a table.

A page is a list of strings with places. Most are drawn in the order in which they are read; some
programs draw line by line over the whole width, so that every second line of the text is another
column's. The left edges of columns give them away: strings begin at the same place in row after
row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median

_ON_A_ROW = 0.4  # of the size of the letters: strings so near in height are on one row
_ALIGNED = 3.0  # points by which strings with the same left edge differ at most
_ROWS = 3  # with strings side by side, or there are no columns
_EDGE_SHARE = 0.5  # of such rows: so many begin at an edge
_COLUMN_LETTERS = 4  # widths of a letter that a column has at least
_LETTER = 0.45  # width of a letter, in sizes
_WORD_SPACE = 1.2  # sizes: more than the space between two words, with what the estimate may err
_WORD_CHARS = 15
_PROSE_WORDS = 3.0  # a line of a column of prose, on average
_CELL_WORDS = 4.0  # a cell of a table at most, on average
_GOES_ON = 0.25  # of the lines of prose begin with a small letter
_GAP = 1.5  # usual distances between rows: more separates paragraphs


@dataclass(frozen=True, slots=True)
class DrawnString:
    """A string as it was drawn: the place of its left end and the size of its letters, in points.

    `text` may have a space in front where one belongs between it and the string before.
    """

    text: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True)
class ArrangedPage:
    """The lines of a page in the order of reading, in parts: a column is a part.

    `doubtful` tells that text stands side by side and its order is not known.
    """

    parts: tuple[tuple[str, ...], ...]
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    strings: tuple[DrawnString, ...]

    @property
    def y(self) -> float:
        return self.strings[0].y

    @property
    def text(self) -> str:
        return "".join(string.text for string in self.strings).strip()

    def cells(self, edges: Sequence[float]) -> list[str]:
        """Return the text in each column; `edges` are the left ones."""
        found: list[list[str]] = [[] for _ in edges]
        for string in self.strings:
            column = max((n for n, x in enumerate(edges) if string.x > x - _ALIGNED), default=0)
            found[column].append(string.text)
        return ["".join(texts).strip() for texts in found]

    def crosses(self, edge: float) -> bool:
        """Tell whether a string begins left of an edge and ends well right of it."""
        return any(
            s.x < edge - _ALIGNED
            and s.x + len(s.text.strip()) * s.size * _LETTER > edge + 2 * s.size
            for s in self.strings
        )


def arrange(strings: Iterable[DrawnString]) -> ArrangedPage | None:
    """Return a page whose columns or tables were drawn row by row; None where it has none.

    1. Strings that were drawn one after the other at one height are a row.
    2. Places where strings begin in at least half of the rows that have several are left edges.
    3. Rows in a line that keep to the edges are a block. A block of prose is read column by
       column; short cells are a table, whose rows stay, with tabs between the cells.
    """
    rows = _rows(strings)
    edges = _edges(rows)
    if len(edges) < 2:
        return None
    usual = median([abs(a.y - b.y) for a, b in pairwise(rows)] or [0.0])
    parts: list[list[str]] = [[]]
    doubtful = changed = False
    for block, in_columns in _blocks(rows, edges):
        if not in_columns:
            parts[-1] += ["", *_lines([(row.y, row.text) for row in block], usual)]
            continue
        columns = list(zip(*(row.cells(edges) for row in block), strict=True))
        if _is_prose(columns):
            changed = True
            placed = [
                [(row.y, text) for row, text in zip(block, column, strict=True) if text]
                for column in columns
            ]
            first, *others = (_lines(column, usual) for column in placed)
            parts[-1] += ["", *first]
            parts += others
        elif _is_table(columns):
            changed = True
            parts[-1] += ["\t".join(filter(None, row.cells(edges))) for row in block]
        else:
            doubtful = True
            parts[-1] += [row.text for row in block]
    if not (changed or doubtful):
        return None
    return ArrangedPage(tuple(tuple(part) for part in parts if part), doubtful)


def side_by_side(starts: Iterable[DrawnString]) -> bool:
    """Tell whether strings may be in columns, by their places alone; `text` counts for nothing."""
    return len(_edges(_rows(starts))) > 1


def _rows(strings: Iterable[DrawnString]) -> list[_Row]:
    rows: list[list[DrawnString]] = []
    for string in strings:
        if not string.text.strip():
            continue
        last = rows[-1][-1] if rows else None
        if (
            last is not None
            and abs(last.y - string.y) <= _ON_A_ROW * string.size
            and string.x > last.x
        ):
            rows[-1].append(string)
        else:
            rows.append([string])
    return [_Row(tuple(row)) for row in rows]


def _edges(rows: Sequence[_Row]) -> list[float]:
    """Return the left edges of columns, from left to right; fewer than two where there are none."""
    several = [row for row in rows if len(row.strings) > 1]
    if len(several) < _ROWS:
        return []
    starts = sorted((s.x, s.size) for row in several for s in row.strings)
    clusters: list[list[tuple[float, float]]] = []
    for x, size in starts:
        if clusters and x - clusters[-1][0][0] <= _ALIGNED:
            clusters[-1].append((x, size))
        else:
            clusters.append([(x, size)])
    enough = max(_ROWS, _EDGE_SHARE * len(several))
    edges: list[float] = []
    for cluster in clusters:
        x, size = cluster[0]
        apart = not edges or x - edges[-1] >= _COLUMN_LETTERS * size * _LETTER
        if len(cluster) >= enough and apart and (not edges or _is_gutter(several, x)):
            edges.append(x)
    return edges


def _is_gutter(rows: Sequence[_Row], edge: float) -> bool:
    """Tell whether there is more than a word's space in front of an edge.

    Words that were drawn one by one begin at the same place now and then. The width of a string is
    an estimate, good enough for a word.
    """
    gaps = [
        (after.x - before.x) / after.size - len(before.text.strip()) * _LETTER
        for row in rows
        for before, after in pairwise(row.strings)
        if abs(after.x - edge) <= _ALIGNED and len(before.text.strip()) <= _WORD_CHARS
    ]
    return len(gaps) < _ROWS or median(gaps) > _WORD_SPACE


def _blocks(rows: Sequence[_Row], edges: Sequence[float]) -> list[tuple[list[_Row], bool]]:
    """Return runs of rows, each with whether its rows keep to the columns."""
    keeps = [_keeps_to(row, edges) for row in rows]
    blocks: list[tuple[list[_Row], bool]] = []
    for row, kept in zip(rows, keeps, strict=True):
        if blocks and blocks[-1][1] == kept:
            blocks[-1][0].append(row)
        else:
            blocks.append(([row], kept))
    return [
        (block, kept and sum(sum(map(bool, row.cells(edges))) > 1 for row in block) >= _ROWS)
        for block, kept in blocks
    ]


def _keeps_to(row: _Row, edges: Sequence[float]) -> bool:
    begins = any(abs(row.strings[0].x - edge) <= _ALIGNED for edge in edges)
    return begins and not any(row.crosses(edge) for edge in edges[1:])


def _is_prose(columns: Sequence[Sequence[str]]) -> bool:
    cells = [[cell for cell in column if cell] for column in columns]
    if any(len(column) < _ROWS for column in cells):
        return False
    if any(mean(len(cell.split()) for cell in column) < _PROSE_WORDS for column in cells):
        return False
    lines = [cell for column in cells for cell in column[1:]]
    return sum(cell[0].islower() for cell in lines) >= _GOES_ON * len(lines)


def _is_table(columns: Sequence[Sequence[str]]) -> bool:
    cells = [cell for column in columns for cell in column if cell]
    return mean(len(cell.split()) for cell in cells) <= _CELL_WORDS


def _lines(placed: Sequence[tuple[float, str]], usual: float) -> list[str]:
    """Return lines with an empty one where the distance to the next is wide."""
    lines: list[str] = []
    for (y, text), below in zip(placed, [*placed[1:], None], strict=True):
        lines.append(text)
        if below is not None and usual and abs(y - below[0]) > _GAP * usual:
            lines.append("")
    return lines

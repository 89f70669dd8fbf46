"""A flow of text in an RTF document, the body, a note or a text box: paragraphs and rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.document import Kind


@dataclass(frozen=True, slots=True)
class RtfParagraph:
    """A paragraph of text."""

    text: str
    kind: Kind = Kind.TEXT
    is_title: bool = False
    is_contents: bool = False


@dataclass(frozen=True, slots=True)
class RtfRow:
    """A row of a table: the paragraphs of each cell."""

    cells: tuple[tuple[RtfParagraph, ...], ...]


RtfItem = RtfParagraph | RtfRow


@dataclass(slots=True)
class RtfStory:
    """One flow of text while it is read.

    `pieces` is the paragraph that is read, `depth` that of the group the flow stands in, `boxes`
    the text of boxes that hang on the paragraph.
    """

    depth: int = 0
    is_note: bool = False
    items: list[RtfItem] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    boxes: list[RtfItem] = field(default_factory=list)
    _cell: list[RtfParagraph] = field(default_factory=list)
    _row: list[tuple[RtfParagraph, ...]] = field(default_factory=list)

    def end_paragraph(self, paragraph: RtfParagraph, *, in_table: bool) -> None:
        """Add a paragraph, if there is any text in it, and the boxes that hang on it."""
        self.pieces = []
        boxes, self.boxes = self.boxes, []
        if not in_table:
            self.end_row()
        for item in (paragraph, *boxes):
            if in_table and isinstance(item, RtfParagraph):
                self._cell.append(item)
            elif isinstance(item, RtfRow) or item.text.strip():
                self.items.append(item)

    def end_cell(self) -> None:
        """End a cell."""
        self._row.append(tuple(p for p in self._cell if p.text.strip()))
        self._cell = []

    def end_row(self) -> None:
        """End a row, where there is one."""
        if self._cell:
            self.end_cell()
        if self._row:
            self.items.append(RtfRow(tuple(self._row)))
            self._row = []

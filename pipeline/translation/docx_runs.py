"""The runs of a Word paragraph, brought into a form in which text can be exchanged.

Word cuts runs wherever someone has typed, and keeps every change. A paragraph is translated as it
stands once all changes are accepted:

1. Changes are accepted, and neighbouring runs of one look become one.
2. The look that most of the text has is the base. Text in another look, in a link or in a field
   stands between two runs of the base, empty ones where there are none, so that it can move. A
   link or a field moves as a whole.
3. Marks of a private use character are put around each text: in the XML that is written out, they
   tell where the text stands and which code is between two texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.sources.office.word_text import Piece, WordParagraph
from pipeline.sources.xml_tree import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

MARK = "\ue0f1"  # of the private use area: no text that is shown has it
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_GONE = ("del", "moveFrom", "proofErr", "lastRenderedPageBreak")
_ACCEPTED = ("ins", "moveTo")
_OBJECTS = frozenset((
    "tab", "ptab", "br", "cr", "drawing", "pict", "object", "footnoteReference", "AlternateContent",
    "endnoteReference", "sym", "fldChar", "instrText", "oMath", "ruby", "pgNum",
))  # fmt: skip
_PLAIN = ("lang", "noProof", "rFonts", "szCs", "bCs", "iCs", "kern", "webHidden")  # no look


@dataclass(frozen=True, slots=True)
class Look:
    """The look of text: the code of its properties, and the links and fields around it."""

    properties: bytes = b""
    around: tuple[int, ...] = ()
    fields: tuple[int, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether the text is in no link and in no field."""
        return not (self.around or self.fields)

    def goes_on(self, before: Look) -> bool:
        """Tell whether text is in the same stretch as the text before it.

        That is a stretch of one look, or one link or field, whatever stands inside it.
        """
        in_link = bool(self.around) and self.around[-1] in before.around[-1:]
        in_field = bool(self.fields) and self.fields[0] in before.fields[:1]
        return self == before or in_link or in_field


@dataclass(slots=True)
class RunText:
    """One text of a paragraph: the element it stands in, its run, its look.

    `breaks` tells that an object stands between it and the text before.
    """

    element: _Element
    run: _Element
    look: Look
    breaks: bool = False


@dataclass(slots=True)
class RunParagraph:
    """The texts of a paragraph in order; those in the look `base` can be written anywhere."""

    texts: list[RunText] = field(default_factory=list)
    base: Look = field(default_factory=Look)


def accept_changes(root: _Element) -> None:
    """Take deleted text out of a part, and the marks of changes off the rest.

    Hyphens that are elements become letters, so that words are whole.
    """
    for hyphen in list(root.iter("{*}noBreakHyphen")):
        hyphen.tag, hyphen.text = hyphen.tag.replace("noBreakHyphen", "t"), "\u2011"
    for hyphen in list(root.iter("{*}softHyphen")):
        hyphen.getparent().remove(hyphen)
    for element in list(root.iter("{*}ins", "{*}del", "{*}moveFrom", "{*}moveTo", "{*}proofErr")):
        name, parent = local_name(element), element.getparent()
        if parent is None or local_name(parent) in ("rPr", "trPr", "tcPr", "numPr"):
            continue
        if name in _ACCEPTED:
            at = parent.index(element)
            parent[at : at + 1] = list(element)
        elif name in _GONE:
            parent.remove(element)


def run_paragraph(paragraph: WordParagraph) -> RunParagraph | None:
    """Return the texts of a paragraph, merged and marked; None where there is nothing to read."""
    texts = _merged(_texts(paragraph))
    if not any(_text(t).strip() for t in texts):
        return None
    found = RunParagraph(texts, _base(texts))
    _surround(found)
    for text in found.texts:
        text.element.text = MARK + _text(text) + MARK
        text.element.set(_SPACE, "preserve")
    return found


def _texts(paragraph: WordParagraph) -> list[RunText]:
    """Return the texts of a paragraph with their looks, a new one behind each object."""
    pieces = {piece.element: piece for piece in paragraph.pieces if piece.run is not None}
    found: list[RunText] = []
    fields: list[int] = []
    breaks = False
    for number, element in enumerate(_inside(paragraph.element)):
        name = local_name(element)
        if name == "fldChar":
            kind = next((v for k, v in element.items() if k.endswith("fldCharType")), "")
            if kind == "begin":
                fields.append(number)
            elif kind == "end" and fields:
                fields.pop()
        piece = pieces.get(element)
        if piece is not None and name == "t" and piece.run is not None:
            look = _look(piece, paragraph.element, tuple(fields))
            found.append(RunText(element, piece.run, look, breaks))
            breaks = False
        elif name in _OBJECTS:
            breaks = True
    return found


def _inside(element: _Element) -> Iterator[_Element]:
    """Yield the elements in a paragraph in order, but for those in the shapes that hang on it."""
    for part in element:
        yield part
        if local_name(part) not in ("drawing", "pict", "object", "AlternateContent", "pPr", "rPr"):
            yield from _inside(part)


def _look(piece: Piece, paragraph: _Element, fields: tuple[int, ...]) -> Look:
    around = []
    run = piece.run
    at = None if run is None else run.getparent()
    while at is not None and at is not paragraph:
        around.append(id(at))
        at = at.getparent()
    return Look(_properties(run), tuple(around), fields)


def _properties(run: _Element | None) -> bytes:
    """Return the code of the properties that can be seen."""
    from lxml import etree  # type: ignore[import-untyped]

    own = None if run is None else run.find("{*}rPr")
    if own is None:
        return b""
    seen = [part for part in own if local_name(part) not in _PLAIN]
    return b"".join(etree.tostring(part, with_tail=False) for part in seen)


def _merged(texts: Sequence[RunText]) -> list[RunText]:
    """Return texts with neighbours of one look made one; blank ones take the look before them."""
    found: list[RunText] = []
    for text in texts:
        before = found[-1] if found else None
        fits = before is not None and not text.breaks
        if before is not None and fits and _fits(before, text):
            # The parts of a link become one, in the look of the longest.
            longer = text.look != before.look and len(_text(text).strip()) > len(_text(before))
            kept, empty = (text, before) if longer else (before, text)
            kept.element.text, empty.element.text = _text(before) + _text(text), ""
            kept.breaks = before.breaks
            found[-1] = kept
        else:
            found.append(text)
    return found


def _fits(before: RunText, text: RunText) -> bool:
    same_place = replace(text.look, properties=before.look.properties) == before.look
    return text.look.goes_on(before.look) or (same_place and not _text(text).strip())


def _base(texts: Sequence[RunText]) -> Look:
    """Return the look that most of the text outside of links and fields has."""
    sizes: Counter[Look] = Counter()
    for text in texts:
        if text.look.is_free:
            sizes[text.look] += len(_text(text))
    return sizes.most_common(1)[0][0] if sizes else Look()


def _surround(paragraph: RunParagraph) -> None:
    """Put empty texts of the base where a text in another look has none before or behind it."""
    base = next((t.run for t in paragraph.texts if t.look == paragraph.base), None)
    texts: list[RunText] = []
    for text in paragraph.texts:
        other = text.look != paragraph.base
        before = texts[-1] if texts else None
        if other and before is None:
            texts.append(_empty(text, base, paragraph.base, behind=False))
        elif (
            before is not None
            and other
            and before.look != paragraph.base
            and not text.look.goes_on(before.look)
        ):
            texts.append(_empty(before, base, paragraph.base, behind=True))
        texts.append(text)
    if texts and texts[-1].look != paragraph.base:
        texts.append(_empty(texts[-1], base, paragraph.base, behind=True))
    paragraph.texts = texts


def _empty(beside: RunText, model: _Element | None, look: Look, *, behind: bool) -> RunText:
    """Put an empty run of a look before or behind a text, outside of links around that text."""
    run = beside.run
    new = run.makeelement(run.tag)
    properties = None if model is None else model.find("{*}rPr")
    if properties is not None:
        new.append(deepcopy(properties))
    text = new.makeelement(beside.element.tag)
    new.append(text)
    outermost = run
    while local_name(outermost.getparent()) != "p":
        outermost = outermost.getparent()
    for _ in beside.look.fields:
        outermost = _edge_of_field(outermost, behind=behind)
    if behind:
        outermost.addnext(new)
    else:
        outermost.addprevious(new)
    return RunText(text, new, look)


def _edge_of_field(run: _Element, *, behind: bool) -> _Element:
    """Return the run with the beginning, or the end, of the field whose result a run is in."""
    depth = 0
    kinds = ("end", "begin") if behind else ("begin", "end")
    for other in run.itersiblings(preceding=not behind):
        for mark in other.iter("{*}fldChar"):
            kind = next((v for k, v in mark.items() if k.endswith("fldCharType")), "")
            if kind == kinds[0] and depth == 0:
                return other
            depth += (kind == kinds[1]) - (kind == kinds[0])
    return run


def _text(text: RunText) -> str:
    return (text.element.text or "").replace(MARK, "")

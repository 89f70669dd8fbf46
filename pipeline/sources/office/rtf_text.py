r"""The paragraphs and rows of an RTF document (RTF 1.9.1).

A byte means what the code page of its font says: `\fcharset204` is Windows-1251 whatever
`\ansicpg` says. Deleted and hidden text, pictures, headers, comments and codes of fields are no
text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.document import Kind
from pipeline.sources.office.rtf_story import RtfItem, RtfParagraph, RtfStory
from pipeline.sources.office.rtf_tokens import (
    RtfToken,
    codec_of_charset,
    codec_of_page,
    rtf_tokens,
)
from pipeline.sources.surrogates import without_surrogates

_SKIPPED_NAMES = (
    "annotation atnauthor atndate atnicn atnid atnparent atnref atntime atrfend atrfstart"
    " background bkmkend bkmkstart colortbl comment datafield do factoidname falt filetbl"
    " footer footerf footerl footerr ftncn ftnsep ftnsepc aftncn aftnsep aftnsepc"
    " generator header headerf headerl headerr leveltext levelnumbers list listname listoverride"
    " listoverridetable listtable nonesttables nonshppict"
    " objclass objdata objname pict pn pnseclvl private revtbl rsidtbl rxe shprslt sn sp sv tc"
    " themedata txe xe xmlnstbl"
)
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_ENTERED = frozenset(("shpinst", "nesttableprops"))  # although starred
_CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "softline": "\n", "emdash": "—", "endash": "–",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"_": "\u2011", b"{": "{", b"}": "}", b"\\": "\\"}
_HEADING = re.compile(r"heading ?[1-9]|title|subtitle", re.IGNORECASE)
_INFO = ("title", "author", "company")
_BODY_LEVEL = 9
_CONTENTS = ("TOC", "INDEX")
_MACHINES = {"mac": "mac-roman", "pc": "cp437", "pca": "cp850"}


@dataclass(frozen=True, slots=True)
class _State:
    """The properties that a group inherits and that end with it."""

    target: str = "text"  # the destination: text, skip, fonts, styles, code, or a field of info
    font: int | None = None  # None is the default font
    fallback: int = 1  # `\ucN`: characters that follow for readers without Unicode
    hidden: bool = False
    deleted: bool = False
    style: int = 0
    level: int | None = None
    listed: bool = False
    in_table: bool = False
    in_contents: bool = False  # in the result of a field that is a table of contents

    def in_new_paragraph(self) -> _State:
        r"""Return the state behind `\pard`."""
        return replace(self, style=0, level=None, listed=False, in_table=False)


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    level: int | None
    listed: bool


class RtfText:
    """Reads one document.

    `items` is the text, then its notes; `info` the document's own title, author and company;
    `is_cut` tells that the end of the document is missing.
    """

    def __init__(self, data: bytes) -> None:
        self.info: dict[str, str] = {}
        self._page = "cp1252"
        self._default_font = 0
        self._fonts: dict[int, str | None] = {}  # codecs; None for a font of symbols
        self._styles: dict[int, _Style] = {}
        self._entry: list[str] = []  # the name of a style, or a field of the info
        self._state = _State()
        self._stack: list[_State] = []
        self._stories = [RtfStory()]
        self._notes: list[RtfItem] = []
        self._bytes = bytearray()
        self._opened = False  # the token before has opened a group
        self._starred = False
        self._ignored = 0  # characters left that only stand in for a Unicode one
        for token in rtf_tokens(data):
            self._take(token)
            if token.kind == "close" and not self._stack:
                break
        self.is_cut = bool(self._stack)
        while len(self._stories) > 1:
            self._end_story()
        self._end_paragraph()
        self._stories[0].end_row()
        self.items = [*self._stories[0].items, *self._notes]

    def _take(self, token: RtfToken) -> None:
        opened, self._opened = self._opened, token.kind == "open"
        if token.kind == "open":
            self._flush()
            self._stack.append(self._state)
            self._ignored = 0
        elif token.kind == "close":
            self._flush()
            self._close()
        elif token.kind in ("hex", "text"):
            skipped = min(self._ignored, len(token.data))
            self._ignored -= skipped
            if self._state.target != "skip":
                self._bytes += token.data[skipped:]
        elif token.kind == "symbol":
            self._symbol(token.data, opened=opened)
        else:
            self._word(token.word, token.number)

    def _close(self) -> None:
        if not self._stack:
            return
        if len(self._stories) > 1 and self._stories[-1].depth == len(self._stack):
            self._end_story()
        ended, self._state = self._state, self._stack.pop()
        self._ignored = 0
        self._starred = False
        if ended.target in _INFO and ended.target != self._state.target:
            self.info.setdefault(ended.target, " ".join("".join(self._entry).split()))
        elif ended.target == "code" and "".join(self._entry).lstrip().startswith(_CONTENTS):
            self._state = replace(self._state, in_contents=True)
        elif ended.target == "styles" and self._entry:
            name = "".join(self._entry).strip().rstrip(";")
            self._styles[ended.style] = _Style(name, ended.level, ended.listed)
        self._entry = []

    def _symbol(self, symbol: bytes, *, opened: bool) -> None:
        if symbol == b"*":
            self._starred = opened  # elsewhere than at the beginning of a group: nothing
        elif symbol in (b"\r", b"\n"):
            self._word("par", None)
        elif symbol in _SYMBOLS:
            if self._ignored:
                self._ignored -= 1
            else:
                self._write(_SYMBOLS[symbol])

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if self._state.target == "skip":
            return
        if word == "u":
            self._write(chr((number or 0) % 0x10000))
            self._ignored = self._state.fallback
            return
        self._flush()
        if word in _CHARACTERS:
            self._write(_CHARACTERS[word])
        elif word in ("par", "sect", "page"):
            self._end_paragraph()
        elif word in ("cell", "nestcell"):
            self._state = replace(self._state, in_table=True)
            self._end_paragraph()
            self._stories[-1].end_cell()
        elif word in ("row", "nestrow"):
            self._stories[-1].end_row()
        elif word in ("listtext", "pntext"):  # the mark of an item, written out
            self._state = replace(self._state, target="skip")
            self._stack[-1:] = [replace(outer, listed=True) for outer in self._stack[-1:]]
        elif not self._destination(word, starred=starred):
            self._property(word, number)

    def _destination(self, word: str, *, starred: bool) -> bool:
        """Begin a destination; tell whether the word is one."""
        state = self._state
        if word == "fonttbl":
            self._state = replace(state, target="fonts")
        elif word == "stylesheet":
            self._state = replace(state, target="styles", style=0, level=None, listed=False)
        elif word == "info":
            self._state = replace(state, target="info")
        elif word in _INFO and state.target == "info":
            self._state = replace(state, target=word)
        elif word == "fldinst":
            self._state = replace(state, target="code")
        elif word in ("footnote", "shptxt"):
            self._stories.append(RtfStory(depth=len(self._stack), is_note=word == "footnote"))
            self._state = state.in_new_paragraph()
        elif word in _SKIPPED or (starred and word not in _ENTERED):
            self._state = replace(state, target="skip")
        else:
            return False
        return True

    def _property(self, word: str, number: int | None) -> None:
        state = self._state
        is_on = number != 0
        if word in ("fcharset", "cpg") and state.target == "fonts" and state.font is not None:
            self._set_font(state.font, word, number or 0)
        elif word == "f":
            self._state = replace(state, font=number)
        elif word == "deff":
            self._default_font = number or 0
        elif word == "ansicpg":
            self._page = codec_of_page(number or 0) or self._page
        elif word in _MACHINES:
            self._page = _MACHINES[word]
        elif word == "uc":
            self._state = replace(state, fallback=max(0, number or 0))
        elif word == "v":
            self._state = replace(state, hidden=is_on)
        elif word in ("deleted", "mvf"):  # also what was moved from here
            self._state = replace(state, deleted=is_on)
        elif word == "plain":
            self._state = replace(state, hidden=False, deleted=False, font=None)
        elif word == "pard":
            self._state = state.in_new_paragraph()
        elif word == "s":
            self._state = replace(state, style=number or 0)
        elif word == "outlinelevel":
            self._state = replace(state, level=number or 0)
        elif word == "ls":
            self._state = replace(state, listed=is_on)
        elif word == "intbl":
            self._state = replace(state, in_table=True)

    def _set_font(self, font: int, word: str, number: int) -> None:
        if word == "fcharset" and number == 2:
            self._fonts[font] = None
        elif codec := (codec_of_page if word == "cpg" else codec_of_charset)(number):
            self._fonts[font] = codec

    def _flush(self) -> None:
        """Decode the bytes that have come so far. Letters of a font of symbols are pictures."""
        if not self._bytes:
            return
        font = self._default_font if self._state.font is None else self._state.font
        codec = self._fonts.get(font, self._page)
        data, self._bytes = bytes(self._bytes), bytearray()
        if codec is not None:
            self._add(data.decode(codec, "replace").replace("\0", ""))

    def _write(self, text: str) -> None:
        self._flush()
        self._add(text)

    def _add(self, text: str) -> None:
        state = self._state
        if state.target in ("styles", "code", *_INFO):
            self._entry.append(text)
        elif state.target == "text" and not (state.hidden or state.deleted):
            self._stories[-1].pieces.append(text)

    def _end_paragraph(self) -> None:
        state, story = self._state, self._stories[-1]
        if state.target != "text" or state.deleted:  # a deleted end joins two paragraphs
            return
        style = self._styles.get(state.style, _Style("", None, listed=False))
        level = state.level if state.level is not None else style.level
        if _HEADING.fullmatch(style.name) or (level is not None and level < _BODY_LEVEL):
            kind = Kind.HEADING
        else:
            kind = Kind.LIST_ITEM if state.listed or style.listed else Kind.TEXT
        text = without_surrogates("".join(story.pieces))
        is_title = style.name.lower() == "title"
        is_contents = state.in_contents or style.name.lower().startswith("toc ")
        paragraph = RtfParagraph(text, kind, is_title, is_contents)
        story.end_paragraph(paragraph, in_table=state.in_table)

    def _end_story(self) -> None:
        """End a note, which goes behind the text, or a box, which goes behind its paragraph."""
        self._end_paragraph()
        story = self._stories.pop()
        story.end_row()
        if story.is_note:
            self._notes += story.items
        else:
            self._stories[-1].boxes += story.items

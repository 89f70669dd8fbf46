"""The tokens of RTF 1.9.1, and the code pages that its character sets stand for."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["open", "close", "word", "symbol", "hex", "text"]

_TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|([^\\{}\r\n]+)",
    re.DOTALL,
)
# RTF 1.9.1, font table: `\fcharset`. 0 and 1 leave it to `\ansicpg`; 2 is for fonts of symbols.
_CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_PAGES = {10000: "mac-roman", 10007: "mac-cyrillic", 65001: "utf-8", 1361: "johab", 708: "cp1256"}


@dataclass(frozen=True, slots=True)
class RtfToken:
    """One token: `word` is the name of a control word, `number` its parameter or None.

    `data` are the bytes of a text, the byte of a `hex`, or the character of a `symbol`.
    """

    kind: TokenKind
    word: str = ""
    number: int | None = None
    data: bytes = b""


def rtf_tokens(data: bytes) -> Iterator[RtfToken]:
    r"""Yield the tokens of RTF; the bytes behind `\bin` are passed over."""
    at = 0
    while (match := _TOKEN.search(data, at)) is not None:
        at = match.end()
        word, number, code, symbol, brace, text = match.groups()
        if word is not None:
            value = None if number is None else int(number)
            if word == b"bin":
                at += max(0, value or 0)
                continue
            yield RtfToken("word", word.decode("ascii"), value)
        elif code is not None:
            yield RtfToken("hex", data=bytes.fromhex(code.decode("ascii")))
        elif symbol is not None:
            yield RtfToken("symbol", data=symbol)
        elif brace is not None:
            yield RtfToken("open" if brace == b"{" else "close")
        else:
            yield RtfToken("text", data=text)


def codec_of_charset(charset: int) -> str | None:
    """Return the codec of a font's character set; None where the font leaves it open."""
    return _CHARSETS.get(charset)


def codec_of_page(page: int) -> str | None:
    """Return the codec of a code page, or None for one that is not known."""
    name = _PAGES.get(page, f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None

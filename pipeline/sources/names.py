r"""Names that can be shown and written, one for each file: no two files ever share a name.

A name that is UTF-8 stays as it is, but for escapes: of characters that cannot be shown, of the
backslash, and of a tilde that would look like the mark below. A name that is not UTF-8 is read
like a text, and the same reading may fit several names, so the mark follows: a tilde and 12 hex
digits of the sha256 of its bytes. Folders and files are named one by one, so that a file bears
the same name wherever the reading began.
"""

from __future__ import annotations

import hashlib
import os
import re

from pipeline.errors import SourceError
from pipeline.sources.encoding import decode

_DIGITS = 12
_LIKE_A_MARK = re.compile(rf"~(?=[0-9a-f]{{{_DIGITS}}})")
_SUFFIXES = re.compile(r"(?:\.[A-Za-z0-9]{1,5}){0,2}$")  # `.txt`, `.txt.gz`


def printable(path: str) -> str:
    """Return the name of a POSIX path as the system spells it, in any encoding."""
    return "/".join(_printable(part) for part in path.split("/"))


def _printable(part: str) -> str:
    raw = os.fsencode(part)
    try:
        return _escaped(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        readable = decode(raw).text
    except SourceError:
        readable = raw.decode("utf-8", "backslashreplace")
    shown = _escaped(readable).replace("/", r"\x2f")
    suffixes = _SUFFIXES.search(shown)
    at = suffixes.start() if suffixes else len(shown)
    return f"{shown[:at]}~{hashlib.sha256(raw).hexdigest()[:_DIGITS]}{shown[at:]}"


def _escaped(text: str) -> str:
    """Return `text` so that it can be shown; no two texts give the same."""
    spelt = text
    if "\\" in text or not text.isprintable():
        spelt = "".join(map(_spelt, text))
    return _LIKE_A_MARK.sub(r"\\~", spelt)


def _spelt(character: str) -> str:
    if character == "\\":
        return r"\\"
    return character if character.isprintable() else repr(character)[1:-1]

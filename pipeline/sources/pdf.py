"""PDF: the text layer, with the line ends of the page taken out of its sentences."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from pipeline.document import Document
from pipeline.errors import SourceError
from pipeline.lang import data
from pipeline.sources.block import make_document, visible
from pipeline.sources.plain import layout
from pipeline.sources.quiet import quiet
from pipeline.sources.raw import Raw

if TYPE_CHECKING:
    from pypdf import PdfReader

_MARK = b"%PDF-"
_AGAIN = "open it in a PDF viewer and print it to a new PDF, or copy its text into a .txt file"
_PAGE_NUMBER = re.compile(r"\s*(?:[-–—]\s*)?\d{1,4}(?:\s*(?:[-–—]|/\s*\d{1,4}))?\s*")
_LIST_MARK = re.compile(r"\s*(?:[-*•‣◦●▪–]|\d{1,3}[.)])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…][\"'»”’)\]\s]*$")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u2010]$")
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"[^\W\d_]+[-\u2010][^\W\d_]+")
_SHORT = 0.8  # of the usual width: a line that ends so early ends its paragraph


def is_pdf(data: bytes) -> bool:
    """Tell whether content begins like a PDF (ISO 32000-1, 7.5.2)."""
    return data.startswith(_MARK)


def read_pdf(raw: Raw) -> Iterator[Document]:
    """Yield the text layer of a PDF as one document, its lines joined to paragraphs.

    Raises SourceError when the file is broken, needs a password, or holds only pictures of text.
    """
    if _MARK not in raw.data[:1024]:
        raise SourceError("is not a PDF document", hint="check what it is, and its name")
    pages = _pages(raw.data)
    lines = [line for page in pages for line in (*page, "")]
    if not any(visible(line) for line in lines):
        raise SourceError(
            "has no text in it: its pages are pictures of text, or damaged",
            hint="if it opens in a viewer, run it through text recognition, such as ocrmypdf",
        )
    text = "\n\n".join(_paragraphs(pages))
    found = layout(text)
    yield make_document(
        text, found.blocks, name=raw.name, encoding="pdf", title=found.title, date=found.date
    )


def _pages(data: bytes) -> list[list[str]]:
    """Return the lines of each page, without page numbers."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    with quiet("pypdf"):
        try:
            reader = PdfReader(io.BytesIO(data))
            _unlock(reader)
            return [_page_lines(page.extract_text()) for page in reader.pages]
        except (DependencyError, FileNotDecryptedError) as error:
            raise _locked() from error
        except SourceError:
            raise
        except Exception as error:  # pypdf raises almost anything, depending on what is broken
            what = str(error).strip() or type(error).__name__
            raise SourceError(f"is a broken PDF: {what}", hint=_AGAIN) from error


def _unlock(reader: PdfReader) -> None:
    """Open an encrypted PDF with the empty password, as many are; SourceError for another one."""
    from pypdf import PasswordType

    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise _locked()


def _locked() -> SourceError:
    return SourceError(
        "is encrypted", hint="save a copy without the password and put that into the folder"
    )


def _page_lines(text: str) -> list[str]:
    lines = [line.replace("\xa0", " ").replace("\0", "").rstrip() for line in text.splitlines()]
    shown = [number for number, line in enumerate(lines) if visible(line)]
    for edge in {*shown[:1], *shown[-1:]}:
        if len(shown) > 1 and _PAGE_NUMBER.fullmatch(lines[edge]):
            lines[edge] = ""
    return lines


def _paragraphs(pages: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield paragraphs, their lines joined, across pages as well."""
    words = _words(pages)
    width = _usual_width(pages)
    open_lines: list[str] = []
    for page in pages:
        gap = False
        for number, raw in enumerate([*page, ""]):
            line = raw.strip()
            if not visible(line):
                gap = True
                continue
            at_top = not any(visible(x) for x in page[:number])
            if open_lines and _ends(open_lines, line, gap=gap, at_top=at_top, width=width):
                yield _join(open_lines, words)
                open_lines = []
            open_lines.append(line)
            gap = False
    if open_lines:
        yield _join(open_lines, words)


def _usual_width(pages: Sequence[Sequence[str]]) -> int:
    lengths = sorted(len(line.strip()) for page in pages for line in page if visible(line))
    return lengths[int(0.8 * (len(lengths) - 1))]


def _ends(lines: list[str], following: str, *, gap: bool, at_top: bool, width: int) -> bool:
    """Tell whether the paragraph of `lines` ends before the line `following`."""
    last = lines[-1]
    if _LIST_MARK.match(following):
        return True
    if following[0].islower():  # a sentence goes on, over an empty line only at a page's end
        return gap and not at_top and not _HYPHEN.search(last)
    if gap and not at_top:
        return True
    short = len(last) < _SHORT * width
    return short or (at_top and bool(_SENTENCE_END.search(last)))


def _words(pages: Sequence[Sequence[str]]) -> Counter[str]:
    """Return counts of words and hyphenated words inside lines, to judge broken words by."""
    text = "\n".join(line for page in pages for line in page).lower()
    return Counter(_WORD.findall(text)) + Counter(_HYPHENATED.findall(text))


def _join(lines: Sequence[str], words: Counter[str]) -> str:
    parts = [lines[0]]
    for line in lines[1:]:
        last = parts[-1]
        if last.endswith("\u00ad"):
            parts[-1] = last[:-1] + line
            continue
        broken = _HYPHEN.search(last)
        rest = _WORD.match(line)
        if broken is None or rest is None or not last[-2:-1].isalpha():
            parts.append(line)
        elif _keeps_hyphen(broken[1], rest.group(), words):
            parts[-1] = last + line
        else:
            parts[-1] = last[:-1] + line
    return " ".join(parts).replace("\u00ad", "")


@cache
def _enclitics() -> frozenset[str]:
    """Return the words that stand behind a hyphen on every line, not for the line end's sake."""
    return data.words("pdf.enclitics")


def _keeps_hyphen(head: str, rest: str, words: Counter[str]) -> bool:
    """Tell whether a word, broken behind `head` at a hyphen, is written with the hyphen."""
    if not rest[0].islower() or rest.lower() in _enclitics():
        return True
    whole = words[(head + rest).lower()]
    hyphenated = words[f"{head}-{rest}".lower()]
    return hyphenated > whole

"""PDF: the text layer, with the line ends of the page taken out of its sentences."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.document import Document
from pipeline.errors import SourceError
from pipeline.lang.line_ends import keeps_hyphen, word_counts
from pipeline.sources import mojibake
from pipeline.sources.block import make_document, visible
from pipeline.sources.columns import ArrangedPage
from pipeline.sources.drawing import arranged
from pipeline.sources.plain import layout
from pipeline.sources.quiet import quiet
from pipeline.sources.raw import Raw
from pipeline.sources.running_lines import without_running_lines

if TYPE_CHECKING:
    from pypdf import PdfReader

_MARK = b"%PDF-"
_AGAIN = "open it in a PDF viewer and print it to a new PDF, or copy its text into a .txt file"
_LIST_MARK = re.compile(r"\s*(?:[-*•‣◦●▪–]|\d{1,3}[.)])\s+\S")
_SENTENCE_END = re.compile(r"[.!?…][\"'»”’)\]\s]*$")
_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-\u2010]$")
_WORD = re.compile(r"[^\W\d_]+")
_SPACES = re.compile("[ \xa0]+")
_PART = "\f"  # a line that stands where a new part of a page begins
_LISTED_PAGES = 5
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
    pages, promised = _pages(raw.data)
    if not any(visible(line) for page in pages for part in page.parts for line in part):
        raise SourceError(
            "has no text in it: its pages are pictures of text, or damaged",
            hint="if it opens in a viewer, run it through text recognition, such as ocrmypdf",
        )
    body = without_running_lines([_flat(page.parts) for page in pages])
    parts = [_clean(part) for page in body.pages for part in _unflat(page)]
    written = "\n\n".join([*body.heads, *_paragraphs(parts), *body.feet])
    text = mojibake.repair(written)
    found = layout(text)
    yield make_document(
        text,
        found.blocks,
        name=raw.name,
        encoding="pdf" if text == written else "pdf (mojibake repaired)",
        title=found.title,
        date=found.date,
        notes=_notes(pages, promised),
    )


def _notes(pages: Sequence[ArrangedPage], promised: int) -> tuple[str, ...]:
    """Return what a reader should know of pages that may not be as they were."""
    notes = []
    if promised > len(pages):
        notes.append(f"is damaged: of its {promised} pages only {len(pages)} could be read")
    if doubtful := [n for n, page in enumerate(pages, 1) if page.doubtful]:
        notes.append(
            f"{_page_list(doubtful)}: text stands side by side, and may have come in a wrong order"
        )
    empty = [n for n, page in enumerate(pages, 1) if not any(map(visible, _flat(page.parts)))]
    if empty:
        notes.append(f"{_page_list(empty)}: no text was found there: a picture, or damaged")
    return tuple(notes)


def _page_list(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:_LISTED_PAGES]))
    more = "" if len(numbers) <= _LISTED_PAGES else f" and {len(numbers) - _LISTED_PAGES} more"
    return f"page {shown}" if len(numbers) == 1 else f"pages {shown}{more}"


def _pages(data: bytes) -> tuple[list[ArrangedPage], int]:
    """Return the pages that can be read, and the number of pages that the file says it has."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    with quiet("pypdf"):
        try:
            reader = PdfReader(io.BytesIO(data))
            _unlock(reader)
            pages = [arranged(page) for page in reader.pages]
            return pages, _promised(reader)
        except (DependencyError, FileNotDecryptedError) as error:
            raise _locked() from error
        except SourceError:
            raise
        except Exception as error:  # pypdf raises almost anything, depending on what is broken
            known = isinstance(error, PyPdfError) and str(error).strip()
            what = f": {known}" if known else " that cannot be read"
            raise SourceError(f"is a broken PDF{what}", hint=_AGAIN) from error


def _flat(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of all parts, with the mark of a new part before each but the first."""
    return [line for n, part in enumerate(parts) for line in ([_PART] if n else []) + list(part)]


def _unflat(lines: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for line in lines:
        if line == _PART:
            parts.append([])
        else:
            parts[-1].append(line)
    return parts


def _clean(lines: Sequence[str]) -> list[str]:
    """Return lines with single spaces, as justified text has not; a tab between cells stays."""
    return [_SPACES.sub(" ", line.replace("\0", "")).rstrip() for line in lines]


def _promised(reader: PdfReader) -> int:
    from pypdf.generic import DictionaryObject

    tree = reader.root_object["/Pages"].get_object()
    count = tree.get("/Count") if isinstance(tree, DictionaryObject) else None
    return count if isinstance(count, int) else 0


def _unlock(reader: PdfReader) -> None:
    """Open an encrypted PDF with the empty password, as many are; SourceError for another one."""
    from pypdf import PasswordType

    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise _locked()


def _locked() -> SourceError:
    return SourceError(
        "is encrypted", hint="save a copy without the password and put that into the folder"
    )


def _paragraphs(pages: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield paragraphs, their lines joined, across pages as well."""
    words = word_counts("\n".join(line for page in pages for line in page))
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
    if _LIST_MARK.match(following) or "\t" in last or "\t" in following:
        return True
    if following[0].islower():  # a sentence goes on, over an empty line only at a page's end
        return gap and not at_top and not _HYPHEN.search(last)
    if gap and not at_top:
        return True
    short = len(last) < _SHORT * width
    if not at_top:
        return short
    # At the end of a page a short line may stand for a long word that did not fit. One without the
    # end of a sentence ends nothing, unless it stands alone, as a heading does.
    return bool(_SENTENCE_END.search(last)) or (short and len(lines) == 1)


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
        elif keeps_hyphen(broken[1], rest.group(), words):
            parts[-1] = last + line
        else:
            parts[-1] = last[:-1] + line
    return " ".join(parts).replace("\u00ad", "")

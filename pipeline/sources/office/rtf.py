"""RTF documents: the text as it stands once all changes are accepted, then its notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.document import Document, Origin
from pipeline.errors import SourceError
from pipeline.reason import Reason
from pipeline.sources import mojibake
from pipeline.sources.office.document import by_lines, office_document, office_row
from pipeline.sources.office.rtf_story import RtfItem, RtfParagraph, RtfRow
from pipeline.sources.office.rtf_text import RtfText
from pipeline.sources.origin import names, wording
from pipeline.sources.raw import Raw
from pipeline.sources.shown import Shown

_MARK = b"{\\rtf"


def is_rtf(data: bytes) -> bool:
    """Tell whether content begins like RTF."""
    return data.startswith(_MARK)


def read_rtf(raw: Raw) -> Iterator[Document]:
    """Yield an RTF document as one document; footnotes stand at its end.

    Raises SourceError for a file that is no RTF, or holds no text.
    """
    if not raw.data.lstrip().startswith(_MARK):
        raise SourceError("is not an RTF document", hint="check what it is, and its name")
    read = RtfText(raw.data)
    title = next((i.text for i in read.items if isinstance(i, RtfParagraph) and i.is_title), "")
    yield office_document(
        _shown(read.items),
        name=raw.name,
        encoding="rtf",
        title=" ".join(title.split()) or None,
        origin=Origin(
            publisher=wording(read.info.get("company")), author=names(read.info.get("author"))
        ),
        notes=["is damaged: its end is missing" if read.is_cut else ""],
    )


def _shown(items: Iterable[RtfItem]) -> Iterator[Shown]:
    for item in items:
        if isinstance(item, RtfRow):
            yield from office_row([list(_shown(cell)) for cell in item.cells])
        else:
            removed = Reason.TABLE_OF_CONTENTS if item.is_contents else None
            yield from by_lines(mojibake.repair(item.text), item.kind, removed=removed)

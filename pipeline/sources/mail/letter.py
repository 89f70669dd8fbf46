"""The document that a letter makes, whatever it came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.document import Document, Origin
from pipeline.errors import SourceError
from pipeline.sources import mojibake
from pipeline.sources.block import headed, make_document, visible
from pipeline.sources.mail.bodies import Body
from pipeline.sources.mail.html_letter import html_blocks
from pipeline.sources.mail.marks import is_forward, marked, without_prefixes
from pipeline.sources.mail.plain_letter import plain_blocks
from pipeline.sources.shown import Shown, laid_out

_LISTED = 5  # attachments that a note names


@dataclass(frozen=True, slots=True)
class Letter:
    """The subject of a letter, its texts in order, and where it comes from.

    `attached` are the names of files in it, `notes` what was amiss.
    """

    subject: str
    texts: tuple[Body, ...]
    origin: Origin
    attached: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def letter_document(letter: Letter, *, name: str) -> Document:
    """Return the document of one letter; its subject is the title.

    Raises SourceError where the letter has no text.
    """
    shown: list[Shown] = []
    for body in letter.texts:
        shown += html_blocks(body.text) if body.is_html else plain_blocks(body)
    blocks = marked(
        [block for block in shown if visible(block.text)], is_forward=is_forward(letter.subject)
    )
    if not blocks:
        but = f": it only carries {_listed(letter.attached)}" if letter.attached else ""
        raise SourceError(
            f"is a letter without a text{but}", hint="save its attachments into the folder"
        )
    subject = mojibake.repair(" ".join(without_prefixes(letter.subject).split()))
    text, placed = headed(*laid_out(blocks), subject or None)
    published = letter.origin.published_at
    return make_document(
        text,
        placed,
        name=name,
        encoding=letter.texts[0].encoding,
        title=subject or None,
        date=published and published[: len("2026-03-01")],
        notes=(*letter.notes, *_attachments(letter.attached), *_quoted_alone(blocks)),
        origin=letter.origin,
    )


def _quoted_alone(blocks: Sequence[Shown]) -> tuple[str, ...]:
    kept = any(block.removed is None for block in blocks)
    return () if kept else ("the letter has no text of its own",)


def _attachments(names: Sequence[str]) -> tuple[str, ...]:
    return (f"attachments were not read: {_listed(names)}",) if names else ()


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")

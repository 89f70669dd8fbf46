"""The cutting of paragraphs: runs, cells and segments that engines are asked for, one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from pipeline.document import Document, Kind, Paragraph
from pipeline.facts.protected import mask, unmask
from pipeline.facts.symbols import cut_at_symbols
from pipeline.lang.reading import read, reading_form
from pipeline.lang.sentences import segments
from pipeline.place import Span
from pipeline.stages.capitals import Capitals
from pipeline.stages.pieces import Piece

_BAR = re.compile(r"(\|\s*)")  # between the cells of a row


class Cutting:
    """Cuts documents into pieces: what is foreign is asked for, the rest kept as it is.

    `languages` are the tags that have a route to `target`. Sentences are joined up to `max_chars`;
    a longer one than `max_sentence_chars` is cut. `terms` are not to be translated.
    """

    def __init__(
        self,
        *,
        languages: Collection[str],
        target: str,
        max_chars: int,
        max_sentence_chars: int,
        terms: Collection[str] = (),
    ) -> None:
        self._languages = frozenset(languages)
        self._target = target
        self._limits = {"max_chars": max_chars, "max_sentence_chars": max_sentence_chars}
        self._terms = terms

    def pieces(self, document: Document) -> dict[int, list[Piece]]:
        """Return the pieces of each paragraph that has something to translate."""
        return {
            p.index: pieces
            for p in document.paragraphs
            if self._wanted(p) and _any_foreign(pieces := self._pieces(document, p))
        }

    def sources(self, document: Document) -> Iterator[tuple[str, str]]:
        """Yield the texts of a document that are to be translated, each with its language.

        They are whole paragraphs, or runs of them in one language: names need no segments.
        """
        lowered = lowering(document)
        for paragraph in filter(self._wanted, document.paragraphs):
            for span, language in _runs(paragraph):
                if self._foreign(language):
                    text = document.text[span.start : span.end]
                    yield lowered(reading_form(text, language=language), language), language

    def _wanted(self, paragraph: Paragraph) -> bool:
        return (
            paragraph.removal is None
            and paragraph.kind is not Kind.CODE
            and any(self._foreign(language) for _, language in _runs(paragraph))
        )

    def _has_words(self, text: str) -> bool:
        """Tell whether a text has letters outside its opaque spans; an address has none."""
        masked, spans = mask(text, terms=self._terms)
        return any(c.isalpha() for c in unmask(masked, ("",) * len(spans)))

    def _foreign(self, language: str) -> bool:
        return language in self._languages and language != self._target

    def _pieces(self, document: Document, paragraph: Paragraph) -> list[Piece]:
        """Return the pieces of a paragraph; joined, they are its text.

        Engines and rules are shown the reading form of a piece.
        """
        pieces: list[Piece] = []
        for span, language in _runs(paragraph):
            text = document.text[span.start : span.end]
            if not self._foreign(language) or not self._has_words(text):
                pieces.append(Piece(text, span.start, language, asked=False))
                continue
            reading = read(text, language=language)
            at = 0
            for part, asked in self._parts(reading.text, language, paragraph.kind):
                shown = Span(at, at + len(part))
                at = shown.end
                own = reading.span(shown)
                pieces.append(
                    Piece(
                        text[own.start : own.end], span.start + own.start, language,
                        asked=asked, reading=reading.part(shown),
                    )
                )  # fmt: skip
        return pieces

    def _parts(self, text: str, language: str, kind: Kind) -> Iterator[tuple[str, bool]]:
        """Yield the segments of a text, and whether each is to be translated.

        Cells of a table are segments by themselves; pictures separate segments.
        """
        for cell in filter(None, _BAR.split(text) if kind is Kind.ROW else [text]):
            if kind is Kind.ROW and (_BAR.fullmatch(cell) or not self._has_words(cell)):
                yield cell, False
                continue
            for segment in segments(cell, language=language, **self._limits):
                for part in cut_at_symbols(segment, language=language):
                    yield part, not part.isspace()


def lowering(document: Document) -> Callable[[str, str], str]:
    """Return the function that writes shouted text of a document in small letters."""
    return Capitals((p.text, p.language) for p in document.paragraphs).lowered


def _any_foreign(pieces: Sequence[Piece]) -> bool:
    return any(piece.asked for piece in pieces)


def _runs(paragraph: Paragraph) -> list[tuple[Span, str]]:
    """Return the stretches of a paragraph that are in one language each, in order."""
    runs = [(run.span, run.language) for run in paragraph.runs]
    return runs or [(paragraph.span, paragraph.language)]

"""The material of a summary: the sentences of a document that it may be made of, in one language.

Left out are orders to a machine and the words that they bring along, and text that stands
untranslated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Document, Kind
from pipeline.flag import Flag
from pipeline.stages.grounding.wording import Wording
from pipeline.stages.own_sentences import OwnLine, is_complete, own_lines
from pipeline.stages.untranslated import is_untranslated
from pipeline.summary import Sentence

_PAYLOAD_SENTENCES = 3  # behind an order; what stands further off is the text's own
_NOTHING_LEFT = "nothing is left to summarise: no sentence of the text can be told"
_MIN_WORDS = 3  # of a line without a full stop that says something


@dataclass(frozen=True, slots=True)
class Material:
    """Lines in reading order, flags of what is kept out, and the orders among that."""

    lines: tuple[OwnLine, ...]
    remarks: tuple[Flag, ...]
    orders: tuple[str, ...] = ()

    @property
    def sentences(self) -> list[Sentence]:
        """The sentences of all lines."""
        return [sentence for line in self.lines for sentence in line.sentences]

    @property
    def telling(self) -> list[Sentence]:
        """The sentences that tell something; short posts end without a full stop, too.

        Headings count where there is nothing else.
        """
        found = [
            sentence
            for line in self._prose
            for sentence in line.sentences
            if is_complete(sentence.text)
            or (line.kind is not Kind.HEADING and len(sentence.text.split()) >= _MIN_WORDS)
        ]
        return found or [
            s for line in self._prose for s in line.sentences if any(map(str.isalpha, s.text))
        ]

    @property
    def complete(self) -> list[Sentence]:
        """The sentences that end as a sentence does; those that tell something if there is none."""
        found = [s for line in self._prose for s in line.sentences if is_complete(s.text)]
        return found or self.telling

    @property
    def _prose(self) -> list[OwnLine]:
        """The lines that are no rows of a table: cells are no sentences."""
        return [line for line in self.lines if line.kind is not Kind.ROW]


def material(document: Document, *, language: str) -> Material:
    """Return what a summary of a document in `language` may be made of."""
    lines = list(own_lines(document, target=language))
    remarks = dict.fromkeys(flag for line in lines for flag in line.remarks)
    kept = list(_without_payload(lines, language=language))
    left = {id(s) for line in kept for s in line.sentences}
    payload = (s.text for line in lines for s in line.sentences if id(s) not in left)
    orders = (order for line in lines for order in line.orders)
    return Material(tuple(line for line in kept if line.text), tuple(remarks), (*orders, *payload))


def without_summary(document: Document, *, language: str) -> Document:
    """Return a document without the summary in `language` that was wanted, and with a note of why.

    A note may say so already: all of the text is a copy, none of it was translated, or it is in a
    language that no model translates.
    """
    kept = document.kept()
    foreign = document.language != language and not any(p.translation for p in kept)
    told = bool(document.notes) and (foreign or not kept)
    explained = told or is_untranslated(document)
    notes = document.notes if explained else dict.fromkeys((*document.notes, _NOTHING_LEFT))
    return replace(document, summary=None, notes=tuple(notes))


def _without_payload(lines: Sequence[OwnLine], *, language: str) -> Iterator[OwnLine]:
    """Yield lines without sentences behind an order that have nothing to do with the text.

    An order such as "write this:" brings its words along in sentences of their own.
    """
    suspects = {
        id(s) for line in lines for s in line.sentences[line.safe : line.safe + _PAYLOAD_SENTENCES]
    }
    safe = [s.text for line in lines for s in line.sentences if id(s) not in suspects]
    if not suspects or not safe:
        yield from lines
        return
    text = Wording(safe, language=language)
    for line in lines:
        kept = tuple(s for s in line.sentences if id(s) not in suspects or text.knows(s.text))
        if kept == line.sentences:
            yield line
        else:
            yield replace(line, sentences=kept, text=" ".join(s.text for s in kept))

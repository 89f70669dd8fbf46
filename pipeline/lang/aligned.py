"""A text and its translation, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.lang.reading import read
from pipeline.lang.sentences import sentences
from pipeline.lang.spacing import Collapsed, trimmed
from pipeline.place import Span


def aligned_sentences(
    source: str, target: str, *, language: str, target_language: str
) -> list[tuple[Span, Span]]:
    """Return where each sentence of `source` is, and where its translation is in `target`.

    No span has whitespace at its edges. Where the two texts have not equally many sentences, they
    are one pair.
    """
    line = Collapsed(read(source, language=language))
    theirs = _spans(line.text, sentences(line.text, language=language))
    ours = _spans(target, sentences(target, language=target_language))
    if len(theirs) != len(ours) or len(ours) < 2:
        return [(trimmed(source, Span(0, len(source))), trimmed(target, Span(0, len(target))))]
    return [(line.back(there), here) for there, here in zip(theirs, ours, strict=True)]


def _spans(text: str, pieces: Sequence[str]) -> list[Span]:
    """Return where the pieces of a text stand in it, but for those of nothing but whitespace."""
    found, at = [], 0
    for piece in pieces:
        span = trimmed(text, Span(at, at + len(piece)))
        if span.start < span.end:
            found.append(span)
        at += len(piece)
    return found

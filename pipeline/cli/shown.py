"""Evidence in the terminal: a sentence, and below it the words of the original behind it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.document import Document
from pipeline.output.notes import remarks
from pipeline.output.quotations import quotations_of

_INDENT = "    "


def evidence_texts(document: Document) -> Iterator[str]:
    """Yield each sentence of a summary with its outcome, its support and its quotations."""
    sentences = document.summary.sentences if document.summary else ()
    for number, sentence in enumerate(sentences, start=1):
        outcome = f"{sentence.outcome}, support {sentence.support or 0.0:.2f}"
        lines = [f"[{number}] {sentence.text}", f"{_INDENT}{outcome}"]
        for quoted in quotations_of(document, sentence):
            start, end = quoted.place.span.start, quoted.place.span.end
            where = f"paragraph {quoted.place.paragraph}, characters {start} to {end}"
            lines.append(f"{_INDENT}{quoted.language}: “{_line(quoted.text)}” ({where})")
            if quoted.translation is not None:
                lines.append(f"{_INDENT}{_INDENT}“{_line(quoted.translation)}”")
            if quoted.flags:
                lines.append(f"{_INDENT}{_INDENT}check the translation: {', '.join(quoted.flags)}")
        lines += [f"{_INDENT}{remark}" for remark in remarks(sentence)]
        yield "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.split())

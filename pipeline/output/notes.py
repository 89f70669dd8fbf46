"""A summary in Markdown: its sentences, and below them the quotations that support each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.document import Document
from pipeline.output.escaping import escape
from pipeline.output.quotations import Quoted, quotations_of
from pipeline.summary import Outcome, Sentence


def summary_lines(document: Document, *, label: str) -> list[str]:
    """Return the lines of a summary with its notes; `label` keeps notes of a page apart.

    A sentence of the text among sentences of a model stands in quotation marks. The words of the
    original have their language, their translation stands behind them.
    """
    summary = document.summary
    if summary is None:
        return ["No summary.", ""]
    shown, notes = [], []
    for number, sentence in enumerate(summary.sentences, start=1):
        found = quotations_of(document, sentence)
        text = escape(sentence.text)
        if sentence.outcome is Outcome.QUOTED and summary.models:
            text = f"“{text}”"
        if found:
            text += f"[^{label}{number}]"
            notes.append(f"[^{label}{number}]: {_note(sentence, found)}")
        shown.append(text)
    lines = [" ".join(shown), ""]
    if summary.keywords:
        lines += [f"*Keywords: {escape(', '.join(summary.keywords))}*", ""]
    return [*lines, *notes, ""] if notes else lines


def _note(sentence: Sentence, found: tuple[Quoted, ...]) -> str:
    quoted = "; ".join(map(quotation, found))
    return "; ".join((quoted, *remarks(sentence)))


def quotation(quoted: Quoted) -> str:
    """Return a quotation in Markdown, in its language, and its translation."""
    tag = re.sub(r"[^A-Za-z0-9-]", "", quoted.language)
    text = f'<span lang="{tag}">“{escape(quoted.text)}”</span>'
    if quoted.translation is not None:
        text += f" (“{escape(quoted.translation)}”)"
    if quoted.flags:
        text += f" *(check the translation: {', '.join(quoted.flags)})*"
    return f"{text}, paragraph {quoted.place.paragraph}"


def remarks(sentence: Sentence) -> Iterator[str]:
    """Yield what a reader is told of a sentence besides its evidence."""
    for one in sentence.equivalents:
        yield f"{one.figure} stands for {one.original}"
    if sentence.replaces is not None:
        words = ", ".join(sentence.replaces.unsupported)
        how = "rewritten" if sentence.outcome is Outcome.REWRITTEN else "quoted"
        yield f"{how}: the model's own sentence was not supported" + (
            f" ({words})" if words else ""
        )

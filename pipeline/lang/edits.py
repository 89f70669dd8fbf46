"""Edits of a text, and where its parts are afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.place import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` in the place of the characters `[start, end)`."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Return `text` with `edits`, which do not overlap, made in it."""
    for edit in sorted(edits, key=lambda e: -e.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def difference(before: str, after: str) -> Edit:
    """Return the smallest single edit that turns `before` into `after`."""
    least = min(len(before), len(after))
    start = next((i for i in range(least) if before[i] != after[i]), least)
    most = least - start
    same = 0
    while same < most and before[-1 - same] == after[-1 - same]:
        same += 1
    return Edit(start, len(before) - same, after[start : len(after) - same])


def moved(span: Span, edits: Sequence[Edit]) -> Span:
    """Return where `span` of a text is once `edits` are made in it.

    Text that is put in at an edge of the span belongs to the span. An edit that reaches over an
    edge belongs to the span in which it begins.
    """
    start, end = span.start, span.end
    by_start = by_end = 0
    for edit in sorted(edits, key=lambda e: e.start):
        grown = len(edit.text) - (edit.end - edit.start)
        if edit.start < span.start:
            start = max(start, edit.end)
            by_start += grown
        if edit.start < span.end or edit.start == edit.end == span.end:
            end = max(end, edit.end)
            by_end += grown
    return Span(start + by_start, max(start + by_start, end + by_end))

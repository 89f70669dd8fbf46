"""Texts of documents and models, made fit to stand in a page: one line, tidy, and not too long."""

from __future__ import annotations

import re

from pipeline.output.controls import without_controls

_LINE = 220  # characters of a headline or a name
_PASSAGE = 700  # of a quotation
# Unicode's bidirectional embeddings, overrides and isolates (UAX 9): one that is not closed turns
# around the words behind it, which are not its own.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PILED = re.compile(r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})"
                    r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+")  # fmt: skip


def tidy(text: str) -> str:
    """Return `text` without control characters, turned writing and towers of accents."""
    return _PILED.sub(r"\1", _TURNING.sub("", without_controls(text)))


def line(text: str) -> str:
    """Return a headline or a name: on one line, cut at a word where it is too long."""
    return _cut(" ".join(text.split()), _LINE)


def passage(text: str) -> str:
    """Return a sentence or a quotation: on one line, cut at a word where it is too long."""
    return _cut(" ".join(text.split()), _PASSAGE)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    kept = text[:limit].rpartition(" ")[0] or text[:limit]
    return kept.rstrip(",;:-–— ") + "…"

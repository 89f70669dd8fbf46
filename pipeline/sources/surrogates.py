"""Halves of surrogate pairs, which escapes of JSON can spell and UTF-8 cannot."""

from __future__ import annotations


def without_surrogates(text: str) -> str:
    """Return `text` with halves of surrogate pairs joined, or replaced where one is missing."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

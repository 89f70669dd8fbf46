"""Long texts in parts that a summariser reads whole, and replies cut to their beginning."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.lang.sentences import sentences


def parts_of(lines: Sequence[str], max_chars: int) -> list[str]:
    """Pack lines into as few parts of at most `max_chars` as their order allows.

    A line that is longer by itself is cut at a space; every part shortens the next round.
    """
    pieces: list[str] = []
    for line in lines:
        rest = line
        while len(rest) > max_chars:
            cut = rest.rfind(" ", 1, max_chars) + 1 or max_chars
            pieces.append(rest[:cut].strip())
            rest = rest[cut:]
        pieces.append(rest)
    parts: list[str] = []
    for piece in pieces:
        if parts and len(parts[-1]) + 1 + len(piece) <= max_chars:
            parts[-1] += "\n" + piece
        else:
            parts.append(piece)
    return parts


def beginning(text: str, max_chars: int, *, language: str) -> str:
    """Return the first sentences of a text that have at most `max_chars` characters together."""
    end = 0
    for sentence in sentences(text, language=language):
        if end + len(sentence.rstrip()) > max_chars:
            break
        end += len(sentence)
    return text[:end].strip()

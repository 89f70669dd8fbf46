"""Long texts in parts that a summariser reads whole, and replies cut to their beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.lang.sentences import sentences

_LEAST_FULL = 0.5  # of a part that ends at the heading of the next section


def parts_of(lines: Sequence[tuple[str, bool]], max_chars: int) -> list[str]:
    """Pack lines, each with whether it heads a section, into parts of at most `max_chars`.

    Lines keep their order, and none is left out. A part ends before a heading, once it is half
    full. A line that is longer than a part by itself is cut at a space.
    """
    parts: list[str] = []
    for line, heads in lines:
        for number, piece in enumerate(_pieces(line, max_chars)):
            fits = parts and len(parts[-1]) + 1 + len(piece) <= max_chars
            parted = heads and not number and parts and len(parts[-1]) >= _LEAST_FULL * max_chars
            if fits and not parted:
                parts[-1] += "\n" + piece
            else:
                parts.append(piece)
    return parts


def _pieces(line: str, max_chars: int) -> Iterator[str]:
    while len(line) > max_chars:
        cut = line.rfind(" ", 1, max_chars) + 1 or max_chars
        yield line[:cut].strip()
        line = line[cut:]
    yield line


def beginning(text: str, max_chars: int, *, language: str) -> str:
    """Return the first sentences of a text that have at most `max_chars` characters together."""
    end = 0
    for sentence in sentences(text, language=language):
        if end + len(sentence.rstrip()) > max_chars:
            break
        end += len(sentence)
    return text[:end].strip()

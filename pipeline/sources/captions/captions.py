"""Captions of a film as a text, with the time of each paragraph in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Document
from pipeline.errors import SourceError
from pipeline.sources.block import Block, make_document
from pipeline.sources.captions.cues import clock, has_times, read_cues
from pipeline.sources.captions.telling import DASH, Speech, speeches, told_once
from pipeline.sources.raw import Raw

_HEAD_BYTES = 400
_TITLE = re.compile(r"WEBVTT[ \t]+(?:-\s*)?(\S.*)")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z]{2,3})\b")


def is_vtt(data: bytes) -> bool:
    """Tell whether content begins like WebVTT."""
    return data.removeprefix(b"\xef\xbb\xbf")[:6] == b"WEBVTT"


def is_srt(data: bytes) -> bool:
    """Tell whether content begins with a number and the times of a cue."""
    head = data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").decode("latin-1").strip()
    lines = head.splitlines()
    return len(lines) > 1 and lines[0].strip().isdigit() and has_times(lines[1])


def read_captions(raw: Raw) -> Iterator[Document]:
    """Yield what captions say as one document.

    A line in front of each paragraph, which is no part of it, has its times: `[00:00:01.000 -->
    00:00:04.500]`; so has each sound that nobody says. Raises SourceError for a file without cues.
    """
    decoded = raw.decoded()
    spoken = list(speeches(told_once(read_cues(decoded.text))))
    if not any(one.spoken for one in spoken):
        raise SourceError(
            "holds no captions with text", hint="look at it in a player, or rename it to .txt"
        )
    text, blocks = _laid_out(spoken)
    head = decoded.text[: decoded.text.find("\n\n")][:_HEAD_BYTES]
    title, language = _TITLE.match(head.lstrip("\ufeff")), _LANGUAGE.search(head)
    document = make_document(
        text,
        blocks,
        name=raw.name,
        encoding=decoded.encoding,
        title=title[1].strip() if title else None,
    )
    if language is None or not head.lstrip("\ufeff").startswith("WEBVTT"):
        yield document
    else:
        yield replace(document, language=language[1].lower(), confidence=1.0)


def _laid_out(spoken: list[Speech]) -> tuple[str, list[Block]]:
    pieces: list[str] = []
    blocks: list[Block] = []
    at = 0
    voice: str | None = None
    for one in spoken:
        who = f" {one.voice}:" if one.voice and one.voice != voice else ""
        voice = one.voice
        times = f"[{clock(one.start_s)} --> {clock(one.end_s)}]{who}\n"
        start = at + len(times)
        if one.spoken:
            dash = DASH.match(one.text)  # of another speaker
            blocks.append(Block(start + (dash.end() if dash else 0), start + len(one.text)))
        pieces += (times, one.text, "\n\n")
        at = start + len(one.text) + 2
    return "".join(pieces).rstrip("\n") + "\n", blocks

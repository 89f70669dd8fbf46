"""Tags of captions beside a text that is exchanged: those that lose their partner go, too.

Tags in front of a text and behind it stay; those inside the text have no place in a translation. A
tag may be closed in a later cue than the one it opens in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.place import Span

_PAIRED = re.compile(r"<(/?)([biuc]|font|lang|ruby|rt)(?:[.\s][^<>\n]{0,200})?>", re.IGNORECASE)


def partnerless(text: str, *, cues: Iterable[Span], said: Iterable[Span]) -> Iterator[Span]:
    """Yield the places of tags outside of `said`, in `cues`, whose partner stands inside of it.

    All are stretches of `text`, in order; a tag without any partner stays as it is.
    """
    spoken = list(said)
    open_tags: list[re.Match[str]] = []
    for cue in cues:
        for tag in _PAIRED.finditer(text, cue.start, cue.end):
            if not tag[1]:
                open_tags.append(tag)
                continue
            name = tag[2].lower()
            opened = next((o for o in reversed(open_tags) if o[2].lower() == name), None)
            if opened is None:
                continue
            open_tags.remove(opened)
            lost = [one for one in (opened, tag) if any(_holds(span, one) for span in spoken)]
            if len(lost) == 1:
                kept = tag if lost[0] is opened else opened
                yield Span(*kept.span())


def without(text: str, start: int, end: int, cuts: Iterable[Span]) -> str:
    """Return the characters `[start, end)` of `text` without the stretches `cuts`."""
    pieces = []
    for cut in sorted(cuts, key=lambda cut: cut.start):
        if start <= cut.start and cut.end <= end:
            pieces.append(text[start : cut.start])
            start = cut.end
    return "".join(pieces) + text[start:end]


def _holds(span: Span, tag: re.Match[str]) -> bool:
    return span.start <= tag.start() and tag.end() <= span.end

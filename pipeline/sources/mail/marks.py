"""Blocks of a letter that are not the letter: quotations, their heads, signatures, footers.

The words are those of the language files, `[mail]`. Nothing is taken out of a text that would be
empty without it: whoever forwards a letter without a word sends the letter itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.lang.data import alternatives
from pipeline.reason import Reason
from pipeline.sources.shown import Shown

_HEAD_LINES = 3  # fields that make a head
_NOTICE_CHARS = 160
_FOOTER_CHARS = 500
_BODY = 0.5  # of the letters: a footer begins behind them
_TELLS_WHEN = re.compile(r"\d.*\d|@")
_SIGNATURE = re.compile(r"--\s?")


@dataclass(frozen=True, slots=True)
class MailPatterns:
    """Patterns of lines in all languages."""

    wrote: re.Pattern[str]
    original: re.Pattern[str]
    forwarded: re.Pattern[str]
    sender: re.Pattern[str]
    field: re.Pattern[str]
    footer: re.Pattern[str]
    notice: re.Pattern[str]
    prefixes: re.Pattern[str]
    forwards: re.Pattern[str]


@cache
def patterns() -> MailPatterns:
    """Return the patterns of the language files."""

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE | re.DOTALL)

    sender = alternatives("mail.from")
    forwards = alternatives("mail.forwards")
    prefix = f"(?:{alternatives('mail.replies')}|{forwards})"
    counted = r"(?:\[\d{1,3}\])?\s?:\s*"
    names = f"(?:{sender}|{alternatives('mail.fields')})"
    rule = r"[-_=*\s]{0,80}"
    return MailPatterns(
        wrote=compiled(rf"\W{{0,3}}{alternatives('mail.wrote')}\s*:"),
        original=compiled(rf"{rule}{alternatives('mail.original')}(?:\s*:)?{rule}"),
        forwarded=compiled(rf"{rule}{alternatives('mail.forwarded')}(?:\s*:)?{rule}"),
        sender=compiled(rf"[\s*]*{sender}\s?\*?\s?:\s*\*?[^\n]*"),
        field=compiled(rf"[\s*]*{names}\s?\*?\s?:[^\n]*"),
        footer=compiled(rf"\b{alternatives('mail.footer')}"),
        notice=compiled(rf"\W{{0,5}}{alternatives('mail.notice')}\W*"),
        prefixes=compiled(rf"\s*(?:{prefix}{counted})+"),
        forwards=compiled(rf"\s*{forwards}{counted}"),
    )


def is_attribution(text: str) -> bool:
    """Tell whether a line stands above a quotation: who wrote it, and when."""
    line = " ".join(text.split())
    return (
        len(line) <= _FOOTER_CHARS
        and _TELLS_WHEN.search(line) is not None
        and patterns().wrote.fullmatch(line) is not None
    )


def is_field(line: str) -> bool:
    """Tell whether a line is a field of the head of a quoted letter."""
    return patterns().field.fullmatch(line) is not None


def is_divider(line: str) -> bool:
    """Tell whether a line says that another letter follows."""
    found = patterns()
    return any(p.fullmatch(line.strip()) for p in (found.original, found.forwarded))


def marked(shown: Sequence[Shown], *, is_forward: bool) -> list[Shown]:
    """Return the blocks of a letter with a reason on those that are not its own text.

    `is_forward` tells that the letter passes another on, so that what it quotes is its text.

    1. The heads of other letters are found: a divider, the fields behind it, an attribution.
    2. Behind a head that follows text of the letter's own, all is history.
    3. A signature goes on to the end of the letter or to the quotation.
    4. Notices and the footer are marked in what is left.
    """
    blocks = list(shown)
    heads = _heads(blocks)
    forwarded = {at for at in heads if patterns().forwarded.fullmatch(blocks[at].text.strip())}
    begun = ended = False
    for at, block in enumerate(blocks):
        if ended or at in heads:
            blocks[at] = replace(block, removed=Reason.QUOTED_HISTORY)
            quoted = at + 1 < len(blocks) and blocks[at + 1].removed is not None
            passed_on = is_forward or at in forwarded or at - 1 in forwarded
            if passed_on and at in forwarded:
                forwarded.add(at + 1)
            ended = ended or (begun and not passed_on and not quoted)
        else:
            begun = begun or (block.removed is None and any(map(str.isalpha, block.text)))
    blocks = _without_footer(_without_signature(blocks))
    if any(block.removed is None for block in blocks):
        return blocks
    return [
        replace(block, removed=None)
        if block.removed is Reason.QUOTED_HISTORY and at not in heads
        else block
        for at, block in enumerate(blocks)
    ]


def _heads(blocks: Sequence[Shown]) -> set[int]:
    """Return the indices of the blocks that head another letter."""
    heads: set[int] = set()
    at = 0
    while at < len(blocks):
        end = at
        while end < len(blocks) and all(map(is_field, blocks[end].text.split("\n"))):
            end += 1
        lines = [line for block in blocks[at:end] for line in block.text.split("\n")]
        is_head = len(lines) >= _HEAD_LINES and any(map(patterns().sender.fullmatch, lines))
        if end > at and (is_head or at - 1 in heads):
            heads.update(range(at, end))
        elif end == at and (is_divider(blocks[at].text) or is_attribution(blocks[at].text)):
            heads.add(at)
        at = max(end, at + 1)
    return heads


def _without_signature(blocks: Sequence[Shown]) -> list[Shown]:
    signs = False
    found = []
    for block in blocks:
        signs = block.removed is None and (signs or bool(_SIGNATURE.fullmatch(block.text)))
        found.append(replace(block, removed=Reason.MAIL_FOOTER) if signs else block)
    return found


def _without_footer(blocks: Sequence[Shown]) -> list[Shown]:
    """Mark notices wherever they stand, and all from a footer's first line to the end."""
    kept = [at for at, block in enumerate(blocks) if block.removed is None]
    total = sum(len(blocks[at].text) for at in kept)
    before = 0
    footer: set[int] = set()
    for place, at in enumerate(kept):
        text = blocks[at].text
        is_notice = len(text) <= _NOTICE_CHARS and patterns().notice.fullmatch(text) is not None
        said = len(text) <= _FOOTER_CHARS and patterns().footer.search(text) is not None
        if said and before >= _BODY * total:
            footer.update(kept[place:])
            break
        if is_notice or (said and len(text) <= _NOTICE_CHARS):
            footer.add(at)
        before += len(text)
    return [
        replace(block, removed=Reason.MAIL_FOOTER) if at in footer else block
        for at, block in enumerate(blocks)
    ]


def is_forward(subject: str) -> bool:
    """Tell whether the first prefix of a subject says that the letter passes another on."""
    return patterns().forwards.match(subject) is not None


def without_prefixes(subject: str) -> str:
    """Return a subject without `Re:`, `Fwd:` and their kin."""
    found = patterns().prefixes.match(subject)
    return subject if found is None else subject[found.end() :]

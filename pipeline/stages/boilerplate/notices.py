"""Notices of a site to its readers: rights, cookies, adverts of its own, typos, disclaimers.

The words of a notice stand in news as well: in a report on cookies, in a swindler's letter, in a
verdict on a song. A line is a notice only where the cue opens a sentence of the line and nothing
in the line is told or reported; and then for as long as the cue fills the line, or where the line
stands among other furniture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.lang.function_words import words
from pipeline.stages.boilerplate import cues
from pipeline.stages.boilerplate.needs import Needs
from pipeline.stages.boilerplate.telling import narrates, reports

_FULL_STOP = re.compile(r"[.!…]['\"»”’)\]]*$")
_ORNAMENTS = " >*•·|#©–—-"
_BARS = "|•·"
_SENTENCE_ENDS = (".", "!", "?", "…")
_RIGHTS = re.compile(r"©|\(c\)|&copy;")
_KEYS = re.compile(r"[+]\s?enter")
_DISCLAIMER_MIN_WORDS = 8
_LONG = 60  # words; a longer line is a notice only by many words of one
_SHORT_NOTICE = 45  # words
_RIGHTS_WORDS = 12  # a line so short may close with its rights: "Portside Media 2026 (c)"
_LIMIT = {"copyright": 40, "cookie-notice": 40}  # words
_OTHER_LIMIT = 25  # words
_ADDRESS_WORDS = 12
_TAIL_WORDS = 2  # so few words beside a cue say nothing of their own
_TITLE_WORDS = 6  # so many may stand beside the cue of a line without a full stop


@dataclass(frozen=True, slots=True)
class Notice:
    """The reason for which a line is a notice, and the place that it needs to be one."""

    reason: str
    needs: Needs = Needs.NOTHING


def read_notice(flat: str, lower: str, count: int, *, near_edge: bool) -> Notice | None:
    """Return the notice that a line of `count` words is; a notice may be a paragraph long.

    `lower` is `flat` in lower case.
    """
    if count <= _LONG:
        found = next(_short_notices(flat, lower, count), None)
        if found is not None:
            return found
        if count <= _ADDRESS_WORDS and (address := cues.pattern("e_mail").search(lower)):
            return None if _tells(lower, most=0) else _address(flat, lower, address)
    elif lower.count("cookie") >= 3 and cues.pattern("notices.cookie-notice").search(lower):
        return None if _tells(lower, most=1) else Notice("cookie-notice")
    return _disclaimer(lower, count, near_edge=near_edge)


def _short_notices(flat: str, lower: str, count: int) -> Iterator[Notice]:
    for reason in cues.NOTICES:
        if count > _LIMIT.get(reason, _OTHER_LIMIT):
            continue
        cue = next(
            (m for m in cues.pattern(f"notices.{reason}").finditer(lower) if _opens(m, reason)),
            None,
        )
        if cue is None:
            continue
        rest = _beside_cues(lower)
        needs = _place(reason, flat, lower, rest)
        # "Found a typo?" is in the past tense itself, and said to the reader.
        told = rest if reason == "typo-report" else lower
        if needs is not None and not reports(lower) and not narrates(told):
            yield Notice(reason, needs)


def _place(reason: str, flat: str, lower: str, rest: str) -> Needs | None:
    """Return the place that a line needs for a notice of which `rest` is no cue.

    None is for a sentence that asks the reader for something which is not of the site.
    """
    beside = len(words(rest))
    if beside <= _TAIL_WORDS:
        return Needs.NOTHING
    stops = _FULL_STOP.search(flat) is not None
    own = cues.own().search(lower) or cues.site().search(rest) or _KEYS.search(lower)
    if not own and ":" in rest:  # the headline of an article on just that
        return None
    if own or reason == "cookie-notice":
        # Adverts interrupt a text; the other notices are never between two paragraphs of it.
        return Needs.EDGE if stops and reason != "advert" else Needs.NOTHING
    if reason == "copyright":
        # Beside the rights of a site stands its name; a headline has small words.
        small = sum(w.capitalize() not in flat and w.upper() not in flat for w in words(rest))
        return Needs.NOTHING if not stops and small <= _TAIL_WORDS else Needs.END
    if not stops and beside <= _TITLE_WORDS:
        return Needs.NOTHING
    return None


def _opens(cue: re.Match[str], reason: str) -> bool:
    """Tell whether a cue opens a sentence of its line, or a phrase such as "dear readers," does."""
    before = cue.string[: cue.start()]
    bare = before.rstrip(_ORNAMENTS)
    barred = any(bar in before[len(bare) :] for bar in _BARS)
    if not bare or barred or bare.endswith(_SENTENCE_ENDS):
        return True
    if cues.lead().fullmatch(bare.lstrip(_ORNAMENTS)):
        return True
    if reason == "typo-report" and _KEYS.search(cue.group()):
        return True
    if reason != "copyright" or len(words(cue.string)) > _RIGHTS_WORDS:
        return False
    closes = not words(cue.string[cue.end() :])
    return closes or _RIGHTS.match(cue.group()) is not None


def _beside_cues(lower: str) -> str:
    """Return a line without the cues of notices that are in it."""
    for reason in cues.NOTICES:
        lower = cues.pattern(f"notices.{reason}").sub(" ", lower)
    return lower


def _address(flat: str, lower: str, address: re.Match[str]) -> Notice:
    """Return the notice of a hidden address; a sentence around one may be news."""
    others = words(lower[: address.start()] + " " + lower[address.end() :])
    sentence = len(others) > _TAIL_WORDS and _FULL_STOP.search(flat)
    return Notice("e-mail-protection", Needs.END if sentence else Needs.NOTHING)


def _disclaimer(lower: str, count: int, *, near_edge: bool) -> Notice | None:
    if count < _DISCLAIMER_MIN_WORDS:
        return None
    strong = cues.pattern("disclaimer.strong").search(lower) is not None
    weak = len({m.group() for m in cues.pattern("disclaimer.weak").finditer(lower)})
    # Legal prose is dense with such words; a report on a lawsuit has some here and there.
    dense = weak >= 3 and weak * 30 >= count + 30
    short = strong and near_edge and count <= _SHORT_NOTICE
    brief = count <= _SHORT_NOTICE
    if not (dense or short or (strong and weak)) or _tells(lower, most=0 if brief else 1):
        return None
    return Notice("disclaimer", Needs.EDGE if brief else Needs.NOTHING)


def _tells(lower: str, *, most: int) -> bool:
    """Tell whether a line reports speech, or has more than `most` verbs in a past tense."""
    return reports(lower) or narrates(lower) > most

"""Quotation marks of a summary: what stands between them must stand so in the source.

A quotation is contiguous there, within quotation marks or behind a dash, in the original or in its
translation, and by the speaker whom the summary names. The marks of any other are taken away, and
its words stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from pipeline.stages.grounding.original import Original
from pipeline.stages.grounding.wording import WORD, folded

_QUOTED = re.compile(
    r"“(?P<a>[^“”]{1,600})”|«\s?(?P<b>[^«»]{1,600}?)\s?»|„(?P<c>[^„“”]{1,600})[“”]"
    r"|(?<!\w)\"(?P<d>[^\"]{1,600})\"(?!\w)|(?<!\w)‘(?P<e>[^‘]{1,600}?)’(?!\w)"
)
_MARK = re.compile(r"[\"“”„«»‘]|(?:^|\n)\s?[–—-]\s")
_TOKEN = re.compile(r"[^\W_]+")
_NEIGHBOURS = 1  # sentences beside a quotation that may name its speaker


def true_quotations(sentence: str, original: Original) -> str:
    """Return a sentence without the marks around what is no quotation of the original."""
    found = list(_QUOTED.finditer(sentence))
    if not found:
        return sentence
    outside = _QUOTED.sub(" ", sentence)
    text = _Running(original)
    for match in reversed(found):
        inner = next(group for group in match.groups() if group is not None)
        if not text.quotes(inner, speakers=list(_names(outside))):
            sentence = sentence[: match.start()] + inner.strip() + sentence[match.end() :]
    return sentence


class _Running:
    """The words of an original in the order of the text, and the sentences that they are in."""

    def __init__(self, original: Original) -> None:
        self._original = original
        self._sides = [
            [_words(text) for text in original.readable],
            [_words(candidate.text) for candidate in original.candidates],
        ]

    def quotes(self, inner: str, *, speakers: Sequence[str]) -> bool:
        wanted = _words(inner)
        if not wanted:
            return False
        return any(
            self._is_marked(first, last) and self._is_said(first, last, speakers)
            for sides in self._sides
            for first, last in _places(wanted, sides)
        )

    def _is_marked(self, first: int, last: int) -> bool:
        return any(
            _MARK.search(self._original.readable[i])
            or _MARK.search(self._original.candidates[i].text)
            # A quotation of several sentences has its marks at both ends.
            for i in range(max(0, first - _NEIGHBOURS), min(last + 1, len(self._sides[0]) - 1) + 1)
        )

    def _is_said(self, first: int, last: int, speakers: Sequence[str]) -> bool:
        """Tell whether a speaker is named near the quotation, if anybody is."""
        if not speakers:
            return True
        near = range(
            max(0, first - _NEIGHBOURS), min(len(self._original.readable), last + _NEIGHBOURS + 1)
        )
        named = {name for i in near for name in _names(self._original.readable[i])}
        return not named or not named.isdisjoint(speakers)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _TOKEN.findall(text)]


def _names(text: str) -> Iterator[str]:
    """Yield the words with a capital, folded, but for the first word."""
    for match in WORD.finditer(text):
        if match.group()[0].isupper() and any(map(str.isalnum, text[: match.start()])):
            yield folded(match.group())


def _places(wanted: Sequence[str], sentences: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last sentence of each place that has the wanted words in a row."""
    flat = [word for sentence in sentences for word in sentence]
    ends = list(accumulate(map(len, sentences)))
    size = len(wanted)
    for at in range(len(flat) - size + 1):
        if flat[at] == wanted[0] and flat[at : at + size] == list(wanted):
            yield _sentence_at(ends, at), _sentence_at(ends, at + size - 1)


def _sentence_at(ends: Sequence[int], position: int) -> int:
    return next(i for i, end in enumerate(ends) if position < end)

"""Emoji, keycaps, flags and other pictures among letters: kept as they are, and none made up.

A translator drops a picture, or writes a word, or another picture, for it. The pictures around a
sentence are therefore taken off before it is translated, and put back afterwards; those within a
sentence are opaque spans (`pipeline.facts.protected`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.lang.letters import capital
from pipeline.lang.sentences import sentences
from pipeline.place import Span

# Arrows, technical and geometric signs, dingbats, emoji; signs of letters where drawn as emoji.
_PICTURE = (
    "(?:[\u2139\u203c\u2049\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa"
    "\U0001f400-\U0001faff]|[\u00a9\u00ae\u2122](?=\ufe0f))"
)
_DRESSED = f"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?\u20e3?[\U000e0020-\U000e007f]*"
# Unicode Technical Standard 51: flags, keycaps, and emoji joined to one picture.
SYMBOL = f"(?:[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_DRESSED}(?:\u200d{_DRESSED})*)"
_SYMBOL = re.compile(SYMBOL)
_TRACE = re.compile("[©®™ℹ‼⁉⃣←-⇿⌀-⏿①-⓿■-➿⤀-⥿⬀-⯿〰〽㊗㊙🀀-🫿]")
_SPACED = re.compile(rf"(?P<blank>\s?)(?P<symbol>{SYMBOL})")
_ARROW = re.compile("[\u2190-\u21ff\u2794-\u27bf\u27f0-\u27ff\u2900-\u297f\u2b00-\u2b11\u2b95]")
_TYPED_ARROW = re.compile("(?<![-=\u2013])[-=\u2013]++>")
_SELECTOR = re.compile("[\ufe0e\ufe0f]")  # drawn as text, drawn as a picture
_END = re.compile(r"[\s.!?…)\]»”\"]*")  # the marks that end a sentence
_UNSEEN = re.compile(
    "[\u00ad\u034f\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
    "|(?<![\u203c-\U0010ffff])[\u200c\u200d]"
)
_WORD = re.compile(r"[^\W_]+")
_WORDS_OF_A_SENTENCE = 3  # with fewer before it, a picture may stand for a word: "I 🧡 Paris"


@dataclass(frozen=True, slots=True)
class Framed:
    """A text without the pictures around it: `lead` stood before it, `tail` behind it.

    `inside` tells whether the marks that end the text stood behind the tail.
    """

    text: str
    lead: str = ""
    tail: str = ""
    inside: bool = False

    def around(self, translation: str) -> str:
        """Return a translation of `text` with the pictures around it."""
        if not self.lead and not self.tail:
            return translation
        body = translation.strip()
        at = len(body)
        while self.inside and at and _END.fullmatch(body, at - 1):
            at -= 1
        return f"{self.lead}{body[:at]}{self.tail}{body[at:]}"


def framed(text: str) -> Framed:
    """Return a text without the pictures around it."""
    found = _runs(text)
    lead = tail = ""
    inside = False
    if found and not text[: found[0].start].strip():
        at = _next_letter(text, found[0].end)
        lead, text = text[found[0].start : at], text[at:]
        found = _runs(text)
    if found and _END.fullmatch(text, found[-1].end):
        before = text[: found[-1].start].rstrip()
        end = text[found[-1].end :].rstrip()
        tail = text[len(before) : found[-1].end]
        text, inside = before + end, bool(end)
    return Framed(text, lead, tail, inside)


def cut_at_symbols(text: str, *, language: str) -> Iterator[str]:
    """Yield the parts of a text that pictures separate; joined, they are the text.

    1. A line that begins with a picture is a part, and so is a sentence that a picture ends.
    2. Of the rest, a sentence with pictures around it is a part by itself; sentences without go
       together.
    """
    if not _runs(text):
        yield text
        return
    plain = ""
    for sentence in sentences(text, language=language):
        for part in _cut(sentence):
            found = framed(part)
            if found.lead or found.tail:
                if plain:
                    yield plain
                plain = ""
                yield part
            else:
                plain += part
    if plain:
        yield plain


def without_invented(source: str, target: str) -> str:
    """Return a translation without unseen characters, and without pictures that the source lacks.

    A picture is written as the source writes it.
    """
    target = _UNSEEN.sub("", target)
    if not _runs(target):
        return target
    known: dict[str, list[str]] = defaultdict(list)
    for match in _SYMBOL.finditer(source):
        known[_bare(match.group())].append(match.group())

    def own(match: re.Match[str]) -> str:
        left = known[_bare(match["symbol"])]
        return match["blank"] + left.pop(0) if left else ""

    return _SPACED.sub(own, target).strip()


def with_lost(source: str, target: str) -> str:
    """Return a translation with the pictures within its source that it lacks.

    1. An arrow that was typed ("->") becomes the arrow of the source.
    2. Any other picture is put between two words, as far into the translation as it is into the
       source, in words.
    """
    inner = _runs(source)
    if not inner:
        return target
    there = [_bare(symbol) for symbol in _SYMBOL.findall(target)]
    for match in _SYMBOL.finditer(source):
        symbol = match.group()
        if _bare(symbol) in there:
            there.remove(_bare(symbol))
        elif _ARROW.match(symbol) and _TYPED_ARROW.search(target):
            target = _TYPED_ARROW.sub(symbol, target, count=1)
        elif target.strip():
            target = _put(symbol, target, share=_words_before(source, match.start()))
    return target


def _words_before(text: str, at: int) -> float:
    """Return the share of the words of a text that stand before a place."""
    return len(_WORD.findall(text, 0, at)) / max(1, len(_WORD.findall(text)))


def _put(symbol: str, text: str, *, share: float) -> str:
    words = list(_WORD.finditer(text))
    gaps = [m.start() for m in re.finditer(r"\s+", text)]
    wanted = words[min(round(share * len(words)), len(words)) - 1].end() if words and share else 0
    at = min([0, *gaps, len(text)], key=lambda gap: abs(gap - wanted))
    return f"{symbol} {text}" if at == 0 else f"{text[:at]} {symbol}{text[at:]}"


def _bare(symbol: str) -> str:
    return _SELECTOR.sub("", symbol)


def _runs(text: str) -> list[Span]:
    """Return the places of pictures; those with nothing but blanks between them are one."""
    found: list[Span] = []
    if not _TRACE.search(text):
        return found
    for match in _SYMBOL.finditer(text):
        if found and not text[found[-1].end : match.start()].strip():
            found[-1] = Span(found[-1].start, match.end())
        else:
            found.append(Span(*match.span()))
    return found


def _next_letter(text: str, at: int) -> int:
    return at + len(text[at:]) - len(text[at:].lstrip())


def _cut(sentence: str) -> Iterator[str]:
    """Yield the parts of a sentence.

    It is cut before a picture that opens a line, and behind one that ends a sentence.
    """
    begin = 0
    for run in _runs(sentence):
        before = sentence[begin : run.start]
        behind = _next_letter(sentence, run.end)
        if "\n" in before[len(before.rstrip()) :] and before.strip():
            yield before
            begin = run.start
        elif (
            behind > run.end
            and not _ARROW.match(sentence, run.start)  # it leads on
            and re.match(f'[{capital()}«“"]', sentence[behind : behind + 1])
            and len(_WORD.findall(before)) >= _WORDS_OF_A_SENTENCE
        ):
            yield sentence[begin:behind]
            begin = behind
    if begin < len(sentence):
        yield sentence[begin:]

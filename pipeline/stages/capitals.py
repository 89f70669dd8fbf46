"""Text in capitals only: small letters for the engine, and the capitals back in its answer.

Engines were trained on sentences. Of a headline in capitals a small model knows half of the words
and makes up the rest, so it is shown the headline as a sentence would write it. Both forms have
the same length: a place in the one is a place in the other.

1. A text is cut into stretches: sentences, and what stands before a colon or a dash.
2. A stretch is shouted if nearly all of its letters are capitals, and one of its words is surely no
   abbreviation.
3. Of a shouted stretch each word gets small letters, but for abbreviations and codes. A name keeps
   its first capital where the rest of the document, or else the lexicon, writes it with one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.facts.fact_words import dates, numbers
from pipeline.facts.protected import protected
from pipeline.lang.function_words import any_function_word
from pipeline.lang.letters import cyrillic, has_vowel
from pipeline.stages.naming.cased import is_abbreviation, is_cased_name
from pipeline.stages.naming.in_capitals import is_name_in_capitals
from pipeline.stages.naming.lexicon import folded
from pipeline.stages.naming.name_words import opens_sentence
from pipeline.stages.naming.slavic import stem
from pipeline.stages.triage.answer import Answer

_EDGE = re.compile(r"(?<![.!?…:;])[.!?…:;]++[»”\"')\]]*+(?:\s+|$)|\s[—–-]\s|\n+")
_FULL_STOP = re.compile(r"(?:^|[.!?…]+[»”\"')\]]*\s+|\n\s*|[«“\"„(]\s*)$")
_TOKEN = re.compile(r"[^\W_]+(?:(?:-|(?<=[\u0400-\u04ff])['’ʼ](?=[\u0400-\u04ff]))[^\W_]+)*")
_ROMAN = re.compile(r"M{0,3}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})E?")
_COUNTED = re.compile(r"\d+-?[^\W\d_]{2,}")  # "15-ЛЕТНИЙ", no "С-300" and no "5G"
_BEFORE = 40  # characters that tell whether a sentence begins behind them
MAX_SMALL = 0.15  # share of small letters in a shouted stretch: "15 км" stands in capitals, too
CLEAR_LETTERS = 4  # of a word that is no abbreviation; of a word that stands alone one more


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: int
    end: int
    shouted: bool


class Capitals:
    """The capitals of one document: `texts` are its paragraphs, each with its language."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._texts = tuple(texts)

    def lowered(self, text: str, language: str) -> str:
        """Return a text of the document, as long as before, with its shouted stretches in small."""
        found = [s for s in _stretches(text) if s.shouted]
        if not found:
            return text
        letters, bare = list(text), _without_addresses(text)
        for stretch in found:
            for token in _TOKEN.finditer(bare, stretch.start, stretch.end):
                letters[slice(*token.span())] = self._written(bare, token, language)
        return _with_addresses(text, "".join(letters))

    def _written(self, text: str, token: re.Match[str], language: str) -> str:
        word = token.group()
        low = _small(word)
        if len(word) == 1 and text[token.end() : token.end() + 1] == ".":
            return word  # an initial
        elided = text[token.end() : token.end() + 1] in {"'", "’", "ʼ"}
        if self._is_fixed(word, language, elided=elided):
            return word
        is_name = self._is_name(text, token.start(), word, language)
        if is_name:
            low = "-".join(
                part if part in any_function_word() else part[:1].upper() + part[1:]
                for part in low.split("-")
            )
        if _FULL_STOP.search(text, max(0, token.start() - _BEFORE), token.start()):
            low = low[:1].upper() + low[1:]
        return low if len(low) == len(word) else word

    def _is_fixed(self, word: str, language: str, *, elided: bool) -> bool:
        """Tell whether a word keeps its letters: an abbreviation, a code, a foreign word."""
        if any(c.isdigit() for c in word):
            return not _COUNTED.fullmatch(word)
        low = word.lower()
        if low in any_function_word() or elided:
            return False
        if language in cyrillic() and word[0].isascii():
            return True
        if low in dates() or low in numbers():
            return False
        if len(word) == 1 or _ROMAN.fullmatch(word) or not has_vowel(word):
            return True
        return word in self._abbreviations or is_abbreviation(word)

    def _is_name(self, text: str, start: int, word: str, language: str) -> bool:
        low = word.lower()
        if low in any_function_word() or low in dates():
            return False
        first = word.partition("-")[0]  # "РОСТОВЕ-НА-ДОНУ"
        return self._has_capital(text, start, word, language) or (
            first != word and self._is_name(text, start, first, language)
        )

    def _has_capital(self, text: str, start: int, word: str, language: str) -> bool:
        key = folded(stem(word, language))
        small, capital = self._small[key], self._names[key]
        if small or capital:
            return capital > small
        return is_cased_name(word, language) or is_name_in_capitals(text, start, word, language)

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[str], frozenset[str]]:
        """The stems in small letters and with a capital, and the abbreviations, of all texts."""
        small: Counter[str] = Counter()
        names: Counter[str] = Counter()
        abbreviations: set[str] = set()
        for text, language in self._texts:
            for stretch in _stretches(text):
                if stretch.shouted:
                    continue
                for token in _TOKEN.finditer(text, stretch.start, stretch.end):
                    word = token.group()
                    if word.islower():
                        small[folded(stem(word, language))] += 1
                    elif len(word) > 1 and word.isupper():
                        abbreviations.add(word)
                    elif not _opens(text, token.start()):
                        names[folded(stem(word, language))] += 1
        return small, names, frozenset(abbreviations)

    @property
    def _small(self) -> Counter[str]:
        return self._counts[0]

    @property
    def _names(self) -> Counter[str]:
        return self._counts[1]

    @property
    def _abbreviations(self) -> frozenset[str]:
        return self._counts[2]


def shouted_again(source: str, answer: Answer) -> Answer:
    """Return the answer to a source in capitals in capitals, too; its parts stay where they are.

    Where only some stretches of `source` are shouted, those of the answer are that stand in the
    same place, if both have equally many.
    """
    ours = _stretches(source)
    if not any(s.shouted for s in ours):
        return answer
    theirs = [(s.start, s.end) for s in _stretches(answer.text)]
    if all(s.shouted for s in ours):
        loud = theirs
    elif len(ours) == len(theirs):
        loud = [place for place, s in zip(theirs, ours, strict=True) if s.shouted]
    else:
        return answer
    text = "".join(
        _capital(c) if any(a <= i < b for a, b in loud) else c for i, c in enumerate(answer.text)
    )
    return replace(answer, text=_with_addresses(answer.text, text))


def _stretches(text: str) -> list[_Stretch]:
    """Return the stretches of a text that have letters."""
    bare = _without_addresses(text)
    return [_Stretch(a, b, _is_shouted(bare[a:b])) for a, b in _cut(bare)]


def _without_addresses(text: str) -> str:
    """Return a text with figures for the letters of its opaque spans, which have no case."""
    return _with_spans(text, ["0" * len(span.text) for span in protected(text)], text)


def _with_addresses(text: str, changed: str) -> str:
    """Return `changed`, which is as long as `text`, with the opaque spans of `text`."""
    return _with_spans(text, [span.text for span in protected(text)], changed)


def _with_spans(text: str, spans: Sequence[str], changed: str) -> str:
    pieces, at = [], 0
    for place, new in zip(protected(text), spans, strict=True):
        pieces += [changed[at : place.start], new]
        at = place.start + len(new)
    return "".join([*pieces, changed[at:]])


def _opens(text: str, position: int) -> bool:
    """Tell whether a sentence begins at a position, by the characters before it."""
    start = max(0, position - _BEFORE)
    return opens_sentence(text[start:position], position - start)


def _cut(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for edge in (*_EDGE.finditer(text), None):
        end = len(text) if edge is None else edge.end()
        if any(map(str.isalpha, text[at:end])):
            yield at, end
        at = end


_FIRM = re.compile(r"\w{1,20}(?:&\w{1,20})+")  # AT&T, R&D: written so in every text


def _is_shouted(text: str) -> bool:
    text = _FIRM.sub("", text)
    capital = sum(map(str.isupper, text))
    small = sum(map(str.islower, text))
    if capital < CLEAR_LETTERS or small > MAX_SMALL * (capital + small):
        return False
    words = [w for w in _TOKEN.findall(text) if w.isupper() and w.isalpha() and len(w) > 1]
    least = CLEAR_LETTERS + (len(words) == 1)
    return any(
        word.lower() in any_function_word()
        or (len(word) >= least and has_vowel(word) and not is_abbreviation(word))
        for word in words
    )


def _small(text: str) -> str:
    return "".join(low if len(low := c.lower()) == 1 else c for c in text)


def _capital(character: str) -> str:
    """Return a letter as a capital, unless that takes two letters."""
    return high if len(high := character.upper()) == 1 else character

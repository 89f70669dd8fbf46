"""Does a text vouch for a sentence about it? Figures, names, words and causes, without a model.

The check is one of words: it finds what a text says nothing about, not what it says otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property

from pipeline.facts.agreement import unsupported_numbers
from pipeline.facts.spoken import spoken_numbers
from pipeline.flag import Flag
from pipeline.lang.data import by_language, words
from pipeline.lang.function_words import function_words
from pipeline.lang.letters import capital, small
from pipeline.stages.naming.lexicon import is_english_name

LEAST_VOUCHED = 0.6  # share of the words of a sentence that are no grammar
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’ʼ]s?$")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’ʼ](?=\w)", re.IGNORECASE)
_SHORT = 3  # letters: shorter words carry no news
_MIN_SENTENCES = 5  # of a text whose sentences have words in common
_CAUSAL = ("stated", "supported_by")


class Vouching:
    """A text that vouches for sentences about it; `sentences` are the text's own.

    All are in `language`.
    """

    def __init__(self, sentences: Sequence[str], *, language: str) -> None:
        self._language = language
        self._text = "\n".join(sentences)
        self._written = frozenset(map(_folded, _WORD.findall(self._text)))
        self._words = _Forms(map(_folded, _WORD.findall(self._text)))
        self._initials = frozenset(
            _initials(_names_in(run, language)) for run in _names().findall(self._text)
        )
        self._words_of = [tuple(_content_words(s, language)) for s in sentences]
        self._sentences = [_Forms(own) for own in self._words_of]
        self._causal = [
            forms
            for s, forms in zip(sentences, self._sentences, strict=True)
            if _matches(s, language, _CAUSAL)
        ]

    def doubt(self, claim: str) -> Flag | None:
        """Return what the text does not vouch for in a sentence; None if nothing is missing.

        1. A figure must be in the text, with the same worth.
        2. So must a name, in one of its forms, or as initials.
        3. Of the other words that are not grammar, `LEAST_VOUCHED` must be.
        4. A cause must be stated by a sentence of the text that shares words with the claim.
        """
        if unsupported_numbers(claim, self._text, language=self._language):
            return Flag.DROPPED_NUMBER
        spelt: set[str] = set()
        for run in _names().finditer(claim):
            names = _names_in(run.group(), self._language)
            if len(names) > 1 and _initials(names) in self._written:
                spelt |= set(map(_folded, names))
                continue
            opens = run.start() == 0 and run.group().startswith(names[0]) if names else False
            if opens and not is_english_name(names[0]):
                names = names[1:]  # any word has a capital there
            if not all(map(self._vouches_name, names)):
                return Flag.UNSUPPORTED
        found = list(_content_words(claim, self._language))
        vouched = sum(word in spelt or self._vouches_word(word) for word in found)
        if vouched < LEAST_VOUCHED * len(found):
            return Flag.UNSUPPORTED
        if _matches(claim, self._language, ("stated",)):
            least = min(2, len(found))
            if not any(sum(map(forms.has, found)) >= least for forms in self._causal):
                return Flag.UNSUPPORTED_CAUSE
        return None

    def knows(self, claim: str) -> bool:
        """Tell whether the text has at least one word of a sentence that is no grammar."""
        return any(map(self._words.has, _content_words(claim, self._language)))

    def is_apart(self, claim: str) -> bool:
        """Tell whether a claim has to do with one sentence of the text, and with no other.

        It is never so in a text of few sentences, or of sentences that are apart themselves.
        """
        found = tuple(_content_words(claim, self._language))
        counts = sorted(sum(map(forms.has, found)) for forms in self._sentences)
        return self._hangs_together and counts[-1] > 0 and not any(counts[:-1])

    @cached_property
    def _hangs_together(self) -> bool:
        """Whether most sentences of the text have a word in common with another one."""
        beginnings = [{word[: _shared(word)] for word in own} for own in self._words_of]
        uses = Counter(beginning for own in beginnings for beginning in own)
        connected = sum(any(uses[beginning] > 1 for beginning in own) for own in beginnings)
        return len(beginnings) >= _MIN_SENTENCES and 2 * connected >= len(beginnings)

    def _vouches_word(self, word: str) -> bool:
        if self._words.has(word):
            return True
        worth = spoken_numbers(word, language=self._language)
        return any(
            not unsupported_numbers(str(value), self._text, language=self._language)
            for value in worth
        )

    def _vouches_name(self, name: str) -> bool:
        low = _folded(name)
        return (
            low in self._written
            or self._words.has(low)
            or (name.isupper() and (len(name) < _SHORT or low in self._initials))
            or _is_common(name, low, self._language)
        )


class _Forms:
    """Words, each of which stands for all of its forms: those share their first letters.

    Two words are forms of one if they share all letters but the last of the shorter one, at least
    three and at most five.
    """

    def __init__(self, found: Iterable[str]) -> None:
        self._beginnings: Mapping[int, set[str]] = {3: set(), 4: set(), 5: set()}
        self._short: Mapping[int, set[str]] = {3: set(), 4: set()}
        for word in found:
            for size, beginnings in self._beginnings.items():
                if len(word) >= max(3, size):
                    beginnings.add(word[:size])
            if (size := _shared(word)) in self._short:
                self._short[size].add(word[:size])

    def has(self, word: str) -> bool:
        """Tell whether a form of `word` is among the words."""
        own = _shared(word)
        if word[:own] in self._beginnings[own]:
            return True
        return any(word[:size] in self._short[size] for size in self._short if size < own)


@cache
def _names() -> re.Pattern[str]:
    """Return the pattern of names in a row, with a little word between two of them."""
    name = rf"[{capital()}][\w'’ʼ-]*"
    return re.compile(rf"(?<!\w){name}(?:\s(?:[{small()}]{{1,3}}\s)?{name})*")


def _shared(word: str) -> int:
    """Return how many letters a longer word must share with this one to be a form of it."""
    return max(3, min(5, len(word) - 1))


def _folded(word: str) -> str:
    """Return a word in lower case, without an elided article or a possessive."""
    return _POSSESSIVE.sub("", _ELIDED.sub("", word)).lower()


def _content_words(text: str, language: str) -> Iterator[str]:
    """Yield the words of a text that are not grammar."""
    grammar = function_words().get(language, frozenset())
    for word in _WORD.findall(text):
        low = _folded(word)
        if len(low) >= _SHORT and low not in grammar and word.lower() not in grammar:
            yield low


def _names_in(run: str, language: str) -> list[str]:
    """Return the words of a run that have a capital and are no grammar."""
    grammar = function_words().get(language, frozenset())
    return [w for w in _WORD.findall(run) if w[0].isupper() and _folded(w) not in grammar]


def _initials(names: Iterable[str]) -> str:
    return "".join(name[0] for name in names).lower()


def _is_common(name: str, low: str, language: str) -> bool:
    """Tell whether a word with a capital is a country, a title, or grammar: many names for one."""
    grammar = function_words().get(language, frozenset())
    return (
        name in words("names.translated") or name in words("sentences.initials") or low in grammar
    )


def _matches(text: str, language: str, kinds: Iterable[str]) -> bool:
    plain = " ".join(text.lower().replace("’", "'").replace("ʼ", "'").split())
    found = (_causes(kind).get(language) for kind in kinds)
    return any(pattern is not None and pattern.search(plain) for pattern in found)


@cache
def _causes(kind: str) -> Mapping[str, re.Pattern[str]]:
    """Return a verbose pattern for each language: blanks count for nothing, "_" is a space."""
    return {
        tag: re.compile(pattern.replace("_", r"\s"), re.VERBOSE)
        for tag, pattern in by_language(f"causes.{kind}").items()
    }

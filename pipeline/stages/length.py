"""The length of a summary, in sentences and in words; sentences are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.engine import Passage
from pipeline.summary import Sentence

_WORDS_OF_A_SENTENCE = 18  # in a summary of news


@dataclass(frozen=True, slots=True)
class Length:
    """At least `min_sentences` and at most `max_sentences`; at most `max_words`, where it is set.

    A first sentence that is longer than `max_words` by itself stands all the same.
    """

    min_sentences: int
    max_sentences: int
    max_words: int | None = None

    def passage(self, text: str, *, language: str) -> Passage:
        """Return a text to be summarised at this length."""
        return Passage(text, language, self.asked_sentences, self.max_words)

    @property
    def asked_sentences(self) -> int:
        """The sentences that an engine is asked for."""
        if self.max_words is None:
            return self.max_sentences
        return max(1, min(self.max_sentences, round(self.max_words / _WORDS_OF_A_SENTENCE)))

    def has_room(self, shown: Sequence[Sentence], further: str) -> bool:
        """Tell whether a sentence fits behind those that are `shown`."""
        if len(shown) >= self.max_sentences:
            return False
        if self.max_words is None or not shown:
            return True
        return sum(_count(s.text) for s in shown) + _count(further) <= self.max_words

    def cut(self, sentences: Sequence[Sentence]) -> list[Sentence]:
        """Return the sentences that there is room for, from the first on."""
        shown: list[Sentence] = []
        for sentence in sentences:
            if self.has_room(shown, sentence.text):
                shown.append(sentence)
        return shown


def _count(text: str) -> int:
    return len(text.split())

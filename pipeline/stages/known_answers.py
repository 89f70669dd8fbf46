"""Answers that need no model: labels of a newspaper, and names that stand in Latin letters already.

Whoever asks a chat model about a name alone is told who bears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.engine import Decoding, Hypothesis, Segment, Translator
from pipeline.document import NO_MODEL
from pipeline.lang.dictionary import label, with_known_words
from pipeline.lang.letters import cyrillic, latin

_CYRILLIC = re.compile("[\u0400-\u04ff]")


class KnownAnswers:
    """Answers what it knows, and asks `engine` for the rest. Implements `Translator`.

    With `places_words` the engine is asked with the words of the dictionary in the target language
    (pipeline/lang/dictionary.py): a small model copies a word better than it guesses one.
    """

    def __init__(self, engine: Translator, *, places_words: bool = False) -> None:
        self._engine = engine
        self._places_words = places_words

    @property
    def identity(self) -> str:
        """The identity of the engine, which every other answer is from."""
        return self._engine.identity

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment, those that are known first."""
        asked = [self._placed(segment) for segment in segments]
        left = []
        for index, (segment, again) in enumerate(zip(segments, asked, strict=True)):
            text = label(segment.text, source=segment.source, target=segment.target)
            if text is None and _is_spelt(again):
                text = again.text
            if text is None:
                left.append(index)
            else:
                yield index, Hypothesis(text.strip(), 0, "stop", NO_MODEL)
        if left:
            questions = [asked[i] for i in left]
            for position, hypothesis in self._engine.translate(questions, decoding=decoding):
                yield left[position], hypothesis

    def _placed(self, segment: Segment) -> Segment:
        if not self._places_words:
            return segment
        text = with_known_words(segment.text, source=segment.source, target=segment.target)
        return replace(segment, text=text)


def _is_spelt(segment: Segment) -> bool:
    """Tell whether a text from Cyrillic script has nothing left in it."""
    return (
        segment.source in cyrillic()
        and segment.target in latin()
        and not _CYRILLIC.search(segment.text)
    )

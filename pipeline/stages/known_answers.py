"""Short texts around a model: what is known is not asked, and what was not written is not added.

Labels of a newspaper, known places, and names that stand in Latin letters already, need no model:
whoever asks one about a name alone is told who bears it. A headline gets no full stop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.engine import Decoding, Hypothesis, Segment, Translator
from pipeline.lang.dictionary import label, spelt_out, with_known_words
from pipeline.lang.letters import cyrillic, latin
from pipeline.place import NO_MODEL
from pipeline.stages.naming import by_ear
from pipeline.stages.naming.places import places_alone
from pipeline.stages.triage.short_text import is_short

_MARKS = ".:"
_ENDS = re.compile(r"[.!?…:;]\W*$")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


class KnownAnswers:
    """Answers what it knows, and asks `engine` for the rest. Implements `Translator`.

    A short text without a mark at its end has none in its translation.

    With `places_words` the engine is asked with the words of the dictionary in the target language,
    and with those that are cut short in full (pipeline/lang/dictionary.py): a small model copies a
    word better than it guesses one.
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
            if text is None and segment.target == "en":
                text = _place(segment.text.strip(), segment.source)
            if text is None and (_is_spelt(segment) or _is_spelt(again, bare=segment.text)):
                text = again.text
            if text is None:
                left.append(index)
            else:
                yield index, Hypothesis(text.strip(), 0, "stop", NO_MODEL)
        if left:
            questions = [asked[i] for i in left]
            for position, hypothesis in self._engine.translate(questions, decoding=decoding):
                index = left[position]
                yield index, _without_full_stop(segments[index].text, hypothesis)

    def _placed(self, segment: Segment) -> Segment:
        if not self._places_words:
            return segment
        text = spelt_out(segment.text, language=segment.source)
        text = with_known_words(text, source=segment.source, target=segment.target)
        return replace(segment, text=text)


def _place(text: str, language: str) -> str | None:
    """Return the English of a text that is nothing but known places."""
    if language == by_ear.LANGUAGE:
        return by_ear.in_english(text)
    return places_alone(text, language)


def _is_spelt(segment: Segment, *, bare: str = "") -> bool:
    """Tell whether a text from Cyrillic script has nothing left of it.

    `bare` is the text before words were placed in it: names and such words together are a phrase,
    whose grammar a model knows ("Mayor Lviv").
    """
    return (
        segment.source in cyrillic()
        and segment.target in latin()
        and not _CYRILLIC.search(segment.text)
        and not _LATIN.search(bare)
    )


def _without_full_stop(source: str, hypothesis: Hypothesis) -> Hypothesis:
    """Return an answer to a short text without the mark at its end that the source has not."""
    if _ENDS.search(source) or not is_short(source):
        return hypothesis
    text, *others = (t.rstrip(_MARKS) or t for t in (hypothesis.text, *hypothesis.alternatives))
    return replace(hypothesis, text=text, alternatives=tuple(others))

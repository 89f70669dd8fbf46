"""The translation of one unit: the questions to the desk, and the unit made of their answers.

How the inline codes of a unit get into its translation is told in `code_transfer`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.document import Kind, Run, Translation
from pipeline.flag import Flag
from pipeline.place import NO_MODEL, Span
from pipeline.translation.code_transfer import (
    CodedSegment,
    Ignorable,
    Lost,
    PlacedCode,
    Wanting,
    cut,
    parts,
    place,
    render,
    unmoved,
)
from pipeline.translation.skeleton import Unit, has_words, same, shown


@dataclass(frozen=True, slots=True)
class Question:
    """A text to translate. `runs` are offsets in `text`, for a text that changes its language."""

    text: str
    language: str
    kind: Kind = Kind.TEXT
    runs: tuple[Run, ...] = ()


# None: nothing to translate, or no route. Sources of segments are in the question's text.
Answers = Mapping[Question, Translation | None]


@dataclass(frozen=True, slots=True)
class SegmentPair:
    """A segment of a unit and its translation, both without inline codes.

    `model` is `NO_MODEL` where the translation is the source, which no model wrote.
    """

    source: str
    target: str
    language: str
    model: str
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class TranslatedUnit:
    """A unit in the target language: `code` replaces the span of the unit in the source.

    `source` is the unit without inline codes. `segments` are in reading order, and empty where
    nothing was translated. `cut` tells whether the unit was translated in pieces because the place
    of an inline code was not clear otherwise.
    """

    unit: Unit
    code: str
    source: str
    language: str
    segments: tuple[SegmentPair, ...] = ()
    cut: bool = False

    @property
    def flags(self) -> tuple[Flag, ...]:
        """Flags of all segments, each flag once."""
        return tuple(dict.fromkeys(flag for m in self.segments for flag in m.flags))


class UnitJob:
    """The work on one unit: one segment, or more once the place of an inline code is lost."""

    def __init__(self, unit: Unit, questions: Iterator[Question]) -> None:
        """Take the questions of the units within the markup of `unit`, then that of `unit`."""
        self._inner = [UnitJob(inner, questions) for inner in unit.inner]
        self._unit = unit
        self._question = next(questions)
        self._parts = parts(unit.nodes)
        self._cut = False

    def wants(self, answers: Answers) -> list[Question]:
        """Return the questions without an answer; a segment is cut at a lost inline code."""
        wanted = [question for inner in self._inner for question in inner.wants(answers)]
        settled: list[CodedSegment | Ignorable] = []
        pending = list(reversed(self._parts))
        while pending:
            part = pending.pop()
            question = self._question_of(part)
            if question is not None and question not in answers:
                wanted.append(question)
            translation = None if question is None else answers.get(question)
            if isinstance(part, CodedSegment) and question and translation:
                found = self._place(part, question, translation.text, answers)
                if isinstance(found, Lost):
                    self._cut = True
                    pending.extend(reversed(cut(part.nodes, found.index)))
                    continue
                if isinstance(found, Wanting):
                    wanted += [self._ask_for(text) for text in found.texts]
            settled.append(part)
        self._parts = settled
        return wanted

    def render(self, text: str, answers: Answers) -> TranslatedUnit:
        """Return the translated unit. `text` is the source; every question has its answer."""
        inner = [job.render(text, answers) for job in self._inner]
        code: list[str] = []
        matched: list[SegmentPair] = []
        translated = changed = False

        def source(span: Span) -> str:
            return _edited(text, span, inner)

        for part in self._parts:
            if isinstance(part, Ignorable):
                code.append(source(part.code) + part.tail)
                continue
            own = shown(part.nodes)
            new, lead, trail, marks = own, "", "", unmoved(part.nodes)
            question = self._question_of(part)
            translation = None if question is None else answers[question]
            if question is None or translation is None:
                matched += _unchanged(own, self._question.language)
            else:
                translated = True
                matched += _matched(question, translation)
                if not same(translation.text, own):
                    found = self._place(part, question, translation.text, answers)
                    if not isinstance(found, tuple):
                        raise RuntimeError(f"markup without a place in {translation.text!r}")
                    changed = True
                    new, marks = translation.text, found
                    lead, trail = _edges(own)
            new_code = render(new, marks, written=self._unit.written, source=source)
            code.append(lead + new_code + trail)
        return TranslatedUnit(
            self._unit,
            self._unit.framed("".join(code)) if changed else source(self._unit.span),
            self._question.text,
            self._question.language,
            tuple(matched) if translated else (),
            self._cut,
        )

    def _place(
        self, part: CodedSegment, question: Question, translation: str, answers: Answers
    ) -> tuple[PlacedCode, ...] | Wanting | Lost:
        if same(translation, question.text):
            return unmoved(part.nodes)

        def known(text: str) -> str | None:
            asked = self._ask_for(text)
            if asked not in answers:
                return None
            answer = answers[asked]
            return text if answer is None else answer.text

        return place(part.nodes, translation, known)

    def _question_of(self, part: CodedSegment | Ignorable) -> Question | None:
        """Return the question for a part, or None where the part has nothing to translate."""
        if isinstance(part, Ignorable) or not has_words(part.nodes):
            return None
        return self._ask_for(shown(part.nodes))

    def _ask_for(self, text: str) -> Question:
        text = text.strip()
        if text == self._question.text:
            return self._question
        return Question(text, self._question.language, self._question.kind)


def _edited(text: str, span: Span, inner: Sequence[TranslatedUnit]) -> str:
    """Return the source code of a span, with the units inside it translated."""
    pieces = []
    at = span.start
    for rendered in inner:
        within = rendered.unit.span
        if span.start <= within.start and within.end <= span.end:
            pieces += [text[at : within.start], rendered.code]
            at = within.end
    return "".join(pieces) + text[at : span.end]


def _matched(question: Question, translation: Translation) -> Iterator[SegmentPair]:
    """Yield the segments of a translation."""
    for s in translation.segments:
        yield SegmentPair(
            question.text[s.source.start : s.source.end],
            translation.text[s.target.start : s.target.end],
            s.language,
            s.model,
            s.flags,
        )


def _unchanged(text: str, language: str) -> Iterator[SegmentPair]:
    """Yield a text that stays as it is in the translation, unless it is blank."""
    if text := text.strip():
        yield SegmentPair(text, text, language, NO_MODEL)


def _edges(text: str) -> tuple[str, str]:
    """Return the whitespace before and behind a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

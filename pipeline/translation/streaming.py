"""A skeleton translated a window of units at a time, so that memory does not grow with the text.

1. Find the languages of the whole text, as detection needs context.
2. Read the names of the whole text, as the form in Latin letters may stand anywhere.
3. Translate window by window. Results go to the cache as they come, where a run that was killed
   finds them when it is started again. Text that is written cannot be called back, so each window
   settles the spelling of its names for the windows behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from models.engine import UNDETERMINED
from pipeline.desk import Desk
from pipeline.document import Document, Paragraph, Run, Translation, content_id
from pipeline.place import Span
from pipeline.runner import one_through
from pipeline.translation.skeleton import Skeleton, Unit, shown
from pipeline.translation.unit_job import Answers, Question, TranslatedUnit, UnitJob
from pipeline.translation.windowed_progress import WindowedProgress

WINDOW_CHARS = 32_000  # some eighty segments: several full batches, and minutes on two cores
_BETWEEN = "\n\n"


class StreamedTranslation:
    """The translation of one skeleton. `document` has the language of the skeleton, and notes.

    `language` overrules the detection. `untranslated` has notes of passages that no model
    translated, once `run` has come to its end.
    """

    def __init__(
        self,
        skeleton: Skeleton,
        desk: Desk,
        *,
        progress: WindowedProgress,
        language: str | None = None,
    ) -> None:
        self._skeleton = skeleton
        self._desk = desk
        self._progress = progress
        self.document = self._read(language)
        self.untranslated: list[str] = []

    def run(self) -> Iterator[TranslatedUnit]:
        """Yield every unit of the skeleton, translated, in order.

        Raises EngineError when a model cannot be run.
        """
        self._progress.begin(total=len(self.document.paragraphs))
        one_through(self.document, [self._desk.naming])
        questions = self._questions()
        for window in _windows(self._skeleton.units):
            jobs = [UnitJob(unit, questions) for unit in window]
            self._progress.window(sum(1 for _ in _with_inner(window)))
            yield from self._window(jobs)
        self._progress.end()

    def _read(self, language: str | None) -> Document:
        """Return the units as paragraphs, with their languages."""
        questions = [
            Question(shown(unit.nodes).strip(), language or UNDETERMINED, unit.kind)
            for unit in _with_inner(self._skeleton.units)
        ]
        document = _document(self._skeleton.name, questions)
        if language is not None:
            return replace(document, language=language, confidence=1.0)
        return one_through(document, self._desk.reading)

    def _questions(self) -> Iterator[Question]:
        for paragraph in self.document.paragraphs:
            runs = _moved(paragraph.runs, by=-paragraph.span.start)
            yield Question(paragraph.text, paragraph.language, paragraph.kind, runs)

    def _window(self, jobs: Sequence[UnitJob]) -> Iterator[TranslatedUnit]:
        """Ask for the texts of a window until all its inline codes have a place."""
        answers: Answers = {}
        while wanted := dict.fromkeys(q for job in jobs for q in job.wants(answers)):
            answers = {**answers, **self._ask(list(wanted))}
        yield from (job.render(self._skeleton.text, answers) for job in jobs)

    def _ask(self, questions: Sequence[Question]) -> Answers:
        document = replace(
            _document(self._skeleton.name, questions),
            language=self.document.language,
            confidence=self.document.confidence,
        )
        found = one_through(document, (self._desk.translating, self._desk.spelling))
        self.untranslated += found.notes
        return {
            question: _within(paragraph)
            for question, paragraph in zip(questions, found.paragraphs, strict=True)
        }


def spliced(text: str, units: Iterable[TranslatedUnit]) -> Iterator[str]:
    """Yield `text` piece by piece, every unit replaced by its translation."""
    at = 0
    for rendered in units:
        yield text[at : rendered.unit.span.start]
        yield rendered.code
        at = rendered.unit.span.end
    yield text[at:]


def _windows(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Yield consecutive units, about `WINDOW_CHARS` characters at a time."""
    window: list[Unit] = []
    size = 0
    for unit in units:
        window.append(unit)
        size += unit.span.end - unit.span.start
        if size >= WINDOW_CHARS:
            yield window
            window, size = [], 0
    if window:
        yield window


def _with_inner(units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield units, before each one the units within its inline codes."""
    for unit in units:
        yield from _with_inner(unit.inner)
        yield unit


def _document(name: str, questions: Sequence[Question]) -> Document:
    """Return a document whose paragraphs are the questions."""
    text = _BETWEEN.join(question.text for question in questions)
    paragraphs = []
    at = 0
    for index, q in enumerate(questions):
        span = Span(at, at + len(q.text))
        runs = _moved(q.runs, by=at)
        paragraphs.append(
            Paragraph(index, q.text, span, q.kind, q.language, confidence=1.0, runs=runs)
        )
        at = span.end + len(_BETWEEN)
    return Document(content_id(text), name, text, "utf-8", tuple(paragraphs))


def _moved(runs: Iterable[Run], *, by: int) -> tuple[Run, ...]:
    return tuple(Run(Span(r.span.start + by, r.span.end + by), r.language) for r in runs)


def _within(paragraph: Paragraph) -> Translation | None:
    """Return the translation of a paragraph, its sources as offsets in that paragraph."""
    if paragraph.translation is None:
        return None
    at = paragraph.span.start
    segments = tuple(
        replace(s, source=Span(s.source.start - at, s.source.end - at))
        for s in paragraph.translation.segments
    )
    return replace(paragraph.translation, segments=segments)

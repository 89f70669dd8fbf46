"""The translate stage: kept paragraphs into the target language, many documents to a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import Decoding, Hypothesis, Segment, Translator
from pipeline.document import Document, Kind, Paragraph, Rejection, Translation
from pipeline.progress import Progress
from pipeline.stages.segment import segments, sentences
from pipeline.stages.triage import suspicions
from pipeline.stages.window import windows


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    model: str
    flags: tuple[str, ...] = ()


class Translate:
    """Translates every kept paragraph that is not in the target language yet.

    `languages` are the tags that have a route. Paragraphs in any other language are left alone.
    `window_documents` documents are decoded together: more of them fill batches better, fewer
    show results sooner.
    """

    name = "translate"

    def __init__(
        self,
        translator: Translator,
        *,
        languages: Sequence[str],
        target: str,
        decoding: Decoding,
        max_segment_chars: int,
        window_documents: int,
        progress: Progress,
    ) -> None:
        self._translator = translator
        self._languages = frozenset(languages)
        self._target = target
        self._decoding = decoding
        self._max_segment_chars = max_segment_chars
        self._window_documents = window_documents
        self._progress = progress

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        """Yield each document with `Paragraph.translation` set where there is one."""
        for window in windows(documents, self._window_documents):
            cuts = {
                (d, p.index): segments(
                    p.text, language=p.language, max_chars=self._max_segment_chars
                )
                for d, document in enumerate(window)
                for p in document.paragraphs
                if self._wanted(p)
            }
            flat = [
                Segment(piece, window[d].paragraphs[p].language, self._target)
                for (d, p), pieces in cuts.items()
                for piece in pieces
            ]
            answers = iter(self._answers(flat))
            translations = {
                (d, p): _join(pieces, [next(answers) for _ in pieces], self._target)
                for (d, p), pieces in cuts.items()
            }
            for d, document in enumerate(window):
                yield replace(
                    document,
                    paragraphs=tuple(
                        replace(p, translation=translations.get((d, p.index)))
                        for p in document.paragraphs
                    ),
                )

    def _wanted(self, paragraph: Paragraph) -> bool:
        return (
            paragraph.removal is None
            and paragraph.kind is not Kind.CODE
            and paragraph.language in self._languages
            and paragraph.language != self._target
            and any(character.isalpha() for character in paragraph.text)
        )

    def _answers(self, wanted: Sequence[Segment]) -> list[_Answer]:
        """Translate; what looks wrong once more sentence by sentence; else keep the source."""
        first = self._decode(wanted)
        suspects = [
            i for i, s in enumerate(wanted) if suspicions(s.text, first[i], target=s.target)
        ]
        split = {
            i: sentences(wanted[i].text, language=wanted[i].source)
            for i in suspects
        }
        again = [replace(wanted[i], text=piece) for i, pieces in split.items() for piece in pieces]
        second = iter(self._decode(again))
        answers = [_Answer(h.text, h.model) for h in first]
        for i, pieces in split.items():
            answers[i] = _mended(wanted[i], first[i], [(p, next(second)) for p in pieces])
        return answers

    def _decode(self, wanted: Sequence[Segment]) -> list[Hypothesis]:
        if not wanted:
            return []
        self._progress.stage(self.name, total=len(wanted), unit="segments")
        found: dict[int, Hypothesis] = {}
        for index, hypothesis in self._translator.translate(wanted, decoding=self._decoding):
            found[index] = hypothesis
            self._progress.advance()
        return [found[i] for i in range(len(wanted))]


def _mended(
    segment: Segment, first: Hypothesis, again: Sequence[tuple[str, Hypothesis]]
) -> _Answer:
    """Put a second, sentence by sentence attempt together; bad sentences keep their source."""
    if len(again) == 1:  # it was one sentence: the same question would get the same answer
        flags = suspicions(segment.text, first, target=segment.target)
        if set(flags) <= {"long", "short"} or flags == ("loop",):
            return _Answer(first.text, first.model, flags)  # odd, but more use than the source
        return _Answer(segment.text.strip(), first.model, (*flags, "kept-source"))
    parts: list[str] = []
    flags_of_all: list[str] = []
    for piece, hypothesis in again:
        flags = suspicions(piece, hypothesis, target=segment.target)
        bad = bool(set(flags) - {"long", "short", "loop"})
        parts.append(piece.strip() if bad else hypothesis.text)
        flags_of_all += (*flags, "kept-source") if bad else flags
    return _Answer(" ".join(parts), first.model, tuple(dict.fromkeys(flags_of_all)))


def _join(pieces: Sequence[str], answers: Sequence[_Answer], target: str) -> Translation:
    """Put the answers together with the whitespace that stood behind each piece."""
    text = "".join(
        answer.text + piece[len(piece.rstrip()) :]
        for piece, answer in zip(pieces, answers, strict=True)
    )
    flags = dict.fromkeys(flag for answer in answers for flag in answer.flags)
    return Translation(
        text=" ".join(text.split()), language=target, model=answers[0].model, flags=tuple(flags)
    )

"""The translate stage: kept paragraphs into the target language, many documents to a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from models.engine import JOINT, Decoding, Hypothesis, Segment, Translator
from pipeline.document import Aligned, Document, Draft, Kind, Paragraph, Span
from pipeline.facts.measures import localise
from pipeline.facts.protected import mask, put_back, unmask
from pipeline.facts.symbols import Framed, framed, with_lost, without_invented
from pipeline.progress import Progress
from pipeline.stage import StageKind
from pipeline.stages.naming.glossary import Glossary
from pipeline.stages.naming.mentions import Rendering
from pipeline.stages.naming.names import Names, capitalised
from pipeline.stages.pieces import Piece, asked_pieces, joined
from pipeline.stages.triage.answer import Answer, AnswerPart, edited
from pipeline.stages.triage.ladder import Ladder
from pipeline.stages.triage.ladder_record import LadderRecord


class Translate:
    """Translates every kept paragraph that is not in the target language yet.

    `languages` are the tags that have a route. Paragraphs in any other language are left alone,
    and so are the runs of a paragraph that are in the target language already.
    `juries` tells for which segments several engines decide together, `consults` for which another
    engine can be asked where a name was lost; None is for no segment. With `climbs`, suspects are
    decoded again; `samples` is the number of hypotheses that one rung draws. `record` counts the
    suspects and the outcomes of the ladder.
    """

    name = "translate"
    kind: StageKind = "window"

    def __init__(
        self,
        translator: Translator,
        *,
        languages: Sequence[str],
        target: str,
        decoding: Decoding,
        max_segment_chars: int,
        max_sentence_chars: int,
        progress: Progress,
        names: Names | None = None,
        glossary: Glossary | None = None,
        juries: Callable[[Segment], bool] | None = None,
        consults: Callable[[Segment], bool] | None = None,
        climbs: bool = True,
        samples: int = 0,
        record: LadderRecord | None = None,
    ) -> None:
        self._translator = translator
        self._languages = frozenset(languages)
        self._target = target
        self._decoding = decoding
        self._limits = {
            "max_chars": max_segment_chars,
            "max_sentence_chars": max_sentence_chars,
        }
        self._progress = progress
        self._names = names
        self._juries = juries or (lambda _: False)
        self._terms = glossary.do_not_translate if glossary else ()
        self._ladder = Ladder(
            self._decode,
            samples=samples,
            record=record or LadderRecord(),
            terms=self._terms,
            climbs=climbs,
            consults=consults,
        )

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with `Paragraph.translation` set where there is one.

        Names are spelt alike in all of `documents`; the drafts let `settled` spell them again.
        """
        cuts = [self._cuts(document) for document in documents]
        wanted = [
            Segment(piece.reading.text, piece.language, self._target)
            for paragraphs in cuts
            for pieces in paragraphs.values()
            for piece in pieces
            if piece.asked
        ]
        answers = iter(self._answers(wanted))
        drafted = [
            replace(
                document,
                drafts=tuple(
                    _draft(index, piece, next(answers) if piece.asked else None)
                    for index, pieces in paragraphs.items()
                    for piece in pieces
                ),
            )
            for document, paragraphs in zip(documents, cuts, strict=True)
        ]
        return self._spelt(drafted, settles=False)

    def settled(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents of a run with names spelt as all of them vote, and remembered.

        Drafts are dropped, and so is the summary of a document whose translation changed.
        """
        return [
            replace(after, drafts=(), summary=before.summary if after == before else None)
            for before, after in zip(documents, self._spelt(documents, settles=True), strict=True)
        ]

    def sources(self, document: Document) -> Iterator[tuple[str, str]]:
        """Yield the segments of a document as they are translated, each with its language."""
        for pieces in self._cuts(document).values():
            for piece in pieces:
                if piece.asked:
                    yield piece.reading.text, piece.language

    def _cuts(self, document: Document) -> dict[int, list[Piece]]:
        """Return the pieces of each paragraph that has something to translate."""
        return {
            p.index: pieces
            for p in document.paragraphs
            if self._wanted(p) and _any_foreign(pieces := self._pieces(document, p))
        }

    def _spelt(self, documents: Sequence[Document], *, settles: bool) -> list[Document]:
        """Return documents with the translations of their drafts, each name spelt in one way."""
        renderings = [
            Rendering(draft.reading, draft.text, draft.language)
            for document in documents
            for draft in document.drafts
            if draft.asked
        ]
        edits = iter(
            [[] for _ in renderings]
            if self._names is None or not renderings
            else self._names.unify(renderings, target=self._target, settles=settles)
        )
        done = []
        for document in documents:
            pieces: dict[int, list[Piece]] = {}
            answers: dict[int, list[Answer]] = {}
            for d in document.drafts:
                piece = Piece(_source(d, document), d.source.start, d.language, d.asked)
                pieces.setdefault(d.paragraph, []).append(piece)
                if d.asked:
                    answer = edited(_answer(d), next(edits))
                    answers.setdefault(d.paragraph, []).append(answer)
            translations = {
                index: joined(cut, iter(answers[index]), target=self._target)
                for index, cut in pieces.items()
            }
            paragraphs = tuple(
                replace(p, translation=translations.get(p.index)) for p in document.paragraphs
            )
            done.append(replace(document, paragraphs=paragraphs))
        return done

    def _wanted(self, paragraph: Paragraph) -> bool:
        return (
            paragraph.removal is None
            and paragraph.kind is not Kind.CODE
            and any(map(self._foreign, _languages(paragraph)))
        )

    def _has_words(self, text: str) -> bool:
        """Tell whether a text has letters outside its opaque spans; an address has none."""
        masked, spans = mask(text, terms=self._terms)
        return any(c.isalpha() for c in unmask(masked, ("",) * len(spans)))

    def _foreign(self, language: str) -> bool:
        return language in self._languages and language != self._target

    def _pieces(self, document: Document, paragraph: Paragraph) -> list[Piece]:
        """Return the pieces of a paragraph; joined, they are its text."""
        runs = [(run.span, run.language) for run in paragraph.runs]
        pieces: list[Piece] = []
        for span, language in runs or [(paragraph.span, paragraph.language)]:
            text = document.text[span.start : span.end]
            if not self._foreign(language) or not self._has_words(text):
                pieces.append(Piece(text, span.start, language, asked=False))
                continue
            pieces += asked_pieces(text, span.start, language=language, **self._limits)
        return pieces

    def _answers(self, wanted: Sequence[Segment]) -> list[Answer]:
        asked = [replace(s, opinion=JOINT) if self._juries(s) else s for s in wanted]
        return self._ladder.climb(wanted, self._decode(asked))

    def _decode(self, wanted: Sequence[Segment]) -> list[Hypothesis]:
        """Return the engine's hypothesis for each segment, with spans and numbers put right."""
        if not wanted:
            return []
        self._progress.stage(self.name, total=len(wanted), unit="segments")
        found: dict[int, Hypothesis] = {}
        placed = self._placed(wanted)
        frames = [framed(segment.text) for segment in placed]
        asked = [replace(s, text=frame.text) for s, frame in zip(placed, frames, strict=True)]
        for index, hypothesis in self._translator.translate(asked, decoding=self._decoding):
            edited = self._edited(wanted[index], frames[index], hypothesis)
            if placed[index].text != wanted[index].text:
                edited = replace(edited, text=capitalised(placed[index].text, edited.text))
            found[index] = edited
            self._progress.advance()
        return [found[i] for i in range(len(wanted))]

    def _edited(self, segment: Segment, frame: Framed, hypothesis: Hypothesis) -> Hypothesis:
        """Return a hypothesis with pictures, opaque spans and numbers put right."""
        shown = (
            with_lost(segment.text, frame.around(text)) if text.strip() else text
            for text in (hypothesis.text, *hypothesis.alternatives)
        )
        text, *others = (
            localise(
                segment.text,
                put_back(segment.text, without_invented(segment.text, text), terms=self._terms),
                source_language=segment.source,
                target_language=segment.target,
            )
            for text in shown
        )
        return replace(hypothesis, text=text, alternatives=tuple(others))

    def _placed(self, wanted: Sequence[Segment]) -> list[Segment]:
        """Return the segments that the engine is asked, with known names in their forms put in.

        A segment with a term that is not to be translated is left alone.
        """
        if self._names is None:
            return list(wanted)
        texts = self._names.placed([(s.text, s.source) for s in wanted], target=self._target)
        return [
            s if any(term in s.text for term in self._terms) else replace(s, text=text)
            for s, text in zip(wanted, texts, strict=True)
        ]


def _any_foreign(pieces: Sequence[Piece]) -> bool:
    return any(piece.asked for piece in pieces)


def _draft(paragraph: int, piece: Piece, answer: Answer | None) -> Draft:
    at = piece.start
    source = Span(at, at + len(piece.text))
    if answer is None:  # in the target language already
        return Draft(paragraph, source, piece.language, False, piece.text, ())
    places = [piece.reading.span(part.source) for part in answer.parts]
    parts = tuple(
        Aligned(
            Span(at + place.start, at + place.end),
            part.target, piece.language, part.model, part.flags,
        )
        for place, part in zip(places, answer.parts, strict=True)
    )  # fmt: skip
    return Draft(paragraph, source, piece.language, True, answer.text, parts, piece.reading.text)


def _answer(draft: Draft) -> Answer:
    """Return the answer that `_draft` was made of."""
    at = draft.source.start
    parts = tuple(
        AnswerPart(Span(p.source.start - at, p.source.end - at), p.target, p.model, p.flags)
        for p in draft.parts
    )
    return Answer(draft.text, parts)


def _source(draft: Draft, document: Document) -> str:
    return document.text[draft.source.start : draft.source.end]


def _languages(paragraph: Paragraph) -> list[str]:
    return [run.language for run in paragraph.runs] or [paragraph.language]

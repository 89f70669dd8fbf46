"""The translate stage: kept paragraphs into the target language, many documents to a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from models.engine import JOINT, Decoding, Hypothesis, Segment, Translator
from pipeline.document import Document
from pipeline.facts.measures import localise
from pipeline.facts.protected import put_back
from pipeline.facts.symbols import Framed, framed, with_lost, without_invented
from pipeline.flag import Flag
from pipeline.lang.edits import Edit
from pipeline.lang.quotations import tight_quotations
from pipeline.progress import Progress
from pipeline.stage import StageKind
from pipeline.stages.capitals import shouted_again
from pipeline.stages.cutting import Cutting, lowering
from pipeline.stages.drafts import answer_of, draft, source_of
from pipeline.stages.naming.articles import with_articles
from pipeline.stages.naming.glossary import Glossary
from pipeline.stages.naming.mentions import Rendering
from pipeline.stages.naming.names import Names
from pipeline.stages.naming.votes import Decided, Votes
from pipeline.stages.naming.writing import as_placed
from pipeline.stages.pieces import Piece, joined
from pipeline.stages.triage.answer import Answer, edited, flagged_at
from pipeline.stages.triage.ladder import Ladder
from pipeline.stages.triage.ladder_record import LadderRecord
from pipeline.stages.trust.estimate import Trusting
from pipeline.stages.trust.marking import trusted
from pipeline.stages.untranslated import excerpt, untranslated

_AGAIN = "translate again"  # the name that people are told of the ladder's tries


class Translate:
    """Translates every kept paragraph that is not in the target language yet.

    `languages` are the tags that have a route. Paragraphs in any other language are left alone,
    and so are the runs of a paragraph that are in the target language already.
    `juries` tells for which segments several engines decide together, `consults` for which another
    engine can be asked where a name was lost; None is for no segment. With `climbs`, suspects are
    decoded again; `samples` is the number of hypotheses that one rung draws. `record` counts the
    suspects and the outcomes of the ladder. `trusting` tells how far answers can be trusted.
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
        trusting: Trusting | None = None,
    ) -> None:
        self._translator = translator
        self._target = target
        self._decoding = decoding
        self._progress = progress
        self._names = names
        self._juries = juries or (lambda _: False)
        self._terms = glossary.do_not_translate if glossary else ()
        self._cutting = Cutting(
            languages=languages,
            target=target,
            max_chars=max_segment_chars,
            max_sentence_chars=max_sentence_chars,
            terms=self._terms,
        )
        self._ladder = Ladder(
            self._decode_again,
            samples=samples,
            record=record or LadderRecord(),
            terms=self._terms,
            climbs=climbs,
            consults=consults,
            loses=names.loses_term if names else None,
        )
        self._trusting = trusting
        self._refusals: dict[str, str] = {}  # by the text that a server did not take

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with `Paragraph.translation` set where there is one.

        Names are spelt alike in all of `documents`; the drafts let `settled` spell them again. A
        document with text that stands untranslated has a note of it.
        """
        cuts = [self._cutting.pieces(document) for document in documents]
        wanted = [
            Segment(lowered(piece.reading.text, piece.language), piece.language, self._target)
            for paragraphs, lowered in zip(cuts, map(lowering, documents), strict=True)
            for pieces in paragraphs.values()
            for piece in pieces
            if piece.asked
        ]
        answers = iter(self._answers(wanted))
        drafted = [
            replace(
                document,
                drafts=tuple(
                    draft(index, piece, next(answers) if piece.asked else None)
                    for index, pieces in paragraphs.items()
                    for piece in pieces
                ),
            )
            for document, paragraphs in zip(documents, cuts, strict=True)
        ]
        noted = [replace(d, notes=(*d.notes, *untranslated(d, self._refusals))) for d in drafted]
        return self._spelt(noted, settles=False)

    def settled(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents of a run with names spelt as all of them vote, and remembered.

        Drafts are dropped, and so is the summary of a document whose translation changed.
        """
        return _settled(documents, self._spelt(documents, settles=True))

    def votes(self, documents: Sequence[Document]) -> Votes:
        """Return how the drafts of a part of the run spell the names of their sources."""
        if self._names is None:
            return Votes()
        return self._names.votes(_renderings(documents), target=self._target)

    def decided(self, votes: Votes) -> Decided:
        """Return the forms that all votes of a run give the names."""
        return Decided({}, frozenset()) if self._names is None else self._names.decided(votes)

    def remember(self, decided: Decided) -> None:
        """Keep the forms that a run has settled for later runs."""
        if self._names is not None:
            self._names.remember(decided)

    def spelt(self, documents: Sequence[Document], decided: Decided) -> list[Document]:
        """Return a part of the documents of a run as `settled` does."""
        edits = (
            [[] for _ in _renderings(documents)]
            if self._names is None
            else self._names.edits(_renderings(documents), decided, target=self._target)
        )
        return _settled(documents, self._edited_drafts(documents, edits))

    def sources(self, document: Document) -> Iterator[tuple[str, str]]:
        """Yield the texts of a document that are to be translated, each with its language."""
        return self._cutting.sources(document)

    def _spelt(self, documents: Sequence[Document], *, settles: bool) -> list[Document]:
        """Return documents with the translations of their drafts, each name spelt in one way."""
        renderings = _renderings(documents)
        edits: list[list[Edit]] = (
            [[] for _ in renderings]
            if self._names is None or not renderings
            else self._names.unify(renderings, target=self._target, settles=settles)
        )
        return self._edited_drafts(documents, edits)

    def _edited_drafts(
        self, documents: Sequence[Document], edited_by: Iterable[list[Edit]]
    ) -> list[Document]:
        """Return documents with the translations of their drafts, each of them edited."""
        answered = self._checked(documents, edited_by)
        done = []
        for document in documents:
            pieces: dict[int, list[Piece]] = {}
            answers: dict[int, list[Answer]] = {}
            for d in document.drafts:
                piece = Piece(source_of(d, document), d.source.start, d.language, d.asked)
                pieces.setdefault(d.paragraph, []).append(piece)
                if d.asked:
                    answer = shouted_again(piece.text, next(answered))
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

    def _checked(
        self, documents: Sequence[Document], edited_by: Iterable[list[Edit]]
    ) -> Iterator[Answer]:
        """Yield the answers of drafts that were asked for, edited, their doubtful names flagged."""
        drafts = [d for document in documents for d in document.drafts if d.asked]
        answers = [edited(answer_of(d), edits) for d, edits in zip(drafts, edited_by, strict=True)]
        if self._names is None:
            yield from answers
            return
        renderings = [
            replace(r, target=answer.text)
            for r, answer in zip(_renderings(documents), answers, strict=True)
        ]
        doubts = self._names.unvouched(renderings, target=self._target)
        for answer, names in zip(answers, doubts, strict=True):
            yield flagged_at(answer, [name.start for name in names], Flag.NAME_UNSURE)

    def _answers(self, wanted: Sequence[Segment]) -> list[Answer]:
        asked = [replace(s, opinion=JOINT) if self._juries(s) else s for s in wanted]
        answers = self._ladder.climb(wanted, self._decode(asked))
        return answers if self._trusting is None else trusted(wanted, answers, by=self._trusting)

    def _decode_again(self, wanted: Sequence[Segment]) -> list[Hypothesis]:
        """Return what `_decode` does, of segments that the ladder asks for once more."""
        for segment in wanted:
            self._progress.detail(f"{_AGAIN}: {excerpt(segment.text)}")
        return self._decode(wanted, told_as=_AGAIN)

    def _decode(self, wanted: Sequence[Segment], *, told_as: str = name) -> list[Hypothesis]:
        """Return the engine's hypothesis for each segment, with spans and numbers put right."""
        if not wanted:
            return []
        self._progress.stage(told_as, total=len(wanted), unit="segments")
        found: dict[int, Hypothesis] = {}
        placed = self._placed(wanted)
        frames = [framed(segment.text) for segment in placed]
        asked = [replace(s, text=frame.text) for s, frame in zip(placed, frames, strict=True)]
        for index, hypothesis in self._translator.translate(asked, decoding=self._decoding):
            found[index] = self._edited(
                wanted[index], frames[index], hypothesis, placed=placed[index].text
            )
            if hypothesis.refusal:
                self._refusals[wanted[index].text] = hypothesis.refusal
            self._progress.advance()
        return [found[i] for i in range(len(wanted))]

    def _edited(
        self, segment: Segment, frame: Framed, hypothesis: Hypothesis, *, placed: str
    ) -> Hypothesis:
        """Return a hypothesis with pictures, opaque spans, numbers, names and quotations put right.

        `placed` is the segment with known names put in, `frame` what the engine was shown of it.
        """
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
        text, *others = (self._named(segment, text, asked=placed) for text in (text, *others))
        text, *others = (tight_quotations(t, language=segment.target) for t in (text, *others))
        return replace(hypothesis, text=text, alternatives=tuple(others))

    def _named(self, segment: Segment, text: str, *, asked: str) -> str:
        """Return a translation with the names that were put in as they were, and the glossary's."""
        if asked != segment.text:
            text = as_placed(asked, text)
        text = with_articles(segment.text, text, language=segment.source)
        if self._names is None:
            return text
        return self._names.held_to(
            segment.text, text, language=segment.source, target=segment.target
        )

    def _placed(self, wanted: Sequence[Segment]) -> list[Segment]:
        """Return the segments that the engine is asked, with known names in their forms put in."""
        if self._names is None:
            return list(wanted)
        texts = self._names.placed([(s.text, s.source) for s in wanted], target=self._target)
        return [replace(s, text=text) for s, text in zip(wanted, texts, strict=True)]


def _renderings(documents: Sequence[Document]) -> list[Rendering]:
    """Return the drafts of documents that a model wrote."""
    return [
        Rendering(lowered(d.reading, d.language), d.text, d.language)
        for document, lowered in zip(documents, map(lowering, documents), strict=True)
        for d in document.drafts
        if d.asked
    ]


def _settled(before: Sequence[Document], after: Sequence[Document]) -> list[Document]:
    """Return documents without drafts, and without a summary where the translation changed."""
    return [
        replace(new, drafts=(), summary=old.summary if new == old else None)
        for old, new in zip(before, after, strict=True)
    ]

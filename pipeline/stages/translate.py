"""The translate stage: kept paragraphs into the target language, many documents to a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from models.engine import JOINT, Decoding, Hypothesis, Segment, Translator
from pipeline.document import Aligned, Document, Kind, Paragraph, Rejection, Span, Translation
from pipeline.facts.measures import localise
from pipeline.facts.protected import mask, restore, unmask
from pipeline.flag import Flag
from pipeline.lang.sentences import segments
from pipeline.progress import Progress
from pipeline.stages.naming.glossary import Glossary
from pipeline.stages.naming.names import Names, capitalised
from pipeline.stages.naming.pairs import Rendering
from pipeline.stages.triage.ladder import Answer, Ladder, LadderRecord
from pipeline.windows import windows


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a paragraph: to be translated from `language`, or kept where that is None."""

    text: str
    language: str | None


class Translate:
    """Translates every kept paragraph that is not in the target language yet.

    `languages` are the tags that have a route. Paragraphs in any other language are left alone,
    and so are the runs of a paragraph that are in the target language already.
    `juries` tells for which segments several engines decide together, `consults` for which another
    engine can be asked where a name was lost; None is for no segment. Where it `climbs`, suspects
    are decoded again, for one rung `samples` times.
    `window_documents` documents are decoded together: more of them fill batches better, fewer show
    results sooner. What the ladder did is counted in `record`.
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
        max_sentence_chars: int,
        window_documents: int,
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
        self._window_documents = window_documents
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

    def run(self, documents: Iterable[Document]) -> Iterator[Document | Rejection]:
        """Yield each document with `Paragraph.translation` set where there is one."""
        for window in windows(documents, self._window_documents):
            self._read_names(window)
            cuts = {
                (d, p.index): (p, pieces)
                for d, document in enumerate(window)
                for p in document.paragraphs
                if self._wanted(p) and _any_foreign(pieces := self._pieces(document, p))
            }
            wanted = [
                Segment(piece.text, piece.language, self._target)
                for _, pieces in cuts.values()
                for piece in pieces
                if piece.language is not None
            ]
            answers = iter(self._named(wanted, self._answers(wanted)))
            translations = {
                place: _join(
                    pieces,
                    [
                        next(answers) if piece.language else Answer(piece.text, "")
                        for piece in pieces
                    ],
                    self._target,
                    paragraph,
                )
                for place, (paragraph, pieces) in cuts.items()
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
            and any(map(self._foreign, _languages(paragraph)))
        )

    def _has_words(self, text: str) -> bool:
        """Tell whether there is anything to translate: an address or a number alone is not."""
        masked, spans = mask(text, terms=self._terms)
        return any(c.isalpha() for c in unmask(masked, ("",) * len(spans)))

    def _foreign(self, language: str) -> bool:
        return language in self._languages and language != self._target

    def _pieces(self, document: Document, paragraph: Paragraph) -> list[_Piece]:
        runs = [(document.text[r.span.start : r.span.end], r.language) for r in paragraph.runs]
        pieces: list[_Piece] = []
        for text, language in runs or [(paragraph.text, paragraph.language)]:
            if not self._foreign(language) or not self._has_words(text):
                pieces.append(_Piece(text, None))
                continue
            cut = segments(text, language=language, **self._limits)
            pieces += [_Piece(part, language) for part in cut]
        return pieces

    def _answers(self, wanted: Sequence[Segment]) -> list[Answer]:
        asked = [replace(s, opinion=JOINT) if self._juries(s) else s for s in wanted]
        return self._ladder.climb(wanted, self._decode(asked))

    def _decode(self, wanted: Sequence[Segment]) -> list[Hypothesis]:
        """Return what the engine says to each segment, with spans and numbers put right."""
        if not wanted:
            return []
        self._progress.stage(self.name, total=len(wanted), unit="segments")
        found: dict[int, Hypothesis] = {}
        asked = self._placed(wanted)
        for index, hypothesis in self._translator.translate(asked, decoding=self._decoding):
            edited = self._edited(wanted[index], hypothesis)
            if asked[index].text != wanted[index].text:
                edited = replace(edited, text=capitalised(asked[index].text, edited.text))
            found[index] = edited
            self._progress.advance()
        return [found[i] for i in range(len(wanted))]

    def _edited(self, segment: Segment, hypothesis: Hypothesis) -> Hypothesis:
        text, *others = (
            localise(
                segment.text,
                restore(segment.text, text, terms=self._terms),
                source_language=segment.source,
                target_language=segment.target,
            )
            for text in (hypothesis.text, *hypothesis.alternatives)
        )
        return replace(hypothesis, text=text, alternatives=tuple(others))

    def _read_names(self, window: Sequence[Document]) -> None:
        if self._names is None:
            return
        for document in window:
            for paragraph in document.kept():
                if not paragraph.runs:
                    self._names.read(paragraph.text, language=paragraph.language)

    def _placed(self, wanted: Sequence[Segment]) -> list[Segment]:
        """Return what the engine is asked: segments with the names that are known put in.

        A segment with a term that must stay as it is is left alone.
        """
        if self._names is None:
            return list(wanted)
        texts = self._names.placed([(s.text, s.source) for s in wanted], target=self._target)
        return [
            s if any(term in s.text for term in self._terms) else replace(s, text=text)
            for s, text in zip(wanted, texts, strict=True)
        ]

    def _named(self, wanted: Sequence[Segment], answers: list[Answer]) -> list[Answer]:
        """Give each name one spelling over the window and what was remembered before it."""
        if self._names is None or not wanted:
            return answers
        renderings = [
            Rendering(s.text, a.text, s.source) for s, a in zip(wanted, answers, strict=True)
        ]
        texts = self._names.unify(renderings, target=self._target)
        return [replace(a, text=text) for a, text in zip(answers, texts, strict=True)]


def _any_foreign(pieces: Sequence[_Piece]) -> bool:
    return any(piece.language is not None for piece in pieces)


def _languages(paragraph: Paragraph) -> list[str]:
    return [run.language for run in paragraph.runs] or [paragraph.language]


def _join(
    pieces: Sequence[_Piece], answers: Sequence[Answer], target: str, paragraph: Paragraph
) -> Translation:
    """Put the answers together with the whitespace that stood behind each piece."""
    text = "".join(
        answer.text.rstrip() + piece.text[len(piece.text.rstrip()) :]
        for piece, answer in zip(pieces, answers, strict=True)
    )
    flags = dict.fromkeys(flag for answer in answers for flag in answer.flags)
    model = next((a.model for a in answers if a.model), "")
    text = " ".join(text.split())
    whole = Aligned(
        paragraph.span,
        Span(0, len(text)),
        paragraph.language,
        model,
        tuple(map(Flag, flags)),
    )
    return Translation(text, target, (whole,))

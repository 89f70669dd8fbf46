"""The quotations behind a sentence: the words of the original, with their translation."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.document import Document, Paragraph
from pipeline.flag import Flag
from pipeline.lang.aligned import aligned_sentences
from pipeline.place import Place
from pipeline.summary import Evidence, Sentence


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a document exactly as they stand at `place`, and how well they support a sentence.

    `translation` is None where the words are in the language of the sentence. `flags` are the known
    faults of the translation.
    """

    place: Place
    text: str
    language: str
    score: float
    translation: str | None = None
    flags: tuple[Flag, ...] = ()


def quotations_of(document: Document, sentence: Sentence) -> tuple[Quoted, ...]:
    """Return the evidence of a sentence of `document`, in its order."""
    return tuple(_quoted(document, evidence) for evidence in sentence.evidence)


def _quoted(document: Document, evidence: Evidence) -> Quoted:
    span = evidence.place.span
    text = document.text[span.start : span.end]
    paragraph = next(p for p in document.paragraphs if p.index == evidence.place.paragraph)
    translation, flags = _translated(document, paragraph, evidence)
    return Quoted(evidence.place, text, evidence.language, evidence.score, translation, flags)


def _translated(
    document: Document, paragraph: Paragraph, evidence: Evidence
) -> tuple[str | None, tuple[Flag, ...]]:
    """Return the translation of a place, sentence by sentence, and its faults."""
    translation = paragraph.translation
    if translation is None or translation.language == evidence.language:
        return None, ()
    span = evidence.place.span
    inside = [
        s for s in translation.segments if s.source.start < span.end and span.start < s.source.end
    ]
    texts = []
    for segment in inside:
        source = document.text[segment.source.start : segment.source.end]
        target = translation.text[segment.target.start : segment.target.end]
        pairs = aligned_sentences(
            source, target, language=segment.language, target_language=translation.language
        )
        at = segment.source.start
        texts += [
            target[there.start : there.end]
            for own, there in pairs
            if own.start + at < span.end and span.start < own.end + at
        ]
    flags = dict.fromkeys(flag for segment in inside for flag in segment.flags)
    return (" ".join(" ".join(texts).split()) or None), tuple(flags)

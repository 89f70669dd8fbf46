"""The quotations behind a sentence: the words of the original, with their translation."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.document import Document, Evidence, Paragraph, Place, Sentence, Span
from pipeline.flag import Flag
from pipeline.lang.sentences import sentences
from pipeline.lang.spacing import Collapsed, trimmed


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
    """Return the translation of a place: of the segments in it, and of sentences that are a part.

    A sentence of a segment is translated by the sentence in the same place of the translation; where
    the two have not equally many sentences, by the whole of it.
    """
    translation = paragraph.translation
    if translation is None or translation.language == evidence.language:
        return None, ()
    span = evidence.place.span
    inside = [
        s for s in translation.segments if s.source.start < span.end and span.start < s.source.end
    ]
    texts = []
    for segment in inside:
        target = translation.text[segment.target.start : segment.target.end]
        source = document.text[segment.source.start : segment.source.end]
        part = Span(
            max(0, span.start - segment.source.start),
            min(len(source), span.end - segment.source.start),
        )
        texts.append(_part(source, target, part, segment.language, translation.language))
    flags = dict.fromkeys(flag for segment in inside for flag in segment.flags)
    return (" ".join(" ".join(texts).split()) or None), tuple(flags)


def _part(source: str, target: str, part: Span, language: str, target_language: str) -> str:
    """Return the sentences of a translation that stand for those of the source in `part`."""
    line = Collapsed(source)
    theirs = sentences(line.text, language=language)
    ours = sentences(target, language=target_language)
    if len(theirs) != len(ours):
        return target
    wanted = line.forth(part)
    kept, at = [], 0
    for own, translated in zip(theirs, ours, strict=True):
        place = trimmed(line.text, Span(at, at + len(own)))
        at += len(own)
        if place.start < wanted.end and wanted.start < place.end:
            kept.append(translated.strip())
    return " ".join(kept) or target

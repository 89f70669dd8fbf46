"""The stage that links paragraphs of two languages that say the same; none of them is removed.

Translations of one text share words and names, but hardly a sentence to the letter. So the least
similarity is low, figures must agree, and each paragraph must be the best match of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Document, Kind
from pipeline.facts.agreement import figures_agree
from pipeline.place import Place
from pipeline.stage import StageKind
from pipeline.stages.duplicates.candidates import candidate_pairs
from pipeline.stages.duplicates.compare import jaccard
from pipeline.stages.duplicates.repeats import has_words
from pipeline.stages.duplicates.sketch import bare, sketch

_AGREE = 0.5  # so many of the figures of both are in both


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph in the target language: `text`, where it stands, and its own language."""

    text: str
    language: str
    place: Place


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts that say about the same, by number, with their languages and their likeness."""

    later: int
    earlier: int
    languages: tuple[str, str]
    likeness: float


class SameText:
    """Links paragraphs of different languages whose translations say the same.

    `threshold`, 0 to 1, is the least Jaccard similarity of the letter shingles of the two texts in
    the language `target`. Links go both ways and depend on the documents, not on their order.
    """

    name = "same-text"
    kind: StageKind = "barrier"

    def __init__(self, *, target: str, threshold: float = 0.2) -> None:
        self._target = target
        self._threshold = threshold

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return the documents in the order they came, with `Paragraph.same_as` on what is linked.

        Where two paragraphs are equally like a third, ids and names decide, not the order.
        """
        said = [one for d in sorted(documents, key=self.rank) for one in self.compared(d)]
        sketches = sketch([one.text for one in said])
        alike = [
            found
            for part in candidate_pairs(sketches.shingles, sketches.sizes)
            for found in self.alike(said, part.tolist())
        ]
        links: dict[str, list[tuple[int, Place]]] = {}
        for one, other in self.matches(alike):
            for here, there in ((one, other), (other, one)):
                place = said[here].place
                links.setdefault(place.document, []).append((place.paragraph, said[there].place))
        return [self.linked(d, links.get(d.name, ())) for d in documents]

    def rank(self, document: Document) -> tuple[str, str]:
        """Return the sort key of a document: of two equally good matches the first counts."""
        return document.id, document.name

    def compared(self, document: Document) -> Iterator[Said]:
        """Yield the paragraphs of a document that may be linked."""
        for paragraph in document.kept():
            translated = paragraph.translation
            text = translated.text if translated is not None else paragraph.text
            known = translated is not None or paragraph.language == self._target
            if known and paragraph.kind is not Kind.CODE and has_words(paragraph):
                place = Place(document.id, document.name, paragraph.index, paragraph.span)
                yield Said(text, paragraph.language, place)

    def alike(
        self, said: Sequence[Said] | Mapping[int, Said], pairs: Sequence[tuple[int, int]]
    ) -> Iterator[Alike]:
        """Yield the pairs (later, earlier) of texts, by number, that say about the same.

        1. Candidates of one language, or of one document, are passed over.
        2. So are pairs below the threshold, and pairs whose figures differ.
        """
        numbers = sorted({number for pair in pairs for number in pair})
        texts = [said[number].text for number in numbers]
        letters = dict(zip(numbers, bare(texts) if texts else (), strict=True))
        for later, earlier in pairs:
            one, other = said[later], said[earlier]
            if one.language == other.language or one.place.document == other.place.document:
                continue
            likeness = jaccard(letters[later], letters[earlier])
            if likeness >= self._threshold and figures_agree(
                one.text, other.text, language=self._target, least=_AGREE
            ):
                yield Alike(later, earlier, (one.language, other.language), likeness)

    def matches(self, alike: Iterable[Alike]) -> list[tuple[int, int]]:
        """Return the pairs whose texts are each other's best match in their two languages.

        1. Each text remembers its best match in every other language, of equals the first.
        2. A pair that is remembered on both sides is returned.
        """
        best: dict[tuple[int, str], tuple[float, int]] = {}
        language: dict[int, str] = {}
        for pair in alike:
            mine, theirs = pair.languages
            language |= {pair.later: mine, pair.earlier: theirs}
            for at, to, other in (
                (pair.later, pair.earlier, theirs),
                (pair.earlier, pair.later, mine),
            ):
                found = (pair.likeness, -to)
                best[at, other] = max(best.get((at, other), found), found)
        return [
            (at, -to)
            for (at, _), (_, to) in sorted(best.items())
            if at < -to and best.get((-to, language[at]), (0.0, 1))[1] == -at
        ]

    def linked(self, document: Document, links: Sequence[tuple[int, Place]]) -> Document:
        """Return a document with the places that its paragraphs, by index, are linked to."""
        found: dict[int, list[Place]] = {}
        for paragraph, place in links:
            found.setdefault(paragraph, []).append(place)
        paragraphs = tuple(
            replace(p, same_as=tuple(found[p.index])) if p.index in found else p
            for p in document.paragraphs
        )
        linked = any(p.same_as for p in paragraphs)
        return replace(document, paragraphs=paragraphs) if linked else document

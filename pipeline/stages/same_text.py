"""The stage that links paragraphs of two languages that say the same; none of them is removed.

Translations of one text share words and names, but hardly a sentence to the letter. So the least
similarity is low, figures must agree, and each paragraph must be the best match of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Document, Kind, Paragraph, Place
from pipeline.facts.agreement import figures_agree
from pipeline.stage import StageKind
from pipeline.stages.duplicates.candidates import candidate_pairs
from pipeline.stages.duplicates.compare import jaccard
from pipeline.stages.duplicates.repeats import has_words
from pipeline.stages.duplicates.sketch import bare, sketch

_AGREE = 0.5  # so many of the figures of both are in both


@dataclass(frozen=True, slots=True)
class _Said:
    document: int
    paragraph: Paragraph
    text: str  # in the target language


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
        places = sorted(self._places(documents), key=lambda p: _rank(p, documents))
        links: dict[tuple[int, int], list[Place]] = {}
        for one, other in self._matches(places, documents):
            for here, there in ((one, other), (other, one)):
                found, carrier = there.paragraph, documents[there.document]
                place = Place(carrier.id, carrier.name, found.index, found.span)
                links.setdefault((here.document, here.paragraph.index), []).append(place)
        return [_linked(document, at, links) for at, document in enumerate(documents)]

    def _places(self, documents: Sequence[Document]) -> Iterator[_Said]:
        for at, document in enumerate(documents):
            for paragraph in document.kept():
                translated = paragraph.translation
                text = translated.text if translated is not None else paragraph.text
                known = translated is not None or paragraph.language == self._target
                if known and paragraph.kind is not Kind.CODE and has_words(paragraph):
                    yield _Said(at, paragraph, text)

    def _matches(
        self, places: Sequence[_Said], documents: Sequence[Document]
    ) -> list[tuple[_Said, _Said]]:
        """Return the pairs whose paragraphs are each other's best match in their two languages.

        1. Candidates of one language, or of one document, are passed over.
        2. So are pairs below the threshold, and pairs whose figures differ.
        3. Each paragraph remembers its best match in every other language, of equals the first.
        4. A pair that is remembered on both sides is returned.
        """
        texts = [place.text for place in places]
        letters = bare(texts) if texts else []
        sketches = sketch(texts)
        best: dict[tuple[int, str], tuple[float, int]] = {}
        for part in candidate_pairs(sketches.shingles, sketches.sizes):
            for later, earlier in part.tolist():
                one, other = places[later], places[earlier]
                languages = one.paragraph.language, other.paragraph.language
                if languages[0] == languages[1] or one.document == other.document:
                    continue
                likeness = jaccard(letters[later], letters[earlier])
                if likeness < self._threshold or not figures_agree(
                    one.text, other.text, language=self._target, least=_AGREE
                ):
                    continue
                for at, to, language in (
                    (later, earlier, languages[1]),
                    (earlier, later, languages[0]),
                ):
                    found = (likeness, -to)
                    best[at, language] = max(best.get((at, language), found), found)
        return [
            (places[at], places[-to])
            for (at, _), (_, to) in sorted(best.items())
            if at < -to and best.get((-to, places[at].paragraph.language), (0.0, 1))[1] == -at
        ]


def _rank(place: _Said, documents: Sequence[Document]) -> tuple[str, int, str]:
    document = documents[place.document]
    return document.id, place.paragraph.index, document.name


def _linked(document: Document, at: int, links: Mapping[tuple[int, int], list[Place]]) -> Document:
    paragraphs = tuple(
        replace(p, same_as=tuple(links[at, p.index])) if (at, p.index) in links else p
        for p in document.paragraphs
    )
    linked = any(p.same_as for p in paragraphs)
    return replace(document, paragraphs=paragraphs) if linked else document

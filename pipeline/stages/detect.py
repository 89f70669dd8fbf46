"""The detect stage: a language for each paragraph, with its document as context.

A paragraph is judged by its text and by its context. A one-word heading says too little and takes
the language of the text around it; a foreign paragraph says enough to keep its own. The
same holds one level down: a sentence that is surely foreign becomes a run of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from models.engine import OTHER, UNDETERMINED, LanguageIdentifier
from pipeline.document import Document, Kind, Paragraph, Run
from pipeline.lang.data import by_language
from pipeline.lang.reading import reading_form
from pipeline.lang.sentences import sentences
from pipeline.place import Span
from pipeline.stage import StageKind

_RARE = 0.02  # prior of a routed language that the rest of the document does not use
_STRANGE = 0.0005  # the same for each of the many languages without a route
_RUNNING_LETTERS = 200  # a paragraph with fewer counts less: headlines are made of names
_TELLING_LETTERS = 24  # a word or two says less than its scores claim
_SENTENCE_LETTERS = 25  # a shorter sentence is no evidence that the language changed
_WEAK = 0.02  # probability of all known languages together below which a short text is in none
_DECLARED_LETTERS = 60  # what a file says of the language of its text counts like so many
_SURE = 0.98  # probability at which such a sentence is taken to be foreign


@dataclass(frozen=True, slots=True)
class _ScoredText:
    """A text read without context: the number of its letters, a probability for each language.

    `telling` is the number of letters that its scores may be trusted for: of a text without a
    letter that its likeliest language alone has, such as the Russian "ы", half of them count.
    """

    letters: int
    scores: Mapping[str, float]
    telling: float


class Detect:
    """Sets `language` and `confidence` of paragraphs and documents, and the runs of mixed ones.

    `languages` are the tags that are told apart. Text in any other language is called `OTHER` and
    kept. A document in `OTHER`, or in a language that is not `translated`, has a note of it; by
    default all `languages` are. Code keeps `UNDETERMINED`; so does a paragraph without words in a
    document without any, and otherwise it takes the language of its document.
    """

    name = "detect"
    kind: StageKind = "map"

    def __init__(
        self,
        identifier: LanguageIdentifier,
        *,
        languages: Sequence[str],
        translated: Sequence[str] | None = None,
    ) -> None:
        self._identifier = identifier
        self._languages = tuple(languages)
        self._translated = self._languages if translated is None else tuple(translated)

    def run(self, documents: Sequence[Document]) -> list[Document]:
        """Return each document with its languages."""
        return [self._detect(document) for document in documents]

    def _detect(self, document: Document) -> Document:
        asked = [p for p in document.paragraphs if p.kind is not Kind.CODE]
        read = self._read([p.text for p in asked])
        readings = {p.index: reading for p, reading in zip(asked, read, strict=True)}
        usage = self._used(readings.values())
        letters = sum(reading.letters for reading in readings.values())
        usage = self._declared(usage, document.language, letters=letters)
        if not usage:
            return document
        found = {p.index: self._paragraph(p, readings[p.index], usage) for p in asked}
        found.update(self._mixed([p for p in found.values() if readings[p.index].scores]))
        paragraphs = tuple(found.get(p.index, p) for p in document.paragraphs)
        language, confidence = _most(paragraphs)
        notes = document.notes
        if language not in (*self._translated, UNDETERMINED):
            text = "\n".join(p.text for p in paragraphs if p.language == language)
            notes = (*notes, self._no_route(language, text))
        return replace(
            document,
            language=language,
            confidence=confidence,
            paragraphs=paragraphs,
            notes=notes,
        )

    def _used(self, readings: Collection[_ScoredText]) -> Mapping[str, float]:
        """Return how much of a document each language is: shares that sum to 1.

        1. Every text speaks for the languages that it may be in by itself.
        2. Texts of a word or two are read again as parts of such a document, for none of them says
           much alone. They do not make it one in a language that nobody knows.
        """
        alone = [_known(reading) for reading in readings]
        first = _usage(alone)
        return _usage([replace(r, scores=self._in_context(r, first)) for r in alone])

    def _declared(
        self, usage: Mapping[str, float], language: str, *, letters: int
    ) -> Mapping[str, float]:
        """Return the use of languages in a document whose file names its `language`.

        The name counts like a line of text, and no more: files are made from templates, whose
        language stays when that of the text is another.
        """
        if not usage or language not in self._languages:
            return usage
        weight = _DECLARED_LETTERS / (_DECLARED_LETTERS + letters)
        shares = {tag: (1 - weight) * share for tag, share in usage.items()}
        return {**shares, language: shares.get(language, 0.0) + weight}

    def _no_route(self, language: str, text: str) -> str:
        if language == OTHER:
            guess = self._identifier.guess(text)
            name = "another language" if guess == OTHER else f"another language, likely {guess!r}"
        else:
            name = f"{language!r}, which no model here knows"
        return (
            f"is in {name}; kept, not translated; what can be is in {', '.join(self._translated)}"
        )

    def _read(self, texts: Sequence[str]) -> list[_ScoredText]:
        shown = [reading_form(text) for text in texts]
        return list(map(_scored, shown, self._identifier.scores_all(shown)))

    def _answer(self, scores: Mapping[str, float]) -> tuple[str, float]:
        """Return the likeliest tag that has a route, or `OTHER`, with its probability."""
        if not scores:
            return UNDETERMINED, 0.0
        routed = {tag: scores.get(tag, 0.0) for tag in self._languages}
        best = max(self._languages, key=routed.__getitem__)
        other = max(0.0, 1.0 - sum(routed.values()))
        return (best, routed[best]) if routed[best] >= other else (OTHER, other)

    def _in_context(self, reading: _ScoredText, usage: Mapping[str, float]) -> Mapping[str, float]:
        """Return the scores of a text weighed by the use of languages around it (Bayes).

        1. The fewer telling letters the text has, the less its own scores count.
        2. Each score is multiplied by the share of its language in `usage`; a language that is not
           used there keeps a small chance.
        3. The products are scaled to sum to 1.
        """
        trust = min(1.0, reading.telling / _TELLING_LETTERS)
        weighed = {
            tag: p**trust * (usage.get(tag, 0.0) + (_RARE if tag in self._languages else _STRANGE))
            for tag, p in reading.scores.items()
            if p > 0.0
        }
        total = sum(weighed.values())
        return {tag: p / total for tag, p in weighed.items()} if total else reading.scores

    def _paragraph(
        self, paragraph: Paragraph, reading: _ScoredText, usage: Mapping[str, float]
    ) -> Paragraph:
        if not reading.scores:
            language, confidence = self._answer(usage)
            return replace(paragraph, language=language, confidence=confidence)
        language, confidence = self._answer(self._in_context(reading, usage))
        return replace(paragraph, language=language, confidence=confidence)

    def _mixed(self, paragraphs: Iterable[Paragraph]) -> dict[int, Paragraph]:
        """Return the paragraphs that are in several languages, with their runs, by index.

        A run is a stretch of whole sentences in one language. The sentences of all paragraphs are
        read together.
        """
        pieces = {p.index: (p, self._pieces(p)) for p in paragraphs}
        telling = [
            (sentence, p.language)
            for p, found in pieces.values()
            for sentence in (found if len(found) > 1 else ())
        ]
        languages = iter(self._sentences(telling))
        mixed: dict[int, Paragraph] = {}
        for index, (paragraph, found) in pieces.items():
            if len(found) < 2:
                continue
            runs: list[Run] = []
            at = paragraph.span.start
            for sentence, language in zip(found, languages, strict=False):
                end = at + len(sentence)
                start = runs.pop().span.start if runs and runs[-1].language == language else at
                runs.append(Run(Span(start, end), language))
                at = end
            if len(runs) > 1:
                one = replace(paragraph, runs=tuple(runs))
                mixed[index] = replace(one, language=_most([one])[0])
        return mixed

    def _pieces(self, paragraph: Paragraph) -> list[str]:
        """Return the sentences of a paragraph that is long enough to have several languages."""
        if sum(map(str.isalpha, paragraph.text)) < 2 * _SENTENCE_LETTERS:
            return []
        return sentences(paragraph.text, language=paragraph.language)

    def _sentences(self, pieces: Iterable[tuple[str, str]]) -> list[str]:
        """Return the language of each sentence, given with that of its paragraph."""
        found: list[str] = []
        asked: dict[int, str] = {}  # the reading forms of sentences that are long enough
        for at, (sentence, language) in enumerate(pieces):
            found.append(language)
            shown = reading_form(sentence)
            if sum(map(str.isalpha, shown)) >= _SENTENCE_LETTERS:
                asked[at] = shown
        scores = self._identifier.scores_all(list(asked.values()))
        for (at, shown), one in zip(asked.items(), scores, strict=True):
            language = found[at]
            if next(iter(one), language) == language:  # nor would the context say otherwise
                continue
            other, probability = self._answer(
                self._in_context(_scored(shown, one), {language: 1.0})
            )
            if probability >= _SURE:
                found[at] = other
        return found


def _scored(shown: str, scores: Mapping[str, float]) -> _ScoredText:
    letters = sum(map(str.isalpha, shown))
    only = by_language("letters.only").get(next(iter(scores), ""), "")
    plain = bool(only) and not set(only) & set(shown.lower())
    return _ScoredText(letters, scores, letters / 2 if plain else letters)


def _known(reading: _ScoredText) -> _ScoredText:
    """Return a reading without `OTHER` where it is too short to tell, and is not all there is."""
    if reading.letters >= _TELLING_LETTERS:
        return reading
    known = {tag: p for tag, p in reading.scores.items() if tag != OTHER}
    return replace(reading, scores=known) if sum(known.values()) > _WEAK else reading


def _usage(readings: Iterable[_ScoredText]) -> Mapping[str, float]:
    """Return how much of a document each language is: shares of its letters that sum to 1."""
    letters: dict[str, float] = {}
    for reading in readings:
        weight = reading.letters * min(1.0, reading.letters / _RUNNING_LETTERS)
        for tag, probability in reading.scores.items():
            letters[tag] = letters.get(tag, 0.0) + weight * probability
    total = sum(letters.values())
    return {tag: count / total for tag, count in letters.items()} if total else {}


def _most(paragraphs: Iterable[Paragraph]) -> tuple[str, float]:
    """Return the language of most text, and the share of all text that is surely in it."""
    sizes: dict[str, float] = {}
    sure: dict[str, float] = {}
    for paragraph in paragraphs:
        if paragraph.language == UNDETERMINED:
            continue
        for run in paragraph.runs or (Run(paragraph.span, paragraph.language),):
            size = run.span.end - run.span.start
            sizes[run.language] = sizes.get(run.language, 0.0) + size
            sure[run.language] = sure.get(run.language, 0.0) + size * paragraph.confidence
    if not sizes:
        return UNDETERMINED, 0.0
    best = max(sizes, key=lambda tag: (sizes[tag], tag))
    return best, sure[best] / sum(sizes.values())

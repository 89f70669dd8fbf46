"""The judge of support of every profile: words and facts, vectors, what a chat model reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from models.engine import ClaimReader, Encoder, TokenScoringTranslator
from pipeline.facts.numbers import added_numbers
from pipeline.stages.grounding.classifier import level_of, probability, version
from pipeline.stages.grounding.features import SHOWN, features, way_of
from pipeline.stages.grounding.judge import Candidate, Claim, Verdict
from pipeline.stages.grounding.ngrams import WORD, content_words, words
from pipeline.stages.grounding.overlap import readable
from pipeline.stages.grounding.reading import READ, READ_ACROSS, readings
from pipeline.stages.grounding.rendering import Rendering, renderings
from pipeline.stages.grounding.retrieve import Evidence, retrieve
from pipeline.stages.grounding.strange_names import Strangeness, foreign_name, strangeness
from pipeline.stages.naming.invented import made_up

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORTH_SHOWING = 0.6  # of the best score: evidence below it is another sentence's


class SupportJudge:
    """A judge that combines all signs there are. Implements `Judge`.

    Without `encoder`, words alone find the evidence; without `reader` no chat model reads the
    claims, without `scorer` no translator. All may be missing: support is then told by words and
    facts, less surely.

    1. The encoder makes vectors of the candidates, in the original and in translation, and of the
       claims.
    2. Each claim gets the candidates that are nearest to it (`retrieve`).
    3. Words and facts of claim and evidence are compared (`features`), and the chat model reads
       all claims after their evidence (`readings`).
    4. Where the evidence is in another language, the translator tells whether an opposite of the
       claim is the likelier translation of it (`renderings`), unless the chat model has read its
       translation; without one, the encoder tells whether the claim's names are any of its words
       (`strangeness`).
    5. The classifier makes a probability of it.
    """

    def __init__(
        self,
        *,
        encoder: Encoder | None = None,
        reader: ClaimReader | None = None,
        scorer: TokenScoringTranslator | None = None,
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._scorer = scorer
        self._known: tuple[tuple[Candidate, ...], NDArray[np.float32]] | None = None

    @property
    def identity(self) -> str:
        """The version of the weights, and the models that are asked."""
        engines = (self._encoder, self._reader, self._scorer)
        asked = [engine.identity for engine in engines if engine is not None]
        return "; ".join([f"support {version()}", *asked])

    def judge(self, claims: Sequence[Claim], candidates: Sequence[Candidate]) -> list[Verdict]:
        """Return a verdict for each claim, in order; the candidates are in reading order."""
        if not claims:
            return []
        if not candidates:
            return [Verdict(0.0, (), tuple(WORD.findall(claim.text))) for claim in claims]
        cosines = self._cosines(claims, candidates)
        found = [
            retrieve(claim, candidates, None if cosines is None else cosines[i])
            for i, claim in enumerate(claims)
        ]
        read = self._read(claims, candidates, found)
        rendered = self._rendered(claims, candidates, found)
        strange = self._strange(claims, candidates, found)
        return [
            self._verdict(claim, candidates, evidence, reading, names, rendering)
            for claim, evidence, reading, names, rendering in zip(
                claims, found, read, strange, rendered, strict=True
            )
        ]

    def _cosines(
        self, claims: Sequence[Claim], candidates: Sequence[Candidate]
    ) -> NDArray[np.float32] | None:
        """Return the cosine (claims, candidates) of each claim with the nearer form of each."""
        if self._encoder is None:
            return None
        import numpy as np

        mine = self._encoder.encode([claim.text for claim in claims])
        both = self._vectors(tuple(candidates)) @ mine.T  # (2, candidates, claims)
        nearest: NDArray[np.float32] = np.max(both, axis=0).T
        return nearest

    def _vectors(self, candidates: tuple[Candidate, ...]) -> NDArray[np.float32]:
        """Return vectors (2, candidates, dimensions), of originals and of translations.

        Those of the last document are kept: its claims may be judged again, rewritten.
        """
        if self._known is None or self._known[0] != candidates:
            if self._encoder is None:
                raise TypeError("there is no encoder")
            texts = [
                *(candidate.text for candidate in candidates),
                *(candidate.translation or candidate.text for candidate in candidates),
            ]
            distinct = list(dict.fromkeys(texts))
            place = {text: i for i, text in enumerate(distinct)}
            rows = self._encoder.encode(distinct)[[place[text] for text in texts]]
            self._known = candidates, rows.reshape(2, len(candidates), -1)
        return self._known[1]

    def _read(
        self,
        claims: Sequence[Claim],
        candidates: Sequence[Candidate],
        found: Sequence[Evidence],
    ) -> list[Mapping[str, float]]:
        """Return what the chat model makes of each claim after its evidence."""
        if self._reader is None:
            return [{} for _ in claims]
        asked = [
            (
                claim,
                [candidates[i] for i in sorted(evidence.indices)],
                [candidates[i] for i in sorted(i for i, _ in _shown(evidence))],
            )
            for claim, evidence in zip(claims, found, strict=True)
        ]
        return readings(asked, self._reader)

    def _strange(
        self,
        claims: Sequence[Claim],
        candidates: Sequence[Candidate],
        found: Sequence[Evidence],
    ) -> list[Strangeness]:
        """Return how strange the names of each claim are to evidence that has no translation."""
        if self._encoder is None or way_of(claims[0], candidates) != "across":
            return [Strangeness({}) for _ in claims]
        asked = [
            (claim, [candidates[i] for i, _ in _shown(evidence)])
            for claim, evidence in zip(claims, found, strict=True)
        ]
        return strangeness(asked, self._encoder)

    def _rendered(
        self,
        claims: Sequence[Claim],
        candidates: Sequence[Candidate],
        found: Sequence[Evidence],
    ) -> list[Rendering]:
        """Return what the translator tells of each claim and the evidence that is shown for it.

        Where the chat model has read a translation as well, the translator is not asked: it would
        double the time, and the two together tell enough.
        """
        way = way_of(claims[0], candidates)
        if self._scorer is None or (self._reader is not None and way == "translated"):
            return [Rendering({}) for _ in claims]
        asked = [
            (claim, [candidates[i] for i, _ in _shown(evidence)])
            for claim, evidence in zip(claims, found, strict=True)
        ]
        return renderings(asked, self._scorer)

    def _verdict(
        self,
        claim: Claim,
        candidates: Sequence[Candidate],
        evidence: Evidence,
        reading: Mapping[str, float],
        strange: Strangeness,
        rendering: Rendering,
    ) -> Verdict:
        way = way_of(claim, candidates)
        read = READ_ACROSS if way == "across" else READ
        level = level_of(reading=read in reading, rendering=bool(rendering.signs))
        signs = {
            **features(claim, candidates, evidence),
            **reading,
            **strange.signs,
            **rendering.signs,
        }
        signs |= foreign_name(signs.get("strange_name", 0.0), signs.get("unlikely_name", 0.0))
        support = probability(signs, way=way, level=level)
        shown = _shown(evidence)
        unsupported = _unsupported(claim, candidates, [i for i, _ in shown])
        words = dict.fromkeys((*unsupported, *strange.names, *rendering.turned))
        return Verdict(support, shown, tuple(words))


def _shown(evidence: Evidence) -> tuple[tuple[int, float], ...]:
    """Return the evidence that a claim shows, with its scores: that of other sentences is not."""
    best = evidence.scores[0]
    return tuple(
        (i, score)
        for place, (i, score) in enumerate(
            zip(evidence.indices[:SHOWN], evidence.scores, strict=False)
        )
        if place == 0 or score >= _WORTH_SHOWING * best > 0
    )


def _unsupported(
    claim: Claim, candidates: Sequence[Candidate], shown: Sequence[int]
) -> tuple[str, ...]:
    """Return the words of a claim that no evidence vouches for.

    Evidence in the claim's language vouches for a word by having it. An original without a
    translation is asked for figures and names alone.
    """
    if way_of(claim, candidates) == "across":
        language = candidates[shown[0]].language
        text = " ".join(candidates[i].text for i in shown)
        figures = added_numbers(
            text, claim.text, source_language=language, target_language=claim.language
        )
        english = claim.language == "en" and language != "en"
        return (*figures, *(made_up(text, claim.text, language=language) if english else ()))
    there = {
        token
        for i in shown
        for text in (candidates[i].text, readable(candidates[i], claim.language))
        for token in words(text)
    }
    return tuple(
        word
        for word in WORD.findall(claim.text)
        if content_words(words(word)) and not there & set(words(word))
    )

"""The protocols of the engines, and the values that they exchange with the pipeline.

Results of the two writing engines come back as `(index, hypothesis)` pairs in the order in which
they finish, so that a caller can store, count and show each one while the others are still
being decoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Finish = Literal["stop", "length", "loop"]
UNDETERMINED = "und"  # BCP-47 for "no telling": too short, no letters, or empty
OTHER = "mis"  # BCP-47 for "none of the languages we know": identified as foreign to all of ours
# `Segment.opinion`: the engine that is asked, where there are several.
SUITING, SECOND, JOINT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Decoding:
    """The settings of a search for text. Part of every cache key.

    A reply has at most `max_new_tokens` tokens, and at most `max_length_ratio` for each token of
    its source. `temperature` is that of the variants of a segment; variant 0 is not sampled.
    """

    num_beams: int = 1
    max_new_tokens: int = 512
    max_length_ratio: float = 2.5
    temperature: float = 0.6


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text to translate, with BCP-47 tags of the two languages.

    `variant` asks for another answer to the same question: 0 is the engine's best, every other
    number a sample that is always the same for that number. Engines that cannot sample answer all
    variants alike. Where there are several engines, `opinion` is `SUITING` for the one that suits
    the segment, `SECOND` for another one, or `JOINT` for the re-ranked proposals of several.
    """

    text: str
    source: str
    target: str
    variant: int = 0
    opinion: int = SUITING


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to summarise, already in the language that the summary is written in.

    The summary is to have `max_sentences` and, where `max_words` is set, about so many words.
    """

    text: str
    language: str
    max_sentences: int
    max_words: int | None = None


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text that a model wrote, how the text ended, and the model's identity.

    `tokens` counts generated tokens. `finish` is "stop" when the model ended by itself, "length"
    when it ran into the cap, "loop" when it was cut because it repeated itself. `alternatives` is
    the rest of the n-best list, the best first. `refusal` says why there is no text, where a server
    did not take the question.
    """

    text: str
    tokens: int
    finish: Finish
    model: str
    alternatives: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class LanguageEvidence:
    """The letters and words that a language is told by, all in lower case.

    `alphabet` holds every letter that the language's own words need. `function_words` are short
    words that carry grammar (articles, conjunctions, prepositions), `endings` the last three or
    four letters of long words.
    """

    alphabet: frozenset[str]
    function_words: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Identification:
    """A language tag and the probability given to it, between 0 and 1."""

    language: str
    confidence: float


class Translator(Protocol):
    """Turns segments into another language."""

    @property
    def identity(self) -> str:
        """Models, their weights and prompt versions in one line, which cache keys hold."""
        ...

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index into segments, hypothesis)` once for every segment, in any order."""
        ...


@runtime_checkable
class Routed(Protocol):
    """A translator that knows the pairs of languages that it translates."""

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether it translates straight from `source` into `target`, both BCP-47 tags."""
        ...


class ScoringTranslator(Translator, Routed, Protocol):
    """A translator that also tells how likely a translation is, its own or another's."""

    def log_probabilities(self, translations: Sequence[tuple[Segment, str]]) -> list[float]:
        """Return the mean log-probability of each translation's tokens, in nats (0 is certain)."""
        ...


@dataclass(frozen=True, slots=True)
class TokenChance:
    """The log-probability of one token of a text, in nats; the token is `[start, end)` of the text.

    The token that ends a text is empty and stands behind it.
    """

    start: int
    end: int
    nats: float


class TokenScoringTranslator(Routed, Protocol):
    """A translator that tells how likely each token of a translation is, its own or another's."""

    @property
    def identity(self) -> str:
        """Models, their weights and prompt versions in one line, which cache keys hold."""
        ...

    def token_chances(
        self, translations: Sequence[tuple[Segment, str]]
    ) -> list[tuple[TokenChance, ...]]:
        """Return the chances of the tokens of each translation, in order."""
        ...


class Summariser(Protocol):
    """Writes summaries."""

    @property
    def identity(self) -> str:
        """Models, their weights and prompt versions in one line, which cache keys hold."""
        ...

    @property
    def max_source_chars(self) -> int:
        """The longest passage, in characters, that is read whole; longer ones must be split."""
        ...

    def summarise(
        self, passages: Sequence[Passage], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index into passages, hypothesis)` once for every passage, in any order."""
        ...


class Encoder(Protocol):
    """Turns texts of any language into vectors that lie close where the texts say the same."""

    @property
    def identity(self) -> str:
        """The model and its weights in one line, which cache keys hold."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of Euclidean length 1 for each text, in order: (texts, dimensions)."""
        ...


class ClaimReader(Protocol):
    """Reads claims after the evidence for them, token by token."""

    @property
    def identity(self) -> str:
        """The model, its weights, the layer and the version of the prompt, for cache keys."""
        ...

    def states(self, texts: Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
        """Return the states (tokens, size) of each claim's tokens behind its evidence.

        Each text is a pair (evidence, claim). There is at least one token for each pair.
        """
        ...


class LanguageIdentifier(Protocol):
    """Tells in which language a text is written."""

    def identify(self, text: str) -> Identification:
        """Return the language of `text`: a tag, `OTHER` or `UNDETERMINED`."""
        ...

    def scores_all(self, texts: Sequence[str]) -> Sequence[Mapping[str, float]]:
        """Return for each text the probability of every language it may be in, likeliest first.

        Probabilities sum to 1. Languages without a route have their own tags, and `OTHER` stands
        for languages without a profile. The mapping is empty for a text that cannot be identified.
        """
        ...

    def guess(self, text: str) -> str:
        """Return the likeliest tag of all, routed or not, with its script where it is unusual."""
        ...

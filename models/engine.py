"""What the pipeline asks of a model: three protocols and the values they exchange.

Results of the two writing engines come back as `(index, hypothesis)` pairs in the order in which
they finish, so that a caller can store, count and show each one while the others are still
being decoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

Finish = Literal["stop", "length", "loop"]
UNDETERMINED = "und"  # BCP-47 for "no telling": too short, no letters, or empty
OTHER = "mis"  # BCP-47 for "none of the languages we know": identified as foreign to all of ours
# Whose answer is asked for where there are several engines (`Segment.opinion`).
SUITING, SECOND, JOINT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Decoding:
    """How text is generated. Part of every cache key.

    `max_new_tokens` caps one reply; `max_length_ratio` caps it relative to the tokens of its
    source, whichever is smaller. `temperature` is that of the variants of a segment; variant 0 is
    decoded without dice.
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
    the segment, `SECOND` for another one, or `JOINT` for what they hold likeliest together.
    """

    text: str
    source: str
    target: str
    variant: int = 0
    opinion: int = SUITING


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to summarise, already in the language that the summary is written in."""

    text: str
    language: str
    max_sentences: int


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a model wrote, how it ended, and what wrote it.

    `tokens` counts generated tokens. `finish` is "stop" when the model ended by itself, "length"
    when it ran into the cap, "loop" when it was cut because it repeated itself. `alternatives`
    are what else a search ended with, best first; they cost nothing, the search has them anyway.
    """

    text: str
    tokens: int
    finish: Finish
    model: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identification:
    """A language tag and the probability given to it, between 0 and 1."""

    language: str
    confidence: float


class Translator(Protocol):
    """Turns segments into another language."""

    @property
    def identity(self) -> str:
        """Model, revision and prompt version in one line: a cache key changes when it does."""
        ...

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index into segments, hypothesis)` once for every segment, in any order."""
        ...


@runtime_checkable
class Routed(Protocol):
    """A translator that does not have every pair of languages, and knows which it has."""

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether it translates straight from `source` into `target`, both BCP-47 tags."""
        ...


class ScoringTranslator(Translator, Routed, Protocol):
    """A translator that also tells what it thinks of translations, its own and others'."""

    def log_probabilities(self, translations: Sequence[tuple[Segment, str]]) -> list[float]:
        """Return the mean log-probability of each translation's tokens, in nats (0 is certain)."""
        ...


class Summariser(Protocol):
    """Writes a short text that says what a long one says."""

    @property
    def identity(self) -> str:
        """Model, revision and prompt version in one line: a cache key changes when it does."""
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


class LanguageIdentifier(Protocol):
    """Tells in which language a text is written."""

    def identify(self, text: str) -> Identification:
        """Return the language of `text`: a tag, `OTHER` or `UNDETERMINED`."""
        ...

    def scores(self, text: str) -> Mapping[str, float]:
        """Return the probability of every language that `text` may be in, likeliest first.

        They sum to 1; languages without a route are among them under their own tags, and `OTHER`
        stands for those that have none. Empty where nothing can be told.
        """
        ...

"""A summary: its sentences, the places they rest on, and what was withheld."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.flag import Flag
from pipeline.place import NO_MODEL, Place


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place in the original that supports a sentence.

    `language` is that of the place; `score`, 0 to 1, is how well it supports the sentence (1 where
    the sentence is the place's own, or its translation).
    """

    place: Place
    language: str
    score: float


class Outcome(StrEnum):
    """The result of checking a sentence of a summary against the original."""

    KEPT = "kept"  # as the model wrote it
    REWRITTEN = "rewritten"  # by the model, once more, with nothing but the evidence before it
    QUOTED = "quoted"  # a sentence of the text, or its translation


@dataclass(frozen=True, slots=True)
class Withheld:
    """A sentence that a model wrote, that the original does not support, and that is not shown.

    `support`, 0 to 1, is what the judge made of it; `flag` says which check it failed, and
    `unsupported` are its words that the original does not vouch for.
    """

    text: str
    model: str
    support: float
    flag: Flag
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A figure of a summary, as written, and the figure of the original that it stands for."""

    figure: str
    original: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a summary, what wrote it, and what in the original supports it.

    `model` is `NO_MODEL` where the sentence is the text's own. `evidence` has the best place first.
    `outcome` and `support` (0 to 1) are None until the sentence is checked; `replaces` is the
    sentence that stood in its place before. `equivalents` are figures that were rounded or
    converted.
    """

    text: str
    model: str
    flags: tuple[Flag, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    outcome: Outcome | None = None
    support: float | None = None
    replaces: Withheld | None = None
    equivalents: tuple[Equivalent, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences in one language, in reading order.

    `remarks` are flags of what is not there, such as a sentence that was left out; `withheld` are
    the sentences that nothing stands in for. `drawn_on`, 0 to 1, is the share of the kept text that
    is evidence, None until the summary is checked. `headline` is one of ours, for a text that has
    none; `keywords` are words of the text.
    """

    sentences: tuple[Sentence, ...]
    language: str
    remarks: tuple[Flag, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    drawn_on: float | None = None
    headline: str | None = None
    keywords: tuple[str, ...] = ()

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The remarks and the flags of all sentences, each once."""
        own = (flag for sentence in self.sentences for flag in sentence.flags)
        return tuple(dict.fromkeys((*self.remarks, *own)))

    @property
    def models(self) -> tuple[str, ...]:
        """The models that wrote it, each once."""
        return tuple(dict.fromkeys(s.model for s in self.sentences if s.model != NO_MODEL))

    @property
    def text(self) -> str:
        """The sentences as running text."""
        return " ".join(sentence.text for sentence in self.sentences)

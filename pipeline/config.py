"""The configuration: frozen dataclasses, each key with its default and its unit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.errors import UsageError
from pipeline.lang.data import embedded_tags, tags
from pipeline.lang.meant import language_hint

ProfileName = Literal["embedded", "hub", "server"]


@dataclass(frozen=True, slots=True)
class Languages:
    """Languages that are read, and the one that they are translated into.

    By default `sources` are the languages that come with Nightdesk. Every language that has a
    file of its own (`pipeline.lang.data`) can be listed.
    """

    sources: tuple[str, ...] = field(default_factory=embedded_tags)
    target: str = "en"


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """The reading of inputs: the size of a file, and the processor time that one text may take."""

    max_file_mb: float = 20.0
    max_text_s: float = 60.0


@dataclass(frozen=True, slots=True)
class CleanUp:
    """Removals before anything is translated; every one can be undone.

    `near_threshold`, at most 1, is the least similarity of a near copy. A night is compared with
    the last `nights`.
    """

    boilerplate: bool = True
    duplicates: bool = True
    near_duplicates: bool = True
    near_threshold: float = 0.8
    nights: int = 7


SecondOpinion = Literal["never", "names", "always"]


@dataclass(frozen=True, slots=True)
class TranslateOptions:
    """The cutting of paragraphs into segments, the decoding, and the mending.

    Sentences are joined up to `max_segment_chars`; one longer than `max_sentence_chars` is cut.
    `translator` names the one of the two embedded translators that is used. With the
    `second_opinion` "names" the chat model is asked where a name was lost; with "always" both
    translators decide together. `ladder` decodes suspect segments again, which are flagged in any
    case; for one rung `ladder_samples` times, which may be 0. `num_beams` 0 is the number that
    suits the engine. `glossary` is a file; empty is the one that comes with Nightdesk.
    """

    max_segment_chars: int = 200
    max_sentence_chars: int = 400
    max_new_tokens: int = 400
    num_beams: int = 0
    translator: Literal["large", "small"] = "large"
    second_opinion: SecondOpinion = "names"
    ladder: bool = True
    ladder_samples: int = 4
    glossary: str = ""


@dataclass(frozen=True, slots=True)
class SummariseOptions:
    """The length of a summary, and its language.

    `max_words` 0 sets no bound. `language` "target" is the language that texts are translated into,
    "source" each text's own.
    """

    min_sentences: int = 2
    max_sentences: int = 4
    max_words: int = 0
    language: Literal["target", "source"] = "target"
    max_new_tokens: int = 320
    num_beams: int = 1


@dataclass(frozen=True, slots=True)
class Engine:
    """The device, and the sizes of batches. `device` and `dtype` are "auto" or a torch name.

    `dtype` may be "int8" as well, where embedded models run on a CPU. `threads` of the CPU compute;
    0 is one for each core.
    """

    device: str = "auto"
    dtype: str = "auto"
    threads: int = 0
    max_batch_tokens: int = 24_576
    max_batch_size: int = 32
    window_documents: int = 64


@dataclass(frozen=True, slots=True)
class Hub:
    """Hugging Face models of the `hub` profile.

    `translators` maps "source-target" to a model name; `translator` is a multilingual model that
    serves every pair which is not listed there. `encoder` makes vectors of sentences;
    `encoder_prefix` is the text that the encoder was trained to see before each of them.
    """

    translator: str = "facebook/nllb-200-distilled-600M"
    translators: Mapping[str, str] = field(default_factory=dict)
    summariser: str = "facebook/bart-large-cnn"
    encoder: str = "intfloat/multilingual-e5-small"
    encoder_prefix: str = "query: "


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenAI-compatible endpoint of the `server` profile.

    `api_key_env` names the environment variable that holds the key; a key is never in a file.
    """

    base_url: str = "http://127.0.0.1:8000/v1"
    model: str = "default"
    api_key_env: str = "NIGHTDESK_API_KEY"
    timeout_s: float = 120.0
    max_concurrency: int = 8
    max_source_chars: int = 12_000


@dataclass(frozen=True, slots=True)
class Nightly:
    """The scheduled digest: its inbox, its folder of results, its title, and its time zone."""

    inbox: str = "inbox"
    out: str = "digests"
    title: str = "Night desk"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set."""

    profile: ProfileName = "embedded"
    languages: Languages = field(default_factory=Languages)
    sources: SourceOptions = field(default_factory=SourceOptions)
    clean_up: CleanUp = field(default_factory=CleanUp)
    translate: TranslateOptions = field(default_factory=TranslateOptions)
    summarise: SummariseOptions = field(default_factory=SummariseOptions)
    engine: Engine = field(default_factory=Engine)
    hub: Hub = field(default_factory=Hub)
    server: Server = field(default_factory=Server)
    nightly: Nightly = field(default_factory=Nightly)

    def with_target(self, target: str) -> Config:
        """Return this configuration with another target language; UsageError if unknown."""
        check_language(target)
        return dataclasses.replace(
            self, languages=dataclasses.replace(self.languages, target=target)
        )

    def keeping_all(self) -> Config:
        """Return this configuration with every removal switched off."""
        nothing = dataclasses.replace(
            self.clean_up, boilerplate=False, duplicates=False, near_duplicates=False
        )
        return dataclasses.replace(self, clean_up=nothing)


def check_language(tag: str) -> str:
    """Return `tag`, or raise UsageError naming the languages that have a file (`lang.data`).

    Raises ConfigError where a language file cannot be read.
    """
    if tag not in tags():
        raise UsageError(f"unknown language code {tag!r}", hint=language_hint(tag))
    return tag

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
    suits the engine. `glossary` is a file; empty is the one that comes with Nightdesk. `trust`
    estimates how far each translation can be trusted.
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
    trust: bool = True


@dataclass(frozen=True, slots=True)
class SummariseOptions:
    """The length of a summary, and its language.

    `max_words` 0 sets no bound. `language` "target" is the language that texts are translated into,
    "source" each text's own. `judge` tells what checks the sentences: "model", or "words" alone,
    which needs no sentence encoder and sees less.
    """

    min_sentences: int = 2
    max_sentences: int = 4
    max_words: int = 0
    language: Literal["target", "source"] = "target"
    judge: Literal["model", "words"] = "model"
    max_new_tokens: int = 320
    num_beams: int = 1


@dataclass(frozen=True, slots=True)
class Engine:
    """The device, and the sizes of batches. `device` and `dtype` are "auto" or a torch name.

    `dtype` may be "int8" as well, where embedded models run on a CPU. `threads` of the CPU compute;
    0 is one for each core that this process may use. With `deterministic` a text gives the same
    output whatever texts are computed beside it.
    """

    device: str = "auto"
    dtype: str = "auto"
    threads: int = 0
    deterministic: bool = False
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
class Mail:
    """The digest by SMTP, to each address of `to` by itself; none where `to` is empty.

    `password` tells where the password is: "env:NAME", "file:PATH", or "credential:NAME" for one
    of systemd's credentials. `port` 0 is 587 for "starttls", 465 for "tls" and 25 for "none".
    `ca_file` has the certificates to trust in place of the system's. `unsubscribe` is a mailto: or
    https: address for the header List-Unsubscribe.
    """

    to: tuple[str, ...] = ()
    sender: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    ca_file: str = ""
    timeout_s: float = 60.0
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class Pull:
    """Feeds that are fetched before a night is made; none where `feeds`, their list, is empty.

    They are written into the folder `into`, by default the only inbox. A feed has `timeout_s` and
    may have `max_mb`, all of them together have `total_s`; `pause_s` is between two requests to one
    host. `allow_private` are hosts that may have a private address.
    """

    feeds: str = ""
    into: str = ""
    timeout_s: float = 60.0
    total_s: float = 900.0
    max_mb: float = 20.0
    pause_s: float = 1.0
    allow_private: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Webhook:
    """The digest as signed JSON, posted to each address of `to` by itself.

    `secret`, which signs it, is told as `Mail.password` is.
    """

    to: tuple[str, ...] = ()
    secret: str = ""
    ca_file: str = ""
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Nightly:
    """The scheduled digest.

    `inbox` is a folder, or several; a pattern such as "feeds/*" stands for all that it fits. `out`
    has a folder for each night; `copies` are folders that get each night as well. A night begins at
    `at` (HH:MM) in `timezone`; at `deadline` (HH:MM, or empty) it is published with what is done.
    Texts beyond `max_documents` wait for the next night. A text of more than `max_document_tokens`,
    or one that takes longer than `max_document_s`, is rejected. A night is poor when its newest
    text is more than `stale_days` old. `base_url` is the address of `out` on the web, where it has
    one: mail and feed need it for their links. Of the nights the last `keep_nights` are kept; 0 is
    all. Deliveries are tried again from `retry_first_s` on, for `patience_s` by the process that
    published, and by later ones for `give_up_h`. `metrics` is the file that Prometheus reads,
    `events` the one with a JSON line for each event; empty is none, and the state folder's.
    """

    inbox: str | tuple[str, ...] = "inbox"
    out: str = "digests"
    title: str = "Night desk"
    timezone: str = "UTC"
    at: str = "02:30"
    deadline: str = ""
    max_documents: int = 2_000
    max_document_tokens: int = 50_000
    max_document_s: float = 1_800.0
    stale_days: int = 2
    base_url: str = ""
    keep_nights: int = 0
    copies: tuple[str, ...] = ()
    retry_first_s: float = 30.0
    patience_s: float = 900.0
    give_up_h: float = 72.0
    metrics: str = ""
    events: str = ""
    mail: Mail = field(default_factory=Mail)
    webhook: Webhook = field(default_factory=Webhook)
    pull: Pull = field(default_factory=Pull)

    @property
    def inboxes(self) -> tuple[str, ...]:
        """The folders and patterns of `inbox`, as a tuple in any case."""
        return (self.inbox,) if isinstance(self.inbox, str) else self.inbox


@dataclass(frozen=True, slots=True)
class StoryOptions:
    """Documents grouped by event.

    Without `group` each document of a digest is a story of its own. `families` maps the end of a
    host name, or a publisher's name in small letters, to the family that counts as one publisher;
    it goes before the table that comes with Nightdesk.
    """

    group: bool = True
    families: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """A run on a cluster: `nightdesk run --on ray`.

    `files_per_partition` small files are worked on together; so many are done again when a worker
    dies. A pool has `min_workers` actors, and up to `max_workers` as there is room; 0 is no bound.
    Each asks for `cpus_per_worker` and, where the cluster has any, `gpus_per_worker`. `shards` is
    the form of the results, jsonl or parquet. Stories are told, and a digest is written, of runs of
    up to `digest_up_to` documents.
    """

    files_per_partition: int = 64
    min_workers: int = 1
    max_workers: int = 0
    cpus_per_worker: float = 1.0
    gpus_per_worker: float = 1.0
    shards: Literal["jsonl", "parquet"] = "jsonl"
    digest_up_to: int = 20_000


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
    stories: StoryOptions = field(default_factory=StoryOptions)
    cluster: ClusterOptions = field(default_factory=ClusterOptions)

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

"""Profiles: the engines that each of them runs on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from models.engine import Encoder, Summariser, Translator
from models.runtime.threads import prepare_threads
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.stages.grounding.support import SupportJudge

if TYPE_CHECKING:
    from models.encoder.sentences import SentenceEncoder
    from models.runtime.by_rows import Rows

_NEAR = {("ru", "uk"), ("uk", "ru")}  # worse through English (scripts/bench/LOG.md)


def profile_engines(
    config: Config, *, encoder: SentenceEncoder | None = None
) -> tuple[Translator, Summariser]:
    """Return the engines of the configured profile; their weights are loaded on first use.

    `encoder` is loaded while an embedded translator works whose answers it will judge.
    """
    prepare_threads(config.engine.threads)  # torch is loaded later, with the weights
    if config.profile == "hub":
        return _hub_engines(config)
    if config.profile == "server":
        return _server_engines(config)
    if encoder is not None and config.translate.trust:
        return embedded_engines(config, on_load=encoder.prepare)
    return embedded_engines(config)


def profile_encoder(config: Config) -> SentenceEncoder:
    """Return the sentence encoder of the configured profile; it is loaded on first use.

    The profile `server` has the embedded one, whose weights are then needed on this machine.
    """
    from models.encoder.sources import embedded_encoder, hub_encoder
    from models.repository.registry import ENCODER
    from models.repository.weights import identity, require_verified

    prepare_threads(config.engine.threads)  # torch is loaded later, with the weights
    if config.profile == "hub":
        return hub_encoder(
            config.hub.encoder,
            prefix=config.hub.encoder_prefix,
            device=config.engine.device,
            dtype=config.engine.dtype,
            alone=config.engine.deterministic,
        )
    weights, runs = identity(ENCODER), _runs(config)
    return embedded_encoder(
        partial(require_verified, ENCODER, expected=weights),
        identity=f"{weights} {runs.form}",
        device=config.engine.device,
        dtype=runs.dtype,
        rows=runs.rows,
    )


@dataclass(frozen=True, slots=True)
class _Runs:
    """How embedded models run: `dtype` as engines are told, and its name in their identities."""

    dtype: str
    form: str
    rows: Rows


def _runs(config: Config) -> _Runs:
    from models.runtime.by_rows import rows_of
    from models.runtime.number_format import number_format

    dtype, device = config.engine.dtype, config.engine.device
    if not config.engine.deterministic:
        return _Runs(dtype, number_format(dtype, device=device), "together")
    form = number_format(dtype, device=device, exact=True)
    rows = rows_of(form, deterministic=True)
    return _Runs(form, f"{form} {rows}", rows)


def profile_judge(
    config: Config,
    *,
    encoder: Encoder | None = None,
    summariser: Summariser | None = None,
    translator: Translator | None = None,
) -> SupportJudge:
    """Return the judge of support of the configured profile; models are loaded on first use.

    `encoder`, `summariser` and `translator` are those of the profile, where they are made already.
    The embedded chat model reads the claims, and an embedded translator is asked about those whose
    evidence is in another language.
    Where the profile `server` finds no encoder on this machine, words and facts alone tell support.
    """
    from models.chat.reading import CausalReader
    from models.chat.summariser import CausalSummariser
    from models.repository.registry import ENCODER
    from models.repository.weights import locate
    from models.routing.routed import RoutedTranslator
    from pipeline.stages.grounding.reading import probes

    without = config.profile == "server" and locate(ENCODER) is None
    chat = summariser.model if isinstance(summariser, CausalSummariser) else None
    if chat is not None and probes().model not in chat.identity:
        chat = None  # states of another model mean something else
    return SupportJudge(
        encoder=None if without else encoder or profile_encoder(config),
        reader=None if chat is None else CausalReader(chat, behind=probes().behind),
        scorer=translator.proofreader if isinstance(translator, RoutedTranslator) else None,
    )


def embedded_engines(
    config: Config, *, zero_shot: bool = False, on_load: Callable[[], None] = lambda: None
) -> tuple[Translator, Summariser]:
    """Return the engines of the profile `embedded`; with `zero_shot` the chat model alone.

    `zero_shot` shows the chat model no examples. `on_load` is called when
    a translator is loaded.
    """
    from models.chat.causal import CausalTranslator, ChatModel
    from models.chat.summariser import CausalSummariser
    from models.repository.registry import EMBEDDED, GEMMA, LARGE_STUDENT, STUDENT
    from models.repository.weights import identity, require_verified
    from models.routing.reranking import RerankingTranslator
    from models.routing.routed import RoutedTranslator
    from models.runtime.adapter import OwnBase
    from models.student import Student

    chat_weights, small_weights = identity(EMBEDDED), identity(GEMMA)
    runs = _runs(config)
    how: dict[str, Any] = {"dtype": runs.dtype, "rows": runs.rows}
    chat = ChatModel(
        partial(require_verified, EMBEDDED, expected=chat_weights),
        identity=f"{chat_weights} {runs.form}",
        device=config.engine.device,
        max_batch_tokens=config.engine.max_batch_tokens,
        max_batch_size=config.engine.max_batch_size,
        **how,
    )
    if zero_shot:
        return CausalTranslator(chat, zero_shot=True), CausalSummariser(chat)
    options: dict[str, Any] = {
        "max_batch_tokens": config.engine.max_batch_tokens,
        "alone": runs.rows == "alone",
        "on_load": on_load,
    }
    large = Student(LARGE_STUDENT, chat, **options)
    small = Student(
        STUDENT,
        OwnBase(
            partial(require_verified, GEMMA, expected=small_weights),
            identity=f"{small_weights} {runs.form}",
            device=config.engine.device,
            **how,
        ),
        **options,
    )
    specialists = (large,) if config.translate.translator == "large" else (small, large)
    translator = RoutedTranslator(
        specialists,
        CausalTranslator(chat),
        RerankingTranslator(large, small),
        general_routes=_NEAR,
        proofreader=small,
    )
    return translator, CausalSummariser(chat)


def _hub_engines(config: Config) -> tuple[Translator, Summariser]:
    from models.seq2seq.engine import Seq2SeqSummariser, Seq2SeqTranslator

    most = 1 if config.engine.deterministic else config.engine.max_batch_size
    return (
        Seq2SeqTranslator(
            config.hub.translator,
            pairs=config.hub.translators,
            device=config.engine.device,
            dtype=config.engine.dtype,
            max_batch_tokens=config.engine.max_batch_tokens,
            max_batch_size=most,
        ),
        Seq2SeqSummariser(
            config.hub.summariser,
            device=config.engine.device,
            dtype=config.engine.dtype,
            max_batch_tokens=config.engine.max_batch_tokens,
            max_batch_size=most,
        ),
    )


def _server_engines(config: Config) -> tuple[Translator, Summariser]:
    from models.chat.server import ChatServer, ServerSummariser, ServerTranslator

    if config.engine.deterministic:
        raise UsageError(
            "engine.deterministic: the profile server cannot promise that: batches are made there",
            hint="set deterministic = false under [engine], or use another profile",
        )
    server = ChatServer(
        config.server.base_url,
        model=config.server.model,
        api_key=os.environ.get(config.server.api_key_env),
        timeout_s=config.server.timeout_s,
        max_concurrency=config.server.max_concurrency,
    )
    return (
        ServerTranslator(server),
        ServerSummariser(server, max_source_chars=config.server.max_source_chars),
    )

"""Chat models on torch, as translators and summarisers: one set of weights does both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.chat.prompts import (
    PROMPT_VERSION,
    SUMMARY_PROMPT_VERSION,
    summary_messages,
    translation_messages,
)
from models.chat.reply import clean_reply
from models.decoding.allowed_tokens import allowed_ids, newline_ids
from models.decoding.batch import Continuation, Prompt
from models.decoding.batching import grouped
from models.decoding.greedy import Decoder
from models.engine import Decoding, Hypothesis, Passage, Segment
from models.errors import EngineError
from models.runtime.adapter import Adapter, beside
from models.runtime.checkpoint import load_causal, load_tokenizer
from models.runtime.device import runs_int8
from models.runtime.prepacked import prepack, prepack_stored
from models.runtime.stored import store_of

if TYPE_CHECKING:
    import torch

CHARS_PER_TOKEN = 3.5  # of English news under Qwen's vocabulary, to be on the safe side
SENTENCE_TOKENS = 60  # a long news sentence in English


@dataclass(frozen=True, slots=True)
class Request:
    """A chat to continue, and the limits of the reply.

    A reply has at most `max_new_tokens` tokens, and at most `max_length_ratio` for each token of
    the last message. `one_line` ends it at the first line feed, else an empty line ends it.
    `temperature` 0 is greedy search; above it, `seed` decides which sample is drawn.
    """

    messages: Sequence[dict[str, str]]
    max_new_tokens: int | None = None
    max_length_ratio: float | None = None
    one_line: bool = True
    temperature: float = 0.0
    seed: int = 0


class ChatModel:
    """A decoder-only chat model in a folder of safetensors, loaded on first use.

    Implements `models.runtime.adapter.Base`, too: a translator can be made of it.
    `locate` is called once, on first use, and returns the folder of the weights, verified;
    `identity` names model, revision and weights. `device` and `dtype` are "auto" or a torch name.
    `max_batch_tokens` bounds rows x (prompt + reply) in the cache, `max_batch_size` the rows.
    """

    def __init__(
        self,
        locate: Callable[[], Path],
        *,
        identity: str,
        device: str = "auto",
        dtype: str = "auto",
        max_batch_tokens: int = 24_576,
        max_batch_size: int = 32,
    ) -> None:
        self.identity = identity
        self._locate = locate
        self._device = device
        self._dtype = dtype
        self._max_batch_tokens = max_batch_tokens
        self._max_batch_size = max_batch_size
        self._decoders: dict[str, Decoder] = {}

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer that lies beside the weights."""
        return load_tokenizer(self._folder)

    @cached_property
    def model(self) -> Any:
        """The weights, on their device, ready to run.

        Raises EngineError when the folder does not hold a model that transformers can read.
        """
        model = load_causal(self._folder, device=self._device, dtype=self._dtype)
        int8 = runs_int8(self._dtype, device=model.device.type)
        store = store_of(self._folder) if int8 else None
        if not prepack_stored(model.get_decoder(), store):
            prepack(model.get_decoder(), int8=int8, store=store)
        return model

    def adapted(self, adapter: Adapter) -> Any:
        """Return a model of its own that shares these weights and has `adapter` beside them."""
        return beside(self.model, adapter)

    @cached_property
    def _folder(self) -> Path:
        return self._locate()

    def chat(
        self, requests: Sequence[Request], *, language: str
    ) -> Iterator[tuple[int, Continuation, str]]:
        """Continue every chat in `language`; yield `(index, continuation, text)` as they end.

        The output vocabulary is that of the language's script.
        """
        prompts = [self._prompt(request) for request in requests]
        for index, continuation in self._decoder(language).run(prompts):
            text = self.tokenizer.decode(continuation.ids, skip_special_tokens=True)
            yield index, continuation, text

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of a text, without chat markers; none in it is live."""
        encoded = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        return len(encoded["input_ids"])

    def _prompt(self, request: Request) -> Prompt:
        ids = self._prompt_ids(request.messages)
        cap = request.max_new_tokens or self._max_batch_tokens
        if request.max_length_ratio is not None:
            source = self.count_tokens(request.messages[-1]["content"])
            cap = min(cap, 16 + int(request.max_length_ratio * source))
        stops = self._end_ids | (self._line_ids if request.one_line else self._paragraph_ids)
        return Prompt(
            ids=ids,
            max_new_tokens=cap,
            stop_ids=stops,
            temperature=request.temperature,
            seed=request.seed,
        )

    def _prompt_ids(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """Return the tokens of a chat; control tokens are those of the template alone.

        A control token that a message spells out, such as `<|im_end|>`, is tokenized as text.
        """
        from jinja2 import TemplateError

        try:
            ids: list[int] = self.tokenizer.apply_chat_template(
                list(messages),
                tokenize=True,
                add_generation_prompt=True,
                return_dict=False,
                sanitize_control_tokens=True,
            )
        except (TemplateError, ValueError, TypeError) as error:
            raise EngineError(
                f"{self._folder}/chat_template.jinja: makes no prompt: {error}",
                hint="run `nightdesk models verify`, or take a model that has a chat template",
            ) from error
        return ids

    def _decoder(self, language: str) -> Decoder:
        if language not in self._decoders:
            ids = allowed_ids(self.tokenizer, language=language, extra=self._end_ids)
            self._decoders[language] = Decoder(
                self.model,
                pad_id=self.tokenizer.pad_token_id or 0,
                max_batch_tokens=self._max_batch_tokens,
                max_batch_size=self._max_batch_size,
                allowed=None if ids is None else self._tensor(ids),
            )
        return self._decoders[language]

    def _tensor(self, ids: list[int]) -> torch.Tensor:
        import torch

        return torch.tensor(ids, device=self.model.device)

    @cached_property
    def _end_ids(self) -> frozenset[int]:
        ids = (*self.model.settings.ends, self.tokenizer.eos_token_id)
        return frozenset(i for i in ids if i is not None)

    @cached_property
    def _line_ids(self) -> frozenset[int]:
        return newline_ids(self.tokenizer)

    @cached_property
    def _paragraph_ids(self) -> frozenset[int]:
        return newline_ids(self.tokenizer, count=2)


class CausalTranslator:
    """A chat model that translates. Implements `models.engine.Translator`.

    With `zero_shot` the prompts show no examples.
    """

    def __init__(self, model: ChatModel, *, zero_shot: bool = False) -> None:
        self._model = model
        self._zero_shot = zero_shot

    @property
    def identity(self) -> str:
        """Model, revision and prompt version."""
        kind = " zero-shot" if self._zero_shot else ""
        return f"{self._model.identity} prompt {PROMPT_VERSION}{kind}"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment as it is finished."""
        _require_greedy(decoding)
        # One direction at a time: the prompts of a direction begin alike, and their common prefix
        # is computed once.
        for (_, target), indices in grouped((s.source, s.target) for s in segments):
            requests = [
                _translation_request(segments[i], decoding, zero_shot=self._zero_shot)
                for i in indices
            ]
            for position, continuation, text in self._model.chat(requests, language=target):
                index = indices[position]
                reply = clean_reply(text, source=segments[index].text)
                yield index, _hypothesis(reply, continuation, self._model.identity)


class CausalSummariser:
    """A chat model that summarises. Implements `models.engine.Summariser`."""

    def __init__(self, model: ChatModel, *, max_source_tokens: int = 1_500) -> None:
        self._model = model
        self._max_source_tokens = max_source_tokens

    @property
    def identity(self) -> str:
        """Model, revision and prompt version."""
        return f"{self._model.identity} prompt {SUMMARY_PROMPT_VERSION}"

    @property
    def model(self) -> ChatModel:
        """The chat model, which can serve other purposes without being loaded again."""
        return self._model

    @property
    def max_source_chars(self) -> int:
        """The longest passage that the model reads whole, in characters of English."""
        return int(self._max_source_tokens * CHARS_PER_TOKEN)

    def summarise(
        self, passages: Sequence[Passage], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every passage as it is finished."""
        _require_greedy(decoding)
        for language, indices in grouped(p.language for p in passages):
            requests = [_summary_request(passages[i], decoding) for i in indices]
            for position, continuation, text in self._model.chat(requests, language=language):
                index = indices[position]
                reply = clean_reply(text, source=passages[index].text, task="summary")
                yield index, _hypothesis(reply, continuation, self._model.identity)


def _require_greedy(decoding: Decoding) -> None:
    if decoding.num_beams != 1:
        raise EngineError(
            "chat models are decoded greedily here",
            hint="set num_beams = 1 under [translate] and [summarise], or use the hub profile",
        )


def _translation_request(segment: Segment, decoding: Decoding, *, zero_shot: bool) -> Request:
    return Request(
        messages=translation_messages(
            " ".join(segment.text.split()),
            source=segment.source,
            target=segment.target,
            zero_shot=zero_shot,
        ),
        max_new_tokens=decoding.max_new_tokens,
        max_length_ratio=decoding.max_length_ratio,
        temperature=decoding.temperature if segment.variant else 0.0,
        seed=segment.variant,
    )


def _summary_request(passage: Passage, decoding: Decoding) -> Request:
    return Request(
        messages=summary_messages(
            passage.text,
            language=passage.language,
            max_sentences=passage.max_sentences,
            max_words=passage.max_words,
        ),
        max_new_tokens=min(decoding.max_new_tokens, passage.max_sentences * SENTENCE_TOKENS),
        one_line=False,
    )


def _hypothesis(text: str, continuation: Continuation, model: str) -> Hypothesis:
    return Hypothesis(
        text=text, tokens=len(continuation.ids), finish=continuation.finish, model=model
    )

"""Chat models on torch, and as translators; `models.chat.summariser` makes summaries with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.chat.prompts import PROMPT_VERSION, translation_messages
from models.chat.reply import clean_reply
from models.decoding.allowed_tokens import allowed_ids, newline_ids
from models.decoding.batch import Continuation, Prompt
from models.decoding.batching import grouped
from models.decoding.copying import Price, source_of
from models.decoding.greedy import Decoder
from models.engine import Decoding, Hypothesis, Segment
from models.errors import EngineError
from models.runtime.adapter import Adapter, beside
from models.runtime.by_rows import Rows, kept
from models.runtime.checkpoint import load_causal, load_tokenizer
from models.runtime.device import runs_int8
from models.runtime.prepacked import prepack, prepack_stored
from models.runtime.stored import store_of

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class Request:
    """A chat to continue, and the limits of the reply.

    A reply has at most `max_new_tokens` tokens, and at most `max_length_ratio` for each token of
    the last message. `one_line` ends it at the first line feed, else an empty line ends it.
    `temperature` 0 is greedy search; above it, `seed` decides which sample is drawn. Copying from
    `source` costs `price`.
    """

    messages: Sequence[dict[str, str]]
    max_new_tokens: int | None = None
    max_length_ratio: float | None = None
    one_line: bool = True
    temperature: float = 0.0
    seed: int = 0
    source: str = ""
    price: Price | None = None


class ChatModel:
    """A decoder-only chat model in a folder of safetensors, loaded on first use.

    Implements `models.runtime.adapter.Base`, too: a translator can be made of it.
    `locate` is called once, on first use, and returns the folder of the weights, verified;
    `identity` names model, revision and weights. `device` and `dtype` are "auto" or a torch name.
    `max_batch_tokens` bounds the tokens of all prompts and longest replies, `max_batch_size` the
    rows; `rows` tells how these are kept from each other.
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
        rows: Rows = "together",
    ) -> None:
        self.identity = identity
        self.rows: Rows = rows
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
        return kept(model, self.rows, int8=int8)

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
        return len(self.token_ids(text))

    def token_ids(self, text: str) -> list[int]:
        """Return the tokens of a text; a control token that it spells out is tokenized as text."""
        encoded = self.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        ids: list[int] = encoded["input_ids"]
        return ids

    def _prompt(self, request: Request) -> Prompt:
        ids = self._prompt_ids(request.messages)
        cap = request.max_new_tokens or self._max_batch_tokens
        if request.max_length_ratio is not None:
            read = self.count_tokens(request.messages[-1]["content"])
            cap = min(cap, 16 + int(request.max_length_ratio * read))
        stops = self._end_ids | (self._line_ids if request.one_line else self._paragraph_ids)
        price = request.price
        source = source_of(request.source, self.tokenizer, price=price) if price else None
        return Prompt(
            ids=ids,
            max_new_tokens=cap,
            stop_ids=stops,
            temperature=request.temperature,
            seed=request.seed,
            source=source,
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
                alone=self.rows == "alone",
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
        require_greedy(decoding)
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
                yield index, hypothesis_of(reply, continuation, self._model.identity)


def require_greedy(decoding: Decoding) -> None:
    """Raise EngineError where a search with several beams is asked for."""
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


def hypothesis_of(text: str, continuation: Continuation, model: str) -> Hypothesis:
    """Return a cleaned reply as a hypothesis that ended like its continuation."""
    return Hypothesis(
        text=text, tokens=len(continuation.ids), finish=continuation.finish, model=model
    )

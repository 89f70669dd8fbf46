"""The translator we trained: Gemma 3 270M with low-rank additions, merged when it is loaded.

It knows three routes, Russian, Ukrainian and French into English. Its prompt is as short as a
prompt can be, and its output vocabulary is the part of Gemma's that English is written with: a
fifth. How it was trained: scripts/train; what it can and cannot do: models/weights/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.beam import BeamDecoder
from models.checkpoint import load_causal, load_tokenizer
from models.decode import Decoder
from models.engine import Decoding, Hypothesis, Segment
from models.errors import EngineError, WeightsError
from models.manifest import sha256_of
from models.packed import pack
from models.registry import AdapterSpec
from models.rows import Continuation, Prompt
from models.scoring import Reply

if TYPE_CHECKING:
    import torch

PROMPT_VERSION = "1"
# What it was trained with; changing a letter means training again.
SOURCES: Mapping[str, str] = {"ru": "Russian", "uk": "Ukrainian", "fr": "French"}
TARGET = "en"
# English takes 0.6 to 0.9 tokens for one of the source; what is much longer has lost its way.
MAX_LENGTH_RATIO = 1.5
SHORTEST_CAP = 16  # tokens: a name may be longer in English than its source


def prompt_text(text: str, *, source: str) -> str:
    """Return what the model is given; it continues with a space, the translation and <eos>."""
    return f"{SOURCES[source]}: {text}\nEnglish:"


@dataclass(frozen=True, slots=True)
class Adapter:
    """What was added to the base: for each matrix, low-rank factors, and the rows of the output.

    A matrix W of shape (out, in) becomes W + `scale` B A; `factors` holds A (rank, in) and B
    (out, rank) by the name of the matrix. `rows` are the sorted ids of the tokens it may write.
    """

    scale: float
    factors: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    rows: torch.Tensor


def load_adapter(path: Path, *, sha256: str) -> Adapter:
    """Read an adapter; its factors are int8 with a scale for every row.

    Raises WeightsError where the file is missing or is not the one that was published.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise WeightsError(f"{path} is not there", hint="install nightdesk again")
    if (found := sha256_of(path)) != sha256:
        raise WeightsError(
            f"{path}: sha256 is {found}, not {sha256}", hint="install nightdesk again"
        )
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            scale = float(json.loads(file.metadata()["adapter"])["scale"])
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"{path}: not an adapter: {error}") from error

    def whole(name: str) -> torch.Tensor:
        product: torch.Tensor = tensors[name].to(torch.float32) * tensors[f"{name}.scale"][:, None]
        return product

    names = [name.removesuffix(".a") for name in tensors if name.endswith(".a")]
    factors = {name: (whole(f"{name}.a"), whole(f"{name}.b")) for name in names}
    return Adapter(scale=scale, factors=factors, rows=tensors["rows"].to(torch.int64))


def merge(backbone: Any, adapter: Adapter) -> None:
    """Add an adapter to a transformers decoder, in place.

    Raises WeightsError where the two do not fit together.
    """
    import torch

    matrices = dict(backbone.named_parameters())
    with torch.no_grad():
        for name, (a, b) in adapter.factors.items():
            weight = matrices.get(f"{name}.weight")
            if weight is None or weight.shape != (b.shape[0], a.shape[1]):
                raise WeightsError(f"the adapter's {name} has no place in this base")
            # The sum is rounded once: on a bfloat16 base, from float32.
            weight.copy_(weight.float() + adapter.scale * (b @ a).to(weight.device))


class Student:
    """The trained translator. Implements `models.engine.Translator` and `Routed`.

    `locate` is called on first use and returns the folder of the base. `device` and `dtype` are
    "auto" or a torch name; `max_batch_tokens` bounds rows x (prompt + reply) in the cache,
    `max_batch_size` the rows: of these, a text takes one for each beam.
    """

    def __init__(
        self,
        spec: AdapterSpec,
        locate: Callable[[], Path],
        *,
        device: str = "auto",
        dtype: str = "auto",
        max_batch_tokens: int = 24_576,
        max_batch_size: int = 64,
    ) -> None:
        self._spec = spec
        self._locate = locate
        self._device = device
        self._dtype = dtype
        self._limits = {"max_batch_tokens": max_batch_tokens, "max_batch_size": max_batch_size}
        self._beams: dict[int, BeamDecoder] = {}

    @property
    def identity(self) -> str:
        """Model, revision and prompt version."""
        return f"{self._spec.name}@{self._spec.revision} prompt {PROMPT_VERSION}"

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether it was trained for this direction."""
        return (source, target) in self._spec.routes

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment as it is finished.

        Variant 0 is decoded with `decoding.num_beams`; all others are samples. Raises EngineError
        for a direction it does not know.
        """
        for segment in segments:
            if not self.has_route(segment.source, segment.target):
                routes = ", ".join(f"{a}-{b}" for a, b in self._spec.routes)
                raise EngineError(
                    f"{self._spec.name} does not translate {segment.source}-{segment.target}",
                    hint=f"it knows {routes}; take another engine for the rest",
                )
        if decoding.repetition_penalty != 1.0:
            raise EngineError(f"{self._spec.name} has no repetition penalty", hint="set it to 1.0")
        best = [i for i, s in enumerate(segments) if not s.variant]
        samples = [i for i, s in enumerate(segments) if s.variant]
        for indices, num_beams in ((best, decoding.num_beams), (samples, 1)):
            prompts = [self._prompt(segments[i], decoding) for i in indices]
            for position, continuation in self._decoder(num_beams).run(prompts) if prompts else ():
                yield indices[position], self._hypothesis(continuation)

    def log_probabilities(self, translations: Sequence[tuple[Segment, str]]) -> list[float]:
        """Return the mean log-probability of each translation's tokens, in nats."""
        replies = []
        for segment, text in translations:
            prompt = self._prompt_ids(segment)
            # Tokenized as one text, for the space before the reply belongs to its first token.
            whole = self.tokenizer(f"{self._prompt_text(segment)} {text}")["input_ids"]
            reply = (*whole[len(prompt) :], self.tokenizer.eos_token_id)
            replies.append(Reply(tuple(prompt), reply))
        return self._greedy.log_probabilities(replies)

    def _prompt(self, segment: Segment, decoding: Decoding) -> Prompt:
        ids = self._prompt_ids(segment)
        ratio = min(decoding.max_length_ratio, MAX_LENGTH_RATIO)
        ratio_cap = SHORTEST_CAP + int(ratio * len(ids))
        return Prompt(
            ids=ids,
            max_new_tokens=min(decoding.max_new_tokens, ratio_cap),
            stop_ids=frozenset({self.tokenizer.eos_token_id}),
            temperature=decoding.temperature if segment.variant else 0.0,
            seed=segment.variant,
        )

    def _prompt_ids(self, segment: Segment) -> list[int]:
        ids: list[int] = self.tokenizer(self._prompt_text(segment))["input_ids"]
        return ids

    @staticmethod
    def _prompt_text(segment: Segment) -> str:
        return prompt_text(" ".join(segment.text.split()), source=segment.source)

    def _hypothesis(self, continuation: Continuation) -> Hypothesis:
        text, *others = map(self._text, (continuation.ids, *continuation.alternatives))
        return Hypothesis(
            text=text,
            tokens=len(continuation.ids),
            finish=continuation.finish,
            model=self.identity,
            alternatives=tuple(others),
        )

    def _text(self, ids: Sequence[int]) -> str:
        return " ".join(self.tokenizer.decode(ids, skip_special_tokens=True).split())

    @cached_property
    def tokenizer(self) -> Any:
        """The tokenizer that lies beside the base."""
        return load_tokenizer(self._locate())

    @cached_property
    def _loaded(self) -> tuple[Any, torch.Tensor]:
        """The merged model, ready to run, and the ids of the tokens it may write."""
        adapter = load_adapter(self._spec.path, sha256=self._spec.sha256)
        model = load_causal(self._locate(), device=self._device, dtype=self._dtype)
        merge(model.get_decoder(), adapter)
        pack(model.get_decoder())
        return model, adapter.rows.to(model.device)

    @cached_property
    def _greedy(self) -> Decoder:
        model, rows = self._loaded
        return Decoder(model, pad_id=self._pad_id, allowed=rows, **self._limits)

    def _decoder(self, num_beams: int) -> Decoder | BeamDecoder:
        if num_beams == 1:
            return self._greedy
        if num_beams not in self._beams:
            model, rows = self._loaded
            self._beams[num_beams] = BeamDecoder(
                model, num_beams=num_beams, pad_id=self._pad_id, allowed=rows, **self._limits
            )
        return self._beams[num_beams]

    @property
    def _pad_id(self) -> int:
        return self.tokenizer.pad_token_id or 0

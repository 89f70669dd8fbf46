"""The translators trained for Nightdesk: a small and a large base, each with a low-rank adapter.

The prompt names the two languages and nothing else. The output vocabulary is the part of the base's
vocabulary that texts in the target language need. scripts/train holds the training;
models/weights/README.md tells what the translators can and cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from models.decoding.batch import Continuation, Prompt
from models.decoding.batching import grouped
from models.decoding.beam import BeamDecoder
from models.decoding.greedy import Decoder
from models.decoding.scoring import Reply
from models.engine import Decoding, Hypothesis, Segment, TokenChance
from models.errors import EngineError, WeightsError
from models.languages import require_language
from models.repository.registry import AdapterSpec
from models.runtime.adapter import Base, load_adapter
from models.runtime.mapped import release_freed

if TYPE_CHECKING:
    import torch

PROMPT_VERSION = "1"
SHORTEST_CAP = 16  # tokens: a name may be longer in English than its source


def prompt_text(text: str, source: str, target: str) -> str:
    """Return the prompt, which the model continues with a space, the translation and its end.

    The text of the prompt is that of the training. Raises EngineError for a language that is not
    in the table of `models.languages`.
    """
    return f"{require_language(source).name}: {text}\n{require_language(target).name}:"


class Student:
    """A trained translator. Implements `models.engine.Translator` and `Routed`.

    Base and adapter are loaded on first use, and `on_load` is called then: whoever judges the
    answers can get ready meanwhile. `max_batch_tokens` bounds the tokens of all prompts and longest
    replies, `max_batch_size` the rows; a text takes one row for each beam. With `alone` each text
    is computed by itself.
    """

    def __init__(
        self,
        spec: AdapterSpec,
        base: Base,
        *,
        max_batch_tokens: int = 24_576,
        max_batch_size: int = 128,
        alone: bool = False,
        on_load: Callable[[], None] = lambda: None,
    ) -> None:
        self._on_load = on_load
        self._spec = spec
        self._base = base
        self._alone = alone
        self._limits = {"max_batch_tokens": max_batch_tokens, "max_batch_size": max_batch_size}
        self._rows: Mapping[str, torch.Tensor] = {}
        self._decoders: dict[str, Decoder] = {}
        self._beam_decoders: dict[tuple[str, int], BeamDecoder] = {}

    @property
    def identity(self) -> str:
        """The adapter and its sha256, the prompt version, and the base it is on."""
        adapter = f"{self._spec.name}@{self._spec.revision} {self._spec.sha256[:12]}"
        return f"{adapter} prompt {PROMPT_VERSION} on {self._base.identity}"

    def has_route(self, source: str, target: str) -> bool:
        """Tell whether the translator was trained for this direction."""
        return (source, target) in self._spec.routes

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment as it is finished.

        Variant 0 is decoded with `decoding.num_beams`; all others are samples. Raises EngineError
        for a direction that the translator was not trained for.
        """
        for segment in segments:
            if not self.has_route(segment.source, segment.target):
                routes = ", ".join(f"{a}-{b}" for a, b in self._spec.routes)
                raise EngineError(
                    f"{self._spec.name} does not translate {segment.source}-{segment.target}",
                    hint=f"it knows {routes}; take another engine for the rest",
                )
        keys = [(s.target, 1 if s.variant else decoding.num_beams) for s in segments]
        for (target, num_beams), indices in grouped(keys):
            decoder = self._decoder(target, num_beams)
            prompts = [self._prompt(segments[i], decoding) for i in indices]
            for position, continuation in decoder.run(prompts):
                yield indices[position], self._hypothesis(continuation)

    def log_probabilities(self, translations: Sequence[tuple[Segment, str]]) -> list[float]:
        """Return the mean log-probability of each translation's tokens, in nats."""
        found = [0.0] * len(translations)
        for target, indices in grouped(segment.target for segment, _ in translations):
            replies = [self._reply(*translations[i]) for i in indices]
            likelihoods = self._greedy(target).log_probabilities(replies)
            for i, likelihood in zip(indices, likelihoods, strict=True):
                found[i] = likelihood
        return found

    def token_chances(
        self, translations: Sequence[tuple[Segment, str]]
    ) -> list[tuple[TokenChance, ...]]:
        """Return the chances of the tokens of each translation, in order, the end token last."""
        found: list[tuple[TokenChance, ...]] = [()] * len(translations)
        for target, indices in grouped(segment.target for segment, _ in translations):
            replies = [self._reply(*translations[i]) for i in indices]
            chances = self._greedy(target).token_log_probabilities(replies)
            for i, nats in zip(indices, chances, strict=True):
                places = (*self._places(*translations[i]), (len(translations[i][1]),) * 2)
                found[i] = tuple(
                    TokenChance(start, end, chance)
                    for (start, end), chance in zip(places, nats, strict=True)
                )
        return found

    def _places(self, segment: Segment, text: str) -> list[tuple[int, int]]:
        """Return where the tokens of a translation stand in it."""
        prompt = self._prompt_text(segment)
        encoded = self.tokenizer(
            f"{prompt} {text}", split_special_tokens=True, return_offsets_mapping=True
        )
        behind = encoded["offset_mapping"][len(self._ids(prompt)) :]
        begin = len(prompt) + 1
        return [(max(0, start - begin), max(0, end - begin)) for start, end in behind]

    def _reply(self, segment: Segment, text: str) -> Reply:
        prompt = self._prompt_ids(segment)
        # Tokenized as one text, for the space before the reply belongs to its first token.
        whole = self._ids(f"{self._prompt_text(segment)} {text}")
        return Reply(tuple(prompt), (*whole[len(prompt) :], self.tokenizer.eos_token_id))

    def _prompt(self, segment: Segment, decoding: Decoding) -> Prompt:
        ids = self._prompt_ids(segment)
        own_ratio = require_language(segment.target).max_length_ratio
        ratio = min(decoding.max_length_ratio, own_ratio or decoding.max_length_ratio)
        ratio_cap = SHORTEST_CAP + int(ratio * len(ids))
        return Prompt(
            ids=ids,
            max_new_tokens=min(decoding.max_new_tokens, ratio_cap),
            stop_ids=frozenset({self.tokenizer.eos_token_id}),
            temperature=decoding.temperature if segment.variant else 0.0,
            seed=segment.variant,
        )

    def _prompt_ids(self, segment: Segment) -> list[int]:
        return self._ids(self._prompt_text(segment))

    def _ids(self, text: str) -> list[int]:
        """Return the tokens of a text behind the mark of a beginning.

        A control token that the text spells out, such as `<end_of_turn>`, is tokenized as text.
        """
        ids: list[int] = self.tokenizer(text, split_special_tokens=True)["input_ids"]
        return ids

    @staticmethod
    def _prompt_text(segment: Segment) -> str:
        return prompt_text(" ".join(segment.text.split()), segment.source, segment.target)

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

    @property
    def tokenizer(self) -> Any:
        """The tokenizer of the base."""
        return self._base.tokenizer

    @cached_property
    def _model(self) -> Any:
        # A vocabulary is read without the interpreter, for as long as torch takes to be imported.
        with ThreadPoolExecutor(max_workers=1) as beside:
            reading = beside.submit(lambda: self.tokenizer)
            adapter = load_adapter(self._spec.path, sha256=self._spec.sha256)
            model = self._base.adapted(adapter)
            reading.result()
        self._rows = adapter.rows  # its factors are in the model now, and not kept twice
        del adapter
        release_freed()
        self._on_load()
        return model

    def _decoder(self, target: str, num_beams: int) -> Decoder | BeamDecoder:
        if num_beams == 1:
            return self._greedy(target)
        if (target, num_beams) not in self._beam_decoders:
            self._beam_decoders[target, num_beams] = BeamDecoder(
                self._model, num_beams=num_beams, **self._options(target)
            )
        return self._beam_decoders[target, num_beams]

    def _greedy(self, target: str) -> Decoder:
        if target not in self._decoders:
            self._decoders[target] = Decoder(self._model, **self._options(target))
        return self._decoders[target]

    def _options(self, target: str) -> dict[str, Any]:
        model = self._model
        if (rows := self._rows.get(target)) is None:
            raise WeightsError(
                f"{self._spec.path}: has no vocabulary for {target!r}",
                hint="install nightdesk again",
            )
        allowed = rows.to(model.device)
        return {
            "pad_id": self.tokenizer.pad_token_id or 0,
            "allowed": allowed,
            "alone": self._alone,
            **self._limits,
        }

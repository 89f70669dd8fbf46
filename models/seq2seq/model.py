"""One encoder-decoder model: loaded from safetensors, decoded in batches.

CTranslate2 decodes where it is installed and knows the model, else transformers. Every text has a
length cap and a check for repetitions of its own, so that its translation does not depend on the
other texts of its batch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.decoding.batching import batches, with_back_off
from models.decoding.repetition import repetition_start
from models.engine import Decoding, Finish, Hypothesis
from models.errors import EngineError
from models.repository.hub import ModelName, file_of, parse_name, silent_transformers
from models.runtime.device import dtype_name, pick_device, pick_dtype
from models.seq2seq.ctranslate import CTranslateGenerator, is_known, number_format, version
from models.seq2seq.generation import Generator, TorchGenerator
from models.seq2seq.language_tokens import Route

RELATIVE_POSITIONS_LIMIT = 512  # T5 and mT5 have no limit; they were trained on so many tokens


@dataclass(frozen=True, slots=True)
class _Output:
    ids: tuple[int, ...]
    finish: Finish


class Seq2SeqModel:
    """One encoder-decoder model, loaded on first use.

    `device` and `dtype` are "auto" or a torch name. `max_batch_tokens` bounds rows x (source +
    output), where every beam is a row; `max_batch_size` bounds the texts in a batch.
    """

    def __init__(
        self,
        name_or_path: str,
        *,
        device: str,
        dtype: str,
        max_batch_tokens: int,
        max_batch_size: int,
    ) -> None:
        self._name_or_path = name_or_path
        self._device = device
        self._dtype = dtype
        self._max_batch_tokens = max_batch_tokens
        self._max_batch_size = max_batch_size

    @cached_property
    def name(self) -> ModelName:
        """The place of the model: a folder, or a repository and its commit."""
        return parse_name(self._name_or_path)

    @cached_property
    def identity(self) -> str:
        """Model, digest or commit, and number format; no weights are loaded to find it.

        Texts that are computed alone come out a little different: that is named, too.
        """
        alone = " alone" if self._max_batch_size == 1 else ""
        if self._form is not None:
            return f"{self.name.identity} ctranslate2 {version()} {self._form}{alone}"
        dtype = pick_dtype(self._dtype, device=pick_device(self._device))
        return f"{self.name.identity} {dtype_name(dtype)}{alone}"

    @cached_property
    def config(self) -> Any:
        """The model's configuration."""
        from transformers import AutoConfig

        return self.name.load(AutoConfig.from_pretrained)

    @cached_property
    def tokenizer(self) -> Any:
        """The model's tokenizer."""
        from transformers import AutoTokenizer

        return self.name.load(AutoTokenizer.from_pretrained)

    @cached_property
    def model(self) -> Any:
        """The weights on their device, ready to decode. Raises EngineError if they cannot be."""
        from transformers import AutoModelForSeq2SeqLM

        device = pick_device(self._device)
        model: Any = self.name.load(
            AutoModelForSeq2SeqLM.from_pretrained,
            dtype=pick_dtype(self._dtype, device=device),
            use_safetensors=True,
        )
        self._honest(model.generation_config)
        return model.to(device).eval()

    @cached_property
    def max_source_tokens(self) -> int:
        """The most tokens of a source that the encoder reads whole, marks included."""
        limits = [
            getattr(self.config, "max_position_embeddings", None),
            self.tokenizer.model_max_length,
        ]
        known = [n for n in limits if n is not None and n < 1_000_000]  # "very large" means unknown
        return min(known, default=RELATIVE_POSITIONS_LIMIT)

    @cached_property
    def _special(self) -> re.Pattern[str]:
        tokens = sorted(self.tokenizer.all_special_tokens, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, tokens)))

    def source_ids(self, text: str, *, route: Route) -> list[int]:
        """Return the token ids of a source, uncut, with the marks that the model expects.

        Special tokens inside the text, such as `<s>`, are tokenized as text.
        """
        if route.src_lang is not None:
            self.tokenizer.src_lang = route.src_lang
        plain = self._special.sub(lambda mark: f"{mark[0][0]} {mark[0][1:]}", text)
        if plain.startswith(">>"):  # where Marian's tokenizer looks for a language
            plain = f" {plain}"
        with silent_transformers():
            ids: list[int] = self.tokenizer(route.prefix + plain, truncation=False)["input_ids"]
        return ids

    def run(
        self, sources: Sequence[Sequence[int]], caps: Sequence[int], *, route: Route,
        decoding: Decoding,
    ) -> Iterator[tuple[int, Hypothesis]]:  # fmt: skip
        """Yield `(index, hypothesis)` once for every source, batch after batch.

        `sources` are token ids, `caps` the most tokens that each may be answered with.
        """
        lengths = [
            (len(ids) + cap) * decoding.num_beams for ids, cap in zip(sources, caps, strict=True)
        ]

        def decode(indices: list[int]) -> list[_Output]:
            return self._generate(
                [sources[i] for i in indices],
                [caps[i] for i in indices],
                route=route,
                decoding=decoding,
            )

        for batch in batches(
            lengths, max_batch_tokens=self._max_batch_tokens, max_batch_size=self._max_batch_size
        ):
            for indices, outputs in with_back_off(batch, decode):
                for index, output in zip(indices, outputs, strict=True):
                    yield index, self._hypothesis(output)

    def cap(self, source_tokens: int, decoding: Decoding) -> int:
        """Return the most tokens of an answer to a source of `source_tokens` tokens."""
        positions = getattr(self.config, "max_position_embeddings", None)
        limits = [decoding.max_new_tokens, 16 + int(decoding.max_length_ratio * source_tokens)]
        if positions is not None:
            limits.append(positions - 2)  # the start token and a language's
        return max(1, min(limits))

    @cached_property
    def _generator(self) -> Generator:
        if self._form is None:
            return TorchGenerator(self.model, pad=self.tokenizer.pad_token_id)
        return CTranslateGenerator(
            self.name, settings=self._settings, form=self._form, device=pick_device(self._device)
        )

    @cached_property
    def _form(self) -> str | None:
        """The number format on CTranslate2, or None where the model runs on torch."""
        form = number_format(self._dtype, device=pick_device(self._device))
        if form is None:
            return None
        try:
            return form if is_known(self.config, self._settings) else None
        except EngineError:  # the model cannot be had; whoever loads it hears why
            return None

    @cached_property
    def _settings(self) -> Any:
        """The generation settings in the model's folder, without those that hide a cut."""
        from transformers import GenerationConfig

        if file_of(self.name, "generation_config.json") is None:
            settings = GenerationConfig.from_model_config(self.config)
        else:
            settings = self.name.load(GenerationConfig.from_pretrained)
        return self._honest(settings)

    def _honest(self, settings: Any) -> Any:
        # A forced end would hide that a text was cut; a forced length invites invention.
        settings.forced_eos_token_id = None
        settings.min_length = 0
        # Padding is no answer; where it is also the end token, the end must stay possible.
        pad = {self.tokenizer.pad_token_id} - _ids(settings.eos_token_id)
        settings.suppress_tokens = sorted({*(settings.suppress_tokens or ()), *pad}) or None
        return settings

    def _generate(
        self, sources: list[Sequence[int]], caps: list[int], *, route: Route, decoding: Decoding
    ) -> list[_Output]:
        first = route.forced_bos_token_id
        if first is None:
            first = self._generator.settings.forced_bos_token_id
        rows = self._generator.generate(sources, caps, first=first, decoding=decoding)
        return [self._output(row, first) for row in rows]

    def _output(self, row: list[int], first: int | None) -> _Output:
        if first is not None and row[:1] == [first]:
            row = row[1:]
        for position, id_ in enumerate(row):
            if id_ in self._end_ids:
                return _Output(tuple(row[:position]), "stop")
        while row and row[-1] == self.tokenizer.pad_token_id:
            row = row[:-1]
        start = repetition_start(row)
        return (
            _Output(tuple(row), "length") if start is None else _Output(tuple(row[:start]), "loop")
        )

    @cached_property
    def _end_ids(self) -> frozenset[int]:
        return _ids(self._generator.settings.eos_token_id)

    def _hypothesis(self, output: _Output) -> Hypothesis:
        with silent_transformers():
            text = self.tokenizer.decode(
                list(output.ids), skip_special_tokens=True, clean_up_tokenization_spaces=False
            )
        return Hypothesis(
            text=" ".join(text.split()),
            tokens=len(output.ids),
            finish=output.finish,
            model=self.identity,
        )


def _ids(configured: int | list[int]) -> frozenset[int]:
    return frozenset(configured if isinstance(configured, list) else [configured])

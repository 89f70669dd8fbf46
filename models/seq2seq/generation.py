"""The ways of decoding a batch with an encoder-decoder model, by transformers or by CTranslate2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from models.decoding.repetition import LOOP_CHECK_EVERY, repetition_start
from models.engine import Decoding
from models.repository.hub import silent_transformers

if TYPE_CHECKING:
    import torch

Ids = Sequence[int]


class Generator(Protocol):
    """Decodes a batch of sources at once."""

    @property
    def settings(self) -> Any:
        """The model's generation settings, as transformers has them."""
        ...

    def generate(
        self, sources: Sequence[Ids], caps: Sequence[int], *, first: int | None, decoding: Decoding
    ) -> list[list[int]]:
        """Return the ids of an answer to each source, an end token included where there is one.

        `first` is the forced first token, which the answer begins with and which does not count
        against `caps`, the most tokens of each answer. Padding may follow an answer.
        """
        ...


class TorchGenerator:
    """Decodes with transformers. `model` is on its device; `pad` is the id of the padding token."""

    def __init__(self, model: Any, *, pad: int) -> None:
        self._model = model
        self._pad = pad

    @property
    def settings(self) -> Any:
        """The model's generation settings, as transformers has them."""
        return self._model.generation_config

    def generate(
        self, sources: Sequence[Ids], caps: Sequence[int], *, first: int | None, decoding: Decoding
    ) -> list[list[int]]:
        """Return the ids of an answer to each source, as `Generator.generate`."""
        import torch
        from transformers import StoppingCriteriaList

        width = max(map(len, sources))
        ids = torch.tensor([[*ids, *[self._pad] * (width - len(ids))] for ids in sources])
        mask = torch.tensor([[1] * len(i) + [0] * (width - len(i)) for i in sources])
        limits = [cap + (first is not None) for cap in caps]
        device = self._model.device
        with torch.inference_mode(), silent_transformers():
            sequences = self._model.generate(
                input_ids=ids.to(device),
                attention_mask=mask.to(device),
                do_sample=False,
                num_beams=decoding.num_beams,
                max_new_tokens=max(limits),
                min_new_tokens=1 + (first is not None),  # an empty answer is never asked for
                forced_bos_token_id=first,
                stopping_criteria=StoppingCriteriaList(
                    [_RowEnds(limits, watch_loops=decoding.num_beams == 1)]
                ),
            ).tolist()
        # The first token of a row started the decoder; it was not generated.
        return [row[1 : limit + 1] for row, limit in zip(sequences, limits, strict=True)]


class _RowEnds:
    """Ends each row at its limit or at a repetition: a stopping criterion of transformers."""

    def __init__(self, limits: Sequence[int], *, watch_loops: bool) -> None:
        self._limits = list(limits)
        self._watch_loops = watch_loops

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        """Return for every row of `input_ids` (rows x beams, tokens) whether it has ended."""
        import torch

        generated = input_ids.shape[1] - 1
        beams = input_ids.shape[0] // len(self._limits)
        ended = [generated >= limit for limit in self._limits for _ in range(beams)]
        if self._watch_loops and generated % LOOP_CHECK_EVERY == 0:
            loops = [repetition_start(row[1:]) is not None for row in input_ids.tolist()]
            ended = [end or loop for end, loop in zip(ended, loops, strict=True)]
        return torch.tensor(ended, device=input_ids.device)

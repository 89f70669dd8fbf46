"""Transformer encoders whose states, averaged over a text, are the vector of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from models.decoding.batching import batches, with_back_off

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

Pooling = Literal["mean", "cls"]
_CHUNK = 2_048  # texts that are tokenized together and sorted by length


@dataclass(frozen=True, slots=True)
class Loaded:
    """An encoder of transformers, its tokenizer, and the most tokens that it reads at once."""

    model: Any
    tokenizer: Any
    max_length: int
    pooling: Pooling = "mean"


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a text's tokens, special ones included, and the text's number."""

    text: int
    ids: list[int]
    weight: int


class SentenceEncoder:
    """An encoder in windows of at most its own length. Implements `models.engine.Encoder`.

    `load` is called once, on first use or by `prepare`; `identity` returns model, weights and
    number format in one line, and loads nothing. `prefix` stands before every text.
    `max_batch_tokens` bounds rows x tokens of a batch: its states fit into the processor's cache.

    1. Texts are tokenized. Control tokens that a text spells out are text.
    2. A text that is longer than the encoder reads is cut into windows.
    3. Windows are encoded in batches of like length.
    4. The states of a window are averaged (or the first is taken: `pooling` "cls"). A text's vector
       is the mean of its windows', weighted by their tokens, at length 1.
    """

    def __init__(
        self,
        load: Callable[[], Loaded],
        *,
        identity: Callable[[], str],
        prefix: str = "",
        max_batch_tokens: int = 512,
    ) -> None:
        self._load = load
        self._loading: Future[Loaded] | None = None
        self._named = identity
        self._prefix = prefix
        self._max_batch_tokens = max_batch_tokens

    @cached_property
    def identity(self) -> str:
        """Model, weights, number format and prefix."""
        return f"{self._named()} prefix {self._prefix!r}"

    def prepare(self) -> None:
        """Begin to load, in a thread of its own; an error is raised on first use."""
        if self._loading is None:
            pool = ThreadPoolExecutor(max_workers=1)
            self._loading = pool.submit(self._load)
            pool.shutdown(wait=False)

    @property
    def dimensions(self) -> int:
        """The size of the hidden states. Loads the model."""
        size: int = self._loaded.model.config.hidden_size
        return size

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row of Euclidean length 1 for each text, in order: (texts, dimensions).

        Raises EngineError where the weights cannot be loaded, or memory is too small for one text.
        """
        import numpy as np

        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            for text, vector in self._encoded(texts[start : start + _CHUNK]):
                rows[start + text] += vector
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return rows

    @cached_property
    def _loaded(self) -> Loaded:
        return self._load() if self._loading is None else self._loading.result()

    def _encoded(self, texts: Sequence[str]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Yield the number of a text and a window's vector times its weight, for every window."""
        windows = self._windows(texts)
        lengths = [len(window.ids) for window in windows]
        for batch in batches(
            lengths, max_batch_tokens=self._max_batch_tokens, max_batch_size=len(windows)
        ):
            for part, vectors in with_back_off(
                batch, lambda part: self._vectors([windows[i].ids for i in part])
            ):
                for i, vector in zip(part, vectors, strict=True):
                    yield windows[i].text, vector * windows[i].weight

    def _windows(self, texts: Sequence[str]) -> list[_Window]:
        first, last = self._special_ids
        size = self._loaded.max_length - len(first) - len(last)
        encoded = self._loaded.tokenizer(
            [self._prefix + text for text in texts],
            add_special_tokens=False,
            split_special_tokens=True,
            verbose=False,  # about the length, which the windows see to
        )["input_ids"]
        return [
            _Window(number, [*first, *own, *last], max(1, len(own)))
            for number, ids in enumerate(encoded)
            for own in (ids[start : start + size] for start in range(0, max(1, len(ids)), size))
        ]

    @cached_property
    def _special_ids(self) -> tuple[list[int], list[int]]:
        """The ids that the tokenizer puts before and behind a text."""
        tokenizer = self._loaded.tokenizer
        ids = tokenizer("")["input_ids"]
        special = [i for i in ids if i in set(tokenizer.all_special_ids)]
        return special[: len(special) // 2], special[len(special) // 2 :]

    def _vectors(self, rows: Sequence[list[int]]) -> NDArray[np.float32]:
        """Return the pooled states (rows, dimensions) of rows of tokens."""
        import torch

        loaded = self._loaded
        width = max(map(len, rows))
        device = loaded.model.device
        ids = torch.full((len(rows), width), loaded.tokenizer.pad_token_id or 0)
        mask = torch.zeros_like(ids)
        for i, tokens in enumerate(rows):
            ids[i, : len(tokens)] = torch.tensor(tokens)
            mask[i, : len(tokens)] = 1
        with torch.inference_mode():
            states = loaded.model(
                input_ids=ids.to(device), attention_mask=mask.to(device)
            ).last_hidden_state.float()
            found: NDArray[np.float32] = (
                _pooled(states, mask.to(device), loaded.pooling).cpu().numpy()
            )
        return found


def _pooled(states: torch.Tensor, mask: torch.Tensor, pooling: Pooling) -> torch.Tensor:
    """Return one vector for each row of `states` (rows, tokens, size), padding left out."""
    if pooling == "cls":
        return states[:, 0]
    import torch

    # Each row by itself: how many columns of padding there are must not change a sum.
    lengths: list[int] = mask.sum(dim=1).tolist()
    return torch.stack([row[:own].mean(dim=0) for row, own in zip(states, lengths, strict=True)])

"""What a chat model makes of a claim's tokens, reading them after the evidence for the claim.

A small model that is asked whether a claim is true answers by chance, but the states in the middle
of its layers tell (Azaria and Mitchell 2023, https://arxiv.org/abs/2304.13734): they are returned
as they are, and who asks weighs them. The layers behind the middle are not computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from models.chat.causal import ChatModel
from models.decoding.batching import batches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PROMPT_VERSION = "1"
MAX_EVIDENCE_TOKENS = 240  # four long sentences
MAX_CLAIM_TOKENS = 120
_MAX_BATCH_TOKENS = 2_048


class CausalReader:
    """A chat model that reads. Implements `models.engine.ClaimReader`.

    The states are those behind the layers `behind`, counted from 1, side by side.
    """

    def __init__(self, model: ChatModel, *, behind: Sequence[int]) -> None:
        self._model = model
        self._behind = tuple(behind)

    @property
    def identity(self) -> str:
        """Model, revision, layers and prompt version."""
        layers = "+".join(map(str, self._behind))
        return f"{self._model.identity} reading {PROMPT_VERSION} behind {layers}"

    def states(self, texts: Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
        """Return the states (tokens, size) of each claim's tokens; all are read in few batches."""
        import torch

        from models.decoding.batch import new_batch
        from models.runtime.awake import wake
        from models.runtime.mapped import release_freed

        backbone = self._model.model.get_decoder()
        read = [self._ids(*text) for text in texts]
        found: dict[int, NDArray[np.float32]] = {}
        wake(backbone)
        batch = new_batch(backbone, pad_id=0)
        for chosen in batches(
            [len(ids) for ids, _ in read],
            max_batch_tokens=_MAX_BATCH_TOKENS,
            max_batch_size=1 if self._model.rows == "alone" else _MAX_BATCH_TOKENS,
        ):
            with torch.inference_mode():
                states = batch.states(
                    [read[i][0] for i in chosen],
                    behind=self._behind,
                    last=[read[i][1] for i in chosen],
                )
            for i, of_claim in zip(chosen, states, strict=True):
                found[i] = of_claim.float().cpu().numpy()
        release_freed()
        return [found[i] for i in range(len(texts))]

    @cached_property
    def _begin(self) -> list[int]:
        """The beginning of every prompt, behind the mark of a beginning, if the model has one."""
        ids: list[int] = self._model.tokenizer("Text:")["input_ids"]
        return ids

    def _ids(self, evidence: str, claim: str) -> tuple[list[int], int]:
        """Return the tokens of the whole prompt, and how many of them are the claim's: the last."""
        tokens = self._model.token_ids
        said = tokens(" " + " ".join(claim.split()))[:MAX_CLAIM_TOKENS]
        read = tokens(" " + " ".join(evidence.split()))[:MAX_EVIDENCE_TOKENS]
        return [*self._begin, *read, *tokens("\nSummary:"), *said], len(said)

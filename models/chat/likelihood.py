"""The likelihood of a sentence after the evidence for it, under a chat model.

What a model would have written itself after the evidence is likely, and a word that the evidence
does not give is not (BARTScore, Yuan et al. 2021, https://arxiv.org/abs/2106.11520). A base prompt
serves better than a chat: its instruction would be read again for every sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from models.chat.causal import ChatModel
from models.decoding.greedy import Decoder
from models.decoding.scoring import Reply

PROMPT_VERSION = "1"
MAX_EVIDENCE_TOKENS = 240  # four long sentences
MAX_CLAIM_TOKENS = 120


class CausalLikelihood:
    """A chat model that scores. Implements `models.engine.ConditionalLikelihood`."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def identity(self) -> str:
        """Model, revision and prompt version."""
        return f"{self._model.identity} likelihood {PROMPT_VERSION}"

    def log_probabilities(self, texts: Sequence[tuple[str, str]]) -> list[tuple[float, ...]]:
        """Return the log-probabilities of each claim's tokens; all are read in few batches."""
        return self._decoder.token_log_probabilities([self._reply(*text) for text in texts])

    @cached_property
    def _decoder(self) -> Decoder:
        """A decoder over the whole vocabulary: a claim may name things in another alphabet."""
        return Decoder(
            self._model.model,
            pad_id=self._model.tokenizer.pad_token_id or 0,
            max_batch_tokens=1,
            max_batch_size=1,
            alone=self._model.rows == "alone",
        )

    def _reply(self, evidence: str, claim: str) -> Reply:
        read = self._ids(" ".join(evidence.split()))[:MAX_EVIDENCE_TOKENS]
        prompt = (*self._begin, *read, *self._ids("\nSummary:"))
        return Reply(prompt, tuple(self._ids(" " + " ".join(claim.split()))[:MAX_CLAIM_TOKENS]))

    @cached_property
    def _begin(self) -> list[int]:
        """The beginning of every prompt, behind the mark of a beginning, if the model has one."""
        ids: list[int] = self._model.tokenizer("Text:")["input_ids"]
        return ids

    def _ids(self, text: str) -> list[int]:
        """Return the tokens of a text; a control token that it spells out is tokenized as text."""
        encoded = self._model.tokenizer(text, add_special_tokens=False, split_special_tokens=True)
        ids: list[int] = encoded["input_ids"]
        return ids

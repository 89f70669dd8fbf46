"""Chat models on torch as summarisers, with the same weights that translate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from models.chat.causal import ChatModel, Request, hypothesis_of, require_greedy
from models.chat.prompts import SUMMARY_PROMPT_VERSION, summary_messages
from models.chat.reply import clean_reply
from models.decoding.batching import grouped
from models.decoding.copying import COPYING_VERSION, Price
from models.engine import Decoding, Hypothesis, Passage

CHARS_PER_TOKEN = 3.5  # of English news under Qwen's vocabulary, to be on the safe side
SENTENCE_TOKENS = 60  # a long news sentence in English
# By language of the summary. None is set: whole summaries have not been read with it (LOG.md).
COPYING: Mapping[str, Price] = MappingProxyType({})


class CausalSummariser:
    """A chat model that summarises. Implements `models.engine.Summariser`.

    `copying` is the price of long copies of the text, by the language of the summary.
    """

    def __init__(
        self,
        model: ChatModel,
        *,
        max_source_tokens: int = 1_500,
        copying: Mapping[str, Price] = COPYING,
    ) -> None:
        self._model = model
        self._max_source_tokens = max_source_tokens
        self._copying = copying

    @property
    def identity(self) -> str:
        """Model, revision, version of the prompt, and the prices of copying."""
        prices = " ".join(f"{tag} {price}" for tag, price in sorted(self._copying.items()))
        versions = f"prompt {SUMMARY_PROMPT_VERSION} copying {COPYING_VERSION} {prices}"
        return f"{self._model.identity} {versions}".rstrip()

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
        require_greedy(decoding)
        for language, indices in grouped(p.language for p in passages):
            price = self._copying.get(language)
            requests = [_summary_request(passages[i], decoding, price) for i in indices]
            for position, continuation, text in self._model.chat(requests, language=language):
                index = indices[position]
                reply = clean_reply(text, source=passages[index].text, task="summary")
                yield index, hypothesis_of(reply, continuation, self._model.identity)


def _summary_request(passage: Passage, decoding: Decoding, price: Price | None) -> Request:
    return Request(
        messages=summary_messages(
            passage.text,
            language=passage.language,
            max_sentences=passage.max_sentences,
            max_words=passage.max_words,
        ),
        max_new_tokens=min(decoding.max_new_tokens, passage.max_sentences * SENTENCE_TOKENS),
        one_line=False,
        source=passage.text,
        price=price,
    )

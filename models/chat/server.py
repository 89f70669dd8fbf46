"""Chat models behind an OpenAI-compatible server as engines that translate and summarise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from models.chat.completion import ChatReply
from models.chat.openai_api import ChatRequest, ChatServer
from models.chat.prompts import (
    PROMPT_VERSION,
    SUMMARY_PROMPT_VERSION,
    summary_messages,
    translation_messages,
)
from models.chat.reply import Task, clean_reply
from models.control_tokens import disarmed
from models.engine import Decoding, Hypothesis, Passage, Segment
from models.errors import EngineError

__all__ = ["ChatReply", "ChatRequest", "ChatServer", "ServerSummariser", "ServerTranslator"]

CHARS_PER_TOKEN = 2  # the fewest of our languages: a length cap must not cut a good answer
SENTENCE_TOKENS = 60  # a long news sentence


class ServerTranslator:
    """A chat model on a server that translates. Implements `models.engine.Translator`."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    @property
    def identity(self) -> str:
        """Model, server and prompt version."""
        return f"{self._server.identity} prompt {PROMPT_VERSION}"

    def translate(
        self, segments: Sequence[Segment], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every segment as it is answered."""
        requests = {
            i: ChatRequest(
                messages=translation_messages(
                    disarmed(" ".join(s.text.split())), source=s.source, target=s.target
                ),
                max_tokens=min(
                    decoding.max_new_tokens,
                    16 + int(decoding.max_length_ratio * len(s.text) / CHARS_PER_TOKEN),
                ),
                temperature=decoding.temperature if s.variant else 0.0,
                seed=s.variant,
            )
            for i, s in enumerate(segments)
            if s.text.strip()
        }
        yield from _answers(
            self._server,
            [s.text for s in segments],
            requests,
            decoding=decoding,
            task="translation",
        )


class ServerSummariser:
    """A chat model on a server that summarises. Implements `models.engine.Summariser`.

    `max_source_chars` must fit into the context that the server was started with: Ollama cuts a
    longer prompt without an error.
    """

    def __init__(self, server: ChatServer, *, max_source_chars: int = 12_000) -> None:
        self._server = server
        self._max_source_chars = max_source_chars

    @property
    def identity(self) -> str:
        """Model, server and prompt version."""
        return f"{self._server.identity} prompt {SUMMARY_PROMPT_VERSION}"

    @property
    def max_source_chars(self) -> int:
        """The longest passage, in characters, that is read whole; longer ones must be split."""
        return self._max_source_chars

    def summarise(
        self, passages: Sequence[Passage], *, decoding: Decoding
    ) -> Iterator[tuple[int, Hypothesis]]:
        """Yield `(index, hypothesis)` for every passage as it is answered."""
        requests = {
            i: ChatRequest(
                messages=summary_messages(
                    disarmed(p.text),
                    language=p.language,
                    max_sentences=p.max_sentences,
                    max_words=p.max_words,
                ),
                max_tokens=min(decoding.max_new_tokens, p.max_sentences * SENTENCE_TOKENS),
            )
            for i, p in enumerate(passages)
            if p.text.strip()
        }
        yield from _answers(
            self._server,
            [p.text for p in passages],
            requests,
            decoding=decoding,
            task="summary",
        )


def _answers(
    server: ChatServer,
    texts: Sequence[str],
    requests: dict[int, ChatRequest],
    *,
    decoding: Decoding,
    task: Task,
) -> Iterator[tuple[int, Hypothesis]]:
    if decoding.num_beams != 1:
        raise EngineError(
            "chat servers are asked to decode greedily",
            hint="set num_beams = 1 under [translate] and [summarise], or use the hub profile",
        )
    for index in range(len(texts)):
        if index not in requests:  # a model given nothing invents something
            yield index, Hypothesis("", 0, "stop", server.identity)
    indices = list(requests)
    for position, reply in server.chat(list(requests.values())):
        index = indices[position]
        text = clean_reply(reply.text, source=texts[index], task=task)
        yield (
            index,
            Hypothesis(text, reply.tokens, reply.finish, server.identity, refusal=reply.refusal),
        )

"""A client of the chat API of OpenAI, which vLLM, SGLang, llama.cpp and Ollama offer, too.

Requests are sent side by side, so that the server can batch them; a server that is busy or being
restarted is asked again. A text that the server does not take is told from a server that takes
none. Protocol: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from models.chat.completion import ChatReply
from models.chat.endpoint import ChatRequest, Endpoint
from models.chat.retrying import Unanswered, answered
from models.errors import EngineError, TextRefused

if TYPE_CHECKING:
    import httpx2

__all__ = ["ChatReply", "ChatRequest", "ChatServer"]

# Sent where the first text is refused: every model takes it.
HARMLESS = ChatRequest([{"role": "user", "content": "Good morning."}], max_tokens=16)


class ChatServer:
    """An OpenAI-compatible endpoint and the model on it.

    `base_url` ends before `/chat/completions`, usually with `/v1`. `max_concurrency` requests are
    open at once, and `timeout_s` is the longest wait for one whole answer. A busy server is asked
    `max_attempts` times; the first pause is `backoff_s`, and pauses double. Raises EngineError for
    a URL or a key that cannot be sent.
    """

    def __init__(
        self,
        base_url: str,
        *,
        model: str,
        api_key: str | None = None,
        timeout_s: float = 120.0,
        max_concurrency: int = 8,
        max_attempts: int = 5,
        backoff_s: float = 0.5,
    ) -> None:
        self._endpoint = Endpoint(base_url, model=model, api_key=api_key, timeout_s=timeout_s)
        self._max_concurrency = max_concurrency
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s
        self._has_answered = False

    @property
    def identity(self) -> str:
        """The model and the address of the server."""
        return self._endpoint.identity

    def chat(self, requests: Sequence[ChatRequest]) -> Iterator[tuple[int, ChatReply]]:
        """Yield `(index, reply)` for every request, as soon as it is answered.

        A text that the server does not take has an empty reply, which says why. Raises EngineError
        when the server cannot be used; the rest is then given up.
        """
        todo: SimpleQueue[int] = SimpleQueue()
        for index in range(len(requests)):
            todo.put(index)
        done: SimpleQueue[tuple[int, ChatReply | BaseException]] = SimpleQueue()
        stopping = threading.Event()

        def work(client: httpx2.Client) -> None:
            while not stopping.is_set():
                try:
                    index = todo.get_nowait()
                except Empty:
                    return
                try:
                    done.put((index, self._answer(client, requests[index], stopping)))
                except BaseException as error:  # raised again by whoever waits for the answer
                    done.put((index, error))

        with self._endpoint.client(max_connections=self._max_concurrency) as client:
            # Daemons, so that Ctrl-C need not wait for a slow server.
            for _ in range(min(self._max_concurrency, len(requests))):
                threading.Thread(target=work, args=(client,), daemon=True).start()
            try:
                for _ in requests:
                    index, outcome = done.get()
                    if isinstance(outcome, TextRefused):
                        self._require_well(client, outcome)
                        outcome = ChatReply("", 0, "stop", refusal=str(outcome))
                    if isinstance(outcome, BaseException):
                        raise outcome
                    self._has_answered = True
                    yield index, outcome
            finally:
                stopping.set()

    def _answer(
        self, client: httpx2.Client, request: ChatRequest, stopping: threading.Event
    ) -> ChatReply:
        """Send a request until it is answered or the attempts are used up."""
        return answered(
            lambda: self._endpoint.ask(client, request),
            max_attempts=self._max_attempts,
            backoff_s=self._backoff_s,
            stopping=stopping,
        )

    def _require_well(self, client: httpx2.Client, refused: TextRefused) -> None:
        """Raise `refused` where the server takes no text at all: the fault is not the text's."""
        if self._has_answered:
            return
        try:
            self._endpoint.ask(client, HARMLESS)
        except (EngineError, Unanswered):
            raise refused from None

"""The chat API that OpenAI began and vLLM, SGLang, llama.cpp and Ollama speak.

Requests are sent side by side, so that the server can batch them; a server that is busy or being
restarted is asked again. httpx2 speaks HTTP: transformers brings it already, by way of
huggingface-hub.
Protocol: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import ipaddress
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from models.chat.completion import ChatReply, parsed_reply
from models.chat.retrying import Unanswered, answered, retry_after_s
from models.errors import EngineError

if TYPE_CHECKING:
    import httpx2

CONNECT_TIMEOUT_S = 10.0
MAX_RETRY_AFTER_S = 300.0  # a server that asks for more patience than this is taken at its word
TIMEOUT_ATTEMPTS = 2  # each costs a whole `timeout_s`
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat to continue, and the most tokens to continue it with.

    `temperature` 0 is greedy; else `seed` decides which sample it is, where the server heeds it.
    """

    messages: Sequence[dict[str, str]]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0


class ChatServer:
    """An OpenAI-compatible endpoint and the model on it.

    `base_url` ends before `/chat/completions`, usually with `/v1`. `max_concurrency` requests are
    open at once, `timeout_s` is the wait for one answer, `max_attempts` and `backoff_s` (the
    first pause; it doubles) are for servers that are busy. Raises EngineError for a URL or a key
    that cannot be sent.
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
        self._base_url = base_url.strip().rstrip("/")
        self._model = model
        self._api_key = _checked_key(api_key)
        self._timeout_s = timeout_s
        self._max_concurrency = max_concurrency
        self._max_attempts = max_attempts
        self._backoff_s = backoff_s
        if not re.match(r"https?://[^/\s]", self._base_url):
            raise EngineError(
                f"server.base_url {base_url!r} is no http address",
                hint="write it as http://127.0.0.1:8000/v1",
            )
        if "@" in self._base_url:  # it would stand in every record of a run
            raise EngineError(
                "server.base_url holds a password",
                hint="put it in the environment variable that server.api_key_env names",
            )

    @property
    def identity(self) -> str:
        """The model and where it is."""
        return f"{self._model} at {self._base_url}"

    def chat(self, requests: Sequence[ChatRequest]) -> Iterator[tuple[int, ChatReply]]:
        """Yield `(index, reply)` for every request, as soon as it is answered.

        Raises EngineError when one of them cannot be answered; the rest is then given up.
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

        with self._client() as client:
            # Daemons, so that Ctrl-C need not wait for a slow server.
            for _ in range(min(self._max_concurrency, len(requests))):
                threading.Thread(target=work, args=(client,), daemon=True).start()
            try:
                for _ in requests:
                    index, outcome = done.get()
                    if isinstance(outcome, BaseException):
                        raise outcome
                    yield index, outcome
            finally:
                stopping.set()

    def _client(self) -> httpx2.Client:
        try:
            import httpx2
        except ImportError as error:
            raise EngineError(
                "httpx2 is not installed, and the server profile needs it",
                hint="pip install 'nightdesk[server]'",
            ) from error
        try:
            host = httpx2.URL(self._base_url).host
        except httpx2.InvalidURL as error:
            raise EngineError(
                f"server.base_url {self._base_url!r}: {error}",
                hint="write it as http://127.0.0.1:8000/v1",
            ) from error
        headers = {} if self._api_key is None else {"Authorization": f"Bearer {self._api_key}"}
        return httpx2.Client(
            headers=headers,
            timeout=httpx2.Timeout(
                self._timeout_s, connect=min(CONNECT_TIMEOUT_S, self._timeout_s), pool=None
            ),
            limits=httpx2.Limits(max_connections=self._max_concurrency),
            # A newsroom's proxy cannot reach the server on this machine.
            trust_env=not _is_loopback(host),
        )

    def _answer(
        self, client: httpx2.Client, request: ChatRequest, stopping: threading.Event
    ) -> ChatReply:
        """Send a request until it is answered or there is no hope."""
        return answered(
            lambda: self._ask(client, request),
            max_attempts=self._max_attempts,
            backoff_s=self._backoff_s,
            stopping=stopping,
        )

    def _ask(self, client: httpx2.Client, request: ChatRequest) -> ChatReply:
        import httpx2

        try:
            response = client.post(
                f"{self._base_url}/chat/completions",
                json={
                    "model": self._model,
                    "messages": list(request.messages),
                    "max_tokens": request.max_tokens,
                    "temperature": request.temperature,
                    "stream": False,
                    **({"seed": request.seed} if request.temperature else {}),
                },
            )
        except httpx2.ConnectTimeout as error:
            raise self._no_connection(error) from error
        except httpx2.TimeoutException as error:
            raise Unanswered(
                f"{self.identity}: no answer within {self._timeout_s:g} s",
                hint="raise server.timeout_s or lower server.max_concurrency",
                attempts=TIMEOUT_ATTEMPTS,
            ) from error
        except httpx2.TransportError as error:
            raise self._no_connection(error) from error
        except httpx2.RequestError as error:
            raise self._malformed(str(error)) from error
        if not response.is_success:
            raise self._refusal(client, response)
        return self._reply(response)

    def _no_connection(self, error: Exception) -> Unanswered:
        return Unanswered(
            f"no connection to {self._base_url}: {str(error) or type(error).__name__}",
            hint="is the server running? check server.base_url",
        )

    def _refusal(self, client: httpx2.Client, response: httpx2.Response) -> Exception:
        """Return what to raise for a status that is no success."""
        status = response.status_code
        said = f"{self.identity}: HTTP {status}: {self._said(response)}"
        if status in _BUSY:
            wait_s = retry_after_s(response.headers.get("Retry-After"))
            if wait_s is not None and wait_s > MAX_RETRY_AFTER_S:
                return EngineError(
                    said, hint=f"the server asks to be left alone for {wait_s:.0f} s"
                )
            return Unanswered(said, hint="look at the server's log", retry_after_s=wait_s)
        hint = "look at the server's log"
        if status in {401, 403}:
            hint = "put the key in the environment variable that server.api_key_env names"
        elif status == 404:
            known = self._known_models(client)
            hint = "check server.base_url (most end with /v1) and server.model"
            hint += f"; models there: {', '.join(known)}" if known else ""
        elif status in {400, 413, 422}:
            hint = "if the text is too long for the model, lower server.max_source_chars"
        elif response.has_redirect_location:
            hint = f"set server.base_url to where it leads: {response.headers['Location']}"
        return EngineError(said, hint=hint)

    def _known_models(self, client: httpx2.Client) -> list[str]:
        """Return the names of the server's models, or none if it does not say."""
        import httpx2

        try:
            listed = client.get(f"{self._base_url}/models").raise_for_status().json()["data"]
            return [self._excerpt(str(model["id"])) for model in listed[:10]]
        except (httpx2.HTTPError, ValueError, LookupError, TypeError, RecursionError):
            return []  # this only embellishes a hint

    def _reply(self, response: httpx2.Response) -> ChatReply:
        try:
            return parsed_reply(response.json())
        # RecursionError: brackets within brackets, deeper than json reads.
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise self._malformed(response.text) from error

    def _malformed(self, text: str) -> EngineError:
        return EngineError(
            f"{self.identity}: the answer is no chat completion: {self._excerpt(text)!r}",
            hint="check server.base_url: it must be an OpenAI-compatible endpoint",
        )

    def _said(self, response: httpx2.Response) -> str:
        """Return the message in an error response, or its beginning."""
        try:
            body: Any = response.json()
            error = body.get("error", body)
            said = error if isinstance(error, str) else error.get("message") or error.get("detail")
            return self._excerpt(str(said or response.text))
        except (ValueError, AttributeError, RecursionError):
            return self._excerpt(response.text) or response.reason_phrase

    def _excerpt(self, text: str) -> str:
        """Return the beginning of a text on one line, without the key that servers echo.

        Half of a surrogate pair, which JSON can hold and no terminal can show, is written out in
        ASCII.
        """
        line = " ".join(text.encode(errors="backslashreplace").decode().split())
        return line.replace(self._api_key, "***")[:200] if self._api_key else line[:200]


def _checked_key(key: str | None) -> str | None:
    """Return a key as a header takes it, or None; the error must not show what it is."""
    key = (key or "").strip()
    if not re.fullmatch(r"[\x21-\x7e]*", key):
        raise EngineError(
            "the API key holds spaces or characters that no key has",
            hint="check the environment variable that server.api_key_env names",
        )
    return key or None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

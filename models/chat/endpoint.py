"""One address of a chat API: a request to it, and the meaning of each reply.

The HTTP client is httpx2, which transformers brings by way of huggingface-hub.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.chat.completion import ChatReply, parsed_reply
from models.chat.exchange import Overdue, Oversized, RawReply, exchange
from models.chat.retrying import Unanswered, retry_after_s
from models.errors import EngineError, TextRefused

if TYPE_CHECKING:
    import httpx2

CONNECT_TIMEOUT_S = 10.0
MAX_RETRY_AFTER_S = 300.0  # after a longer Retry-After the request is given up
TIMEOUT_ATTEMPTS = 2  # each costs a whole `timeout_s`
MAX_REPLY_BYTES = 10_000_000  # the longest answer, with its thoughts, has some hundred thousand
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_OF_THE_SERVER = frozenset({401, 404})  # these say nothing about the text


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A chat to continue, and the most tokens to continue it with.

    `temperature` 0 is greedy search; above it, `seed` decides which sample is drawn, on servers
    that heed seeds.
    """

    messages: Sequence[dict[str, str]]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0


class Endpoint:
    """A base URL, the model asked there, and the key. `timeout_s` bounds a whole reply.

    Raises EngineError for a URL or a key that cannot be sent.
    """

    def __init__(self, base_url: str, *, model: str, api_key: str | None, timeout_s: float) -> None:
        self._base_url = base_url.strip().rstrip("/")
        self._model = model
        self._api_key = _checked_key(api_key)
        self._timeout_s = timeout_s
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
        """The model and the address of the server."""
        return f"{self._model} at {self._base_url}"

    def client(self, *, max_connections: int) -> httpx2.Client:
        """Return an HTTP client that sends the key and keeps no connections."""
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
            # None is kept: `exchange` shuts a connection down when its time is over.
            limits=httpx2.Limits(max_connections=max_connections, max_keepalive_connections=0),
            # A newsroom's proxy cannot reach the server on this machine.
            trust_env=not _is_loopback(host),
        )

    def ask(self, client: httpx2.Client, request: ChatRequest) -> ChatReply:
        """Send one request, once, and return its reply.

        Raises Unanswered where it may help to ask again, TextRefused where the text may be to
        blame, and EngineError for any other reply that is none.
        """
        import httpx2

        try:
            reply = self._sent(client, request)
        except httpx2.ConnectTimeout as error:
            raise self._no_connection(error) from error
        except (Overdue, httpx2.TimeoutException) as error:
            raise Unanswered(
                f"{self.identity}: no answer within {self._timeout_s:g} s",
                hint="raise server.timeout_s or lower server.max_concurrency",
                attempts=TIMEOUT_ATTEMPTS,
            ) from error
        except Oversized as error:
            raise TextRefused(
                f"{self.identity}: the answer has more than {MAX_REPLY_BYTES:,} bytes",
                hint="look at the server's log",
            ) from error
        except httpx2.TransportError as error:
            raise self._no_connection(error) from error
        except httpx2.RequestError as error:
            raise self._malformed(str(error)) from error
        if not reply.is_success:
            raise self._refusal(client, reply)
        try:
            return parsed_reply(reply.json())
        # RecursionError: brackets within brackets, deeper than json reads.
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise self._malformed(reply.text) from error

    def _sent(self, client: httpx2.Client, request: ChatRequest) -> RawReply:
        content: dict[str, Any] = {
            "model": self._model,
            "messages": list(request.messages),
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "stream": False,
            **({"seed": request.seed} if request.temperature else {}),
        }
        return exchange(
            client,
            "POST",
            f"{self._base_url}/chat/completions",
            timeout_s=self._timeout_s,
            max_bytes=MAX_REPLY_BYTES,
            content=content,
        )

    def _no_connection(self, error: Exception) -> Unanswered:
        why = re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or "it broke off"
        return Unanswered(
            f"no connection to {self._base_url}: {why}",
            hint="start the server, or check server.base_url",
        )

    def _refusal(self, client: httpx2.Client, reply: RawReply) -> Exception:
        """Return the exception for a reply whose status is no success."""
        status = reply.status
        said = f"{self.identity}: HTTP {status}: {self._said(reply)}"
        hint = "look at the server's log"
        if status in _BUSY:
            wait_s = retry_after_s(reply.headers.get("Retry-After"))
            if wait_s is not None and wait_s > MAX_RETRY_AFTER_S:
                return EngineError(
                    said, hint=f"the server asks to be left alone for {wait_s:.0f} s"
                )
            of_text = status == 500  # some servers choke on a text with it
            return Unanswered(said, hint=hint, retry_after_s=wait_s, of_text=of_text)
        if status in {401, 403}:
            hint = "put the key in the environment variable that server.api_key_env names"
        elif status == 404:
            known = self._known_models(client)
            hint = "check server.base_url (most end with /v1) and server.model"
            hint += f"; models there: {', '.join(known)}" if known else ""
        elif status in {400, 413, 422}:
            hint = "if the text is too long for the model, lower server.max_source_chars"
        elif reply.location is not None:
            hint = f"set server.base_url to where it leads: {reply.location}"
        if status >= 400 and status not in _OF_THE_SERVER:
            return TextRefused(said, hint=hint)
        return EngineError(said, hint=hint)

    def _known_models(self, client: httpx2.Client) -> list[str]:
        """Return the names of the server's models, or none if it does not say."""
        import httpx2

        try:
            reply = exchange(
                client,
                "GET",
                f"{self._base_url}/models",
                timeout_s=CONNECT_TIMEOUT_S,
                max_bytes=MAX_REPLY_BYTES,
            )
            listed = reply.json()["data"]
            return [self._excerpt(str(model["id"])) for model in listed[:10]]
        except (httpx2.HTTPError, Overdue, Oversized):
            return []  # this only embellishes a hint
        except (ValueError, LookupError, TypeError, RecursionError):
            return []

    def _malformed(self, text: str) -> TextRefused:
        return TextRefused(
            f"{self.identity}: the answer is no chat completion: {self._excerpt(text)!r}",
            hint="check server.base_url: it must be an OpenAI-compatible endpoint",
        )

    def _said(self, reply: RawReply) -> str:
        """Return the message in an error reply, or its beginning."""
        try:
            body = reply.json()
            error = body.get("error", body)
            said = error if isinstance(error, str) else error.get("message") or error.get("detail")
            return self._excerpt(str(said or reply.text))
        except (ValueError, AttributeError, RecursionError):
            return self._excerpt(reply.text) or reply.reason

    def _excerpt(self, text: str) -> str:
        """Return the beginning of a text on one line, without the key that servers echo.

        Half of a surrogate pair, which JSON can hold and no terminal can show, is written out in
        ASCII.
        """
        line = " ".join(text.encode(errors="backslashreplace").decode().split())
        return line.replace(self._api_key, "***")[:200] if self._api_key else line[:200]


def _checked_key(key: str | None) -> str | None:
    """Return a key that fits into a header, or None without one; errors never show the key."""
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

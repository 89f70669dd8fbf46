"""One HTTP request and its whole reply, within bounds of time and size.

A client's timeouts bound each wait for a piece of the reply: a server that sends a byte a second
never meets them. Here a clock runs for the whole exchange, headers included, and the connection is
shut down when the time is over.
"""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx2

_CONNECTED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Overdue(Exception):
    """The reply was not whole in time."""


class Oversized(Exception):
    """The reply has more bytes than a reply may have."""


@dataclass(frozen=True, slots=True)
class RawReply:
    """A reply as the server sent it. `location` is where a redirect leads."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    location: str | None

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as text, with replacement characters for what is none."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """Return the body as a JSON value; ValueError or RecursionError where it is none."""
        return json.loads(self.body)


def exchange(
    client: httpx2.Client,
    method: str,
    url: str,
    *,
    timeout_s: float,
    max_bytes: int,
    content: Any = None,
) -> RawReply:
    """Send `content`, a JSON value, and return the reply.

    `client` must keep no connections: each exchange needs its own, to shut it down. Raises Overdue
    after `timeout_s`, Oversized above `max_bytes`, and httpx2.RequestError.
    """
    import httpx2

    clock = _Clock(timeout_s)
    body = bytearray()
    try:
        with (
            clock,
            client.stream(method, url, json=content, extensions={"trace": clock.hear}) as response,
        ):
            for piece in response.iter_bytes():
                body += piece
                if len(body) > max_bytes:
                    raise Oversized
    except httpx2.TransportError as error:
        if clock.is_over:
            raise Overdue from error
        raise
    if clock.is_over:  # a reply without a length looks whole
        raise Overdue
    return RawReply(
        response.status_code,
        response.reason_phrase,
        response.headers,
        bytes(body),
        response.headers["Location"] if response.has_redirect_location else None,
    )


class _Clock:
    """Shuts the connection of one exchange down when its time is over, and closes it at the end."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._stream: Any = None
        self.is_over = False

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._stream is not None:
            self._stream.close()  # a client that was closed meanwhile no longer knows it

    def hear(self, event: str, info: dict[str, Any]) -> None:
        """Take the connection out of the client's trace events."""
        if event in _CONNECTED:
            self._stream = info["return_value"]
            if self.is_over:
                self._shut_down()

    def _end(self) -> None:
        self.is_over = True
        self._shut_down()

    def _shut_down(self) -> None:
        """Wake the thread that waits for a reply: it reads the end of the stream."""
        if self._stream is None:
            return
        connection = self._stream.get_extra_info("socket")
        with suppress(OSError):  # closed already
            # The plain method: that of a TLS socket changes what the other thread is using.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

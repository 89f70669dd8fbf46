"""One document from the web, within limits of time, size and redirects."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpcore2

from pipeline import __version__
from pipeline.errors import FetchError
from pipeline.pull.network import PublicNetwork
from pipeline.sources.gzipped import megabytes

AGENT = "nightdesk"
_USER_AGENT = f"Nightdesk/{__version__} (a reader of feeds)"
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    " application/json;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_TELL = "tell its publisher"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one document; `total_s` is the time for all of it, redirects included."""

    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 60.0
    max_bytes: int = 20_000_000
    max_redirects: int = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer at the end of all redirects. `moved_to` is an address that stands for good."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None


class Client:
    """Fetches documents from public hosts, and from those in `allowed`."""

    def __init__(self, *, limits: Limits, allowed: Collection[str] = ()) -> None:
        self._limits = limits
        self._pool = httpcore2.ConnectionPool(
            network_backend=PublicNetwork(allowed=allowed), max_connections=4, retries=0
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def get(self, url: str, headers: Mapping[str, str], *, before: Callable[[str], None]) -> Reply:
        """Return the answer to a request, whatever its status.

        `before` is asked before each hop, the first included, and raises where it may not be made.
        Raises FetchError for a host that cannot be reached or is private, and for an answer that
        takes too long, is too large, or redirects too often or away from TLS.
        """
        deadline = time.monotonic() + self._limits.total_s
        moved_to: str | None = None
        for_good = True
        url = ascii_address(url)
        for _ in range(self._limits.max_redirects + 1):
            before(url)
            reply = self._once(url, headers, deadline)
            target = reply.headers.get("location")
            if reply.status not in _REDIRECTS or not target:
                return Reply(reply.url, reply.status, reply.headers, reply.body, moved_to)
            for_good = for_good and reply.status in _FOR_GOOD
            url = _redirected(url, target)
            moved_to = url if for_good else moved_to
        raise FetchError(
            f"redirects more than {self._limits.max_redirects} times", hint="open it in a browser"
        )

    def _once(self, url: str, headers: Mapping[str, str], deadline: float) -> Reply:
        sent = [
            ("Host", urlsplit(url).netloc),
            ("User-Agent", _USER_AGENT),
            ("Accept", _ACCEPT),
            ("Accept-Encoding", "gzip"),
            *headers.items(),
        ]
        timeouts = {
            "connect": self._limits.connect_s,
            "read": self._limits.read_s,
            "write": self._limits.read_s,
            "pool": self._limits.connect_s,
        }
        try:
            with self._pool.stream(
                "GET", url, headers=sent, extensions={"timeout": timeouts}
            ) as answer:
                found = {
                    k.decode("latin-1").lower(): v.decode("latin-1") for k, v in answer.headers
                }
                packed = found.get("content-encoding", "identity").strip().lower()
                body = self._body(answer.iter_stream(), packed, deadline)
                return Reply(url, answer.status, found, body)
        except httpcore2.TimeoutException as error:
            raise FetchError("does not answer in time", hint="try again later") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            why = str(error) or type(error).__name__
            raise FetchError(f"cannot be reached: {why}", hint="check the address") from error

    def _body(self, pieces: Iterable[bytes], packed: str, deadline: float) -> bytes:
        """Return a body, unpacked no further than the limit."""
        if packed not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"is packed with {packed!r}, which was not asked for", hint=_TELL)
        unpack = None if packed in ("", "identity") else zlib.decompressobj(wbits=47)
        limit = self._limits.max_bytes
        body = bytearray()
        for piece in pieces:
            if time.monotonic() > deadline:
                raise FetchError(
                    f"takes more than {self._limits.total_s:g} s", hint="try again later"
                )
            try:
                left = limit + 1 - len(body)
                body += piece if unpack is None else unpack.decompress(piece, left)
            except zlib.error as error:
                raise FetchError("is damaged: it cannot be unpacked", hint="try again") from error
            if len(body) > limit:
                raise FetchError(
                    f"is larger than the limit of {megabytes(limit)}",
                    hint="raise --max-mb, or nightly.pull.max_mb",
                )
        if unpack is not None and not unpack.eof:
            raise FetchError("is cut off", hint="try again")
        return bytes(body)


def _redirected(url: str, target: str) -> str:
    """Return the address that a redirect leads to; FetchError for one that is not followed."""
    try:
        found = ascii_address(urljoin(url, target))
    except (FetchError, ValueError) as error:
        raise FetchError(f"redirects to no address: {target!r:.100}", hint=_TELL) from error
    if url.startswith("https:") and found.startswith("http:"):
        raise FetchError(f"redirects away from TLS, to {found!r:.100}", hint=_TELL)
    return found


def ascii_address(url: str) -> str:
    """Return an address as it is sent: its host in letters of ASCII (IDNA), its path escaped.

    Raises FetchError for what is no http or https address.
    """
    import httpx2

    try:
        found = httpx2.URL(url)
        host = found.raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(f"is no address: {url!r:.100}", hint="check it") from error
    if found.scheme not in ("http", "https") or not host:
        raise FetchError(f"is no http or https address: {url!r:.100}", hint="check it")
    host = f"[{host}]" if ":" in host else host
    port = "" if found.port is None else f":{found.port}"
    return f"{found.scheme}://{host}{port}{found.raw_path.decode('ascii')}"

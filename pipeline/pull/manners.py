"""Manners towards a host: what its robots.txt allows (RFC 9309), and one request at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from pipeline.errors import FetchError
from pipeline.pull.client import AGENT, Client

_LONGEST_PAUSE_S = 60.0
_ROBOTS_CHARS = 512_000  # RFC 9309, 2.5: at least so much is read
_NOTHING = "User-agent: *\nDisallow: /\n"


class Manners:
    """Asks each host for its rules, once, and waits between two requests to it.

    `pause_s` is the least time between them; a host may ask for more (Crawl-delay), up to a minute.
    """

    def __init__(
        self, client: Client, *, pause_s: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._pause_s = pause_s
        self._sleep = sleep
        self._rules: dict[str, Protego] = {}
        self._last: dict[str, float] = {}

    def before(self, url: str) -> None:
        """Wait until an address may be fetched. Raises FetchError where its host forbids it."""
        site = _site(url)
        if site not in self._rules:
            self._rules[site] = self._asked(site)
        rules = self._rules[site]
        if not rules.can_fetch(url, AGENT):
            raise FetchError(
                f"{site}/robots.txt does not allow to fetch it", hint="ask its publisher"
            )
        self._wait(site, float(rules.crawl_delay(AGENT) or 0.0))

    def _wait(self, site: str, asked_s: float = 0.0) -> None:
        pause = max(self._pause_s, min(asked_s, _LONGEST_PAUSE_S))
        if site in self._last:
            left = self._last[site] + pause - time.monotonic()
            if left > 0:
                self._sleep(left)
        self._last[site] = time.monotonic()

    def _asked(self, site: str) -> Protego:
        """Return the rules of a site; one with a fault of its own (500) forbids everything."""

        def wait(url: str) -> None:
            self._wait(_site(url))

        reply = self._client.get(f"{site}/robots.txt", {}, before=wait)
        if 400 <= reply.status < 500:
            return Protego.parse("")
        if reply.status != 200:
            return Protego.parse(_NOTHING)
        return Protego.parse(reply.body.decode("utf-8", "replace")[:_ROBOTS_CHARS])


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

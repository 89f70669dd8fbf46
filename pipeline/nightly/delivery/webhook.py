"""The digest as JSON, posted to an address and signed (standardwebhooks.com, version 1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import ssl
import time

from pipeline.config import Webhook
from pipeline.nightly.delivery.channel import Committing, Doubtful, Letter, Refused, TryLater
from pipeline.nightly.delivery.secret import read_secret, without

_PREFIX = "whsec_"
_LATER = frozenset({408, 409, 425, 429})


class WebhookChannel:
    """A POST to each address; `webhook-id` is the same each time, so that a copy can be known."""

    name = "webhook"

    def __init__(self, options: Webhook) -> None:
        self._options = options

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses of the configuration, each once."""
        return tuple(dict.fromkeys(self._options.to))

    def send(
        self, letter: Letter, recipient: str, *, message_id: str, committing: Committing
    ) -> str:
        """Post the night to one address; return its answer. Redirects are not followed."""
        import httpx2 as httpx

        options = self._options
        secret = read_secret(options.secret, named_by="webhook.secret")
        content = body(letter)
        stamp = str(int(time.time()))
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id.strip("<>"),
            "webhook-timestamp": stamp,
            "webhook-signature": signature(
                secret, message_id=message_id.strip("<>"), timestamp=stamp, content=content
            ),
        }
        context = ssl.create_default_context(cafile=options.ca_file or None)
        committing()
        try:
            with httpx.Client(verify=context, timeout=options.timeout_s, trust_env=False) as client:
                answer = client.post(recipient, content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise TryLater(without(secret, str(error))) from None
        except httpx.TransportError as error:
            raise Doubtful(without(secret, str(error) or type(error).__name__)) from None
        said = f"HTTP {answer.status_code}"
        if answer.is_success:
            return said
        if answer.status_code in _LATER or answer.status_code >= 500:
            raise TryLater(said, after_s=_seconds(answer.headers.get("retry-after", "")))
        raise Refused(said)


def body(letter: Letter) -> bytes:
    """Return the JSON of a night: its digest as a record (digest.json), as text and as HTML."""
    value = {
        "type": "night.published",
        "timestamp": letter.published_at,
        "data": {
            "night": letter.night,
            "title": letter.title,
            "digest": letter.bodies.record,
            "text": letter.bodies.text,
            "html": letter.bodies.html,
        },
    }
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def signature(secret: str, *, message_id: str, timestamp: str, content: bytes) -> str:
    """Return the header `webhook-signature`: an HMAC-SHA256 of id, time and body.

    A secret that begins with `whsec_` is base64, any other is taken as it is.
    """
    key = secret.encode()
    if secret.startswith(_PREFIX):
        try:
            key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            key = secret.encode()
    signed = b".".join((message_id.encode(), timestamp.encode(), content))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _seconds(written: str) -> float:
    return float(written) if written.isascii() and written.isdecimal() else 0.0

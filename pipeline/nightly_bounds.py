"""The section [nightly] of a configuration, checked: times, addresses, places of secrets."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.bounds import shown
from pipeline.config import Mail, Nightly, Webhook
from pipeline.errors import ConfigError

SECRET = re.compile(r"(env|file|credential):(.+)")
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_ADDRESS = re.compile(r"[!-?A-~]+@[\w.-]+", re.ASCII)  # what any server takes
_SECRET_HINT = 'write where it is: "env:NAME", "file:/path/of/it" or "credential:NAME" (systemd)'


def check_nightly(nightly: Nightly, path: Path) -> None:
    """Raise ConfigError naming the file and the key of a value that no night can use.

    A secret that stands in the file itself is refused, and not repeated in the message.
    """
    for key, value in (("at", nightly.at), ("deadline", nightly.deadline)):
        if not _TIME.fullmatch(value) and (value or key == "at"):
            raise ConfigError(
                f"{path}: nightly.{key}: {shown(value)} is no time of day",
                hint="write it as 02:30, from 00:00 to 23:59",
            )
    if not nightly.inboxes:
        raise ConfigError(f"{path}: nightly.inbox is empty", hint="name a folder to read")
    _check_mail(nightly.mail, path)
    _check_webhook(nightly.webhook, path)


def _check_mail(mail: Mail, path: Path) -> None:
    for key, addresses in (("to", mail.to), ("sender", (mail.sender,) if mail.to else ())):
        for address in addresses:
            if not _ADDRESS.fullmatch(address):
                raise ConfigError(
                    f"{path}: nightly.mail.{key}: {shown(address)} is no address",
                    hint="write it as desk@example.org, without a name",
                )
    _check_secret(mail.password, "nightly.mail.password", path)
    if mail.user and not mail.password:
        raise ConfigError(
            f"{path}: nightly.mail.password is missing for the user {shown(mail.user)}",
            hint=_SECRET_HINT,
        )
    local = mail.host in ("127.0.0.1", "::1", "localhost")
    if mail.password and mail.security == "none" and not local:
        raise ConfigError(
            f"{path}: nightly.mail: the password would be sent in the clear",
            hint='write security = "starttls" or "tls"',
        )
    if mail.unsubscribe and not re.fullmatch(r"(mailto:|https://)[!-=?-~]+", mail.unsubscribe):
        raise ConfigError(
            f"{path}: nightly.mail.unsubscribe: {shown(mail.unsubscribe)} is no address",
            hint="write it as mailto:desk@example.org?subject=unsubscribe or https://...",
        )


def _check_webhook(webhook: Webhook, path: Path) -> None:
    for url in webhook.to:
        try:
            address = urlsplit(url)
            usable = address.scheme in ("http", "https") and bool(address.hostname)
            usable = usable and (address.port is None or address.port > 0)
        except ValueError:
            usable = False
        if not usable:
            raise ConfigError(
                f"{path}: nightly.webhook.to: {shown(url)} is no address",
                hint="write it as https://HOST/PATH",
            )
    if webhook.to and not webhook.secret:
        raise ConfigError(f"{path}: nightly.webhook.secret is missing", hint=_SECRET_HINT)
    _check_secret(webhook.secret, "nightly.webhook.secret", path)


def _check_secret(place: str, key: str, path: Path) -> None:
    if place and not SECRET.fullmatch(place):
        raise ConfigError(f"{path}: {key} is not the place of a secret", hint=_SECRET_HINT)

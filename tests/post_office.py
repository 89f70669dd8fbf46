"""A real mail server on loopback (aiosmtpd) with TLS and accounts, which can be made to fail."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = "desk", "correct horse: battery"


@dataclass(slots=True)
class PostOffice:
    """Keeps every message it has taken; `faults` are used up, one for each message or command.

    "grey" and "refuse" answer a recipient; "refuse-text" answers the message; "drop-within" and
    "drop-behind" end the connection, before the message has ended and behind it; "slow" answers
    too late; "die" calls `dying` behind the message.
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    dying: Callable[[], None] = lambda: None

    def kept(self) -> list[EmailMessage]:
        """Return the messages of a server that keeps one of each Message-ID."""
        return list({message["Message-ID"]: message for message in self.taken}.values())

    def _next(self, *kinds: str) -> str:
        return self.faults.pop(0) if self.faults and self.faults[0] in kinds else ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, _: Any):
        match self._next("grey", "refuse"):
            case "grey":
                return "450 4.7.1 greylisted, come again"
            case "refuse":
                return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        fault = self._next("refuse-text", "drop-behind", "slow", "die")
        if fault == "refuse-text":
            return "554 5.7.1 not wanted"
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        assert parsed["To"] == envelope.rcpt_tos[0]
        self.taken.append(parsed)
        self.secure.append(session.ssl is not None)
        if fault == "drop-behind":
            server.transport.abort()
        if fault == "die":
            self.dying()
        if fault == "slow":
            await asyncio.sleep(1.5)
        return "250 kept"

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any):
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(good)
        return AuthResult(success=good, handled=False)


class _Server(SMTP):
    async def smtp_DATA(self, argument: str) -> None:
        office: PostOffice = self.event_handler
        if office._next("drop-within"):
            await self.push("354 go on")
            self.transport.close()
            return
        await super().smtp_DATA(argument)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def post_office(
    office: PostOffice, ca: trustme.CA, *, security: str = "starttls", port: int = 0
) -> Iterator[PostOffice]:
    """Serve until the block ends; `office.port` is where."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    options: dict[str, Any] = {"authenticator": office.check, "auth_required": True}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    if security == "tls":
        options |= {"ssl_context": context, "auth_require_tls": False, "auth_required": False}
    if security == "none":
        options = {}
    controller = _Controller(office, hostname="127.0.0.1", port=port or _free_port(), **options)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def ca_file(ca: trustme.CA, folder: Path) -> Path:
    """Write the certificate of an authority and return its path."""
    path = folder / "ca.pem"
    ca.cert_pem.write_to_path(path)
    return path


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

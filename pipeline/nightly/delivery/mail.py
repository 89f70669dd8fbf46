"""The digest as a mail message, and the sending of it by SMTP (RFC 5321).

The moment of doubt is as short as the protocol lets it be: the text is sent first, and a connection
that has ended by then is seen; only between the dot that ends the text and the server's answer is
it unknown whether the server has the message.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from pipeline.config import Mail
from pipeline.nightly.delivery.channel import (
    Committing,
    Doubtful,
    Letter,
    Refused,
    TryLater,
)
from pipeline.nightly.delivery.secret import read_secret, without

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_GO_ON = 354
_DONE = 250
_LEFT_S = 0.2  # how long a connection is watched for its end before the message is ended


class MailChannel:
    """Mail to each recipient by itself, over one connection each."""

    name = "mail"

    def __init__(self, options: Mail) -> None:
        self._options = options

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses of the configuration, each once."""
        return tuple(dict.fromkeys(self._options.to))

    def send(
        self, letter: Letter, recipient: str, *, message_id: str, committing: Committing
    ) -> str:
        """Send the night to one address; return the server's answer.

        A refusal that may end, and a server that cannot be reached or lets nobody in, is for later.
        """
        options = self._options
        data = as_bytes(message(letter, recipient, options=options, message_id=message_id))
        password = read_secret(options.password, named_by="mail.password") if options.user else ""
        try:
            with _connected(options, password) as server:
                _expect(server.mail(options.sender), good=(_DONE,))
                _expect(server.rcpt(recipient), good=(_DONE, 251))
                _expect(server.docmd("DATA"), good=(_GO_ON,))
                _send_text(server, data)
                committing()
                try:
                    server.send(b".\r\n")
                    answer = server.getreply()
                except (OSError, smtplib.SMTPException) as error:
                    raise Doubtful(f"no answer to the message: {error}") from error
                return _expect(answer, good=(_DONE,))
        except (TryLater, Refused, Doubtful) as error:
            if password and password in str(error):
                raise type(error)(without(password, str(error))) from None
            raise
        except (OSError, smtplib.SMTPException) as error:
            raise TryLater(without(password, _plain(error))) from None


def message(letter: Letter, recipient: str, *, options: Mail, message_id: str) -> EmailMessage:
    """Return the message: text and HTML of the digest, the same bytes each time it is made."""
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(addr_spec=options.sender)
    made["To"] = Address(addr_spec=recipient)
    made["Subject"] = letter.bodies.subject
    made["Date"] = format_datetime(datetime.fromisoformat(letter.published_at))
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody is to be answered from holiday
    if options.unsubscribe:
        made["List-Unsubscribe"] = f"<{options.unsubscribe}>"
    made.set_content(letter.bodies.text, cte="quoted-printable")
    made.add_alternative(letter.bodies.html, subtype="html", cte="quoted-printable")
    made.set_boundary(f"=_{re.sub('[^0-9A-Za-z]', '', message_id)[:60]}")
    return made


def as_bytes(made: EmailMessage) -> bytes:
    """Return a message as DATA takes it: CRLF at line ends, dots at their beginnings doubled."""
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", made.as_bytes())
    return re.sub(rb"(?m)^\.", b"..", text if text.endswith(b"\r\n") else text + b"\r\n")


@contextmanager
def _connected(options: Mail, password: str) -> Iterator[smtplib.SMTP]:
    port = options.port or _PORTS[options.security]
    context = ssl.create_default_context(cafile=options.ca_file or None)
    server: smtplib.SMTP
    if options.security == "tls":
        server = smtplib.SMTP_SSL(options.host, port, timeout=options.timeout_s, context=context)
    else:
        server = smtplib.SMTP(options.host, port, timeout=options.timeout_s)
    try:
        if options.security == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if options.user:
            server.login(options.user, password)
        yield server
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            return  # the message is there; a farewell that fails takes nothing back
    finally:
        server.close()


def _send_text(server: smtplib.SMTP, data: bytes) -> None:
    """Send the text without its end; raise TryLater for a connection that has ended meanwhile."""
    server.send(data)
    connection = server.sock
    if connection is None:
        raise TryLater("the connection ended within the message")
    ready, _, _ = select.select([connection], [], [], _LEFT_S)
    if not ready:
        return
    # Nothing may come before the dot: it is the end of the connection, or a farewell.
    try:
        code, text = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(f"the connection ended within the message: {_plain(error)}") from error
    raise TryLater(f"answered {code} within the message: {_text(text)}")


def _expect(answer: tuple[int, bytes], *, good: tuple[int, ...]) -> str:
    code, text = answer
    said = f"{code} {_text(text)}"
    if code in good:
        return said
    if 500 <= code < 600:
        raise Refused(said)
    raise TryLater(said)


def _text(raw: bytes) -> str:
    return " ".join(raw.decode("utf-8", "replace").split())


def _plain(error: OSError | smtplib.SMTPException) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        return f"{error.smtp_code} {_text(raw if isinstance(raw, bytes) else str(raw).encode())}"
    return " ".join(str(error).split()) or type(error).__name__

"""The channels of a configuration, and the outbox that a night has by them."""

from __future__ import annotations

import hashlib

from pipeline.config import Nightly
from pipeline.nightly.delivery.channel import Channel
from pipeline.nightly.delivery.copies import CopyChannel
from pipeline.nightly.delivery.mail import MailChannel
from pipeline.nightly.delivery.webhook import WebhookChannel
from pipeline.state.book import Delivery

_DOMAIN = "nightdesk.invalid"  # of Message-IDs, where there is no sender to take it from


def channels(options: Nightly) -> tuple[Channel, ...]:
    """Return the channels that have a recipient."""
    every = (
        CopyChannel(options.copies),
        MailChannel(options.mail),
        WebhookChannel(options.webhook),
    )
    return tuple(channel for channel in every if channel.recipients)


def outbox(options: Nightly, night: str, *, desk: str) -> list[Delivery]:
    """Return the deliveries of a night, one for each recipient; `desk` is its folder of nights."""
    return [
        Delivery(
            night,
            channel.name,
            recipient,
            _message_id(options, night, channel.name, recipient, desk=desk),
        )
        for channel in channels(options)
        for recipient in channel.recipients
    ]


def _message_id(options: Nightly, night: str, channel: str, recipient: str, *, desk: str) -> str:
    """Return the Message-ID of a night for one recipient: the same each time it is asked for."""
    key = "\0".join((desk, night, channel, recipient)).encode("utf-8", "surrogatepass")
    domain = options.mail.sender.rpartition("@")[2] or _DOMAIN
    return f"<{night}.{hashlib.sha256(key).hexdigest()[:24]}@{domain}>"

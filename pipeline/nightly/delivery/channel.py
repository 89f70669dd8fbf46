"""The protocol of a channel: one way to bring a night to a reader, and what can become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.nightly.pages import Bodies

Committing = Callable[[], None]
"""Called right before the step after which the other side may have the message."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A published night on its way: its date, title, bodies and folder.

    `published_at` is an ISO 8601 instant. Two letters of one night are equal, however often it is
    tried: a second copy is known by its bytes.
    """

    night: str
    title: str
    published_at: str
    folder: Path
    bodies: Bodies


class TryLater(Exception):
    """The message was not taken, and may be taken later; `after_s` is what the other side asks."""

    def __init__(self, why: str, *, after_s: float = 0.0) -> None:
        super().__init__(why)
        self.after_s = after_s


class Refused(Exception):
    """The other side does not take the message, and will not."""


class Doubtful(Exception):
    """Nobody knows whether the message was taken: the connection ended behind it."""


class Channel(Protocol):
    """One way to deliver nights."""

    @property
    def name(self) -> str:
        """The name of the channel in the outbox."""
        ...

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone who is to get a night."""
        ...

    def send(
        self, letter: Letter, recipient: str, *, message_id: str, committing: Committing
    ) -> str:
        """Deliver a night to one recipient; return the answer of the other side.

        Raises TryLater, Refused or Doubtful where it is not delivered, or may not be.
        """
        ...

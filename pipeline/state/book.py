"""The book of nights, `nightly.sqlite`: which were begun and published, and the outbox of each.

A desk is a folder of nights; one state may serve several. A delivery is a row of the outbox, one
for each recipient of each night, made in the transaction that enters the night as published.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pipeline.state.database import open_database, transaction
from pipeline.state.failures import told

BOOK_FILE = "nightly.sqlite"
Status = Literal["queued", "sending", "sent", "failed", "unsure", "withdrawn"]
OPEN: tuple[Status, ...] = ("queued", "sending")
_DELIVERY = "night, channel, recipient, message_id, status, attempts, doubts, next_try, detail"
_TABLES = (
    """
    CREATE TABLE nights (
        desk         TEXT NOT NULL,
        night        TEXT NOT NULL,
        timezone     TEXT NOT NULL,
        begun_at     TEXT NOT NULL,
        attempts     INTEGER NOT NULL,
        published_at TEXT,
        record       TEXT NOT NULL,
        PRIMARY KEY (desk, night)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE outbox (
        desk       TEXT NOT NULL,
        night      TEXT NOT NULL,
        channel    TEXT NOT NULL,
        recipient  TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        status     TEXT NOT NULL,
        attempts   INTEGER NOT NULL,
        doubts     INTEGER NOT NULL,
        next_try   REAL NOT NULL,
        detail     TEXT NOT NULL,
        queued_at  TEXT NOT NULL,
        PRIMARY KEY (desk, night, channel, recipient)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE unsubscribed (
        recipient TEXT PRIMARY KEY,
        since     TEXT NOT NULL
    ) WITHOUT ROWID
    """,
)


def _first(connection: sqlite3.Connection, _: Path) -> str:
    for statement in _TABLES:
        connection.execute(statement)
    return ""


BOOK_MIGRATIONS = (_first,)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox: a night for one recipient, by one channel.

    `attempts` counts those that ended; `doubts` those of which nobody knows whether the message
    arrived. `next_try` is in seconds since 1970, `detail` the answer of the other side.
    """

    night: str
    channel: str
    recipient: str
    message_id: str
    status: Status = "queued"
    attempts: int = 0
    doubts: int = 0
    next_try: float = 0.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A night in the book; `published_at` is None while it is being made.

    Instants are ISO 8601 in UTC. `attempts` counts its starts, `record` is the outcome.
    """

    night: str
    timezone: str
    begun_at: str
    attempts: int
    published_at: str | None
    record: Mapping[str, Any]


class Book:
    """The nights of one desk and their outbox, in the file at `path`.

    Raises DamagedError for a damaged file, and what else `database.open_database` raises.
    """

    def __init__(self, path: Path, *, desk: str) -> None:
        self.path = path
        self.desk = desk

    def begin(self, night: str, *, timezone: str, now: datetime) -> str:
        """Enter the start of a night; return when it was first begun.

        A night that was interrupted keeps the instant of its first start, so that it is published
        as it would have been.
        """
        with self._open() as connection, transaction(connection):
            connection.execute(
                "INSERT INTO nights VALUES (?,?,?,?,1,NULL,'{}')"
                " ON CONFLICT DO UPDATE SET attempts = attempts + 1",
                (self.desk, night, timezone, _iso(now)),
            )
            return str(self._entries(connection, night)[0].begun_at)

    def publish(
        self,
        night: str,
        *,
        record: Mapping[str, Any] | None,
        deliveries: Iterable[Delivery],
        now: datetime,
    ) -> None:
        """Enter a night as published, with its outbox; what is in the book already stays.

        Without a `record` the one of the night stands.
        """
        with self._open() as connection, transaction(connection):
            connection.execute(
                "UPDATE nights SET published_at = coalesce(published_at, ?),"
                " record = coalesce(?, record) WHERE desk = ? AND night = ?",
                (_iso(now), None if record is None else json.dumps(record), self.desk, night),
            )
            connection.executemany(
                "INSERT INTO outbox VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                [
                    (self.desk, d.night, d.channel, d.recipient, d.message_id, d.status,
                     d.attempts, d.doubts, d.next_try, d.detail, _iso(now))
                    for d in deliveries
                ],
            )  # fmt: skip

    def nights(self) -> list[Entry]:
        """Return every night of the desk, oldest first."""
        with self._open() as connection:
            return self._entries(connection, None)

    def deliveries(self, *, among: Iterable[Status] = ()) -> list[Delivery]:
        """Return the outbox of the desk, oldest night first; of some kinds of status only."""
        wanted = tuple(among)
        places = ",".join("?" * len(wanted))
        only = f" AND status IN ({places})" if wanted else ""
        with self._open() as connection:
            rows = connection.execute(
                f"SELECT {_DELIVERY} FROM outbox WHERE desk = ?{only}"
                " ORDER BY night, channel, recipient",
                (self.desk, *wanted),
            ).fetchall()
        return [Delivery(*row) for row in rows]

    def note(self, delivery: Delivery) -> None:
        """Store the present state of a delivery."""
        with self._open() as connection, transaction(connection):
            connection.execute(
                "UPDATE outbox SET status = ?, attempts = ?, doubts = ?, next_try = ?, detail = ?"
                " WHERE desk = ? AND night = ? AND channel = ? AND recipient = ?",
                (delivery.status, delivery.attempts, delivery.doubts, delivery.next_try,
                 delivery.detail, self.desk, delivery.night, delivery.channel, delivery.recipient),
            )  # fmt: skip

    def unsubscribe(self, recipient: str, *, now: datetime) -> None:
        """Send nothing more to `recipient`, not even what is queued."""
        with self._open() as connection, transaction(connection):
            connection.execute(
                "INSERT INTO unsubscribed VALUES (?,?) ON CONFLICT DO NOTHING",
                (recipient.lower(), _iso(now)),
            )

    def subscribe(self, recipient: str) -> bool:
        """Send to `recipient` again; return whether nothing was sent before."""
        with self._open() as connection, transaction(connection):
            gone = connection.execute(
                "DELETE FROM unsubscribed WHERE recipient = ?", (recipient.lower(),)
            )
            return gone.rowcount > 0

    def unsubscribed(self) -> frozenset[str]:
        """Return the recipients that are sent nothing, in small letters."""
        with self._open() as connection:
            rows = connection.execute("SELECT recipient FROM unsubscribed").fetchall()
        return frozenset(recipient for (recipient,) in rows)

    def forget(self, nights: Iterable[str]) -> None:
        """Remove nights and what was delivered of them."""
        keys = [(self.desk, night) for night in nights]
        with self._open() as connection, transaction(connection):
            connection.executemany("DELETE FROM outbox WHERE desk = ? AND night = ?", keys)
            connection.executemany("DELETE FROM nights WHERE desk = ? AND night = ?", keys)

    def _entries(self, connection: sqlite3.Connection, night: str | None) -> list[Entry]:
        rows = connection.execute(
            "SELECT night, timezone, begun_at, attempts, published_at, record FROM nights"
            " WHERE desk = ? AND (? IS NULL OR night = ?) ORDER BY night",
            (self.desk, night, night),
        ).fetchall()
        return [
            Entry(night, zone, begun_at, attempts, published_at, json.loads(record))
            for night, zone, begun_at, attempts, published_at, record in rows
        ]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        connection = open_database(self.path, BOOK_MIGRATIONS, precious=True)
        try:
            with told(self.path):
                yield connection
        finally:
            connection.close()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")

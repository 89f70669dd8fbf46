"""Feeds into an inbox: each entry as a file of its own, written once."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeline.errors import FetchError
from pipeline.output.atomic import remove_leftovers, write_text
from pipeline.output.lock import exclusive
from pipeline.pull.client import Client, Limits, Reply
from pipeline.pull.entries import entries
from pipeline.pull.ledger import FeedState, Ledger
from pipeline.pull.manners import Manners
from pipeline.pull.subscriptions import Subscription

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.I)
_BUSY = (429, 503)
_LONGEST_WAIT_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """What became of one feed: the files that were written, below the inbox, or why there are none.

    `remark` is something that its subscriber should know although it worked.
    """

    feed: Subscription
    outcome: Literal["new", "unchanged", "failed"]
    files: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""
    remark: str = ""


def pull(
    feeds: Iterable[Subscription],
    inbox: Path,
    *,
    limits: Limits,
    pause_s: float = 1.0,
    allowed: Collection[str] = (),
) -> Generator[Pulled]:
    """Fetch feeds one after the other and yield what became of each; one that fails stops no other.

    `allowed` are hosts whose addresses may be private. A run that was interrupted goes on where it
    stopped: an entry is remembered once its file is whole. Raises OutputError where `inbox` cannot
    be written, BusyError where another run writes to it.
    """
    with exclusive(inbox):
        remove_leftovers(inbox)
        ledger = Ledger(inbox)
        client = Client(limits=limits, allowed=allowed)
        try:
            manners = Manners(client, pause_s=pause_s)
            for feed in feeds:
                try:
                    yield _one(feed, inbox, ledger, client, manners)
                except FetchError as error:
                    yield Pulled(feed, "failed", reason=str(error), hint=error.hint)
        finally:
            client.close()


def _one(
    feed: Subscription, inbox: Path, ledger: Ledger, client: Client, manners: Manners
) -> Pulled:
    """Fetch one feed.

    1. Ask for it only if it has changed (RFC 9110, 13.1), and if its host's rules allow.
    2. Write each entry that was not written before; a file that is there already stays.
    3. Remember the entries, and the validators last: were they first, a crash would lose entries.
    """
    known = ledger[feed.url]
    now = datetime.now(UTC)
    if known.wait_until > now.timestamp():
        until = datetime.fromtimestamp(known.wait_until, UTC).isoformat(timespec="minutes")
        raise FetchError(f"asked not to be asked before {until}", hint="nothing: it is asked then")
    reply = client.get(feed.url, _validators(known), before=manners.before)
    remark = f"has moved to {reply.moved_to}: change its address" if reply.moved_to else ""
    if reply.status == 304:
        return Pulled(feed, "unchanged", remark=remark)
    if reply.status in _BUSY:
        wait = _retry_after(reply, now.timestamp())
        state = FeedState(known.etag, known.last_modified, wait, known.entries)
        ledger.put(feed.url, state, today=now.date())
    if reply.status != 200:
        raise FetchError(f"answers with {reply.status}", hint=_advice(reply.status))
    charset = _CHARSET.search(reply.headers.get("content-type", ""))
    seen = dict(known.entries)
    written = []
    for entry in entries(reply.body, charset=charset[1] if charset else None):
        name = f"{feed.name}/{entry.file_name}"
        is_known = entry.key in seen or entry.words_key in seen
        if not is_known and not (inbox / name).exists():
            write_text(inbox / name, entry.content)
            written.append(name)
        seen[entry.key] = seen[entry.words_key] = now.date().isoformat()
    validators = (reply.headers.get("etag"), reply.headers.get("last-modified"))
    ledger.put(feed.url, FeedState(*validators, 0.0, seen), today=now.date())
    return Pulled(feed, "new" if written else "unchanged", tuple(written), remark=remark)


def _validators(known: FeedState) -> dict[str, str]:
    found = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in found.items() if value}


def _retry_after(reply: Reply, now: float) -> float:
    """Return the time, in seconds since 1970, at which a busy host wants to be asked again."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isdigit():
        wait = float(value)
    else:
        moment = email.utils.parsedate_tz(value)
        wait = 0.0 if moment is None else email.utils.mktime_tz(moment) - now
    return now + max(0.0, min(wait, _LONGEST_WAIT_S))


def _advice(status: int) -> str:
    if status in (401, 403):
        return "it wants a password, or no program; ask its publisher"
    if status in (404, 410):
        return "the feed is gone: look for its new address, or take it off the list"
    return "try again later"

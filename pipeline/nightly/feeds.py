"""Feeds fetched into an inbox before a night is made; one that fails is told, and stops nothing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Pull
from pipeline.document import Rejection
from pipeline.errors import NightdeskError, UsageError
from pipeline.nightly.events import Events
from pipeline.paths import expanded, is_pattern
from pipeline.pull.client import Limits
from pipeline.pull.pull import pull
from pipeline.pull.subscriptions import Subscription, subscriptions
from pipeline.sources.names import printable

_STAGE = "pull"
_BELOW = "feed"  # stands for any folder that a feed makes


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of a night: how many there are, and those that failed, each with its reason."""

    asked: int = 0
    failed: tuple[Rejection, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those that failed."""
        return tuple(rejection.name for rejection in self.failed)


def check_feeds(
    options: Pull, inboxes: Sequence[str | Path]
) -> tuple[tuple[Subscription, ...], Path]:
    """Return the feeds that are to be fetched, none where none are named, and the folder for them.

    The folder is `options.into`, else the only inbox. Raises UsageError for a list of feeds that
    cannot be read, and for a folder that is none of the inboxes: nobody would read it.
    """
    paths = [expanded(inbox, named_by="nightly.inbox") for inbox in inboxes]
    if not options.feeds:
        return (), paths[0]
    listed = subscriptions(expanded(options.feeds, named_by="nightly.pull.feeds"))
    if options.into:
        into = expanded(options.into, named_by="nightly.pull.into")
    elif len(paths) == 1 and not is_pattern(paths[0]):
        [into] = paths
    else:
        raise UsageError(
            "nightly.pull.into is missing: there are several inboxes",
            hint="name the folder that gets the feeds; one of the inboxes must read it",
        )
    if not any(_reads(path, into) for path in paths):
        raise UsageError(
            f"nightly.pull.into: no inbox reads {into}",
            hint="name one of the inboxes, or add this folder to nightly.inbox",
        )
    return tuple(listed), into


def fetch_feeds(options: Pull, inboxes: Sequence[str | Path], *, events: Events) -> Feeds:
    """Fetch what the feeds have that is new, for `options.total_s` at most.

    Whatever fails is in the result; the night goes on without it.
    """
    if not options.feeds:
        return Feeds()
    limits = Limits(total_s=options.timeout_s, max_bytes=int(options.max_mb * 1_000_000))
    ends = time.monotonic() + options.total_s
    new, failed = 0, []
    listed: tuple[Subscription, ...] = ()
    left: list[Subscription] = []
    try:
        listed, into = check_feeds(options, inboxes)
        left = list(listed)
        results = pull(
            listed, into, limits=limits, pause_s=options.pause_s, allowed=options.allow_private
        )
        for one in results:
            left.pop(0)
            new += len(one.files)
            if one.outcome == "failed":
                failed.append(Rejection(one.feed.name, _STAGE, one.reason, one.hint))
            if left and time.monotonic() > ends:
                results.close()
                why = f"was not asked: {options.total_s:g} s for all feeds were over"
                hint = "raise nightly.pull.total_s, or begin earlier"
                failed += [Rejection(feed.name, _STAGE, why, hint) for feed in left]
                break
    except NightdeskError as error:
        # An inbox that cannot be written, or a list that cannot be read, takes all feeds with it.
        names = [feed.name for feed in left] or [printable(Path(options.feeds).name)]
        failed += [Rejection(name, _STAGE, str(error), error.hint) for name in names]
    for rejection in failed:
        events.warning("feed.failed", name=rejection.name, reason=rejection.reason)
    asked = max(len(listed), len(failed))
    events.info("feeds.fetched", feeds=asked, failed=len(failed), new=new)
    return Feeds(asked, tuple(failed))


def _reads(inbox: Path, into: Path) -> bool:
    """Tell whether an inbox, a folder or a pattern, reads what feeds write below a folder."""
    here, inbox = Path.cwd() / into, Path.cwd() / inbox
    if not is_pattern(inbox):
        return here.resolve().is_relative_to(inbox.resolve())
    within = (here / _BELOW, here, *here.parents)
    return any(len(p.parts) == len(inbox.parts) and p.match(str(inbox)) for p in within)

"""nightdesk pull."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.files import check_folder
from pipeline.cli.options import AsJson, Quiet, put, say

if TYPE_CHECKING:
    from pipeline.pull.pull import Pulled


_Feeds = Annotated[
    Path,
    typer.Argument(metavar="FEEDS", help="The list of feeds: TOML or OPML.", readable=False),
]
_Into = Annotated[
    Path,
    typer.Option("--into", metavar="DIR", help="The inbox that gets the entries.", readable=False),
]
_Timeout = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", min=1, help="The most time for one feed.")
]
_MaxMb = Annotated[
    float, typer.Option("--max-mb", metavar="MB", min=0.01, help="The largest feed, unpacked.")
]
_Pause = Annotated[
    float,
    typer.Option("--pause", metavar="SECONDS", min=0, help="Between two requests to one host."),
]
_AllowPrivate = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-private",
        metavar="HOST",
        help="A host that may have a private address; several times for several.",
    ),
]


def pull(
    feeds: _Feeds,
    into: _Into,
    timeout_s: _Timeout = 60.0,
    max_mb: _MaxMb = 20.0,
    pause_s: _Pause = 1.0,
    allow_private: _AllowPrivate = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Fetch feeds into an inbox: each entry as a file of its own, written once.

    The only command that uses the network for texts. It asks whether a feed has changed, keeps to
    robots.txt, and connects to public addresses only. What fails is named, and the rest goes on.

    FEEDS is OPML, or TOML with an entry such as this for each feed:

      [[feeds]]
      url = "https://example.org/rss.xml"
      name = "example"

    Examples:

      nightdesk pull feeds.toml --into inbox/

      nightdesk pull subscriptions.opml --into inbox/ --json
    """
    from pipeline.pull.client import Limits
    from pipeline.pull.pull import pull as pulled
    from pipeline.pull.subscriptions import subscriptions

    check_folder(into)
    listed = subscriptions(feeds)
    limits = Limits(total_s=timeout_s, max_bytes=int(max_mb * 1_000_000))
    done: list[Pulled] = []
    for one in pulled(listed, into, limits=limits, pause_s=pause_s, allowed=allow_private or ()):
        done.append(one)
        _tell(one, quiet=quiet)
    if as_json:
        put(json.dumps([_record(one) for one in done], ensure_ascii=False, indent=2) + "\n")
    failed = sum(one.outcome == "failed" for one in done)
    new = sum(len(one.files) for one in done)
    say(f"{new} new entries from {len(done)} feeds, {failed} failed", quiet=quiet)
    if failed:
        raise typer.Exit(1)


def _tell(one: Pulled, *, quiet: bool) -> None:
    if one.outcome == "failed":
        say(f"failed: {one.feed.name} ({one.feed.url}): {one.reason}; {one.hint}")
    else:
        found = f"{len(one.files)} new" if one.files else "nothing new"
        say(f"{one.feed.name}: {found}", quiet=quiet)
    if one.remark:
        say(f"note: {one.feed.name}: {one.remark}", quiet=quiet)


def _record(one: Pulled) -> dict[str, Any]:
    return {
        "name": one.feed.name,
        "url": one.feed.url,
        "outcome": one.outcome,
        "files": list(one.files),
        "reason": one.reason,
        "hint": one.hint,
        "remark": one.remark,
    }

"""`nightdesk run --on`: the same command on a cluster."""

from __future__ import annotations

import json

import typer

from pipeline.cli.options import Session, put, refusal, say
from pipeline.errors import UsageError


def run_elsewhere(
    folder: str, out: str, *, engine: str, opened: Session, as_json: bool, quiet: bool
) -> None:
    """Run the stages on `engine`, and tell what came of it; exit with 1 where inputs were rejected.

    Raises UsageError for an engine that is none.
    """
    from pipeline.cluster.connection import address_of
    from pipeline.cluster.run import run_on_cluster

    result = run_on_cluster(
        folder,
        out,
        address=address_of(engine),
        config=opened.config,
        state=opened.state,
        progress=opened.progress,
    )
    if as_json:
        put(json.dumps(result.record, ensure_ascii=False, indent=2) + "\n")
    counts = result.record["counts"]
    say(
        f"{counts['summaries']} summaries of {counts['documents']} documents in"
        f" {result.record['seconds']:.0f} s: {out.rstrip('/')}/run.json lists the shards",
        quiet=quiet,
    )
    for rejection in result.rejections if quiet else ():  # else each was told when it was met
        say(refusal(rejection))
    if result.rejections or counts["untranslated"]:
        raise typer.Exit(1)


def is_address(place: str) -> bool:
    """Tell whether a place is an address such as `s3://bucket/folder`, not a path."""
    return "://" in place


def check_local(folder: str, out: str) -> None:
    """Raise UsageError for an address, which only a run on a cluster reads and writes."""
    for place in (folder, out):
        if is_address(place):
            raise UsageError(
                f"{place}: is an address, and this run reads and writes folders",
                hint="add --on ray, or copy the files to a folder",
            )

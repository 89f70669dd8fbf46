"""nightdesk cache: the results of engines that are remembered between runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pipeline.cli.options import AsJson, Quiet, put, say

if TYPE_CHECKING:
    from pipeline.state.results import ResultCache

app = typer.Typer(help="The results that are remembered between runs.", no_args_is_help=True)


@app.command("info")
def info(as_json: AsJson = False) -> None:
    """Show where results are remembered and how many.

    Example:

      nightdesk cache info --json
    """
    with _opened() as results:
        record = {
            "path": str(results.path),
            "results": results.count(),
            "size_bytes": results.path.stat().st_size,
        }
    if as_json:
        put(json.dumps(record) + "\n")
    else:
        put(f"{record['path']}: {record['results']} results, {record['size_bytes']} bytes\n")


@app.command("clear")
def clear(quiet: Quiet = False) -> None:
    """Forget every remembered translation and summary.

    Spellings of names, restored paragraphs and earlier nights are kept: no run can compute them
    again.

    Example:

      nightdesk cache clear
    """
    with _opened() as results:
        count = results.clear()
    say(f"forgot {count} result{'' if count == 1 else 's'}", quiet=quiet)


@contextmanager
def _opened() -> Iterator[ResultCache]:
    """Open the cache alone: the memory is not touched."""
    from pipeline.state.folder import results_path
    from pipeline.state.results import ResultCache

    results = ResultCache(results_path(), remark=say)
    try:
        yield results
    finally:
        results.close()

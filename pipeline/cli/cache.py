"""nightdesk cache: what is remembered between runs."""

from __future__ import annotations

import json

import typer

from pipeline.cli.options import AsJson, Quiet, put, say

app = typer.Typer(help="What is remembered between runs.", no_args_is_help=True)


@app.command("info")
def info(as_json: AsJson = False) -> None:
    """Show where results are remembered and how many."""
    from pipeline.state.database import open_state

    with open_state() as state:
        record = {
            "path": str(state.path),
            "results": state.count(),
            "size_bytes": state.path.stat().st_size,
        }
    if as_json:
        put(json.dumps(record) + "\n")
    else:
        put(f"{record['path']}: {record['results']} results, {record['size_bytes']} bytes\n")


@app.command("clear")
def clear(quiet: Quiet = False) -> None:
    """Forget every remembered translation, summary and spelling of a name."""
    from pipeline.state.database import open_state
    from pipeline.state.names import NameMemory

    with open_state() as state:
        count = state.clear()
        NameMemory(state.path).clear()
    say(f"forgot {count} result{'' if count == 1 else 's'}", quiet=quiet)

"""nightdesk state: the memory between runs, packed and moved."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Quiet, say

app = typer.Typer(help="The memory between runs: packed, saved, moved.", no_args_is_help=True)


@app.command("vacuum")
def vacuum(quiet: Quiet = False) -> None:
    """Give back the room on the disk that forgotten results and nights have left.

    Example:

      nightdesk state vacuum
    """
    from pipeline.state.archive import vacuum as pack
    from pipeline.state.folder import state_folder

    for name, (before, after) in pack(state_folder()).items():
        say(f"{name}: {before} bytes, now {after}", quiet=quiet)


@app.command("export")
def export(
    target: Annotated[
        Path, typer.Argument(metavar="FILE", help="Archive to write, such as state.zip.")
    ],
    results: Annotated[
        bool,
        typer.Option("--results", help="With the remembered results, which a run computes again."),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Write names, restore rules, nights and the outbox into one file; a run may go on meanwhile.

    Example:

      nightdesk state export state.zip
    """
    from pipeline.state.archive import export as write
    from pipeline.state.folder import state_folder

    names = write(state_folder(), target, results=results)
    say(f"{target}: {', '.join(names)}", quiet=quiet)


@app.command("import")
def import_(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="Archive that `state export` wrote.")
    ],
    quiet: Quiet = False,
) -> None:
    """Put an exported state in the place of this one, which is kept beside it.

    Example:

      nightdesk state import state.zip
    """
    from pipeline.state.archive import import_state
    from pipeline.state.folder import state_folder

    folder = state_folder()
    names = import_state(source, folder)
    say(f"{folder}: {', '.join(names)}", quiet=quiet)

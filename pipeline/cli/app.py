"""The command tree: each command with the module that holds it."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import (
    cache,
    config,
    doctor,
    eval,
    evidence,
    explain,
    models,
    nightly,
    restore,
    run,
    summarize,
    translate,
)

_EPILOG = (
    "Example: nightdesk run inbox/ --out today/. Each command has examples in its own --help."
    "\n\nExit codes: 0 all done, 1 some inputs could not be used, 2 wrong usage, 3 failed,"
    " 70 a bug of Nightdesk, 130 stopped by Ctrl-C, 141 the reader of the output left."
)

app = typer.Typer(
    name="nightdesk",
    help="Turn a folder of Russian, Ukrainian, French and English news into faithful summaries.",
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("translate")(translate.translate)
app.command("summarize")(summarize.summarize)
app.command("evidence")(evidence.evidence)
app.command("explain")(explain.explain)
app.command("restore")(restore.restore)
app.add_typer(nightly.app, name="nightly")
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
app.add_typer(eval.app, name="eval")
app.command("doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"nightdesk {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Turn a folder of Russian, Ukrainian, French and English news into faithful summaries."""

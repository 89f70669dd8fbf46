"""The options that several commands share: one list, spelt out for each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.testing import CliRunner

from pipeline.cli.options import RunOptions, run_options


def test_shared_options_reach_a_command_and_stand_behind_its_own() -> None:
    given: list[tuple[str, RunOptions]] = []
    app = typer.Typer(rich_markup_mode=None, add_completion=False)

    @app.command()
    @run_options
    def press(
        colour: Annotated[str, typer.Option("--colour")] = "blue", *, options: RunOptions
    ) -> None:
        """Press a page."""
        given.append((colour, options))

    call = CliRunner().invoke
    assert call(app, []).exit_code == 0
    words = ["-q", "--colour", "red", "--json", "--profile", "hub", "--config", "a.toml", "-v"]
    assert call(app, words).exit_code == 0
    assert given == [
        ("blue", RunOptions()),
        ("red", RunOptions(Path("a.toml"), "hub", as_json=True, quiet=True, verbose=True)),
    ]
    told = call(app, ["--help"]).output
    assert "Press a page." in told
    places = [
        told.index(name)
        for name in ("--colour", "--config", "--profile", "--json", "--quiet", "--verbose")
    ]
    assert places == sorted(places)
    assert "--options" not in told

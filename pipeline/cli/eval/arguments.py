"""The arguments that commands over a data set share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path, typer.Argument(metavar="DATA", help="UTF-8: .jsonl, .json or .tsv; columns as below.")
]
DataLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="LANG",
        help="Language of the texts; default: as each row or the file's name says.",
    ),
]
Lines = Annotated[
    str | None,
    typer.Option("--lines", metavar="A-B", help="These rows only, counted from 1; default: all."),
]

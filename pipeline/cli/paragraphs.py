"""The paragraphs of one input file that `explain` and `restore` are asked about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.files import missing
from pipeline.cli.options import refusal
from pipeline.config import Config
from pipeline.document import Document, Paragraph, Rejection
from pipeline.errors import SourceError, UsageError

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file of the input folder.")]
OptionalFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", help="A file of the input folder.")
]
Number = Annotated[
    int | None,
    typer.Option(
        "--paragraph", metavar="N", help="Only this paragraph, counted from 0; default: all."
    ),
]


def read_documents(file: Path, config: Config, paragraph: int | None) -> list[Document]:
    """Return the documents in `file`; with the number of a `paragraph`, exactly one.

    Raises UsageError where there is no such file or more than one document to number, SourceError
    where a document cannot be read.
    """
    from pipeline.sources.folder import read_file

    if what := missing(file):
        raise UsageError(f"{file}: {what}", hint="give one file of the input folder")
    limit = int(config.sources.max_file_mb * 1_000_000)
    found: list[Document] = []
    seconds = config.sources.max_text_s
    for item in read_file(file, name=file.name, max_file_bytes=limit, max_text_s=seconds):
        if isinstance(item, Rejection):
            raise SourceError(refusal(item))
        found.append(item)
    if paragraph is not None and len(found) != 1:
        raise UsageError(
            f"{file}: holds {len(found)} documents", hint="leave out --paragraph for such a file"
        )
    return found


def chosen_paragraphs(document: Document, number: int | None) -> tuple[Paragraph, ...]:
    """Return paragraph `number` of a document, or all of them; UsageError for no such number."""
    if number is None:
        return document.paragraphs
    if not 0 <= number < len(document.paragraphs):
        raise UsageError(
            f"{document.name}: has no paragraph {number}",
            hint=f"it has {_numbers(document)}: `nightdesk explain FILE` lists them",
        )
    return (document.paragraphs[number],)


def _numbers(document: Document) -> str:
    last = len(document.paragraphs) - 1
    return f"0 to {last}" if last else "one, number 0"

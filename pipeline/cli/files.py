"""The files a command line names: one text to read, and where the result is written.

`os.path` returns False where pathlib raises: for a path that is too long or in a closed folder.
"""
# ruff: noqa: PTH110, PTH112, PTH113

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import put, refusal, say
from pipeline.config import Config
from pipeline.document import Document, Rejection
from pipeline.errors import SourceError, UsageError

if TYPE_CHECKING:
    from pipeline.sources.folder import Content

Input = Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for stdin.")]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write here; default: stdout.", readable=False
    ),
]


def read_one(file: str, config: Config) -> Document:
    """Return the one document in `file`; where there is none, say why and exit with 1."""
    content, name = load(file, config)
    return only(list(content.read(name, max_text_s=config.sources.max_text_s)), file)


def load(file: str, config: Config) -> tuple[Content, str]:
    """Return the content of `file`, and its name.

    Raises UsageError where `file` is no readable kind of file.
    """
    from pipeline.sources.folder import load_file, load_stream
    from pipeline.sources.formats import SUFFIXES, has_suffix, suffix_of
    from pipeline.sources.names import printable

    limit = int(config.sources.max_file_mb * 1_000_000)
    if file == "-":
        with refusing("stdin"):
            return load_stream(sys.stdin.buffer, max_file_bytes=limit), "stdin"
    path = Path(file)
    what = "is a folder" if os.path.isdir(path) else missing(path)
    if what:
        raise UsageError(
            f"{file}: {what}", hint="give one file, - for stdin, or use `nightdesk run FOLDER`"
        )
    if not suffix_of(path.name) and has_suffix(path.name):
        raise UsageError(
            f"{file}: unknown kind of file",
            hint=f"convert it, or rename it if it is text; known: {' '.join(SUFFIXES)}",
        )
    name = printable(path.name)
    with refusing(name):
        return load_file(path, max_file_bytes=limit), name


def missing(path: Path) -> str:
    """Return why `path` cannot be opened; empty where it exists or the reason is not known.

    `Path.exists` and its kin raise where a path is too long or a folder above may not be entered.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return "no such file"
    except OSError:
        return ""  # opening it tells why
    return ""


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """Turn a SourceError inside the block into a message and exit code 1."""
    try:
        yield
    except SourceError as error:
        say(refusal(Rejection(name, "sources", str(error), error.hint)))
        raise typer.Exit(1) from error


def only(results: list[Document | Rejection], file: str) -> Document:
    """Return the only document of `results`; where it was rejected, say why and exit with 1.

    Raises UsageError where there is not exactly one.
    """
    if len(results) != 1:
        raise UsageError(
            f"{file}: holds {len(results)} documents, not one", hint="use `nightdesk run FOLDER`"
        )
    (result,) = results
    if isinstance(result, Rejection):
        say(refusal(result))
        raise typer.Exit(1)
    return result


def deliver(text: str | Iterator[str], output: Path | None) -> None:
    """Write `text` to `output`, or to stdout without one.

    A file is replaced by one rename; a pipe or a device is written to. Raises OutputError.
    """
    from pipeline.output.atomic import output_errors, write_pieces

    pieces = [text] if isinstance(text, str) else text
    if output is None:
        for piece in pieces:
            put(piece)
    elif os.path.exists(output) and not os.path.isfile(
        output
    ):  # /dev/stdout, a pipe: not to be replaced
        with output_errors(output), output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    else:
        write_pieces(output, pieces)


def deliver_bytes(data: bytes, output: Path) -> None:
    """Write `data` to `output`: whole, or not at all. Raises OutputError."""
    from pipeline.output.atomic import output_errors, write_bytes

    if os.path.exists(output) and not os.path.isfile(output):
        with output_errors(output), output.open("wb") as file:
            file.write(data)
    else:
        write_bytes(output, [data])


def check_folder(out: Path) -> None:
    """Raise UsageError where `out` cannot be a folder, before any work is done."""
    blocked = next((p for p in (out, *out.parents) if _is_no_folder(p)), None)
    if blocked is not None:
        raise UsageError(
            f"{blocked}: is a file, not a folder", hint="choose another folder for the results"
        )


def _is_no_folder(path: Path) -> bool:
    return os.path.exists(path) and not os.path.isdir(path)


def check_file(output: Path | None) -> None:
    """Raise UsageError where `output` cannot be a file, before any work is done."""
    if output is None:
        return
    if os.path.isdir(output):
        raise UsageError(f"{output}: is a folder", hint="name a file in it")
    try:
        output.lstat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise UsageError(
                f"{output}: is too long for a path", hint="name a shorter one"
            ) from error
    check_folder(output.parent)

"""The three standard streams, none of which can make a command crash.

Each stream may be closed (`<&-`), on a full disk, or read by someone who has left.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import BinaryIO, TextIO, cast

from pipeline.errors import OutputError

_READER_LEFT = 141  # what shells say of a program that writes into a closed pipe


class ResultStream(io.TextIOWrapper):
    """Standard output. Raises OutputError where a result cannot be written.

    A reader that leaves early, as `head` does, ends the program in silence with code 141.
    """

    def write(self, text: str, /) -> int:
        """Write as any text stream does."""
        try:
            return super().write(text)
        except OSError as error:
            raise self._refused(error) from error

    def flush(self) -> None:
        """Flush as any text stream does."""
        try:
            super().flush()
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> Exception:
        # What is left in the buffer would be tried again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            import typer

            return typer.Exit(_READER_LEFT)
        return OutputError(
            f"stdout: cannot be written: {error.strerror or error}",
            hint="free space where it goes, or send it to another place",
        )


class MessageStream(io.TextIOWrapper):
    """Standard error. A message that cannot be written is dropped, and the work goes on."""

    def write(self, text: str, /) -> int:
        """Write, or do without."""
        try:
            return super().write(text)
        except OSError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        """Flush, or do without."""
        try:
            super().flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        with suppress(OSError):
            super().flush()


def open_streams() -> None:
    """Replace the standard streams by UTF-8 ones: ResultStream and MessageStream.

    A closed stream is opened again on /dev/null, in the mode that refuses reading from stdin and
    writing to stdout: otherwise the next file that is opened would take its number, and messages
    would be written into that file.
    """
    for descriptor, refusing in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(os.open(os.devnull, refusing), descriptor)
    sys.stdin = io.TextIOWrapper(_binary(sys.stdin, 0, "rb"), encoding="utf-8", errors="replace")
    sys.stdout = ResultStream(_binary(sys.stdout, 1, "wb"), encoding="utf-8", errors="replace")
    sys.stderr = MessageStream(
        _binary(sys.stderr, 2, "wb"), encoding="utf-8", errors="replace", line_buffering=True
    )


def _binary(stream: TextIO | None, descriptor: int, mode: str) -> BinaryIO:
    """Return the binary stream below a text stream, or a new one where Python has none."""
    if isinstance(stream, io.TextIOWrapper):
        with suppress(OSError):
            stream.flush()
        return cast(BinaryIO, stream.detach())
    return cast(BinaryIO, open(descriptor, mode, closefd=False))

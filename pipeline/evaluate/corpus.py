"""The lines that a translation is measured on: source, reference, and the document of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from models.errors import plainly
from pipeline.errors import UsageError


@dataclass(frozen=True, slots=True)
class Corpus:
    """Parallel lines in languages given by BCP-47 tags; `first` is the number of the first line.

    `documents` names the document of each line; lines of one document follow each other.
    """

    sources: tuple[str, ...]
    references: tuple[str, ...]
    documents: tuple[str, ...]
    source: str
    target: str
    first: int = 1

    def spans(self) -> Iterator[tuple[str, range]]:
        """Yield each document with the indices of its lines."""
        for name, group in groupby(range(len(self.documents)), key=self.documents.__getitem__):
            indices = list(group)
            yield name, range(indices[0], indices[-1] + 1)


def read_corpus(
    source: Path,
    reference: Path,
    *,
    documents: Path | None = None,
    lines: str | None = None,
    source_language: str,
    target_language: str,
) -> Corpus:
    """Read parallel files, one segment a line; `lines` is a range such as "1-300".

    Without `documents`, all lines are one document. Raises UsageError where a file cannot be
    read, the numbers of lines differ, or the range reaches beyond them.
    """
    sources = read_lines(source)
    first, last = _range(lines, len(sources), source)
    names: Sequence[str] = [source.name] * len(sources)
    if documents is not None:
        # The last column is the document; a line number may stand before it.
        names = [line.split("\t")[-1].strip() for line in read_lines(documents)]
    references = read_lines(reference)
    for path, found in ((reference, references), (documents, names)):
        if len(found) != len(sources):
            raise UsageError(
                f"{path}: has {len(found)} lines, but {source} has {len(sources)}",
                hint="line N of one belongs to line N of the other",
            )
    part = slice(first - 1, last)
    return Corpus(
        sources=tuple(sources[part]),
        references=tuple(references[part]),
        documents=tuple(names[part]),
        source=source_language,
        target=target_language,
        first=first,
    )


def read_hypotheses(path: Path, corpus: Corpus) -> list[str]:
    """Return a translation of each line of `corpus` from a file of as many lines.

    A longer file is taken to start at line 1 of the whole source, and cut as the corpus was.
    """
    found = read_lines(path)
    wanted = len(corpus.sources)
    if len(found) == wanted:
        return found
    last = corpus.first - 1 + wanted
    if len(found) < last:
        raise UsageError(
            f"{path}: has {len(found)} lines; {wanted} are wanted",
            hint="give a line for each line measured, or for each line of the whole source",
        )
    return found[corpus.first - 1 : last]


def read_lines(path: Path) -> list[str]:
    """Return the lines of a UTF-8 file, ended by line feeds only; UsageError if it is none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: cannot be read: {plainly(error)}",
            hint="give a file of UTF-8 text, one segment a line",
        ) from error
    lines = text.removeprefix("\ufeff").split("\n")
    return [line.strip() for line in (lines[:-1] if lines[-1] == "" else lines)]


def _range(lines: str | None, total: int, path: Path) -> tuple[int, int]:
    if lines is None:
        if not total:
            raise UsageError(f"{path}: is empty", hint="write one segment a line")
        return 1, total
    match = re.fullmatch(r"(\d+)-(\d+)", lines)
    first, last = (int(match[1]), int(match[2])) if match else (0, 0)
    if not 1 <= first <= last:
        raise UsageError(f"--lines {lines}: not a range of lines", hint="for example --lines 1-300")
    if last > total:
        raise UsageError(
            f"--lines {lines}: {path} has only {total} lines", hint=f"name lines from 1 to {total}"
        )
    return first, last

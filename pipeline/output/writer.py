"""The folder of a run: a record and a page per document, then the ledger and the run itself."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.errors import OutputError
from pipeline.output import ledger
from pipeline.output.atomic import output_errors, remove_leftovers, write_json, write_text
from pipeline.output.names import inside, page_path, record_path
from pipeline.output.own_files import RUN_FILE, listed, wrote
from pipeline.output.record import document_record
from pipeline.output.report import document_markdown, folder_markdown

_OF_A_RUN = ("summary.md", "removed.jsonl", RUN_FILE)
_OF_A_DIGEST = ("digest.html", "digest.md", "digest.atom", "digest.json")


class RunWriter:
    """Writes one run below `out`. The caller holds the lock on that folder.

    Every file below `out` is complete. `finish` removes the files that an earlier run had listed as
    its own and this one did not write again. A file that no run wrote is never replaced: making the
    writer, or `document`, raises OutputError naming it.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._written: dict[str, None] = {}  # in the order in which they were first written
        with output_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        remove_leftovers(out)
        self._listed = listed(out)
        self._ended = (out / RUN_FILE).stat().st_mtime_ns if self._listed else 0
        self._check(*_OF_A_RUN, *_OF_A_DIGEST)

    def document(
        self, document: Document, *, engines: Mapping[str, Any], seconds: Mapping[str, float]
    ) -> None:
        """Write the record and the page of one document."""
        names = (record_path(document), page_path(document))
        self._check(*names)
        record = document_record(document, engines=engines, seconds=seconds)
        write_json(self._out / names[0], record)
        write_text(self._out / names[1], document_markdown(document))
        self._written.update(dict.fromkeys(names))

    def text(self, name: str, text: str) -> None:
        """Write a text file of the run, such as a form of its digest."""
        self._check(name)
        write_text(self._out / name, text)
        self._written[name] = None

    def finish(
        self,
        documents: Sequence[Document],
        rejections: Sequence[Rejection],
        *,
        not_read: str,
        title: str,
        run: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Write summary.md, removed.jsonl and, last of all, run.json; return that record.

        `not_read` tells of files of other kinds, or is empty.
        """
        lines = [
            json.dumps(entry.as_json(), ensure_ascii=False)
            for document in documents
            for entry in ledger.entries(document)
        ]
        write_text(self._out / "removed.jsonl", "".join(f"{line}\n" for line in lines))
        page = folder_markdown(documents, rejections, not_read=not_read, title=title)
        write_text(self._out / "summary.md", page)
        record = {
            **run,
            "rejections": [dataclasses.asdict(r) for r in rejections],
            "files": [*_OF_A_RUN[:-1], *self._written],
        }
        write_json(self._out / RUN_FILE, record)
        self._remove_stale(self._listed - {*record["files"], RUN_FILE})
        return record

    def _check(self, *names: str) -> None:
        """Raise OutputError for a file that is there and that no run wrote."""
        for name in names:
            path = self._out / name
            if name not in self._written and not self._is_own(path, name):
                raise OutputError(
                    f"{path}: is there already, and Nightdesk did not write it",
                    hint="move it away, or choose another folder with --out",
                )

    def _is_own(self, path: Path, name: str) -> bool:
        """Tell whether a run wrote the file at `path`, or whether nothing is lost with the file.

        A file that was changed since the run ended that lists it may be somebody's own; so may a
        page without a mark, unless it is one of an interrupted run and has its record beside it.
        """
        try:
            status = path.lstat()
        except OSError:
            return True  # is not there, or writing it says why not
        if status.st_size == 0 or (name in self._listed and status.st_mtime_ns <= self._ended):
            return True
        return wrote(path) or wrote(path.with_suffix(".json"))

    def _remove_stale(self, names: frozenset[str]) -> None:
        for name in names:
            path = self._out / inside(name)
            with output_errors(path):
                path.unlink(missing_ok=True)
                with suppress(OSError):  # not empty: other documents live there
                    path.parent.rmdir()

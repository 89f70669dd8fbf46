"""The folder of a run: a record and a page per document, then the ledger and the run itself."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.document import Document, Rejection
from pipeline.output import ledger
from pipeline.output.atomic import output_errors, remove_leftovers, write_json, write_text
from pipeline.output.names import inside, page_path, record_path
from pipeline.output.record import document_record
from pipeline.output.report import document_markdown, folder_markdown

RUN_FILE = "run.json"


class RunWriter:
    """Writes one run below `out`. The caller holds the lock on that folder.

    Every file below `out` is complete. `finish` removes the files that an earlier run had listed as
    its own and this one did not write again.
    """

    def __init__(self, out: Path) -> None:
        self._out = out
        self._written: dict[str, None] = {}  # in the order in which they were first written
        with output_errors(out):
            out.mkdir(parents=True, exist_ok=True)
        remove_leftovers(out)

    def document(
        self, document: Document, *, engines: Mapping[str, Any], seconds: Mapping[str, float]
    ) -> None:
        """Write the record and the page of one document."""
        names = (record_path(document), page_path(document))
        record = document_record(document, engines=engines, seconds=seconds)
        write_json(self._out / names[0], record)
        write_text(self._out / names[1], document_markdown(document))
        self._written.update(dict.fromkeys(names))

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
        before = self._listed_before()
        record = {
            **run,
            "rejections": [dataclasses.asdict(r) for r in rejections],
            "files": ["summary.md", "removed.jsonl", *self._written],
        }
        write_json(self._out / RUN_FILE, record)
        self._remove_stale(before - set(record["files"]))
        return record

    def _listed_before(self) -> set[str]:
        with suppress(OSError, ValueError, KeyError, TypeError):
            record = json.loads((self._out / RUN_FILE).read_text(encoding="utf-8"))
            return {str(name) for name in record["files"]}
        return set()

    def _remove_stale(self, names: set[str]) -> None:
        for name in names:
            path = self._out / inside(name)
            with output_errors(path):
                path.unlink(missing_ok=True)
                with suppress(OSError):  # not empty: other documents live there
                    path.parent.rmdir()

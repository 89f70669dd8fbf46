"""A digest of documents that a run has finished already: from its records, without a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.digest.compose import compose
from pipeline.digest.envelope import Edition, Envelope
from pipeline.digest.publish import write_digest
from pipeline.digest.recent import Recent
from pipeline.document import Document
from pipeline.output.record_reader import read_run
from pipeline.stories.story import Story

Tell = Callable[[Sequence[Document]], Sequence[Story]]


def digest_of_results(
    folder: Path,
    run: Mapping[str, Any],
    out: Path,
    *,
    edition: Edition,
    recent: Recent,
    tell: Tell,
) -> Envelope:
    """Write the digest of the run in `folder`, whose `run.json` holds `run`, into `out`.

    `tell` turns the documents into stories. The digest is in the language of the run, whatever the
    edition says. Raises UsageError for a record that cannot be read, OutputError when `out` cannot
    be written.
    """
    found, rejections = read_run(folder, run)
    documents = [item for item in recent(found) if isinstance(item, Document)]
    languages = (d.summary.language for d in documents if d.summary is not None)
    edition = replace(edition, language=next(languages, edition.language))
    envelope = compose(
        edition,
        tell(documents),
        documents,
        rejections=rejections,
        not_read=run["not_read"],
        too_old=recent.left_out,
    )
    write_digest(out, envelope, documents)
    return envelope

"""The files of a digest, written into its folder: the page, its documents, and the other forms."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.digest.atom import ATOM_FILE, render_atom
from pipeline.digest.document_page import document_pages
from pipeline.digest.envelope import Envelope
from pipeline.digest.envelope_json import DIGEST_FILE, envelope_json
from pipeline.digest.markdown import render_markdown
from pipeline.digest.page import render_html
from pipeline.digest.story_page import story_pages
from pipeline.document import Document
from pipeline.errors import OutputError
from pipeline.output.atomic import write_text
from pipeline.output.own_files import wrote

DIGEST_FILES = ("digest.html", "digest.md", ATOM_FILE, DIGEST_FILE)


def digest_files(envelope: Envelope, documents: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Yield the path, relative to the folder of the digest, and the text of each of its files.

    The record of the digest is the last: a folder that has it has all of them.
    """
    yield from document_pages(envelope, documents)
    yield from story_pages(envelope)
    yield "digest.md", render_markdown(envelope)
    yield ATOM_FILE, render_atom(envelope)
    yield "digest.html", render_html(envelope)
    yield DIGEST_FILE, json.dumps(envelope_json(envelope), ensure_ascii=False, indent=1) + "\n"


def write_digest(folder: Path, envelope: Envelope, documents: Iterable[Document]) -> None:
    """Write a digest into `folder`; an earlier one there is replaced.

    Raises OutputError where nothing can be written, and for a file that Nightdesk did not write.
    """
    for name, text in digest_files(envelope, documents):
        path = folder / name
        if os.path.lexists(path) and not wrote(path):
            raise OutputError(
                f"{path}: is there already, and Nightdesk did not write it",
                hint="move it away, or choose another folder with --out",
            )
        write_text(path, text)

"""nightdesk explain: the fate of each paragraph of a file in the clean-up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.options import AsJson, ConfigFile, configured, put, say, session
from pipeline.cli.paragraphs import File, Number, chosen_paragraphs, read_documents
from pipeline.cli.recorded import recorded, well_formed
from pipeline.config import Config
from pipeline.document import Document


def explain(
    file: File,
    paragraph: Number = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The results of the run to explain.")
    ] = Path("nightdesk-out"),
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Tell the fate of each paragraph of FILE: kept, or removed, why, and which copy stands.

    Looks into the results in DIR. Where they do not have FILE as it is now, the clean-up is run on
    it alone, which cannot tell copies of other documents.

    Examples:

      nightdesk explain inbox/wire.txt --out today/

      nightdesk explain inbox/wire.txt --paragraph 3
    """
    settings = configured(config)
    found: list[dict[str, Any]] = []
    for document in read_documents(file, settings, paragraph):
        chosen_paragraphs(document, paragraph)
        kept = recorded(out, document)
        if kept is None:
            say(f"{out}: has no results for {document.name} as it is now; cleaned up on its own:")
            found += _told(_cleaned(document, settings), paragraph)
            continue
        record, path = kept
        with well_formed(path):
            found += _told(record, paragraph)
    if as_json:
        put(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{_fate(fate)}\n" for fate in found))


def _told(record: dict[str, Any], number: int | None) -> list[dict[str, Any]]:
    """Return the paragraphs of a record that are asked for; each can be told."""
    found = [p for p in record["paragraphs"] if number in (None, p["index"])]
    for paragraph in found:
        _fate(paragraph)
    return found


def _cleaned(document: Document, config: Config) -> dict[str, Any]:
    from pipeline.build import build
    from pipeline.output.record import document_record
    from pipeline.runner import one_through

    with session(config, quiet=True, verbose=False) as opened:
        desk = build(config, state=opened.state, progress=opened.progress)
        cleaned = one_through(document, (*desk.reading, *desk.cleaning))
    return document_record(cleaned, engines={}, seconds={})


def _fate(record: dict[str, Any]) -> str:
    text = " ".join(record["text"].split())
    excerpt = text if len(text) <= 72 else text[:71] + "…"
    removal = record["removal"]
    if removal is None:
        return f"{record['index']:4} kept     {excerpt}"
    reason = f"{removal['stage']}: {removal['reason']}"
    if kept := removal["kept"]:
        start, end = kept["span"]
        reason += (
            f" of paragraph {kept['paragraph']} in {kept['document']}, characters {start} to {end}"
        )
    if removal["similarity"] is not None:
        reason += f", similarity {removal['similarity']} (at least {removal['threshold']})"
    return f"{record['index']:4} removed  {excerpt}\n              {reason}"

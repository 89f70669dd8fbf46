"""nightdesk explain, restore: what the clean-up did to a file, and how to undo it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

import typer

from pipeline.cli.files import missing
from pipeline.cli.options import AsJson, ConfigFile, Quiet, configured, put, refusal, say, session
from pipeline.config import Config
from pipeline.document import Document, Paragraph, Rejection
from pipeline.errors import SourceError, UsageError
from pipeline.output.names import DOCUMENTS

_BEGINNING = 20  # characters of a name that its record's file begins with, however it is shortened
File = Annotated[Path, typer.Argument(metavar="FILE", help="A file of the input folder.")]
Number = Annotated[
    int | None,
    typer.Option("--paragraph", metavar="N", help="Only this paragraph, counted from 0."),
]


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
    for document in _read(file, settings, paragraph):
        _chosen(document, paragraph)
        record = _recorded(out, document)
        if record is None:
            say(f"{out}: has no results for {document.name} as it is now; cleaned up on its own:")
            record = _cleaned(document, settings)
        found += [p for p in record["paragraphs"] if paragraph in (None, p["index"])]
    if as_json:
        put(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{_fate(fate)}\n" for fate in found))


def restore(
    file: File,
    paragraph: Number = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the rule back.")] = False,
    config: ConfigFile = None,
    quiet: Quiet = False,
) -> None:
    """Keep FILE, or one paragraph of it, for good: later runs do not remove it.

    The rule holds for this text in files of this name, and outlives changes to the rest of FILE.

    Examples:

      nightdesk restore inbox/wire.txt --paragraph 3

      nightdesk restore inbox/wire.txt --undo
    """
    from pipeline.state.folder import memory_path
    from pipeline.state.memory import prepare_memory
    from pipeline.state.removals import RestoreRules

    path = memory_path()
    prepare_memory(path, remark=partial(say, quiet=quiet))
    rules = RestoreRules(path)
    count = 0
    for document in _read(file, configured(config), paragraph):
        paragraphs = _chosen(document, paragraph)
        if undo:
            count += rules.discard(document, paragraphs)
        else:
            rules.add(document, paragraphs)
            count += len(paragraphs)
    what = "judged like any other again" if undo else "kept from now on; run again"
    say(f"{file}: {count} {'paragraph is' if count == 1 else 'paragraphs are'} {what}", quiet=quiet)


def _read(file: Path, config: Config, paragraph: int | None) -> list[Document]:
    from pipeline.sources.folder import read_file

    if what := missing(file):
        raise UsageError(f"{file}: {what}", hint="give one file of the input folder")
    limit = int(config.sources.max_file_mb * 1_000_000)
    found: list[Document] = []
    for item in read_file(file, name=file.name, max_file_bytes=limit):
        if isinstance(item, Rejection):
            raise SourceError(refusal(item))
        found.append(item)
    if paragraph is not None and len(found) != 1:
        raise UsageError(
            f"{file}: holds {len(found)} documents", hint="leave out --paragraph for such a file"
        )
    return found


def _cleaned(document: Document, config: Config) -> dict[str, Any]:
    from pipeline.build import build
    from pipeline.output.record import document_record
    from pipeline.runner import one_through

    with session(config, quiet=True, verbose=False) as desk:
        stages = build(config, state=desk.state, progress=desk.progress)
        cleaned = one_through(document, (*stages.reading, *stages.cleaning))
    return document_record(cleaned, engines={}, seconds={})


def _chosen(document: Document, number: int | None) -> tuple[Paragraph, ...]:
    if number is None:
        return document.paragraphs
    if not 0 <= number < len(document.paragraphs):
        raise UsageError(
            f"{document.name}: has no paragraph {number}",
            hint=f"it has 0 to {len(document.paragraphs) - 1}: `nightdesk explain` lists them",
        )
    return (document.paragraphs[number],)


def _recorded(out: Path, document: Document) -> dict[str, Any] | None:
    """Return the record that a run below `out` has of this very text, if there is one."""
    from pipeline.output.record import read_record

    beginning = document.file[:_BEGINNING]
    for path in sorted((out / DOCUMENTS).rglob("*.json")):
        if not path.stem.startswith(beginning):
            continue
        record = read_record(path)
        if record["id"] == document.id and _is_of(document, record["name"]):
            return record
    return None


def _is_of(document: Document, recorded: str) -> bool:
    """Tell whether the name in a record is of the same file, in whichever folder it was.

    A text may have moved to another line of its file meanwhile.
    """
    name = PurePosixPath(recorded).name
    if document.origin.part is None:
        return name == document.file
    return name.rpartition("#")[0] == document.file


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

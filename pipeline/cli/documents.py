"""nightdesk run, translate, summarize."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import (
    AsJson,
    ConfigFile,
    Profile,
    Quiet,
    Target,
    Verbose,
    configured,
    put,
    refusal,
    say,
    session,
)
from pipeline.config import Config, check_language
from pipeline.document import Document, Rejection
from pipeline.errors import UsageError

Input = Annotated[str, typer.Argument(metavar="FILE", help="A file, or - for stdin.")]
OutputFile = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write here, not to stdout.", readable=False
    ),
]


def run(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Folder of texts to read.", readable=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the results.", readable=False)
    ] = Path("nightdesk-out"),
    to: Target = None,
    keep_all: Annotated[
        bool, typer.Option("--keep-all", help="Remove nothing: no clean-up, no deduplication.")
    ] = False,
    config: ConfigFile = None,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Summarise every document in FOLDER and below.

    Reads .txt .md .html .jsonl .pdf (and .gz of the text ones). A second run works only on what
    changed; an interrupted one goes on where it stopped.

    Examples:

      nightdesk run inbox/ --out today/

      nightdesk run inbox/ --to fr --json > run.json
    """
    from pipeline.batch import run_folder

    settings = configured(config, profile=profile, target=to)
    _check_folder(out)
    if keep_all:
        settings = settings.keeping_all()
    with session(settings, quiet=quiet, verbose=verbose) as desk:
        result = run_folder(folder, out, config=settings, state=desk.state, progress=desk.progress)
    counts = result.record["counts"]
    if as_json:
        put(json.dumps(result.record, ensure_ascii=False, indent=2) + "\n")
    for document in result.documents:
        for note in document.notes:
            say(f"note: {document.name}: {note}", quiet=quiet)
    say(
        f"{counts['summaries']} summaries of {counts['documents']} documents in"
        f" {result.record['seconds']:.0f} s: {out / 'summary.md'}",
        quiet=quiet,
    )
    if result.rejections:
        if quiet:  # else each was told when it was met
            for rejection in result.rejections:
                say(refusal(rejection))
        say(f"{len(result.rejections)} not used: {out / 'run.json'} has the reasons", quiet=quiet)
        raise typer.Exit(1)


def translate(
    file: Input,
    to: Target = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="LANG", help="Do not detect the language.")
    ] = None,
    output: OutputFile = None,
    config: ConfigFile = None,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    r"""Translate one text, keeping its blank lines, headings, lists and code.

    Examples:

      nightdesk translate article.txt

      printf 'Привет, мир.\n' | nightdesk translate - --to fr
    """
    from pipeline.build import build
    from pipeline.single import translate_document, translated_text

    settings = configured(config, profile=profile, target=to)
    if source is not None:
        check_language(source)
    _check_file(output)
    document = _read_one(file, settings)
    with session(settings, quiet=quiet, verbose=verbose) as desk:
        stages = build(settings, state=desk.state, progress=desk.progress)
        document = translate_document(document, stages, language=source)
    text = translated_text(document)
    if as_json:
        record = {
            "name": document.name,
            "language": document.language,
            "target": settings.languages.target,
            "text": text,
            "notes": list(document.notes),
            "flags": sorted(
                {f for p in document.paragraphs if p.translation for f in p.translation.flags}
            ),
        }
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
    _deliver(text, output)
    for note in document.notes:
        say(f"nightdesk: {document.name}: {note}")
    if document.notes:
        raise typer.Exit(1)


def summarize(
    file: Input,
    to: Target = None,
    output: OutputFile = None,
    config: ConfigFile = None,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Summarise one text.

    Examples:

      nightdesk summarize article.pdf

      curl -s https://example.org/a.txt | nightdesk summarize - --json
    """
    from pipeline.build import build
    from pipeline.output.record import document_record
    from pipeline.single import summarise_document

    settings = configured(config, profile=profile, target=to)
    _check_file(output)
    document = _read_one(file, settings)
    with session(settings, quiet=quiet, verbose=verbose) as desk:
        stages = build(settings, state=desk.state, progress=desk.progress)
        document = summarise_document(document, stages)
    if as_json:
        record = document_record(document, engines=stages.engines, seconds={})
        _deliver(json.dumps(record, ensure_ascii=False, indent=2) + "\n", output)
    elif document.summary is not None:
        _deliver(" ".join(document.summary.sentences) + "\n", output)
    for note in document.notes:
        say(f"note: {document.name}: {note}", quiet=quiet and document.summary is not None)
    if document.summary is None:
        known = ", ".join(settings.languages.sources)
        say(
            f"no summary: {document.name}: no complete sentence was left to summarise;"
            f" give a text of some sentences in one of the languages {known}"
        )
        raise typer.Exit(1)


def _read_one(file: str, config: Config) -> Document:
    """Return the one document in `file`; where there is none, say why and exit with 1."""
    from pipeline.sources.folder import SUFFIXES, read_file, read_stream

    limit = int(config.sources.max_file_mb * 1_000_000)
    if file == "-":
        results = list(read_stream(sys.stdin.buffer, name="stdin", max_file_bytes=limit))
    else:
        path = Path(file)
        if path.is_dir() or not (path.exists() or path.is_symlink()):
            what = "is a folder" if path.is_dir() else "no such file"
            raise UsageError(
                f"{file}: {what}", hint="give one file, - for stdin, or use `nightdesk run FOLDER`"
            )
        if not path.name.lower().endswith(tuple(SUFFIXES)):
            raise UsageError(f"{file}: unknown kind of file", hint=f"known: {' '.join(SUFFIXES)}")
        results = list(read_file(path, name=path.name, max_file_bytes=limit))
    if len(results) != 1:
        raise UsageError(
            f"{file}: holds {len(results)} documents, not one", hint="use `nightdesk run FOLDER`"
        )
    (result,) = results
    if isinstance(result, Rejection):
        say(refusal(result))
        raise typer.Exit(1)
    return result


def _deliver(text: str, output: Path | None) -> None:
    from pipeline.output.atomic import output_errors, write_text

    if output is None:
        put(text)
    elif output.exists() and not output.is_file():  # /dev/stdout, a pipe: not to be replaced
        with output_errors(output):
            output.write_text(text, encoding="utf-8", newline="")
    else:
        write_text(output, text)


def _check_folder(out: Path) -> None:
    """Refuse an output folder that cannot be one, before any work is done for it."""
    blocked = next((p for p in (out, *out.parents) if p.exists() and not p.is_dir()), None)
    if blocked is not None:
        raise UsageError(
            f"{blocked}: is a file, not a folder", hint="choose another folder for the results"
        )


def _check_file(output: Path | None) -> None:
    if output is None:
        return
    if output.is_dir():
        raise UsageError(f"{output}: is a folder", hint="name a file in it")
    _check_folder(output.parent)

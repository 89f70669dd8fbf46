"""nightdesk run, translate, summarize."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated

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
from pipeline.errors import SourceError, UsageError

if TYPE_CHECKING:
    from pipeline.translation.marked import Layout

_CHUNK_CHARS = 65_536
_PAGES = (".html", ".htm")
_TEXTS = (".txt", ".md")
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
    bilingual: Annotated[
        bool,
        typer.Option(
            "--bilingual",
            help="Write source and target side by side: a table in .md or .html, or a .tmx file.",
        ),
    ] = False,
    config: ConfigFile = None,
    profile: Profile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    r"""Translate one text in its own format: Markdown and HTML keep their structure.

    A long text is translated piece by piece; a run that was interrupted goes on where it stopped.

    Examples:

      nightdesk translate article.txt

      nightdesk translate page.html --to fr -o page.fr.html

      nightdesk translate article.md --bilingual -o article.tmx

      printf 'Привет, мир.\n' | nightdesk translate - --to fr
    """
    from pipeline.build import build
    from pipeline.translation.forms import check_form, pieces
    from pipeline.translation.outcome import Outcome
    from pipeline.translation.steady import Steady
    from pipeline.translation.windows import Translating

    settings = configured(config, profile=profile, target=to)
    if source is not None:
        check_language(source)
    _check_file(output)
    form = check_form(output, bilingual=bilingual, as_json=as_json)
    layout = _layout(file, settings, output=output, bilingual=bilingual)
    outcome = Outcome()
    # stdout is written at the end, when nothing is shown on the terminal any more.
    with TemporaryFile("w+", encoding="utf-8", newline="") as kept:
        with session(settings, quiet=quiet, verbose=verbose) as desk:
            progress = Steady(desk.progress)
            stages = build(settings, state=desk.state, progress=progress)
            work = Translating(layout, stages, progress=progress, language=source)
            units = outcome.watch(work.run())
            languages = {"source": work.document.language, "target": settings.languages.target}
            kept.writelines(pieces(form, layout, units, **languages))
        kept.seek(0)
        document = work.document
        if as_json:
            record = {
                "name": document.name,
                "language": document.language,
                "target": settings.languages.target,
                "text": kept.read(),
                "notes": list(document.notes),
                "flags": sorted(outcome.flags),
            }
            _deliver(json.dumps(record, ensure_ascii=False, indent=2) + "\n", output)
        else:
            _deliver(iter(lambda: kept.read(_CHUNK_CHARS), ""), output)
    for remark in (*layout.remarks, *outcome.remarks()):
        say(f"note: {document.name}: {remark}", quiet=quiet)
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
    from pipeline.sources.folder import read_bytes

    data, name, suffix = _load(file, config)
    return _only(list(read_bytes(data, name=name, suffix=suffix)), file)


def _layout(file: str, config: Config, *, output: Path | None, bilingual: bool) -> Layout:
    """Return the text in `file` in its own layout; where there is none, say why and exit with 1.

    A web page stays a page unless a text is wanted: on stdin, or for an output that is one.
    """
    from pipeline.sources.folder import read_bytes
    from pipeline.translation.html import html_layout
    from pipeline.translation.markdown import markdown_layout
    from pipeline.translation.plain import plain_layout

    data, name, suffix = _load(file, config)
    written = "" if output is None else output.suffix.lower()
    as_text = written not in _PAGES if file == "-" else written in _TEXTS and not bilingual
    if suffix in _PAGES and not as_text:
        with _refusing(name):
            languages = config.languages
            return html_layout(
                data, name=name, target=languages.target, languages=languages.sources
            )
    document = _only(list(read_bytes(data, name=name, suffix=suffix)), file)
    if suffix == ".md":
        return markdown_layout(document.text, name=document.name)
    return plain_layout(document)


def _load(file: str, config: Config) -> tuple[bytes, str, str]:
    """Return what `file` holds, its name, and the suffix that says how to read it."""
    from pipeline.sources.folder import SUFFIXES, load_file, load_stream, printable

    limit = int(config.sources.max_file_mb * 1_000_000)
    if file == "-":
        with _refusing("stdin"):
            data, suffix = load_stream(sys.stdin.buffer, max_file_bytes=limit)
            return data, "stdin", suffix
    path = Path(file)
    if path.is_dir() or not (path.exists() or path.is_symlink()):
        what = "is a folder" if path.is_dir() else "no such file"
        raise UsageError(
            f"{file}: {what}", hint="give one file, - for stdin, or use `nightdesk run FOLDER`"
        )
    if not path.name.lower().endswith(tuple(SUFFIXES)):
        raise UsageError(f"{file}: unknown kind of file", hint=f"known: {' '.join(SUFFIXES)}")
    name = printable(path.name)
    with _refusing(name):
        data, suffix = load_file(path, max_file_bytes=limit)
    return data, name, suffix


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Say why an input is not used, and exit with 1."""
    try:
        yield
    except SourceError as error:
        say(refusal(Rejection(name, "sources", str(error), error.hint)))
        raise typer.Exit(1) from error


def _only(results: list[Document | Rejection], file: str) -> Document:
    if len(results) != 1:
        raise UsageError(
            f"{file}: holds {len(results)} documents, not one", hint="use `nightdesk run FOLDER`"
        )
    (result,) = results
    if isinstance(result, Rejection):
        say(refusal(result))
        raise typer.Exit(1)
    return result


def _deliver(text: str | Iterator[str], output: Path | None) -> None:
    from pipeline.output.atomic import output_errors, write_pieces

    pieces = [text] if isinstance(text, str) else text
    if output is None:
        for piece in pieces:
            put(piece)
    elif output.exists() and not output.is_file():  # /dev/stdout, a pipe: not to be replaced
        with output_errors(output), output.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    else:
        write_pieces(output, pieces)


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

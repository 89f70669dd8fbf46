"""nightdesk run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.elsewhere import check_local, is_address, run_elsewhere
from pipeline.cli.files import check_folder
from pipeline.cli.options import (
    RunOptions,
    Sentences,
    SummaryLanguage,
    Target,
    Words,
    configured,
    put,
    refusal,
    run_options,
    say,
    session,
    with_length,
)
from pipeline.cli.survey import tell_survey
from pipeline.errors import UsageError


@run_options
def run(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="FOLDER", help="Folder of texts to read; with --on an address, too."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out", metavar="DIR", help="Folder for the results; with --on an address, too."
        ),
    ] = "nightdesk-out",
    to: Target = None,
    sentences: Sentences = None,
    words: Words = None,
    language: SummaryLanguage = None,
    keep_all: Annotated[
        bool, typer.Option("--keep-all", help="Remove nothing: no clean-up, no deduplication.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Read and clean up only: list it, and write nothing."),
    ] = False,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="ENGINE",
            help="ray or ray://ADDRESS: on a Ray cluster; records are in shards.",
        ),
    ] = None,
    open_it: Annotated[
        bool, typer.Option("--open", help="Open the summaries when they are there.")
    ] = False,
    *,
    options: RunOptions,
) -> None:
    """Summarise every document in FOLDER and below.

    Reads .txt .text .log .md .markdown .html .htm .xhtml .jsonl .ndjson .pdf
    .docx .docm .odt .fodt .rtf .epub .eml .mbox .msg .rss .atom .rdf .xml .json
    .nitf .newsml .ninjs .csv .tsv .parquet .srt .vtt .warc .warc.gz .warc.zst .wacz
    (and .gz of the text ones), and files without a suffix; others are named and counted. A second
    run works only on what changed; an interrupted one goes on where it stopped.

    Examples:

      nightdesk run inbox/ --out today/

      nightdesk run inbox/ --to fr --json > run.json

      nightdesk run inbox/ --language source --sentences 3

      nightdesk run inbox/ --dry-run

      nightdesk run s3://archive/2026/ --out s3://archive/told/ --on ray://auto
    """
    from pipeline.batch import run_folder, survey_folder

    settings = configured(options.config, profile=options.profile, target=to)
    settings = with_length(settings, sentences=sentences, words=words, language=language, to=to)
    if keep_all:
        settings = settings.keeping_all()
    if on is not None and (dry_run or open_it):
        raise UsageError("--on: goes with neither --dry-run nor --open", hint="leave one out")
    if on is None:
        check_local(folder, out)
    if not is_address(out):
        check_folder(Path(out))
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        if on is not None:
            run_elsewhere(
                folder, out, engine=on, opened=opened,
                as_json=options.as_json, quiet=options.quiet,
            )  # fmt: skip
            return
        if dry_run:
            survey = survey_folder(
                Path(folder), Path(out), config=settings, state=opened.state,
                progress=opened.progress,
            )  # fmt: skip
            tell_survey(survey, as_json=options.as_json)
            return
        result = run_folder(
            Path(folder), Path(out), config=settings, state=opened.state, progress=opened.progress
        )
    counts = result.record["counts"]
    if options.as_json:
        put(json.dumps(result.record, ensure_ascii=False, indent=2) + "\n")
    for document in result.documents:
        for note in document.notes:
            say(f"note: {document.name}: {note}", quiet=options.quiet)
    say(
        f"{_counted(counts['summaries'], 'summary', 'summaries')} of"
        f" {_counted(counts['documents'], 'document', 'documents')} in"
        f" {result.record['seconds']:.0f} s: {Path(out, 'summary.md')}",
        quiet=options.quiet,
    )
    if open_it:
        typer.launch(str(Path(out, "summary.md")))
    if result.rejections:
        if options.quiet:  # else each was told when it was met
            for rejection in result.rejections:
                say(refusal(rejection))
        say(
            f"{len(result.rejections)} not used: {Path(out, 'run.json')} has the reasons",
            quiet=options.quiet,
        )
    untranslated = counts["untranslated"]
    if untranslated:
        say(f"{_counted(untranslated, 'document', 'documents')} of which nothing was translated")
    if result.rejections or untranslated:
        raise typer.Exit(1)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"

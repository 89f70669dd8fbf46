"""nightdesk summarize."""

from __future__ import annotations

import json

import typer

from pipeline.cli.files import Input, OutputFile, check_file, deliver, read_one
from pipeline.cli.options import (
    RunOptions,
    Target,
    configured,
    run_options,
    say,
    session,
)
from pipeline.errors import SourceError


@run_options
def summarize(
    file: Input,
    to: Target = None,
    output: OutputFile = None,
    *,
    options: RunOptions,
) -> None:
    """Summarise one text: a file, or stdin.

    Examples:

      nightdesk summarize article.pdf

      curl -s https://example.org/a.txt | nightdesk summarize - --json
    """
    from pipeline.build import build
    from pipeline.output.record import document_record
    from pipeline.runner import one_through

    settings = configured(options.config, profile=options.profile, target=to)
    check_file(output)
    document = read_one(file, settings)
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        desk = build(settings, state=opened.state, progress=opened.progress)
        try:
            document = one_through(document, desk.all())
        except SourceError as error:  # its agency has withdrawn it, or not yet released it
            say(f"not used: {error}; {error.hint}")
            raise typer.Exit(1) from error
        opened.progress.detail(f"finished: {document.name}")
    if options.as_json:
        record = document_record(document, engines=desk.engines, seconds={})
        deliver(json.dumps(record, ensure_ascii=False, indent=2) + "\n", output)
    elif document.summary is not None:
        deliver(document.summary.text + "\n", output)
    for note in document.notes:
        say(f"note: {document.name}: {note}", quiet=options.quiet and document.summary is not None)
    if document.summary is None:
        known = ", ".join(settings.languages.sources)
        say(
            f"no summary: {document.name}: no complete sentence was left to summarise;"
            f" give a text of some sentences in one of the languages {known}"
        )
        raise typer.Exit(1)

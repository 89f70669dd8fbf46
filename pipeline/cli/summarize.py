"""nightdesk summarize."""

from __future__ import annotations

import json

import typer

from pipeline.cli.files import Input, OutputFile, check_file, deliver, read_one
from pipeline.cli.options import (
    AsJson,
    ConfigFile,
    Profile,
    Quiet,
    Target,
    Verbose,
    configured,
    say,
    session,
)


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
    check_file(output)
    document = read_one(file, settings)
    with session(settings, quiet=quiet, verbose=verbose) as desk:
        stages = build(settings, state=desk.state, progress=desk.progress)
        document = summarise_document(document, stages)
    if as_json:
        record = document_record(document, engines=stages.engines, seconds={})
        deliver(json.dumps(record, ensure_ascii=False, indent=2) + "\n", output)
    elif document.summary is not None:
        deliver(document.summary.text + "\n", output)
    for note in document.notes:
        say(f"note: {document.name}: {note}", quiet=quiet and document.summary is not None)
    if document.summary is None:
        known = ", ".join(settings.languages.sources)
        say(
            f"no summary: {document.name}: no complete sentence was left to summarise;"
            f" give a text of some sentences in one of the languages {known}"
        )
        raise typer.Exit(1)

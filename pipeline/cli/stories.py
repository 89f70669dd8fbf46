"""nightdesk stories: list, explain."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.files import check_folder
from pipeline.cli.options import AsJson, ConfigFile, Profile, configured, put, say, session
from pipeline.config import Config
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.document import Rejection
    from pipeline.stories.explain import Explanation, Link
    from pipeline.stories.identity import EarlierStory
    from pipeline.stories.stories import Grouping

app = typer.Typer(help="Tell which documents are one story, and why.", no_args_is_help=True)

_FEWEST = 2  # documents of a group that is listed by default
_NAMED = 5  # documents that a name may mean
_MEANINGS = """title, lead, whole: how alike titles, beginnings and whole texts are
crossed: the title of the one and the beginning of the other
names, title names, figures: those that both have"""


@app.command("list")
def list_stories(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Texts to group; without it, the nights' stories."),
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Documents that nothing is grouped with, too.")
    ] = False,
    profile: Profile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """List the stories of FOLDER, or those that the last nights told.

    Groups the documents of FOLDER, texts or the results of a run, without translating them; nothing
    is written. Without FOLDER,
    tells the stories of the last nights: how each stands today, since when, and its headline.

    Examples:

      nightdesk stories list inbox/

      nightdesk stories list
    """
    settings = configured(config, profile=profile)
    if folder is None:
        _list_remembered(settings, as_json=as_json)
        return
    found, refused = _grouped(folder, settings)
    groups = [g for g in found.groups if alone or len(g) >= _FEWEST]
    groups.sort(key=lambda g: (-len(g), g))
    rows = [_row(found, group) for group in groups]
    if as_json:
        put(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    for row in rows:
        put(f"{row['headline']}\n")
        for document in row["documents"]:
            marks = "" if document["genre"] == "news" else f", {document['genre']}"
            family = document["family"]
            by = "" if family.startswith("file:") else f", {family}"
            put(f"  {document['name']} ({document['language']}{by}{marks})\n")
    rest = len(found.groups) - sum(len(g) >= _FEWEST for g in found.groups)
    told = "1 story" if len(found.groups) == 1 else f"{len(found.groups)} stories"
    put(f"{len(found.details)} documents, {told}, {rest} of one document\n")
    for rejection in refused:
        say(f"not used: {rejection.name}: {rejection.reason}")


@app.command("explain")
def explain(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of texts.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="A document of it, by its path.")],
    profile: Profile = None,
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Tell why the document NAME of FOLDER is grouped as it is.

    Shows the probability of each pair of its story that both tell of one event, and what spoke for
    it (+) and against it (-), in log-odds; then the closest documents of other stories, and what
    kept them apart. FOLDER has texts, or the results of a run; a part of a name is enough where no
    other has it.

    Examples:

      nightdesk stories explain inbox/ wire/0412.txt

      nightdesk stories explain inbox/ feed.jsonl#3 --json
    """
    from pipeline.stories.explain import explained
    from pipeline.stories.pair import shipped_model

    found, _ = _grouped(folder, configured(config, profile=profile))
    names = {d.document.name: at for at, d in enumerate(found.details)}
    like = [name] if name in names else sorted(known for known in names if name in known)
    if len(like) != 1:
        listed = ", ".join(like[:_NAMED])
        raise UsageError(
            f"{folder}: has {'several documents' if like else 'no document'} {name!r}",
            hint=f"name one of them: {listed}"
            if like
            else "`nightdesk stories list FOLDER --alone` has the names of all",
        )
    group = next(g for g in found.groups if names[like[0]] in g)
    told = explained(found, group, bias=shipped_model().bias)
    if as_json:
        record = asdict(told)
        put(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        put(_explanation(told))


def _grouped(folder: Path, config: Config) -> tuple[Grouping, tuple[Rejection, ...]]:
    """Group the documents of a folder, and tell what could not be read; no translator is loaded."""
    from pipeline.batch import survey_folder
    from pipeline.output.record_reader import read_run, run_record
    from pipeline.profiles import profile_encoder
    from pipeline.stories.pair import shipped_model
    from pipeline.stories.publishers import Publishers
    from pipeline.stories.stories import group

    check_folder(folder)
    run = run_record(folder)
    if run is not None:
        documents, refused = read_run(folder, run)
    else:
        with session(config, quiet=True, verbose=False) as opened:
            found = survey_folder(
                folder,
                folder / "nightdesk-out",
                config=config,
                state=opened.state,
                progress=opened.progress,
            )
        documents, refused = found.documents, found.rejections
    grouping = group(
        documents,
        encoder=profile_encoder(config),
        model=shipped_model(),
        publishers=Publishers(config.stories.families),
    )
    return grouping, refused


def _row(found: Grouping, group: tuple[int, ...]) -> dict[str, Any]:
    from pipeline.stories.tell import central

    ordered = [group[at] for at in central(group, found.pairs)]
    details = [found.details[at] for at in ordered]
    documents = [
        {
            "name": d.document.name,
            "language": d.language,
            "family": d.family,
            "genre": str(d.genre),
            "title": d.passages.title,
        }
        for d in details
    ]
    return {"headline": details[0].passages.title, "documents": documents}


def _explanation(told: Explanation) -> str:
    count = len(told.documents)
    lines = [f"one story of {count} {'document' if count == 1 else 'documents'} ({told.genre}):"]
    lines += [f"  {name}" for name in told.documents]
    if told.within:
        lines += ["", f"pairs of this story (log-odds start at {told.bias:.2f}):"]
        lines += [_link(link) for link in told.within]
    if told.outside:
        lines += ["", "closest documents of other stories:"]
        lines += [_link(link) for link in told.outside]
    if told.within or told.outside:
        lines += ["", _MEANINGS]
    return "\n".join(lines) + "\n"


def _link(link: Link) -> str:
    reasons = ", ".join(f"{name} {value:+.2f}" for name, value in link.reasons.items())
    kept = f"\n      kept apart by {link.veto}" if link.veto else ""
    return f"  {link.probability:.2f}  {link.one} - {link.other}\n      {reasons}{kept}"


def _list_remembered(config: Config, *, as_json: bool) -> None:
    from zoneinfo import ZoneInfo

    from pipeline.state.folder import memory_path
    from pipeline.state.stories import EarlierStories

    tonight = datetime.now(UTC).astimezone(ZoneInfo(config.nightly.timezone)).date().isoformat()
    stories = EarlierStories(memory_path(), night=tonight).stories()
    rows = [_remembered(story, tonight) for story in sorted(stories, key=lambda s: (s.last, s.id))]
    if as_json:
        put(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    for row in rows:
        put(f"{row['id']}  {row['state']:<10}{row['since']} to {row['last']}  {row['headline']}\n")
    if not rows:
        put("no night has told a story yet: `nightdesk nightly run` makes one\n")


def _remembered(story: EarlierStory, tonight: str) -> dict[str, Any]:
    return {
        "id": story.id,
        "state": str(story.state_on(tonight)),
        "since": story.since,
        "last": story.last,
        "headline": story.headline,
        "documents": [document.name for document in story.documents],
    }

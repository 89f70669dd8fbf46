"""nightdesk digest: build, show, open, index."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.files import check_folder
from pipeline.cli.options import (
    RunOptions,
    Target,
    configured,
    put,
    run_options,
    say,
    session,
)
from pipeline.cli.watch import watching

app = typer.Typer(help="Stories as a page, a feed, a mail.", no_args_is_help=True)

_OPENING_S = 3.0  # after so long it has not failed
_WIDEST = 100  # columns of a terminal that are used

Folder = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of a digest or a run.", readable=False)
]


@app.command("build")
@run_options
def build_digest(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder of texts to read, or of the results of a run.",
            readable=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the digest.", readable=False)
    ] = Path("nightdesk-out"),
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="AGE",
            help="Leave out what its publisher dates earlier: 24h, 7d, 2026-03-01. A text without"
            " a date stays.",
        ),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option("--title", help="Title of the digest; default: nightly.title."),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="Address that DIR will have on the web: for the links of the feed.",
        ),
    ] = None,
    to: Target = None,
    *,
    options: RunOptions,
) -> None:
    """Make a digest of FOLDER: digest.html, digest.md, digest.json and digest.atom in DIR.

    Texts are summarised first, as `nightdesk run` does. From the results of a run, which are in the
    language of that run, the digest is made without a model.

    Examples:

      nightdesk digest build inbox/ --out today/ --since 24h

      nightdesk digest build nightdesk-out/ --out today/ --title "Morning brief"
    """
    import dataclasses

    from pipeline.batch import run_folder
    from pipeline.build import build_encoder
    from pipeline.digest.compose import edition_of
    from pipeline.digest.recent import Recent
    from pipeline.digest.recent import since as instant_of
    from pipeline.digest.results import digest_of_results
    from pipeline.digest.telling import tell_stories
    from pipeline.output.record_reader import run_record

    settings = configured(options.config, profile=options.profile, target=to)
    check_folder(out)
    now, zone = datetime.now(UTC), settings.nightly.timezone
    recent = Recent(
        None if since is None else instant_of(since, now=now, timezone=zone), timezone=zone
    )
    edition = dataclasses.replace(edition_of(settings, now=now, title=title), base_url=base_url)
    run = run_record(folder)
    if run is not None:
        with watching(quiet=options.quiet, verbose=options.verbose) as progress:
            digest_of_results(
                folder,
                run,
                out,
                edition=edition,
                recent=recent,
                tell=partial(
                    tell_stories,
                    encoder=build_encoder(settings),
                    config=settings,
                    progress=progress,
                ),
            )
    else:
        with session(settings, quiet=options.quiet, verbose=options.verbose) as opened:
            run_folder(
                folder,
                out,
                config=settings,
                state=opened.state,
                progress=opened.progress,
                edition=edition,
                recent=recent,
            )
    _tell(out, as_json=options.as_json, quiet=options.quiet)


@app.command("show")
def show_digest(
    folder: Folder = Path("nightdesk-out"),
    story: Annotated[
        int | None,
        typer.Option(
            "--story", "-s", metavar="N", min=1, help="Show the Nth story with all its quotations."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the record of the digest on stdout.")
    ] = False,
) -> None:
    """Show a digest on the terminal.

    Examples:

      nightdesk digest show today/

      nightdesk digest show today/ --story 1

      nightdesk digest show today/ --json
    """
    from pipeline.digest.envelope_json import envelope_json, read_envelope
    from pipeline.digest.plain_text import render_story_text, render_text
    from pipeline.errors import UsageError

    envelope = read_envelope(folder)
    if as_json:
        put(json.dumps(envelope_json(envelope), ensure_ascii=False, indent=2) + "\n")
        return
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    if story is None:
        put(render_text(envelope, width=width))
        return
    if story > len(envelope.stories):
        raise UsageError(
            f"--story {story}: the digest has {len(envelope.stories)}",
            hint="leave --story out to see them all",
        )
    put(render_story_text(envelope, envelope.stories[story - 1], width=width))


@app.command("open")
def open_digest(folder: Folder = Path("nightdesk-out")) -> None:
    """Open the page of a digest, or the list of all digests in DIR, in the browser.

    Example:

      nightdesk digest open today/
    """
    from pipeline.digest.addresses import PAGE
    from pipeline.digest.index import INDEX_FILE
    from pipeline.errors import UsageError

    pages = [path for path in (folder / PAGE, folder / INDEX_FILE) if path.is_file()]
    if not pages:
        raise UsageError(
            f"{folder}: has no digest in it",
            hint="name a folder that `nightdesk digest build` or `nightdesk nightly run` wrote",
        )
    say(str(pages[0]))
    if not _opened(pages[0].resolve()):
        say("no browser was found; open the file yourself")


def _opened(page: Path) -> bool:
    """Open a page in the browser, and tell whether one was found."""
    if not sys.platform.startswith("linux"):
        return typer.launch(str(page)) == 0
    command = shutil.which("xdg-open")
    if command is None:
        return False
    silent = subprocess.DEVNULL  # it lists every browser that it has not found
    try:
        opening = subprocess.Popen([command, str(page)], stdout=silent, stderr=silent)
        return opening.wait(_OPENING_S) == 0
    except subprocess.TimeoutExpired:
        return True  # some browsers keep it until they are closed


@app.command("index")
def index_digests(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder whose folders are digests.")
    ] = Path("digests"),
) -> None:
    """Write the list of the digests in DIR: index.html with a search, and feed.atom.

    `nightdesk nightly run` does so by itself.

    Example:

      nightdesk digest index digests/
    """
    from pipeline.digest.index import INDEX_FILE, write_index

    write_index(folder)
    say(f"written: {folder / INDEX_FILE}")


def _tell(out: Path, *, as_json: bool, quiet: bool) -> None:
    """Say what the digest in `out` holds, and exit with 1 where inputs could not be used."""
    from pipeline.digest.addresses import PAGE
    from pipeline.digest.envelope_json import envelope_json, read_envelope

    envelope = read_envelope(out)
    if as_json:
        put(json.dumps(envelope_json(envelope), ensure_ascii=False, indent=2) + "\n")
    account = envelope.account
    named = "story" if len(envelope.stories) == 1 else "stories"
    say(
        f"{len(envelope.stories)} {named} from {account.documents} texts: {out / PAGE}", quiet=quiet
    )
    if account.rejections:
        say(f"{len(account.rejections)} not used: the page and digest.json have the reasons")
        raise typer.Exit(1)

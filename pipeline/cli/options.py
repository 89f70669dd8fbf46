"""Options that several commands share, and the session behind them: state and progress."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import typer

from pipeline.cli.watch import watching
from pipeline.config import Config, ProfileName
from pipeline.config_file import load
from pipeline.document import Rejection
from pipeline.errors import UsageError
from pipeline.output.controls import without_controls
from pipeline.progress import Progress
from pipeline.state.folder import State, open_state

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="TOML file, as `nightdesk config init` writes; default: the one in"
        " NIGHTDESK_CONFIG, else your own, else none.",
        readable=False,
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="embedded, hub or server; default: that of the configuration, else embedded.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="LANG",
        help="Language to write in: en, fr, ru or uk; default: that of the configuration, else en.",
    ),
]
Sentences = Annotated[
    int | None,
    typer.Option(
        "--sentences",
        metavar="N",
        min=1,
        max=40,
        help="Sentences of each summary; default: 2 to 4, or as the configuration says.",
    ),
]
Words = Annotated[
    int | None,
    typer.Option(
        "--words",
        metavar="N",
        min=10,
        max=2_000,
        help="The most words of each summary, in whole sentences; default: no bound.",
    ),
]
SummaryLanguage = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="LANG",
        help="Language of the summaries: source for each text's own, or en, fr, ru, uk, as --to;"
        " default: that of --to.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing unless it fails.")]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Name each text that is translated again and each document that is finished;"
        " tell progress every second.",
    ),
]

WORDS_OF_A_SENTENCE = 12  # a short one
PROFILES: tuple[ProfileName, ...] = ("embedded", "hub", "server")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of every command that runs engines, in the order of its --help."""

    config: ConfigFile = None
    profile: Profile = None
    as_json: AsJson = False
    quiet: Quiet = False
    verbose: Verbose = False


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return `command` with every field of RunOptions as an option, behind those of `command`.

    The last parameter of `command` is `options`, a RunOptions. Typer reads the options of a
    command off its signature: the signature of the result has the fields one by one.
    """
    own = signature(command, eval_str=True)
    shared = signature(RunOptions, eval_str=True).parameters
    listed = [p for p in own.parameters.values() if p.name != "options"]

    @wraps(command)
    def call(**given: Any) -> None:
        options = RunOptions(**{name: given.pop(name) for name in shared})
        command(**given, options=options)

    vars(call)["__signature__"] = own.replace(parameters=[*listed, *shared.values()])
    return call


@dataclass(frozen=True, slots=True)
class Session:
    """The configuration, the state and the display that a command works with."""

    config: Config
    state: State
    progress: Progress


def configured(
    path: Path | None, *, profile: str | None = None, target: str | None = None
) -> Config:
    """Return the configuration: the file named, else `NIGHTDESK_CONFIG`, else the user's own.

    `profile` and `target` from the command line overrule it.
    """
    config = load(config_path(path))
    if profile is not None:
        chosen = next((name for name in PROFILES if name == profile), None)
        if chosen is None:
            raise UsageError(f"unknown profile {profile!r}", hint=f"known: {', '.join(PROFILES)}")
        config = dataclasses.replace(config, profile=chosen)
    return config if target is None else config.with_target(target)


def with_length(
    config: Config,
    *,
    sentences: int | None,
    words: int | None,
    language: str | None,
    to: str | None = None,
) -> Config:
    """Return a configuration with the length and the language of summaries from a command line.

    Summaries are written in the language that texts are translated into, or in each text's own. A
    bound in words asks for as many sentences as it has room for. Raises UsageError for a `language`
    that is another one than `to`, the language of translations.
    """
    if to is not None and language not in {None, "source", to}:
        raise UsageError(
            f"--language {language}: summaries are written in the language of the translations,"
            f" which is {to}, or in each text's own",
            hint="leave one of --to and --language out, or write --language source",
        )
    options = config.summarise
    if sentences is not None:
        options = dataclasses.replace(options, min_sentences=sentences, max_sentences=sentences)
    if words is not None:
        options = dataclasses.replace(options, max_words=words)
        if sentences is None:
            most = max(options.max_sentences, words // WORDS_OF_A_SENTENCE)
            options = dataclasses.replace(options, min_sentences=1, max_sentences=most)
    if language == "source":
        options = dataclasses.replace(options, language="source")
    elif language is not None:
        options = dataclasses.replace(options, language="target")
        config = config.with_target(language)
    return dataclasses.replace(config, summarise=options)


def config_path(named: Path | None) -> Path | None:
    """Return the configuration file to read, None for the defaults.

    The order is: the file named on the command line, `NIGHTDESK_CONFIG`, the user's own.
    """
    if named is not None:
        return named
    if variable := os.environ.get("NIGHTDESK_CONFIG"):
        return Path(variable)
    own = own_config_path()
    return own if os.path.isfile(own) else None  # noqa: PTH113 - Path.is_file may raise


def own_config_path() -> Path:
    """Return the path of the user's own configuration, which need not exist."""
    return platformdirs.user_config_path("nightdesk") / "config.toml"


@contextmanager
def session(config: Config, *, quiet: bool, verbose: bool) -> Iterator[Session]:
    """Open the state and a progress display for the length of a command."""
    with (
        watching(quiet=quiet, verbose=verbose) as progress,
        open_state(remark=progress.remark) as state,
    ):
        yield Session(config=config, state=state, progress=progress)


def put(text: str) -> None:
    """Write a result to stdout at once, without control characters.

    Raises OutputError where stdout refuses it.
    """
    sys.stdout.write(without_controls(text))
    sys.stdout.flush()


def refusal(rejection: Rejection) -> str:
    """Return the line that tells which input was not used, why, and how to mend it."""
    hint = f"; {rejection.hint}" if rejection.hint else ""
    return f"not used: {rejection.name}: {rejection.reason}{hint}"


def say(message: str, *, quiet: bool = False) -> None:
    """Print a line for people, on stderr: stdout is for results."""
    if not quiet:
        print(without_controls(message), file=sys.stderr)

"""nightdesk models: list, fetch, verify, path."""

from __future__ import annotations

import difflib
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import AsJson, Quiet, put, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from models.repository.registry import ModelSpec

app = typer.Typer(help="Model weights: what there is, and what is here.", no_args_is_help=True)

Name = Annotated[
    str | None, typer.Argument(metavar="NAME", help="A model of `nightdesk models list`.")
]


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Show every model: source, revision, size, licence, and whether it is here.

    Example:

      nightdesk models list
    """
    from models.repository.registry import MODELS
    from models.repository.weights import status

    rows = []
    for spec in MODELS:
        found = status(spec)
        rows.append(
            {
                "name": spec.name,
                "revision": spec.revision,
                "source": str(spec.source),
                "size_bytes": spec.size_bytes,
                "licence": spec.licence,
                "languages": list(spec.languages),
                "purpose": spec.purpose,
                "present": found.present,
                "path": str(found.path) if found.path else None,
            }
        )
    if as_json:
        put(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    for row in rows:
        print(f"{row['name']} {row['revision']}  {'here' if row['present'] else 'not here'}")
        print(f"  {row['purpose']}; {', '.join(row['languages'])}")  # type: ignore[arg-type]
        print(f"  {row['size_bytes'] / 1e6:.0f} MB from {row['source']}, {row['licence']}")  # type: ignore[operator]
        if row["path"]:
            print(f"  {row['path']}")


@app.command("fetch")
def fetch_model(name: Name = None, quiet: Quiet = False) -> None:
    """Bring the weights of NAME (default: the embedded profile's) and convert them once.

    This is the one command that uses the network for the embedded profile. The weights go to
    the cache folder, which NIGHTDESK_CACHE moves.

    Examples:

      nightdesk models fetch

      NIGHTDESK_CACHE=/big/disk nightdesk models fetch
    """
    for spec in _named(name):
        _fetch(spec, quiet=quiet)


def _fetch(spec: ModelSpec, *, quiet: bool) -> None:
    from models.repository.fetch import fetch
    from models.repository.weights import require, verify_stamped

    if not verify_stamped(spec):
        say(f"{spec.name} is here: {require(spec)}", quiet=quiet)
        return
    told: set[str] = set()

    def tell(phase: str, done: int, total: int) -> None:
        if phase not in told and not quiet:
            told.add(phase)
            print(f"{spec.name}: {phase}", file=sys.stderr)

    path = fetch(spec, on_progress=tell)
    say(f"{spec.name} is ready: {path}", quiet=quiet)


@app.command("verify")
def verify_model(name: Name = None, quiet: Quiet = False) -> None:
    """Compare every file of NAME (default: the embedded profile's) with its recorded sha256.

    Example:

      nightdesk models verify
    """
    from models.errors import WeightsError
    from models.repository.registry import ADAPTERS
    from models.repository.weights import adapter_problem, require, verify

    for spec in _named(name):
        require(spec)
        if problems := verify(spec):
            raise WeightsError(
                f"{spec.name}: {'; '.join(problems)}",
                hint=f"nightdesk models fetch {spec.name}",
            )
        for adapter in ADAPTERS:
            if adapter.base == spec and (problem := adapter_problem(adapter)):
                raise WeightsError(f"{adapter.name}: {problem}", hint="install nightdesk again")
        say(f"{spec.name}: every file has its sha256", quiet=quiet)


@app.command("path")
def path_of_model(name: Name = None) -> None:
    """Print the folder that holds NAME (default: all of the embedded profile's).

    Fails if one is not here.

    Example:

      nightdesk models path
    """
    from models.repository.weights import require

    put("".join(f"{require(spec)}\n" for spec in _named(name)))


def _named(name: str | None) -> tuple[ModelSpec, ...]:
    """Return the model of that name, or the embedded profile's; UsageError if there is none."""
    from models.repository.registry import MODELS

    if name is None:
        return MODELS
    found = next((spec for spec in MODELS if spec.name == name), None)
    if found is None:
        names = [spec.name for spec in MODELS]
        near = [n for n in names if name and name in n] or difflib.get_close_matches(
            name, names, n=1
        )
        raise UsageError(
            f"no model is named {name!r}",
            hint=(f"did you mean {near[0]}? " if near else "") + f"known: {', '.join(names)}",
        )
    return (found,)

"""nightdesk config: the configuration in use, and a file of one's own to begin with."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.options import (
    AsJson,
    ConfigFile,
    Profile,
    Quiet,
    Target,
    config_path,
    configured,
    own_config_path,
    put,
    say,
)
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.output.atomic import write_text

app = typer.Typer(help="The configuration.", no_args_is_help=True)


@app.command("show")
def show(
    config: ConfigFile = None, profile: Profile = None, to: Target = None, as_json: AsJson = False
) -> None:
    """Show every key with the value in use, and the file that it comes from.

    Example:

      nightdesk config show --config configs/careful.toml
    """
    path = config_path(config)
    settings = configured(config, profile=profile, target=to)
    if as_json:
        put(json.dumps(_values(settings), ensure_ascii=False, indent=2) + "\n")
    else:
        origin = "the defaults" if path is None else str(path)
        put(f"# from {origin}\n" + "".join(f"{line}\n" for line in _toml(settings)))


@app.command("init")
def init(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Where to write it; default: your own place."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write a configuration with every key and its default, to be changed by hand.

    Without FILE it is written where Nightdesk looks for it by itself.

    Example:

      nightdesk config init desk.toml
    """
    path = file or own_config_path()
    if path.exists():
        raise UsageError(f"{path}: is there already", hint="name another file, or edit that one")
    write_text(path, default_text())
    say(f"written: {path}", quiet=quiet)
    if file is not None:
        say(f"  use it with --config {path}, or name it in NIGHTDESK_CONFIG", quiet=quiet)


def default_text() -> str:
    """Return configs/default.toml: a wheel carries it within the package, a checkout beside."""
    package = resources.files("pipeline")
    inside = package / "configs" / "default.toml"
    beside = Path(str(package)).parent / "configs" / "default.toml"
    return (inside if inside.is_file() else beside).read_text(encoding="utf-8")


def _values(config: Any) -> dict[str, Any]:
    return {
        field.name: _values(value) if dataclasses.is_dataclass(value) else _plain(value)
        for field in dataclasses.fields(config)
        for value in (getattr(config, field.name),)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _toml(config: Config) -> Iterator[str]:
    """Yield the lines of a TOML file; a string of JSON is one of TOML as well."""
    values = _values(config)
    for key, value in values.items():
        if not isinstance(value, dict):
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for section, table in values.items():
        if isinstance(table, dict):
            yield from _section(section, table)


def _section(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield f"[{name}]"
    inner = {key: value for key, value in table.items() if isinstance(value, dict)}
    for key, value in table.items():
        if key not in inner:
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in inner.items():
        yield ""
        yield f"[{name}.{key}]"
        for pair, model in value.items():
            yield f"{json.dumps(pair)} = {json.dumps(model, ensure_ascii=False)}"

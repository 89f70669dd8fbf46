"""The configuration read from a TOML file, and checked before any work is done."""

from __future__ import annotations

import dataclasses
import difflib
import math
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.errors import plainly
from pipeline.bounds import check_number, shown
from pipeline.config import Config, check_language
from pipeline.errors import ConfigError, UsageError
from pipeline.lang.data import embedded_tags, tags
from pipeline.lang.meant import meant_language
from pipeline.nightly_bounds import check_nightly


def load(path: Path | None) -> Config:
    """Read a configuration file; without one, return the defaults.

    Raises ConfigError naming the file and the key for unreadable files, broken TOML, unknown
    keys (with the nearest known one) and values of the wrong type.
    """
    if path is None:
        return Config()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path}: cannot be read: {plainly(error)}",
            hint="name a TOML file with --config, or in NIGHTDESK_CONFIG",
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}", hint=_SYNTAX) from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, lists in lists
        why = "a number is too long" if isinstance(error, ValueError) else plainly(error)
        raise ConfigError(f"{path}: not usable TOML: {why}", hint=_SYNTAX) from error
    config: Config = _build(Config, table, where=str(path))
    _check_languages(config, path)
    _check_bounds(config, path)
    _check_addresses(config, path)
    return config


_SYNTAX = "compare it with configs/default.toml, where every key has its default"
_KINDS: Mapping[Any, str] = types.MappingProxyType(
    {
        "section": "a section",
        Mapping: "a section of texts",
        tuple: "a list of texts",
        str: "a text in quotes",
        bool: "true or false",
        int: "a whole number",
        float: "a number",
    }
)


def _check_languages(config: Config, path: Path) -> None:
    sources = config.languages.sources
    for tag in (*sources, config.languages.target):
        try:
            check_language(tag)
        except UsageError as error:
            raise ConfigError(f"{path}: languages: {error}", hint=error.hint) from error
    if not sources or len(set(sources)) < len(sources):
        what = "names a language twice" if sources else "is empty"
        raise ConfigError(
            f"{path}: languages.sources {what}",
            hint=f"write each language to read once, such as sources = {[*embedded_tags()]}",
        )


def _check_bounds(config: Config, path: Path) -> None:
    for key, value in _numbers(config, ""):
        check_number(value, key=key, path=path)
    if config.summarise.min_sentences > config.summarise.max_sentences:
        raise ConfigError(
            f"{path}: summarise.min_sentences is above summarise.max_sentences",
            hint=f"write min_sentences = {config.summarise.max_sentences}, or less",
        )


def _numbers(table: Any, prefix: str) -> Iterator[tuple[str, float]]:
    """Yield the number of each key, named from the outermost section on."""
    for field in dataclasses.fields(table):
        value = getattr(table, field.name)
        if dataclasses.is_dataclass(value):
            yield from _numbers(value, f"{prefix}{field.name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield f"{prefix}{field.name}", value


def _check_addresses(config: Config, path: Path) -> None:
    try:
        address = urlsplit(config.server.base_url)
        usable = address.scheme in ("http", "https") and bool(address.hostname)
        usable = usable and (address.port is None or address.port > 0)
    except ValueError:  # a port that is no number
        usable = False
    if not usable:
        raise ConfigError(
            f"{path}: server.base_url: {shown(config.server.base_url)} is no address of a server",
            hint='write it as "http://HOST:PORT/v1"',
        )
    check_nightly(config.nightly, path)
    try:
        ZoneInfo(config.nightly.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"{path}: nightly.timezone: there is no zone {shown(config.nightly.timezone)}",
            hint="write it as Europe/Kyiv or UTC",
        ) from error
    for pair in config.hub.translators:
        source, _, target = pair.partition("-")
        if not {source, target} <= {*tags(), config.languages.target}:
            raise ConfigError(
                f"{path}: hub.translators: {shown(pair)} is no pair of languages",
                hint=f'write "source-target", of {", ".join(tags())}{_meant_pair(source, target)}',
            )


def _meant_pair(source: str, target: str) -> str:
    meant = [meant_language(word) for word in (source, target)]
    return f"; did you mean {'-'.join(filter(None, meant))}?" if all(meant) else ""


def _build(cls: type[Any], table: Mapping[str, Any], *, where: str) -> Any:
    hints = typing.get_type_hints(cls)
    for key in table:
        if key not in hints:
            near = difflib.get_close_matches(key, hints, n=1)
            raise ConfigError(
                f"{where}: unknown key {key!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(hints)}",
            )
    values = {
        key: _value(hints[key], value, where=f"{where}: {key}") for key, value in table.items()
    }
    return cls(**values)


def _value(wanted: Any, value: Any, *, where: str) -> Any:
    """Return `value` as `wanted`, one of the few types that the dataclasses above use."""
    origin = typing.get_origin(wanted)
    if origin is types.UnionType:  # a text, or a list of texts
        wanted = next((w for w in typing.get_args(wanted) if w is type(value)), tuple[str, ...])
        origin = typing.get_origin(wanted)
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        if isinstance(value, dict):
            return _build(wanted, value, where=where)
    elif origin is Literal:
        if value in typing.get_args(wanted):
            return value
        known = ", ".join(typing.get_args(wanted))
        raise ConfigError(f"{where}: there is no {shown(value)}", hint=f"known: {known}")
    elif origin is tuple:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif origin is Mapping:
        if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
            return types.MappingProxyType(value)
    elif wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf  # refused with the other numbers
    elif wanted is str and isinstance(value, str) and "\0" in value:
        raise ConfigError(f"{where}: holds a NUL character", hint="write it without")
    elif isinstance(wanted, type) and type(value) is wanted:
        return value
    kind = "section" if dataclasses.is_dataclass(wanted) else origin or wanted
    raise ConfigError(f"{where}: must be {_KINDS[kind]}, not {shown(value)}", hint=_SYNTAX)

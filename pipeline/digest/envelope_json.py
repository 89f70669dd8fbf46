"""An envelope as JSON and back, in the published schema `digest.schema.json` beside this file."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from models.errors import plainly
from pipeline.digest.envelope import Envelope
from pipeline.errors import UsageError
from pipeline.output.record import span_json
from pipeline.place import Span

SCHEMA_VERSION = 2  # 1 had no topics
_READ = (1, 2)
DIGEST_FILE = "digest.json"


def digest_schema() -> dict[str, Any]:
    """Return the JSON Schema of a digest."""
    text = resources.files("pipeline.digest").joinpath("digest.schema.json")
    loaded: dict[str, Any] = json.loads(text.read_text(encoding="utf-8"))
    return loaded


def envelope_json(envelope: Envelope) -> dict[str, Any]:
    """Return an envelope as JSON values; a field has the name that it has in Python.

    A span is `[start, end]`, as in the record of a document.
    """
    values: dict[str, Any] = _plain(envelope)
    return {"schema_version": SCHEMA_VERSION, **values}


def envelope_of(record: Mapping[str, Any]) -> Envelope:
    """Return the envelope of such JSON values; fields of later versions are passed over.

    Raises KeyError, TypeError or ValueError for values that are no digest.
    """
    if record["schema_version"] not in _READ:
        raise ValueError(
            f"is in version {record['schema_version']} of the schema; this Nightdesk reads"
            f" versions {' and '.join(map(str, _READ))}"
        )
    envelope: Envelope = _value(Envelope, record)
    return envelope


def read_envelope(folder: Path) -> Envelope:
    """Return the digest in `folder`; UsageError where there is none that can be read."""
    path = folder / DIGEST_FILE
    try:
        return envelope_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise UsageError(
            f"{folder}: has no digest in it",
            hint=f"name a folder with a {DIGEST_FILE}, as `nightdesk digest build` writes",
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(
            f"{path}: not a digest: {plainly(error)}", hint="build the digest again"
        ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return span_json(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _value(kind: Any, value: Any) -> Any:
    """Return JSON values as an instance of `kind`: a dataclass, an enum, a tuple or a scalar."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):  # of one type and None: there are no others
        if value is None:
            return None
        [present] = [k for k in get_args(kind) if k is not types.NoneType]
        return _value(present, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError(f"{value!r} is no list")
        return tuple(_value(get_args(kind)[0], item) for item in value)
    if origin is Literal:
        if value not in get_args(kind):
            raise ValueError(f"{value!r} is none of {', '.join(get_args(kind))}")
        return value
    if kind is Span:
        start, end = value
        return Span(start, end)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        known = [f.name for f in fields(kind) if f.name in value]
        return kind(**{name: _value(hints[name], value[name]) for name in known})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value

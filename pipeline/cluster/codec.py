"""Values to JSON and back, exactly, by their types: documents between two steps of a run.

A record is for people and rounds its numbers, and has no drafts; here nothing is lost. Dataclasses
become lists of their fields, mappings lists of pairs. Nothing in a file can name code to be run.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

_Coder = Callable[[Any], Any]


def encoded(value: Any, kind: Any) -> bytes:
    """Return a value of the type `kind` as JSON in ASCII."""
    return json.dumps(_coders(kind)[0](value), separators=(",", ":")).encode("ascii")


def decoded(data: bytes | str, kind: Any) -> Any:
    """Return the value of the type `kind` that was encoded.

    Raises ValueError for data that is no such value.
    """
    try:
        text = data.decode("ascii") if isinstance(data, bytes) else data
        return _coders(kind)[1](json.loads(text))
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"no {kind}: {error}") from error


def _same(value: Any) -> Any:
    return value


@cache
def _coders(kind: Any) -> tuple[_Coder, _Coder]:
    """Return the functions that encode and decode values of a type."""
    if kind in (str, int, float, bool, type(None), Any):
        return _same, _same
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return _same, _same
    if origin in (typing.Union, types.UnionType):
        return _optional(arguments)
    if origin in (tuple, list, set, frozenset, Sequence):
        return _several(origin, arguments)
    if origin in (dict, Mapping, Counter):
        key, value = (arguments[0], int) if origin is Counter else arguments
        return _pairs(Counter if origin is Counter else dict, key, value)
    if kind is datetime:
        return datetime.isoformat, datetime.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return (lambda value: value.value), kind
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _fields(kind)
    raise TypeError(f"no way to write a value of {kind}")


def _optional(arguments: tuple[Any, ...]) -> tuple[_Coder, _Coder]:
    known = [a for a in arguments if a is not type(None)]
    if len(known) == len(arguments):  # one of several classes: its place, and the value
        coders = [_coders(a) for a in known]
        return (
            lambda v: next([i, coders[i][0](v)] for i, a in enumerate(known) if isinstance(v, a)),
            lambda v: coders[v[0]][1](v[1]),
        )
    (one,) = known
    encode, decode = _coders(one)
    if encode is _same and decode is _same:
        return _same, _same
    return (
        lambda v: None if v is None else encode(v),
        lambda v: None if v is None else decode(v),
    )


def _several(origin: Any, arguments: tuple[Any, ...]) -> tuple[_Coder, _Coder]:
    make = {Sequence: tuple}.get(origin, origin)
    if origin is tuple and arguments[-1] is not Ellipsis:
        coders = [_coders(a) for a in arguments]
        return (
            lambda v: [c[0](one) for c, one in zip(coders, v, strict=True)],
            lambda v: tuple(c[1](one) for c, one in zip(coders, v, strict=True)),
        )
    encode, decode = _coders(arguments[0])
    if encode is _same:
        in_order = sorted if origin in (set, frozenset) else list
        return in_order, make
    return (lambda v: [encode(one) for one in v]), (lambda v: make(decode(one) for one in v))


def _pairs(make: Any, key: Any, value: Any) -> tuple[_Coder, _Coder]:
    keys, values = _coders(key), _coders(value)
    return (
        lambda v: [[keys[0](k), values[0](one)] for k, one in v.items()],
        lambda v: make({keys[1](k): values[1](one) for k, one in v}),
    )


def _fields(kind: type) -> tuple[_Coder, _Coder]:
    """Return coders of a dataclass; those of its fields are made when the first value comes.

    Most fields are what JSON has, too: only the others are gone through.
    """
    names = [f.name for f in dataclasses.fields(kind)]

    @cache
    def coders(way: int) -> list[tuple[int, _Coder]]:
        hints = typing.get_type_hints(kind)
        found = [(at, _coders(hints[name])[way]) for at, name in enumerate(names)]
        return [(at, coder) for at, coder in found if coder is not _same]

    def encode(value: Any) -> list[Any]:
        parts = [getattr(value, name) for name in names]
        for at, coder in coders(0):
            parts[at] = coder(parts[at])
        return parts

    def decode(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(names):
            raise ValueError(f"no {kind.__name__}")
        for at, coder in coders(1):
            value[at] = coder(value[at])
        return kind(*value)

    return encode, decode

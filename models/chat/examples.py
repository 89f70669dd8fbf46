"""Translations that show a chat model what is asked of it; they stand in `examples.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def examples() -> tuple[Mapping[str, str], ...]:
    """Return the examples in their order: one sentence each, by the BCP-47 tags it is given in."""
    text = (files("models.chat") / "examples.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["example"])

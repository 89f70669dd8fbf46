"""The classifier of support: logistic regression on signs, with weights that ship as numbers.

A sign that speaks for a claim never has a weight below 0, and one that speaks against it never one
above 0: what the training texts have by chance cannot turn a sign around.
scripts/train/grounding.py fits the weights; models/weights/README.md tells on what, and how well
they do.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from pipeline.stages.grounding.features import ACROSS, Way
from pipeline.stages.grounding.rendering import COUNTER

# Which models were asked besides the encoder: the chat model, the translator.
Level = Literal["words", "reading", "rendering", "both"]
INTERCEPT = "intercept"


def probability(signs: Mapping[str, float], *, way: Way, level: Level) -> float:
    """Return the probability that a claim is supported, by the signs that its way and level have.

    A translated claim is judged by its translation as one in the same language is, and by the
    faults that the original shows besides.
    """
    direct: Level = "reading" if level in {"reading", "both"} else "words"
    weights = dict(_weights()["across"][level] if way == "across" else _weights()["direct"][direct])
    if way == "translated":
        weights |= {
            name: weight
            for name, weight in _weights()["across"][level].items()
            if name.startswith((ACROSS, COUNTER))
        }
    logit = weights.pop(INTERCEPT) + sum(
        weight * signs.get(name, 0.0) for name, weight in weights.items()
    )
    return 1 / (1 + math.exp(-logit))


def version() -> str:
    """Return the version of the weights, which cache keys hold."""
    return str(_content()["version"])


def level_of(*, reading: bool, rendering: bool) -> Level:
    """Return the level of a claim that the chat model has read, or the translator, or both."""
    if reading:
        return "both" if rendering else "reading"
    return "rendering" if rendering else "words"


@cache
def _content() -> Mapping[str, object]:
    text = resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))


@cache
def _weights() -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    found = _content()["weights"]
    if not isinstance(found, dict):
        raise TypeError("weights.toml: weights must be a table")
    return MappingProxyType(found)

"""The numbers that a configuration may hold: finite, above 0, and no more than can be used."""

from __future__ import annotations

import math
from pathlib import Path

from pipeline.errors import ConfigError

_ZERO_MEANS_SOMETHING = frozenset(
    {
        "cluster.digest_up_to",
        "cluster.max_workers",
        "engine.threads",
        "nightly.keep_nights",
        "nightly.mail.port",
        "nightly.patience_s",
        "nightly.pull.pause_s",
        "summarise.max_words",
        "translate.ladder_samples",
        "translate.num_beams",
    }
)
_AT_MOST = {  # shares, and what costs memory or threads by the piece
    "clean_up.near_threshold": 1,
    "engine.max_batch_size": 100_000,
    "engine.threads": 1_024,
    "nightly.mail.port": 65_535,
    "server.max_concurrency": 1_000,
    "sources.max_file_mb": 1_000_000,
    "summarise.num_beams": 100,
    "translate.ladder_samples": 100,
    "translate.num_beams": 100,
}
_AT_LEAST = {
    "server.max_source_chars": 500,  # a summary of a part must be much shorter than the part
}
_ANY_AT_MOST = 1_000_000_000  # databases, clocks and tensors count no further
_LEAST_FRACTION = 1e-6


def check_number(value: float, *, key: str, path: Path) -> None:
    """Raise ConfigError naming the file and the key of a number that nothing can be done with.

    `key` is written `section.key`.
    """
    most = _AT_MOST.get(key, _ANY_AT_MOST)
    zero = key in _ZERO_MEANS_SOMETHING
    whole = isinstance(value, int)
    least = _AT_LEAST.get(key, 0 if zero else 1 if whole else _LEAST_FRACTION)
    finite = whole or math.isfinite(value)  # isfinite fails for the largest whole numbers
    if finite and least <= value <= most:
        return
    if not finite:
        wrong = "a number"
    elif value > most:
        wrong = f"at most {most:,}"
    else:
        wrong = f"at least {least:,}" if zero or key in _AT_LEAST else "above 0"
    raise ConfigError(
        f"{path}: {key} must be {wrong}, not {shown(value)}",
        hint=f"write a {'whole ' if whole else ''}number of at least {least}, at most {most:,}",
    )


def shown(value: object) -> str:
    """Return a value of a configuration file about as TOML writes it, in at most 60 characters."""
    try:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, dict):
            return "a section"
        return f"{value!r:.60}"
    except ValueError:  # of a number with thousands of digits, which Python does not write
        return "a number beyond all measure"

"""Text that Markdown shows as it is."""

from __future__ import annotations

import re

from pipeline.lang.spacing import column_gaps
from pipeline.output.controls import without_controls

_SPECIAL = re.compile(r"([\\`*_\[\]<>])")
_BLOCK_START = re.compile(r"^(\s*)([#>+-]|\d+[.)])(?=\s|$)")


def escape(text: str) -> str:
    """Return `text` on one line so that Markdown shows it as it is, with bars between columns."""
    line = _SPECIAL.sub(r"\\\1", " ".join(_with_bars(without_controls(text)).split()))
    return _BLOCK_START.sub(r"\1\\\2", line)


def _with_bars(text: str) -> str:
    gaps = column_gaps(text)
    starts = [0, *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), len(text)]
    return " | ".join(text[a:b] for a, b in zip(starts, ends, strict=True))

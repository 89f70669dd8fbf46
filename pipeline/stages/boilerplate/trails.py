"""Breadcrumbs: the steps from a site's front page to where the page is."""

from __future__ import annotations

import re

from pipeline.lang.function_words import words
from pipeline.stages.boilerplate import cues
from pipeline.stages.boilerplate.needs import Needs

_STEPS = re.compile(
    # Each run of blanks is read from its start alone.
    r"(?:(?<!\s)\s++)?(?:[>›→]\s*|[/\\]$|»$)|(?<!\s)\s++(?:[/\\]|»|::)\s+"
)
_MARKS = ">›→/\\»"  # one of them, or "::", is in every step
_ENDS_IN_STEP = re.compile(r"[>›→/\\»]$")
_FULL_STOP = re.compile(r"[.!…]['\"»”’)\]]*$")
_STEP_WORDS = 6
_LAST_WORDS = 14


def trail_needs(flat: str, lower: str) -> Needs | None:
    """Return the place that a line needs to be a breadcrumb, or None where it is none.

    Steps that name neither a front page nor a section may be the stops of a bus.
    """
    if "http" in lower or any(mark in flat for mark in '«“”"?!'):
        return None
    if "::" not in flat and not any(mark in flat for mark in _MARKS):
        return None
    parts = _STEPS.split(flat)
    steps = len(parts) - 1
    parts = [p.strip() for p in parts if p.strip()]
    if not parts or steps < 1:
        return None
    if any(len(words(p)) > _STEP_WORDS or _FULL_STOP.search(p) for p in parts[:-1]):
        return None
    if len(words(parts[-1])) > _LAST_WORDS or _FULL_STOP.search(parts[-1]):
        return None
    if any(not words(p) for p in parts):  # sums, scores and ratios have steps without words
        return None
    known = cues.home() | cues.sections()
    if parts[0].lower() in cues.home():
        return Needs.NOTHING
    if steps >= 2:
        sure = _ENDS_IN_STEP.search(flat) or any(p.lower() in known for p in parts)
        return Needs.NOTHING if sure else Needs.CHROME
    return Needs.NOTHING if len(parts) == 1 and len(words(flat)) <= 3 else None

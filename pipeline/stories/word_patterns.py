"""The patterns of whole words by which sentences name events, counts and amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from pipeline.lang.data import by_language


@cache
def word_patterns(section: str, language: str) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of each key of `stories.SECTION` in a language's data."""
    found = by_language(f"stories.{section}").get(language, {})
    return {
        key: re.compile(rf"(?<![^\W\d_])(?:{pattern})(?![^\W\d_])", re.IGNORECASE)
        for key, pattern in found.items()
    }

"""A file that is one JSON value, with faults said in words."""

from __future__ import annotations

import json
from typing import Any

from pipeline.errors import SourceError

_AGAIN = "copy or download it again"


def json_value(text: str) -> Any:
    """Return the value that a text is in JSON. Raises SourceError for anything else."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(
            f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}", hint=_AGAIN
        ) from error
    except (ValueError, RecursionError) as error:  # numbers or nesting beyond all measure
        why = "it nests too deep" if isinstance(error, RecursionError) else "a number is too long"
        raise SourceError(f"not usable JSON: {why}", hint=_AGAIN) from error

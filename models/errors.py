"""The errors of engines, and the words for the errors of Python.

EngineError            the model cannot be run, or answered with nonsense as a whole
├── TextRefused        one text is not taken; others may be
└── WeightsError       weights are missing, incomplete, or do not have the expected sha256
"""

import json


class EngineError(Exception):
    """An engine cannot do its work.

    `hint` says what to do next, in one sentence, for the person at the terminal.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class TextRefused(EngineError):
    """A server does not take one text, or answers it with nonsense: it may take others."""


class WeightsError(EngineError):
    """Weights are missing, incomplete, or not the ones that were published."""


def plainly(error: Exception) -> str:
    """Return why a file cannot be used, in words for people, without the names Python has for it.

    Knows the errors of the system, of decoding, of JSON and of nesting; of others, their own text.
    """
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, UnicodeDecodeError):
        return f"it is not UTF-8 text from byte {error.start} on"
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON at line {error.lineno}, column {error.colno}"
    if isinstance(error, RecursionError):
        return "it nests too deep"
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing" if error.args else "a part is missing"
    if isinstance(error, TypeError | AttributeError | IndexError):
        return "a value in it is of the wrong kind"
    return " ".join(str(error).split()) or "its content cannot be read"

"""The errors of engines.

EngineError            the model cannot be run, or answered with nonsense as a whole
├── TextRefused        one text is not taken; others may be
└── WeightsError       weights are missing, incomplete, or do not have the expected sha256
"""


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

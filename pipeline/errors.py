"""Errors outside the engines (`models.errors` has those of engines), with their exit codes.

NightdeskError
├── UsageError            2  the command line or the configuration asks for something impossible
│   ├── ConfigError       2  a key or a value in a configuration file
│   └── EmptyFolderError  2  a folder holds nothing that can be read
├── SourceError           -  one input cannot be used: it becomes a Rejection and the run goes on
├── FetchError            -  one address cannot be fetched: it is named and the others are
└── OutputError           3  the result cannot be written
    ├── BusyError         3  another run is writing to the same place
    └── DamagedError      3  a file that Nightdesk keeps for itself is damaged
"""


class NightdeskError(Exception):
    """Base of every error that Nightdesk raises on purpose.

    The message says what was wrong and where; `hint` says what to do next.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(NightdeskError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file has an unknown key or an impossible value."""


class EmptyFolderError(UsageError):
    """A folder holds nothing that can be read."""


class SourceError(NightdeskError):
    """One input cannot be used; the others can."""


class FetchError(NightdeskError):
    """One address on the web cannot be fetched; the others can."""


class OutputError(NightdeskError):
    """A result cannot be written."""


class BusyError(OutputError):
    """Another run holds the output folder."""


class DamagedError(OutputError):
    """A file that Nightdesk keeps for itself is damaged."""

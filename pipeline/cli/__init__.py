"""The `nightdesk` command: parse, call, print, and turn errors into exit codes."""

from __future__ import annotations

import sys

_STOPPED = 130  # what shells say of a program that Ctrl-C ended


def main() -> None:
    """Run the command line and exit: 0 done, 1 some inputs rejected, 2 usage, 3 failed."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        _call()
    except KeyboardInterrupt:  # while modules are being loaded; later typer turns it into an exit
        _say_stopped()
        sys.exit(_STOPPED)
    except SystemExit as error:
        if error.code == _STOPPED:
            _say_stopped()
        raise


def _call() -> None:
    from models.errors import EngineError
    from pipeline.cli.app import app
    from pipeline.errors import NightdeskError

    try:
        app()
    except NightdeskError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except EngineError as error:
        _complain(error)
        sys.exit(3)


def _say_stopped() -> None:
    print("nightdesk: stopped; what was finished is kept, run again to go on", file=sys.stderr)


def _complain(error: Exception) -> None:
    print(f"nightdesk: {error}", file=sys.stderr)
    if hint := getattr(error, "hint", ""):
        print(f"  {hint}", file=sys.stderr)

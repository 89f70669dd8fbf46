"""The `nightdesk` command: parse, call, print, and turn errors into exit codes."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit: 0 done, 1 some inputs rejected, 2 usage, 3 failed."""
    from models.errors import EngineError
    from pipeline.cli.app import app
    from pipeline.errors import NightdeskError

    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except NightdeskError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except EngineError as error:
        _complain(error)
        sys.exit(3)
    except SystemExit as error:
        if error.code == 130:
            print("nightdesk: stopped; what was finished is kept, run again to go on", file=sys.stderr)
        raise


def _complain(error: Exception) -> None:
    print(f"nightdesk: {error}", file=sys.stderr)
    if hint := getattr(error, "hint", ""):
        print(f"  {hint}", file=sys.stderr)

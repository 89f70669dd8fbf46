"""The `nightdesk` command: parse, call, print, and turn errors into exit codes."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_STOPPED = 130  # what shells say of a program that Ctrl-C ended
_GARBAGE = (50_000, 20, 20)  # objects between two collections: what is loaded at a start is none
_BUG = 70  # EX_SOFTWARE in sysexits.h; never 1, which says that the work was done


def main() -> None:
    """Run the command line and exit.

    0 done, 1 some inputs rejected, 2 usage, 3 failed, 70 a bug, 130 stopped, 141 reader left.
    """
    sys.unraisablehook = interrupt_again
    gc.set_threshold(*_GARBAGE)
    try:
        from models.runtime.sorting import prepare_sorting  # here, as Ctrl-C may come meanwhile
        from pipeline.cli.streams import open_streams

        prepare_sorting()
        open_streams()
        _call()
    except KeyboardInterrupt:  # while modules are being loaded; later typer turns it into an exit
        _say_stopped()
        sys.exit(_STOPPED)
    except SystemExit as error:
        if error.code == _STOPPED:
            _say_stopped()
        raise
    except MemoryError:
        print("nightdesk: the memory of this machine does not suffice", file=sys.stderr)
        print("  end other programs, or lower engine.max_batch_tokens", file=sys.stderr)
        sys.exit(3)
    except Exception:
        import traceback

        from pipeline import __version__

        traceback.print_exc()
        print(
            f"nightdesk: this is a bug in nightdesk {__version__}, not your mistake\n"
            "  report it with the lines above and the command; what was finished is kept",
            file=sys.stderr,
        )
        sys.exit(_BUG)
    finally:
        gc.freeze()  # the interpreter would look through a million objects once more before it ends


def interrupt_again(dropped: UnraisableHookArgs) -> None:
    """Interrupt the main thread once more where Python dropped a Ctrl-C; print other droppings.

    An exception inside a finaliser or a callback of the import lock goes nowhere, also when it is
    a KeyboardInterrupt: the program would run on as though nobody had pressed anything.
    """
    if not issubclass(dropped.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    left = threading.Event()

    def interrupt() -> None:
        left.wait()
        time.sleep(0.05)  # for this callback to be left: inside it the signal would be dropped, too
        signal.pthread_kill(main_thread, signal.SIGINT)

    main_thread = threading.main_thread().ident or 0
    threading.Thread(target=interrupt, daemon=True).start()
    left.set()


def _call() -> None:
    """Run the command and exit with the code of its error, if any, or of a failed last flush."""
    import typer

    from models.errors import EngineError
    from pipeline.cli.app import app
    from pipeline.errors import NightdeskError

    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except typer.Exit as error:
        sys.exit(error.exit_code)
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

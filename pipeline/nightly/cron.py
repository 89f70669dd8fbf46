"""A crontab line, for machines without systemd.

Cron knows one time zone, the machine's: CRON_TZ is cronie's alone, and Debian's cron ignores it.
Where zone and machine change their clocks on different days, no fixed hour in a crontab is right
all year. So the line calls every quarter of an hour, and Nightdesk itself tells which night is due
(`due.due_night`), and does nothing where it is published: a night that the machine slept through is
made at the first call after it. All zones in use are whole quarters of an hour apart, so one of the
calls is at the minute asked for.
An asterisk in the hour also keeps cron from moving the job at a change of the clock (cron(8)).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from datetime import time
from pathlib import Path

import platformdirs

from pipeline.errors import OutputError
from pipeline.output.atomic import output_errors

TICK_MINUTES = 15
_MARK = "# nightdesk nightly"  # a comment of the shell; the line that ends with it is ours


@dataclass(frozen=True, slots=True)
class CrontabLine:
    """`command --at HH:MM`, asked every quarter of an hour."""

    command: tuple[str, ...]
    at: time

    def text(self) -> str:
        """Return the line (crontab(5)): absolute paths only, output to the log."""
        minutes = ",".join(str(m) for m in range(self.at.minute % TICK_MINUTES, 60, TICK_MINUTES))
        command = shlex.join([*self.command, "--at", f"{self.at:%H:%M}"])
        call = f"{command} >> {shlex.quote(str(_log()))} 2>&1"
        return f"{minutes} * * * * {call.replace('%', chr(92) + '%')} {_MARK}"

    def describe(self) -> str:
        """Return the line and the place where it is added."""
        return f"# crontab -e: this line is added, others stay\n{self.text()}"

    def install(self) -> tuple[str, ...]:
        """Put the line into the user's crontab, in place of an earlier one of ours."""
        if shutil.which("crontab") is None:
            raise OutputError(
                "this machine has neither a systemd that answers nor cron",
                hint="install cron; or have your own scheduler run what --print shows",
            )
        log = _log()
        with output_errors(log):
            log.parent.mkdir(parents=True, exist_ok=True)
        others = [line for line in _read() if not line.endswith(_MARK)]
        _write([*others, self.text()])
        return (f"what it says: {log}",)


def uninstall() -> bool:
    """Take our line out of the user's crontab; return whether it was there."""
    if shutil.which("crontab") is None:
        return False
    lines = _read()
    others = [line for line in lines if not line.endswith(_MARK)]
    if len(others) == len(lines):
        return False
    _write(others)
    return True


def _log() -> Path:
    return platformdirs.user_log_path("nightdesk") / "nightly.log"


def _read() -> list[str]:
    done = _crontab("-l")
    if done.returncode == 0:
        return done.stdout.removesuffix("\n").split("\n") if done.stdout else []
    # It fails where there is no crontab, and for those who may have none (cron.allow). Only then
    # may an empty one be assumed: it is going to be written back.
    if any(words in done.stderr.lower() for words in ("no crontab", "no such file", "not allowed")):
        return []
    raise _error("crontab -l", done)


def _write(lines: list[str]) -> None:
    done = _crontab("-", text="".join(f"{line}\n" for line in lines)) if lines else _crontab("-r")
    if done.returncode:
        raise _error("crontab", done)


def _crontab(word: str, *, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["crontab", word],
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",  # lines that are not ours go back as they came
        env={**os.environ, "LC_ALL": "C"},
        check=False,
        timeout=60,
    )


def _error(call: str, done: subprocess.CompletedProcess[str]) -> OutputError:
    return OutputError(
        f"{call}: {done.stderr.strip() or f'exit code {done.returncode}'}",
        hint="see whether you may use cron: crontab -l",
    )

"""A systemd user timer: two unit files; systemd itself knows the time zone and the clock."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.output.atomic import output_errors, write_text

_SERVICE = "nightdesk.service"
_TIMER = "nightdesk.timer"


@dataclass(frozen=True, slots=True)
class Timer:
    """`command`, every day at `at` in `timezone`, by the user's own systemd."""

    command: tuple[str, ...]
    at: time
    timezone: str

    def service(self) -> str:
        """Return the unit that runs the command (systemd.service(5))."""
        return (
            "[Unit]\n"
            "Description=Nightdesk: the digest of what is new\n"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            f"ExecStart={_command_line(self.command)}\n"
            "# 1: published, though some inputs could not be used.\n"
            "SuccessExitStatus=1\n"
        )

    def timer(self) -> str:
        """Return the unit that starts the service (systemd.timer(5), systemd.time(7))."""
        return (
            "[Unit]\n"
            "Description=Nightdesk, every night\n"
            "\n"
            "[Timer]\n"
            f"OnCalendar=*-*-* {self.at:%H:%M}:00 {self.timezone}\n"
            "# A machine that was off at that time makes up for it when it is on again.\n"
            "Persistent=true\n"
            "\n"
            "[Install]\n"
            "WantedBy=timers.target\n"
        )

    def describe(self) -> str:
        """Return both files and the commands that start the timer."""
        folder = _folder()
        calls = "\n".join(f"$ systemctl --user {' '.join(call)}" for call in _START)
        return (
            f"# {folder / _SERVICE}\n{self.service()}\n"
            f"# {folder / _TIMER}\n{self.timer()}\n"
            f"# then:\n{calls}"
        )

    def install(self) -> tuple[str, ...]:
        """Write both files and start the timer; raise OutputError when systemd refuses."""
        write_text(_folder() / _SERVICE, self.service())
        write_text(_folder() / _TIMER, self.timer())
        for call in _START:
            _systemctl(*call)
        remarks = ["what it says: journalctl --user -u nightdesk"]
        if not _lingers():
            remarks.append(
                "it runs while you are logged in; to run without that: loginctl enable-linger"
            )
        return tuple(remarks)


# restart: a timer that runs already would keep its old time
_START = (("daemon-reload",), ("enable", _TIMER), ("restart", _TIMER))


def available() -> bool:
    """Return whether the user has a systemd of their own that answers."""
    if shutil.which("systemctl") is None:
        return False
    return _run("systemctl", "--user", "show-environment").returncode == 0


def uninstall() -> bool:
    """Stop the timer and remove both files; return whether there were any."""
    files = [path for name in (_TIMER, _SERVICE) if (path := _folder() / name).exists()]
    if not files:
        return False
    reachable = available()
    if reachable:
        _systemctl("disable", "--now", _TIMER)
    for path in files:
        with output_errors(path):
            path.unlink()
    if reachable:
        _systemctl("daemon-reload")
    return True


def _folder() -> Path:
    """Return where a user's units are (systemd.unit(5), UNIT FILE LOAD PATH)."""
    configuration = os.environ.get("XDG_CONFIG_HOME")
    return (Path(configuration) if configuration else Path.home() / ".config") / "systemd" / "user"


def _command_line(command: tuple[str, ...]) -> str:
    """Return words as systemd reads them back (systemd.service(5), COMMAND LINES)."""
    program, *arguments = (
        word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") for word in command
    )
    words = [program, *(word.replace("$", "$$") for word in arguments)]
    return " ".join(w if re.fullmatch(r"[\w%@+=:,./-]+", w, re.ASCII) else f'"{w}"' for w in words)


def _lingers() -> bool:
    if shutil.which("loginctl") is None:
        return True
    shown = _run("loginctl", "show-user", getpass.getuser(), "--property=Linger")
    return "Linger=yes" in shown.stdout


def _systemctl(*words: str) -> None:
    done = _run("systemctl", "--user", *words)
    if done.returncode:
        raise OutputError(
            f"systemctl --user {' '.join(words)}: {done.stderr.strip()}",
            hint=f"see systemctl --user status {_TIMER}",
        )


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

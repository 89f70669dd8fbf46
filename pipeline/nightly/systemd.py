"""A systemd timer: two unit files; systemd itself knows the time zone and the clock."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from pathlib import Path
from typing import Literal

from pipeline.errors import OutputError
from pipeline.nightly.due import after_jumps
from pipeline.nightly.sandbox import Sandbox
from pipeline.output.atomic import output_errors, write_text

_SERVICE = "nightdesk.service"
_TIMER = "nightdesk.timer"
Manager = Literal["user", "system"]


@dataclass(frozen=True, slots=True)
class Timer:
    """`command --at HH:MM`, every day at that time in `timezone`, by one of systemd's managers.

    systemd leaves out a time that a clock change skips, and the command tells by itself which
    night is due: so the timer calls right after such a jump as well, every day.
    """

    command: tuple[str, ...]
    at: time
    timezone: str
    zone: tzinfo
    manager: Manager = "user"
    sandbox: Sandbox = field(default_factory=Sandbox)
    delivered: bool = False

    def service(self) -> str:
        """Return the unit that runs the command (systemd.service(5))."""
        program = self.command[: self.command.index("nightly")]
        lines = "\n".join(self.sandbox.lines(self.manager))
        return (
            "[Unit]\n"
            "Description=Nightdesk: the digest of what is new\n"
            "Documentation=man:nightdesk(1)\n"
            "StartLimitIntervalSec=12h\n"
            "StartLimitBurst=8\n"
            "\n"
            "[Service]\n"
            "Type=oneshot\n"
            "# A program that cannot start is no poor night, though both exit with 1.\n"
            f"ExecStartPre={_command_line((*program, '--version'))}\n"
            f"ExecStart={_command_line((*self.command, '--at', f'{self.at:%H:%M}'))}\n"
            "# 1: published, though the night was poor or some inputs could not be used.\n"
            "SuccessExitStatus=1\n"
            "# A night that failed is tried again; wrong usage would fail again.\n"
            "Restart=on-failure\n"
            "RestartSec=15min\n"
            "RestartPreventExitStatus=2\n"
            f"{lines}\n"
        )

    def timer(self) -> str:
        """Return the unit that starts the service (systemd.timer(5), systemd.time(7))."""
        moments = (self.at, *after_jumps(self.at, zone=self.zone, year=datetime.now(UTC).year))
        calendar = "".join(
            f"OnCalendar=*-*-* {moment:%H:%M:%S} {self.timezone}\n" for moment in moments
        )
        if self.delivered:
            calendar += "OnCalendar=*:0/15\n"
        return (
            "[Unit]\n"
            "Description=Nightdesk, every night\n"
            "\n"
            "[Timer]\n"
            f"{calendar}"
            "# A machine that was off at that time makes up for it when it is on again.\n"
            "Persistent=true\n"
            "\n"
            "[Install]\n"
            "WantedBy=timers.target\n"
        )

    def describe(self) -> str:
        """Return both files and the commands that start the timer."""
        folder = _folder(self.manager)
        calls = "\n".join(f"$ {' '.join(_systemctl_words(self.manager, call))}" for call in _START)
        return (
            f"# {folder / _SERVICE}\n{self.service()}\n"
            f"# {folder / _TIMER}\n{self.timer()}\n"
            f"# then:\n{calls}"
        )

    def install(self) -> tuple[str, ...]:
        """Write both files and start the timer; raise OutputError when systemd refuses."""
        folder = _folder(self.manager)
        for writable in self.sandbox.writable:
            if not writable.exists():  # a unit cannot be let into what is not there
                with output_errors(writable):
                    writable.mkdir(parents=True)
                    if self.manager == "system" and self.sandbox.user:
                        shutil.chown(writable, self.sandbox.user)
        write_text(folder / _SERVICE, self.service())
        write_text(folder / _TIMER, self.timer())
        for call in _START:
            _systemctl(self.manager, *call)
        user = " --user" if self.manager == "user" else ""
        remarks = [f"what it says: journalctl{user} -u nightdesk"]
        if self.manager == "user" and not _lingers():
            remarks.append(
                "it runs while you are logged in; to run without that: loginctl enable-linger"
            )
        return tuple(remarks)


# restart: a timer that runs already would keep its old time
_START = (("daemon-reload",), ("enable", _TIMER), ("restart", _TIMER))


def available(manager: Manager = "user") -> bool:
    """Return whether the machine, or the user, has a systemd that answers."""
    if shutil.which("systemctl") is None:
        return False
    return _run(*_systemctl_words(manager, ("show-environment",))).returncode == 0


def uninstall() -> bool:
    """Stop the timers and remove their files; return whether there were any."""
    managers: tuple[Manager, ...] = ("user", "system")
    found = [_uninstall(manager) for manager in managers]
    return any(found)


def _uninstall(manager: Manager) -> bool:
    files = [path for name in (_TIMER, _SERVICE) if (path := _folder(manager) / name).exists()]
    if not files or (manager == "system" and os.geteuid() != 0):
        return False
    reachable = available(manager)
    if reachable:
        _systemctl(manager, "disable", "--now", _TIMER)
    for path in files:
        with output_errors(path):
            path.unlink()
    if reachable:
        _systemctl(manager, "daemon-reload")
    return True


def _folder(manager: Manager) -> Path:
    """Return where a manager's units are (systemd.unit(5), UNIT FILE LOAD PATH)."""
    if manager == "system":
        return Path("/etc/systemd/system")
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


def _systemctl(manager: Manager, *words: str) -> None:
    call = _systemctl_words(manager, words)
    done = _run(*call)
    if done.returncode:
        raise OutputError(
            f"{' '.join(call)}: {done.stderr.strip()}",
            hint=f"see {' '.join(_systemctl_words(manager, ('status', _TIMER)))}",
        )


def _systemctl_words(manager: Manager, words: tuple[str, ...]) -> tuple[str, ...]:
    return ("systemctl", *(("--user",) if manager == "user" else ()), *words)


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)

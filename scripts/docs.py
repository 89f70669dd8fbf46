"""Write what the program itself says: the list of commands in README.md, and the man page.

    python scripts/docs.py             between the markers in README.md, and configs/nightdesk.1
    python scripts/docs.py --check     exit with 1 where one of the two differs
    python scripts/docs.py --man       the man page on stdout: ... --man | man -l -

tests/test_docs.py checks them, so that neither can tell of commands that are not there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
README = _ROOT / "README.md"
MAN = _ROOT / "configs" / "nightdesk.1"
BEGIN = "<!-- commands: written by scripts/docs.py -->"
END = "<!-- end of commands -->"


def commands() -> Iterator[tuple[str, str]]:
    """Yield each command as it is typed, with the first sentence of its help."""
    for words, command in _tree():
        arguments = [
            (p.metavar or p.name.upper()) if p.required else f"[{p.metavar or p.name.upper()}]"
            for p in command.params
            if p.param_type_name == "argument"
        ]
        first = re.split(r"(?<=\.)\s", " ".join((command.help or "").split()))[0]
        yield " ".join([words, *arguments]), first


def helps() -> Iterator[tuple[str, str]]:
    """Yield the words that call each command, with the text of its help."""
    yield from ((words, command.help or "") for words, command in _tree())


def _tree() -> Iterator[tuple[str, Any]]:
    """Yield each command that is no group, behind the words that call it."""
    import typer

    from pipeline.cli.app import app

    yield from _below(typer.main.get_command(app), "nightdesk")


def _below(command: Any, words: str) -> Iterator[tuple[str, Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _below(inner, f"{words} {name}")
        elif not inner.hidden:
            yield f"{words} {name}", inner


def written(readme: str) -> str:
    """Return README.md with the list as it is to be; ValueError where the markers are missing."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"README.md: {BEGIN} and {END} must stand in it, in this order")
    rows = [f"| `{call.replace('|', chr(92) + '|')}` | {help_} |" for call, help_ in commands()]
    table = "\n".join(["| command | does |", "|---|---|", *rows])
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def man() -> str:
    """Return the man page in roff (groff_man(7)): each command with its help and its options."""
    from pipeline import __version__
    from pipeline.cli.app import app

    lines = [
        f'.TH NIGHTDESK 1 "" "nightdesk {__version__}"',
        ".SH NAME",
        f"nightdesk \\- {_roff(app.info.help).rstrip('.')}",
        ".SH SYNOPSIS",
        ".B nightdesk",
        "COMMAND [OPTIONS]",
        ".SH COMMANDS",
    ]
    for (call, _), (_, command) in zip(commands(), _tree(), strict=True):
        lines.append(f'.SS "{_roff(call)}"')
        for paragraph in re.split(r"\n\s*\n", (command.help or "").strip()):
            lines += [".PP", _roff(" ".join(paragraph.split()))]
        for option in (p for p in command.params if p.param_type_name == "option"):
            names = ", ".join(f"\\fB{_roff(name)}\\fR" for name in option.opts)
            value = "" if option.is_flag else f" \\fI{_roff(option.metavar or '')}\\fR"
            lines += [".TP", f"{names}{value}", _roff(option.help)]
    for paragraph in str(app.info.epilog).split("\n\n"):
        title, _, text = paragraph.partition(": ")
        lines += [f".SH {title.upper()}", _roff(text)]
    return "\n".join(lines) + "\n"


def _roff(text: object) -> str:
    """Return a text in which nothing is a request or an escape."""
    escaped = str(text).replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return re.sub(r"(?m)^(?=[.'])", r"\\&", escaped)


def main() -> int:
    """Write both files, with --check only compare them; with --man, print the man page."""
    if "--man" in sys.argv[1:]:
        print(man(), end="")
        return 0
    wanted = {README: written(README.read_text(encoding="utf-8")), MAN: man()}
    differing = [p for p, text in wanted.items() if not p.exists() or text != p.read_text("utf-8")]
    for path in differing:
        if "--check" in sys.argv[1:]:
            print(f"{path.name} differs from the program: python scripts/docs.py", file=sys.stderr)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
    return int("--check" in sys.argv[1:] and bool(differing))


if __name__ == "__main__":
    sys.exit(main())

"""Write into README.md what the program itself says: the list of its commands.

    python scripts/docs.py             between the markers in README.md
    python scripts/docs.py --check     exit with 1 where README.md differs

tests/test_docs.py checks it, so that README.md cannot tell of commands that are not there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

README = Path(__file__).resolve().parent.parent / "README.md"
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


def main() -> int:
    """Write README.md, or with --check only compare."""
    readme = README.read_text(encoding="utf-8")
    wanted = written(readme)
    if "--check" in sys.argv[1:]:
        if readme != wanted:
            print("README.md differs from the program: python scripts/docs.py", file=sys.stderr)
        return int(readme != wanted)
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

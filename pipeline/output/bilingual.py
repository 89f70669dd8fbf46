"""Source and target side by side, to check one against the other: a Markdown or an HTML table."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.flag import Flag
from pipeline.output.controls import without_controls
from pipeline.output.escaping import escape


@dataclass(frozen=True, slots=True)
class BilingualPair:
    """A text and its translation, both without markup; `target` is None for a text without one.

    `flags` are the known faults of the translation.
    """

    source: str
    target: str | None
    language: str
    flags: tuple[Flag, ...] = ()


def bilingual_markdown(pairs: Iterable[BilingualPair], *, target: str) -> Iterator[str]:
    """Yield the lines of a Markdown table, one row for each pair."""
    yield f"| source | {target} |\n|---|---|\n"
    for pair in pairs:
        flags = f" *({', '.join(pair.flags)})*" if pair.flags else ""
        yield f"| {_cell(pair.source)} | {_cell(_target(pair))}{flags} |\n"


def bilingual_html(pairs: Iterable[BilingualPair], *, target: str, title: str) -> Iterator[str]:
    """Yield the lines of a web page with a table, one row for each pair."""
    yield (
        f'<!DOCTYPE html>\n<html lang="{target}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n"
        "<style>table { border-collapse: collapse; width: 100% }"
        " th, td { border-bottom: 1px solid; padding: .5em; text-align: left;"
        " vertical-align: top; width: 50% }</style>\n"
        f"</head>\n<body>\n<table>\n<tr><th>source</th><th>{target}</th></tr>\n"
    )
    for pair in pairs:
        language = target if pair.target is not None else pair.language
        flags = f" <small>({html.escape(', '.join(pair.flags))})</small>" if pair.flags else ""
        yield (
            f'<tr><td lang="{pair.language}">{_markup(pair.source)}</td>'
            f'<td lang="{language}">{_markup(_target(pair))}{flags}</td></tr>\n'
        )
    yield "</table>\n</body>\n</html>\n"


def _target(pair: BilingualPair) -> str:
    return pair.source if pair.target is None else pair.target


def _markup(text: str) -> str:
    return html.escape(without_controls(text))


def _cell(text: str) -> str:
    return escape(text).replace("|", "\\|")

"""The form that a translation is written in: the text itself, or both languages side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pipeline.errors import UsageError
from pipeline.output.bilingual import bilingual_html, bilingual_markdown
from pipeline.output.tmx import tmx
from pipeline.translation.marked import Layout
from pipeline.translation.outcome import pairs, sentence_pairs
from pipeline.translation.piecework import Rendered
from pipeline.translation.windows import spliced

Form = Literal["text", "markdown", "html", "tmx"]

_FORMS: dict[str, Form] = {".md": "markdown", ".html": "html", ".htm": "html", ".tmx": "tmx"}
_SUFFIXES = ".md, .html or .tmx"


def check_form(output: Path | None, *, bilingual: bool, as_json: bool) -> Form:
    """Return the form that the command line asks for; side by side it is a table in Markdown.

    Raises UsageError for one that there is not.
    """
    suffix = "" if output is None else output.suffix.lower()
    if not bilingual:
        if suffix == ".tmx":
            raise UsageError(
                f"{output}: TMX holds both languages", hint="add --bilingual, or choose a .txt file"
            )
        return "text"
    if as_json:
        raise UsageError("--bilingual and --json are two different outputs", hint="leave out one")
    if output is None:
        return "markdown"
    if suffix not in _FORMS:
        raise UsageError(
            f"{output}: --bilingual does not write {suffix or 'files without a suffix'}",
            hint=f"name a file that ends in {_SUFFIXES}",
        )
    return _FORMS[suffix]


def pieces(
    form: Form,
    layout: Layout,
    units: Iterable[Rendered],
    *,
    target: str,
    source: str,
) -> Iterator[str]:
    """Yield the translation of a layout in a form, as its units come.

    `source` is the language of most of the layout.
    """
    if form == "text":
        return spliced(layout.text, units)
    if form == "markdown":
        return bilingual_markdown(pairs(units), target=target)
    if form == "html":
        return bilingual_html(pairs(units), target=target, title=layout.name)
    datatype = "html" if layout.name.lower().endswith((".html", ".htm")) else "plaintext"
    return tmx(
        sentence_pairs(units, target=target), source=source, target=target, datatype=datatype
    )

"""A night as a page: Markdown and HTML from the templates beside this file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from pipeline.digest.night import Night
from pipeline.digest.wording import wording
from pipeline.output.controls import without_controls
from pipeline.output.escaping import escape
from pipeline.output.own_files import MARK


def render_markdown(night: Night) -> str:
    """Return `digest.md`. All text of documents and models is escaped."""
    from markupsafe import Markup

    def shown(value: Any) -> Any:
        return value if isinstance(value, Markup) else escape(str(value))

    return _render(night, "digest.md", autoescape=False, finalize=shown)


def render_html(night: Night) -> str:
    """Return `digest.html`: one file that loads nothing, runs nothing, and prints.

    All text of documents and models is escaped.
    """
    return _render(night, "digest.html", autoescape=True, finalize=None)


def _render(
    night: Night, name: str, *, autoescape: bool, finalize: Callable[[Any], Any] | None
) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.digest", "templates"),
        autoescape=autoescape,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["path"] = quote  # of a link: `#` and `?` belong to the name of a file
    words = wording(night.language)
    counts = Counter(item.language for item in night.items).most_common()
    languages = ", ".join(f"{words.language(tag)}\N{NO-BREAK SPACE}{n}" for tag, n in counts)
    template = environment.get_template(f"{name}.jinja")
    page = template.render(night=night, words=words, languages=languages, mark=MARK)
    return without_controls(page)

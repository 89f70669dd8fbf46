"""The output form of a translation: the text in its own format, or both languages side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from pipeline.errors import UsageError
from pipeline.output.bilingual import BilingualPair, bilingual_html, bilingual_markdown
from pipeline.output.tmx import tmx
from pipeline.place import NO_MODEL
from pipeline.translation.alignment import aligned
from pipeline.translation.html_language import page_pieces
from pipeline.translation.skeleton import Skeleton
from pipeline.translation.streaming import spliced
from pipeline.translation.unit_job import TranslatedUnit

Form = Literal["text", "markdown", "html", "tmx"]

_FORMS: dict[str, Form] = {".md": "markdown", ".html": "html", ".htm": "html", ".tmx": "tmx"}
_SUFFIXES = ".md, .html or .tmx"


def check_form(output: Path | None, *, bilingual: bool, as_json: bool) -> Form:
    """Return the output form for the options of `nightdesk translate`.

    The default with --bilingual is a table in Markdown. Raises UsageError for a combination that
    has no form.
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
    skeleton: Skeleton,
    units: Iterable[TranslatedUnit],
    *,
    target: str,
    source: str,
) -> Iterator[str]:
    """Yield the translation of a skeleton in `form`, piece by piece as the units come.

    `source` is the language of most of the skeleton.
    """
    if form == "text" and skeleton.declares:
        return page_pieces(skeleton.text, units, target=target, languages=skeleton.declares)
    if form == "text":
        return spliced(skeleton.text, units)
    if form == "markdown":
        return bilingual_markdown(_pairs(units), target=target)
    if form == "html":
        return bilingual_html(_pairs(units), target=target, title=skeleton.name)
    datatype = "html" if skeleton.name.lower().endswith((".html", ".htm")) else "plaintext"
    return tmx(
        _sentence_pairs(units, target=target), source=source, target=target, datatype=datatype
    )


def _pairs(units: Iterable[TranslatedUnit]) -> Iterator[BilingualPair]:
    """Yield a pair for each translated segment, and for each unit that was not translated."""
    for unit in units:
        if not unit.segments:
            yield BilingualPair(unit.source, None, unit.language)
        for matched in unit.segments:
            yield BilingualPair(matched.source, matched.target, matched.language, matched.flags)


def _sentence_pairs(units: Iterable[TranslatedUnit], *, target: str) -> Iterator[BilingualPair]:
    """Yield a pair for each sentence that was translated, as far as sentences can be aligned.

    Segments that no model wrote are left out: a translation memory would offer them as
    translations.
    """
    for matched in (m for unit in units for m in unit.segments if m.model != NO_MODEL):
        sentences = aligned(
            matched.source,
            matched.target,
            source_language=matched.language,
            target_language=target,
        )
        for source, translation in sentences:
            yield BilingualPair(source, translation, matched.language, matched.flags)

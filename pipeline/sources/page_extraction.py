"""Extraction by trafilatura: with precision, and without where that finds nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.errors import SourceError
from pipeline.sources.quiet import quiet

if TYPE_CHECKING:
    from trafilatura.settings import Document as Extracted
    from trafilatura.settings import Extractor


@lru_cache(maxsize=2)
def _options(*, precise: bool, today: str) -> Extractor:
    """Return what trafilatura is asked for; it reads a file of settings for each that is made."""
    from trafilatura.settings import Extractor

    # A guessed date is worse than none: only those that the page marks up as its own.
    dates: dict[str, Any] = {
        "original_date": True,
        "extensive_search": False,
        "max_date": today,
    }
    return Extractor(
        output_format="python",
        precision=precise,
        comments=False,
        with_metadata=True,
        date_params=dates,
    )


def extract(page: str) -> Extracted | None:
    """Return the article of a page with its metadata, or None where there is none.

    Raises SourceError for a page that is too odd to be read.
    """
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from trafilatura import bare_extraction

    today = datetime.now(UTC).date().isoformat()
    with quiet("trafilatura", "htmldate", "courlan", "justext"):
        for precise in (True, False):
            try:
                found = bare_extraction(page, options=_options(precise=precise, today=today))
            except (LxmlError, RecursionError) as error:
                raise SourceError(
                    "is not a page that can be read",
                    hint="open it in a browser, and save what it shows as a .txt file",
                ) from error
            if found is not None and not isinstance(found, dict) and (found.text or "").strip():
                return found
    return None


def headings_of(article: Extracted | None) -> frozenset[str]:
    """Return the texts of the headings in an article."""
    if article is None or article.body is None:
        return frozenset()
    found = (" ".join("".join(head.itertext()).split()) for head in article.body.iter("head"))
    return frozenset(heading for heading in found if heading)

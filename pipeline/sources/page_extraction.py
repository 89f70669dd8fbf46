"""Extraction by trafilatura: with precision, and without where that finds nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.quiet import quiet

if TYPE_CHECKING:
    from trafilatura.settings import Document as Extracted


def extract(page: str) -> Extracted | None:
    """Return the article of a page with its metadata, or None where there is none.

    Raises SourceError for a page that is too odd to be read.
    """
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from trafilatura import bare_extraction

    # A guessed date is worse than none: only those that the page marks up as its own.
    date_options = {
        "original_date": True,
        "extensive_search": False,
        "max_date": datetime.now(UTC).date().isoformat(),
    }
    with quiet("trafilatura", "htmldate", "courlan", "justext"):
        for precise in (True, False):
            try:
                found = bare_extraction(
                    page,
                    favor_precision=precise,
                    include_comments=False,
                    with_metadata=True,
                    date_extraction_params=dict(date_options),
                )
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

"""The place in which a line must stand for its reason to count."""

from __future__ import annotations

from enum import Enum


class Needs(Enum):
    """The neighbours that make a reason certain, which the line alone does not."""

    NOTHING = "nothing"  # the line is chrome wherever it stands
    CHROME = "chrome"  # chrome beside, no running text straight below, and not the only title
    EDGE = "edge"  # above or below all running text, or chrome beside
    END = "end"  # below all running text, and chrome beside
    TITLED = "titled"  # not the only title that the page has
    BYLINE = "byline"  # below a title and above all running text, or chrome beside at the end

"""The styles of an OpenDocument text: which make headings, and which hide text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_HEADING = re.compile(r"heading(?:_20_[0-9]+)?|(?:sub)?title", re.IGNORECASE)  # `_20_`: a space
_TITLE = "title"
_DEEPEST = 20  # styles based on each other


class OdtStyles:
    """The styles of a document by their names; automatic ones are based on the others."""

    def __init__(self, roots: Iterable[_Element]) -> None:
        self._parents: dict[str, str | None] = {}
        self._hidden: dict[str, bool] = {}
        for root in roots:
            for style in root.iter("{*}style"):
                name = attribute(style, "name") or ""
                self._parents[name] = attribute(style, "parent-style-name")
                for properties in style.iterchildren("{*}text-properties"):
                    if (display := attribute(properties, "display")) is not None:
                        self._hidden[name] = display == "none"

    def is_heading(self, name: str | None) -> bool:
        """Tell whether a style is that of headings or of titles."""
        return any(_HEADING.fullmatch(style) for style in self._chain(name))

    def is_title(self, name: str | None) -> bool:
        """Tell whether a style is that of the title of a document."""
        return any(style.lower() == _TITLE for style in self._chain(name))

    def is_hidden(self, name: str | None) -> bool:
        """Tell whether text of a style is hidden."""
        said = (self._hidden[style] for style in self._chain(name) if style in self._hidden)
        return next(said, False)

    def _chain(self, name: str | None) -> Iterator[str]:
        """Yield a style and those that it is based on."""
        for _ in range(_DEEPEST):
            if name is None:
                return
            yield name
            name = self._parents.get(name)


def attribute(element: _Element, name: str) -> str | None:
    """Return an attribute by its local name."""
    return next((v for k, v in element.items() if k.rpartition("}")[2] == name), None)

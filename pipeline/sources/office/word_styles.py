"""The styles of a Word document: which make headings and list items, and which hide text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.document import Kind

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_HEADING = re.compile(r"heading [1-9]|title|subtitle", re.IGNORECASE)  # English in every version
_TITLE = "title"
_CONTENTS = re.compile(r"toc [1-9]|toc heading", re.IGNORECASE)
_BODY_LEVEL = 9  # an outline level that is no heading's
_OFF = ("0", "false", "off")
_DEEPEST = 20  # styles based on each other


@dataclass(frozen=True, slots=True)
class Style:
    """One style: what it says itself, None where it leaves that to the style it is based on."""

    name: str
    based_on: str | None
    level: int | None
    listed: bool | None
    hidden: bool | None


class Styles:
    """The styles of a document by their ids; of hundreds, few are ever asked for."""

    def __init__(self, root: _Element | None) -> None:
        found = () if root is None else root.iterchildren("{*}style")
        self._elements = {attribute(element, "styleId") or "": element for element in found}
        self._known: dict[str, Style] = {}
        self._default = next(
            (
                style_id
                for style_id, element in self._elements.items()
                if attribute(element, "type") == "paragraph"
                and _is_on(attribute(element, "default"))
            ),
            None,
        )

    def kind(self, properties: _Element | None) -> Kind:
        """Return the kind of a paragraph with these properties (`w:pPr`)."""
        styles = self._chain(properties, "pStyle")
        levels = (_level(properties), *(style.level for style in styles))
        level = next((found for found in levels if found is not None), _BODY_LEVEL)
        if level < _BODY_LEVEL or any(_HEADING.fullmatch(style.name) for style in styles):
            return Kind.HEADING
        listed = (_listed(properties), *(style.listed for style in styles))
        return Kind.LIST_ITEM if next((x for x in listed if x is not None), False) else Kind.TEXT

    def is_title(self, properties: _Element | None) -> bool:
        """Tell whether a paragraph is the title of its document."""
        return any(s.name.lower() == _TITLE for s in self._chain(properties, "pStyle"))

    def is_contents(self, properties: _Element | None) -> bool:
        """Tell whether a paragraph is a line of a table of contents."""
        return any(_CONTENTS.fullmatch(s.name) for s in self._chain(properties, "pStyle"))

    def is_hidden(self, run: _Element | None, paragraph: _Element | None) -> bool:
        """Tell whether text is hidden, by the properties of its run and of its paragraph."""
        styles = (*self._chain(run, "rStyle"), *self._chain(paragraph, "pStyle"))
        found = (_hidden(run), *(style.hidden for style in styles))
        return next((hidden for hidden in found if hidden is not None), False)

    def _chain(self, properties: _Element | None, name: str) -> list[Style]:
        """Return the style that properties name, and those that it is based on."""
        default = self._default if name == "pStyle" else None
        at = attribute(child(properties, name), "val") or default
        found: list[Style] = []
        while at in self._elements and len(found) < _DEEPEST:
            found.append(self._style(at))
            at = found[-1].based_on
        return found

    def _style(self, style_id: str) -> Style:
        if style_id not in self._known:
            element = self._elements[style_id]
            properties = child(element, "pPr")
            self._known[style_id] = Style(
                attribute(child(element, "name"), "val") or "",
                attribute(child(element, "basedOn"), "val"),
                _level(properties),
                _listed(properties),
                _hidden(child(element, "rPr")),
            )
        return self._known[style_id]


def child(element: _Element | None, name: str) -> _Element | None:
    """Return the first child of that local name, or None."""
    return None if element is None else element.find(f"{{*}}{name}")


def attribute(element: _Element | None, name: str) -> str | None:
    """Return an attribute by its local name: the two editions differ in their namespaces."""
    if element is None:
        return None
    return next((v for k, v in element.items() if k.rpartition("}")[2] == name), None)


def _level(properties: _Element | None) -> int | None:
    value = attribute(child(properties, "outlineLvl"), "val")
    return int(value) if value is not None and value.isdecimal() else None


def _listed(properties: _Element | None) -> bool | None:
    numbering = child(properties, "numPr")
    if numbering is None:
        return None
    return attribute(child(numbering, "numId"), "val") != "0"


def _hidden(properties: _Element | None) -> bool | None:
    found = child(properties, "vanish")
    return None if found is None else _is_on(attribute(found, "val") or "true")


def _is_on(value: str | None) -> bool:
    return value is not None and value.lower() not in _OFF

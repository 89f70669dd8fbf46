"""The tree of a web page, parsed once: nested ever so deep, and without comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.errors import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

# Elements that stand inside a sentence; every other one begins and ends a block.
INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
))  # fmt: skip
UNSHOWN = frozenset((
    "script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "audio",
    "video", "canvas", "svg", "math", "map", "select", "option", "textarea", "button", "input",
    "datalist", "head", "title",
))  # fmt: skip
_WRAPPERS = ("div", "span", "section", "font", "center", "b", "i", "em", "strong", "blockquote")
_DEEPEST = 150  # elements inside each other; libraries recurse
_PARSED = 2048  # the depth that libxml2 follows a page to, at most
_NO_PAGE_HINT = "open it in a browser, and save what it shows as a .txt file"


def parsed(page: str) -> tuple[_Element, bool]:
    """Return the root of a page, and whether elements that only wrap were left out.

    They are left out where a page nests deeper than libraries can follow. Raises SourceError for
    a page that is no tree, or nests deeper all the same.
    """
    from lxml import html  # type: ignore[import-untyped]
    from lxml.etree import LxmlError

    # libxml2 gives up at 256 elements inside each other, and loses the rest of the page.
    parser = html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        tree = html.document_fromstring(page.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError) as error:
        raise SourceError("is not a page that can be read", hint=_NO_PAGE_HINT) from error
    return tree, _flatten(tree)


def own_text(element: _Element) -> str:
    """Return the text of an element and of all in it, on one line."""
    return " ".join("".join(_shown(element)).split())


def letters(text: str) -> int:
    """Return the number of letters and figures in `text`."""
    return sum(
        len(word) if word.isalnum() else sum(map(str.isalnum, word)) + word.count("_")
        for word in text.split()
    )


def sizes(root: _Element) -> dict[_Element, int]:
    """Return the number of letters in each element that is shown."""
    found: dict[_Element, int] = {}
    counts = [0]
    for event, node in _walk(root):
        if event == "start":
            counts.append(letters(node.text or "") if node.tag not in UNSHOWN else 0)
        else:
            inside = counts.pop()
            found[node] = 0 if node.tag in UNSHOWN else inside
            counts[-1] += found[node] + letters(node.tail or "")
    return found


def tokens(element: _Element) -> frozenset[str]:
    """Return the words in the class and the id of an element, in lower case."""
    named = f"{element.get('class') or ''} {element.get('id') or ''}"[:1000]
    if named == " ":
        return frozenset()
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", named)
    return frozenset(word.lower() for word in re.split(r"[^A-Za-z0-9]+", parted) if word)


def _shown(element: _Element) -> Iterator[str]:
    hidden: list[_Element] = []
    for event, node in _walk(element):
        if event == "start":
            if not hidden:
                if node.tag in UNSHOWN:
                    hidden.append(node)
                else:
                    yield node.text or ""
                    if node.tag not in INLINE:
                        yield " "
        else:
            if hidden and hidden[-1] is node:
                hidden.pop()
            if not hidden and node is not element:
                if node.tag not in INLINE:
                    yield " "
                yield node.tail or ""


def _walk(element: _Element) -> Iterator[tuple[str, _Element]]:
    from lxml.etree import iterwalk

    yield from iterwalk(element, events=("start", "end"))


def _flatten(tree: _Element) -> bool:
    """Drop wrapping tags below `_DEEPEST`; raise SourceError where that does not help.

    1. An element that is nested too deep and only wraps is dropped, its content stays.
    2. Elements that mean something, such as items, may still be too deep: the page is refused.
    """
    depth = 0
    deep: list[_Element] = []
    deepest = 0
    for event, node in _walk(tree):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if depth > _DEEPEST and node.tag in _WRAPPERS:
            deep.append(node)
        deepest = max(deepest, depth)
    if deepest <= _DEEPEST:
        return False
    if deepest >= _PARSED:
        raise SourceError(
            f"nests {deepest} elements and more inside each other: what is below is lost",
            hint=_NO_PAGE_HINT,
        )
    for node in reversed(deep):
        node.drop_tag()
    depth = deepest = 0
    for event, _ in _walk(tree):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    if deepest > 2 * _DEEPEST:
        raise SourceError(
            f"nests {deepest} elements inside each other; {2 * _DEEPEST} are read",
            hint=_NO_PAGE_HINT,
        )
    return True

"""Habits of web pages that hide an article from extraction, undone in the tree of the page.

1. Words that inline tags cut ("<span>O</span><small>dile</small>") become one text.
2. Times inside sentences and of live blogs, which extraction drops, become text.
3. Tables that only lay a page out become divisions.
4. An aside that holds the article becomes a division.
5. Notices of cookies go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.lang.data import alternatives
from pipeline.sources.page_tree import INLINE, letters, own_text, parsed, tokens

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

_CUTTING = INLINE - {"sub", "sup", "img", "wbr", "rp", "rt", "ruby", "code", "kbd", "samp", "var"}
_CLOCK = re.compile(r"[\[(]?\s*(?:[01]?\d|2[0-3])\s?[:.hH]\s?[0-5]\d(?::[0-5]\d)?\s*[\])]?")
_CONSENT = frozenset(("cookie", "cookies", "consent", "gdpr", "rgpd", "cmp", "onetrust"))
_TABLE_PARTS = ("table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col")
_BLOCKS_IN_CELLS = ("h1", "h2", "h3", "article", "form", "blockquote", "hr", "center")
_PARAGRAPH_LETTERS = 40
_MANY_LETTERS = 200  # in a cell: no value, but text
_SENTENCE = re.compile(r"\w\w[.!?…][»”\"')\]]*(?:\s|$)")
_ARTICLE_LETTERS = 150
_MANY = 20  # elements in one that gives a look to part of a word
_MOST = 1000  # times, and cut words, of a page that are looked at
_NOTICE_WORDS = 150


def repaired(page: str) -> tuple[str, _Element]:
    """Return a page with the habits undone, as code and as its tree; an ordinary page as it is.

    Raises SourceError for what is no page.
    """
    from lxml.html import tostring  # type: ignore[import-untyped]

    tree, flattened = parsed(page)
    steps = (_join_words, _show_times, _unwrap_tables, _open_asides, _drop_notices)
    changed = any(step(tree) for step in steps)
    return (tostring(tree, encoding="unicode") if changed or flattened else page), tree


def _join_words(tree: _Element) -> bool:
    styled = (e for e in tree.iter(*_CUTTING) if e.getparent() is not None and not e.get("href"))
    cut = list(islice((element for element in styled if _cuts(element)), _MOST))
    for element in reversed(cut):
        element.drop_tag()
    return bool(cut)


def _cuts(element: _Element) -> bool:
    """Tell whether one edge of an inline element stands between two letters."""
    if len(element) > _MANY or any(c.tag not in INLINE for c in element.iterdescendants()):
        return False
    inside = "".join(element.itertext())
    before = _text_before(element)
    after = element.tail or _text_after(element)
    return bool(inside) and (
        (before[-1:].isalpha() and inside[:1].isalpha())
        or (inside[-1:].isalpha() and after[:1].isalpha())
    )


def _text_before(element: _Element) -> str:
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        return "" if parent is None else parent.text or ""
    if previous.tail:
        return str(previous.tail)
    return "".join(previous.itertext()) if previous.tag in _CUTTING else ""


def _text_after(element: _Element) -> str:
    following = element.getnext()
    if following is None or following.tag not in _CUTTING:
        return ""
    return "".join(following.itertext())


def _show_times(tree: _Element) -> bool:
    """Make text of times in sentences, and put those of a live blog before their entries."""
    inside = [time for time in islice(tree.iter("time"), _MOST) if _is_in_a_sentence(time)]
    for time in inside:
        _empty(time)
    clocks = (
        element
        for element in tree.iter("time", "span", "div", "p", "strong", "b", "h2", "h3", "h4")
        if len(element) == 0
        and element.text
        and len(element.text) < 20
        and _CLOCK.fullmatch(element.text.strip())
    )
    entries = [
        (element, entry)
        for element in islice(clocks, _MOST)
        if (entry := _entry_behind(element)) is not None
    ]
    if len({id(entry) for _, entry in entries}) < 2:  # the page's own time, not those of entries
        return bool(inside)
    for element, entry in entries:
        clock = (element.text or "").strip()
        entry.text = f"{clock} {(entry.text or '').lstrip()}"
        holder = element
        while (parent := holder.getparent()) is not None and _only_holds(parent, holder, entry):
            holder = parent
        holder.drop_tree()
    return True


def _only_holds(parent: _Element, child: _Element, entry: _Element) -> bool:
    around = f"{parent.text or ''}{child.tail or ''}"
    return parent is not entry and len(parent) == 1 and not around.strip()


def _empty(time: _Element) -> None:
    """Put the text of an element in front of it; its attributes may tell when a page appeared."""
    text = own_text(time)
    for child in list(time):
        time.remove(child)
    time.text = None
    previous, parent = time.getprevious(), time.getparent()
    if previous is not None:
        previous.tail = f"{previous.tail or ''}{text}"
    elif parent is not None:
        parent.text = f"{parent.text or ''}{text}"


def _is_in_a_sentence(time: _Element) -> bool:
    parent = time.getparent()
    while parent is not None and parent.tag in INLINE:
        parent = parent.getparent()
    if parent is None or parent.tag not in ("p", "li", "h1", "h2", "h3", "h4", "td", "div"):
        return False
    around = (
        (parent.text or "", *(child.tail or "" for child in islice(parent.iterdescendants(), 20)))
        if parent.tag != "div"
        else (_text_before(time), time.tail or "")
    )
    return sum(map(str.isalpha, "".join(around))) >= 3


def _entry_behind(element: _Element) -> _Element | None:
    """Return the paragraph that follows a time of day, within the same entry."""
    holder = element
    for _ in range(3):
        following = holder.getnext()
        if following is not None:
            if holder.tail and holder.tail.strip():
                return None
            found = (
                [following]
                if following.tag in ("p", "h2", "h3", "h4")
                else list(following.iter("p", "h2", "h3", "h4"))[:1] or [following]
            )
            text = own_text(found[0])
            return found[0] if len(text.split()) >= 3 and not _CLOCK.fullmatch(text) else None
        parent = holder.getparent()
        if parent is None or (holder.tail or "").strip():
            return None
        holder = parent
    return None


def _unwrap_tables(tree: _Element) -> bool:
    layout = [table for table in tree.iter("table") if _is_layout(table)]
    for table in reversed(layout):  # the innermost first
        for part in [table, *_own_parts(table)]:
            if part.tag in ("td", "th", "caption"):
                inline = all(child.tag in INLINE for child in part)
                part.tag = "p" if inline else "div"
            else:
                part.tag = "div"
            for name in ("width", "height", "border", "style"):
                part.attrib.pop(name, None)
    return bool(layout)


def _own_parts(table: _Element) -> Iterator[_Element]:
    """Yield the parts of a table that are not parts of a table inside it."""
    for part in table.iterdescendants(*_TABLE_PARTS[1:]):
        if next(part.iterancestors("table"), None) is table:
            yield part


def _is_layout(table: _Element) -> bool:
    """Tell a table that lays a page out from one that holds data."""
    if table.get("role") in ("presentation", "none"):
        return True
    if table.find(".//table") is not None or any(
        next(table.iter(name), None) is not None for name in ("h1", "article")
    ):
        return True
    parts = list(_own_parts(table))
    cells = [part for part in parts if part.tag in ("td", "th")]
    if any(_is_article(cell) for cell in cells):
        return True
    if any(p.tag in ("th", "caption") or p.get("scope") or p.get("headers") for p in parts):
        return False
    rows = [part for part in parts if part.tag == "tr"]
    if len(rows) < 2 or all(len(row.findall("td")) < 2 for row in rows):
        return True
    return any(_is_text(cell) for cell in cells)


def _is_article(cell: _Element) -> bool:
    """Tell whether a cell holds paragraphs, as no value of a table does."""
    return sum(letters(own_text(p)) >= _PARAGRAPH_LETTERS for p in cell.iter("p")) >= 2


def _is_text(cell: _Element) -> bool:
    """Tell whether a cell holds running text."""
    if any(next(cell.iter(name), None) is not None for name in _BLOCKS_IN_CELLS):
        return True
    text = own_text(cell)
    return letters(text) >= _MANY_LETTERS and len(_SENTENCE.findall(text)) >= 2


def _open_asides(tree: _Element) -> bool:
    asides = [a for a in tree.iter("aside") if next(a.iterancestors("aside"), None) is None]
    if not asides:
        return False
    outside = sum(
        letters(own_text(block))
        for block in tree.iter("p", "li", "blockquote")
        if next(block.iterancestors("aside", "nav", "footer", "form", "noscript"), None) is None
        and not _is_notice(block)
    )
    opened = False
    for aside in asides:
        inside = sum(letters(own_text(p)) for p in aside.iter("p", "li", "blockquote"))
        holds = next(aside.iter("h1", "article"), None) is not None
        if inside >= _ARTICLE_LETTERS and (inside > 2 * outside or (holds and inside > outside)):
            for one in [aside, *aside.iter("aside")]:
                one.tag = "div"
            opened = True
    return opened


def _drop_notices(tree: _Element) -> bool:
    """Drop notices of cookies: containers that are named so, and dialogs that speak of them."""
    found = [
        element
        for element in tree.iter("div", "section", "aside", "dialog", "form", "p", "ul", "footer")
        if (tokens(element) & _CONSENT or element.get("role") in ("dialog", "alertdialog"))
        and next(element.iter("h1", "article"), None) is None
        and is_cookie_notice(own_text(element))
    ]
    for element in found:
        if element.getparent() is not None:
            element.drop_tree()
    return bool(found)


def _is_notice(block: _Element) -> bool:
    return is_cookie_notice(own_text(block))


@lru_cache(maxsize=512)  # a block of a page is looked at from several sides
def is_cookie_notice(text: str) -> bool:
    """Tell whether a text asks to accept cookies, in any language."""
    lower = " ".join(text.lower().replace("’", "'").split())
    return len(lower.split()) <= _NOTICE_WORDS and bool(_notice().search(lower))


@cache
def _notice() -> re.Pattern[str]:
    return re.compile(alternatives("boilerplate.notices.cookie-notice"))
